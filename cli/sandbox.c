/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker.h"
#include "engine.h"
#include "remote.h"

/* The leak checker of the sanitizers traces the process at its end. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_TRACED = 1 };
#else
enum { IS_TRACED = 0 };
#endif

static bool entered;	  /* Landlock is in effect */
static bool lacks_rights; /* some of its files could not be used before */

const char *sandbox_advice(const struct oci_error *err)
{
	return entered && !lacks_rights && err->system == EACCES
		       ? ": the sandbox may be the reason: try --sandbox off"
		       : "";
}

int sandbox_take(enum sandbox_mode *out, const char *command, const char *value)
{
	static const char *const names[] = { "auto", "off", "require" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(value, names[i]) == 0) {
			*out = (enum sandbox_mode)i;
			return -1;
		}
	return say_usage(command, "--sandbox '%s' is none of auto, off and "
				  "require",
			 value);
}

void sandbox_release(struct sandbox *sandbox)
{
	oci_strings_release(&sandbox->reads);
	oci_strings_release(&sandbox->writes);
	oci_strings_release(&sandbox->listed);
}

/* Paths of descriptors lead to files that have other paths. */
static bool is_descriptor(const char *path)
{
	return strncmp(path, "/dev/fd/", 8) == 0 ||
	       strncmp(path, "/dev/std", 8) == 0 ||
	       strncmp(path, "/proc/", 6) == 0;
}

/* The command itself reports a name that is wrong. */
static int keep_nomem(int rc)
{
	return rc == OCI_E_NOMEM ? rc : 0;
}

int sandbox_add_repository(struct sandbox *sandbox,
			   const struct remote_side *side,
			   const struct oci_reference *name,
			   struct oci_error *err)
{
	struct remote_options *remote = sandbox->remote;
	int rc = broker_add(&remote->broker, side ? side : &remote->both, name,
			    err);

	return rc ? rc : sandbox_add_host(sandbox, name->host, err);
}

/* For a name that is wrong, the command looks for similar ones beside it. */
static int add_missing(struct sandbox *sandbox, char *path,
		       struct oci_error *err)
{
	char *slash = strrchr(path, '/');

	if (access(path, F_OK) == 0)
		return 0;
	if (slash)
		slash[slash == path] = '\0';
	return oci_strings_add(&sandbox->listed, slash ? path : ".", err);
}

int sandbox_add_image(struct sandbox *sandbox, const struct remote_side *side,
		      const char *text, struct oci_error *err)
{
	struct oci_reference reference;
	struct image_name name;
	int rc = 0;

	if (remote_name(&reference, text))
		return sandbox_add_repository(sandbox, side, &reference, err);
	if (is_descriptor(text)) {
		sandbox->outside = true;
		return 0;
	}
	if (strcmp(text, "-") == 0)
		return 0;
	rc = image_name_parse(&name, text, err);
	if (rc)
		return keep_nomem(rc);
	rc = oci_strings_add(&sandbox->reads, name.path, err);
	if (!rc)
		rc = add_missing(sandbox, name.path, err);
	image_name_release(&name);
	return rc;
}

int sandbox_add_output(struct sandbox *sandbox, const char *output,
		       struct oci_error *err)
{
	struct image_name name;
	char *slash;
	size_t size;
	int rc;

	if (!output || strcmp(output, "-") == 0)
		return 0;
	if (is_descriptor(output)) {
		sandbox->outside = true;
		return 0;
	}
	rc = image_name_parse(&name, output, err);
	if (rc)
		return keep_nomem(rc);
	size = strlen(name.path);
	while (size > 1 && name.path[size - 1] == '/')
		name.path[--size] = '\0';
	/* The output itself may be a link to a folder that is elsewhere. */
	rc = oci_strings_add(&sandbox->writes, name.path, err);
	slash = strrchr(name.path, '/');
	if (slash)
		slash[slash == name.path] = '\0';
	if (!rc)
		rc = oci_strings_add(&sandbox->writes, slash ? name.path : ".",
				     err);
	image_name_release(&name);
	return rc;
}

int sandbox_add_destination(struct sandbox *sandbox,
			    const struct remote_side *side, const char *text,
			    struct oci_error *err)
{
	struct oci_reference name;
	enum oci_engine_kind kind;
	const char *rest;
	bool bare;

	if (engine_destination(&kind, &rest, text)) {
		sandbox->outside = true;
		return 0;
	}
	return remote_destination(&name, &bare, text)
		       ? sandbox_add_repository(sandbox, side, &name, err)
		       : sandbox_add_output(sandbox, text, err);
}

int sandbox_add_folder(struct sandbox *sandbox, const char *path,
		       struct oci_error *err)
{
	char *part = strdup(path);

	if (!part)
		return fail_nomem(err);
	for (char *p = part; (p = strchr(p + 1, '/')); *p = '/') {
		*p = '\0';
		mkdir(part, 0700);
	}
	mkdir(part, 0700);
	free(part);
	return oci_strings_add(&sandbox->writes, path, err);
}

static int fail_outside(struct oci_error *err)
{
	return oci_error_set(err, OCI_E_UNSUPPORTED,
			     "--sandbox require: there is no sandbox for "
			     "engines, for paths such as /dev/fd/3 and for "
			     "verify --rebuild: leave the option out");
}

static int fail_lacking(bool files, struct oci_error *err)
{
	return oci_error_set(err, OCI_E_UNSUPPORTED,
			     "--sandbox require: this system lacks %s",
			     files ? "seccomp"
				   : "Landlock, of Linux 5.19 or later");
}

static bool can_use_all(const struct oci_strings *paths, int how)
{
	for (size_t i = 0; i < paths->count; i++)
		if (access(paths->items[i], how) != 0 && errno == EACCES)
			return false;
	return true;
}

/* Does what the sandbox will forbid: OpenSSL reads its configuration, which it
 * ignores if it may not read it, and the credential broker starts. */
static int prepare(struct sandbox *sandbox, struct oci_error *err)
{
	struct oci_registry *registry = NULL;
	const char *temp = temp_dir();
	int rc = oci_strings_add(&sandbox->writes, temp ? temp : "/var/tmp",
				 err);

	if (rc || !sandbox->network)
		return rc;
	rc = sandbox_add_network(sandbox, err);
	if (!rc)
		rc = oci_registry_new(&registry, NULL, err);
	oci_registry_free(registry);
	return rc ? rc
		  : broker_start(sandbox->remote->broker, sandbox->remote, err);
}

int sandbox_enter(struct sandbox *sandbox, struct oci_error *err)
{
	const enum sandbox_mode mode = sandbox->remote->sandbox;
	int rc;

	if (mode == SANDBOX_OFF || (mode == SANDBOX_AUTO && IS_TRACED))
		return 0;
	if (sandbox->outside)
		return mode == SANDBOX_AUTO ? 0 : fail_outside(err);
	rc = prepare(sandbox, err);
	if (rc)
		return rc;
	lacks_rights = !can_use_all(&sandbox->reads, R_OK) ||
		       !can_use_all(&sandbox->writes, W_OK);
	entered = sandbox_restrict_files(sandbox);
	sandbox_drop_rights(sandbox);
	/* Each of the two is of use without the other one. */
	if ((sandbox_restrict_calls(sandbox) && entered) ||
	    mode == SANDBOX_AUTO)
		return 0;
	return fail_lacking(entered, err);
}

int sandbox_images(struct remote_options *remote, char *const *names,
		   size_t count, const char *output, struct oci_error *err)
{
	struct sandbox sandbox = { .remote = remote };
	int rc = sandbox_add_output(&sandbox, output, err);

	for (size_t i = 0; !rc && i < count; i++)
		rc = sandbox_add_image(&sandbox, NULL, names[i], err);
	if (!rc)
		rc = sandbox_enter(&sandbox, err);
	sandbox_release(&sandbox);
	return rc;
}
