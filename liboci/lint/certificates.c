/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ca-certificates-missing, tzdata-missing: files that programs open at run
 * time, without a dependency that says so.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/glob.h"
#include "io/certificates.h"
#include "lint/lint.h"

enum { HEAD_MAX = 4096 };

static bool has_certificates(const struct oci_lint *lint)
{
	for (size_t i = 0; oci_certificate_files[i]; i++)
		if (oci_lint_find(lint, oci_certificate_files[i]))
			return true;
	for (size_t i = 0; i < lint->subject->config->env.count; i++)
		if (strncmp(lint->subject->config->env.items[i],
			    "SSL_CERT_", 9) == 0)
			return true;
	return false;
}

/* Go programs have an ELF note: name "Go", type 4, the build's id. */
static int is_go(bool *out, const struct oci_rootfs_entry *e,
		 struct oci_error *err)
{
	static const char note[] = "\4\0\0\0Go\0";
	char *text;
	size_t size;
	int rc = oci_lint_load(&text, &size, e, HEAD_MAX, err);

	*out = false;
	for (size_t i = 0; !rc && !*out && i + sizeof(note) <= size; i++)
		*out = memcmp(text + i, note, sizeof(note)) == 0;
	free(text);
	return rc;
}

static bool is_openssl(const char *path)
{
	const char *name = oci_path_name(path);

	return oci_glob_match("libssl.so.*", name) ||
	       oci_glob_match("libgnutls.so.*", name);
}

static const char of_package[] =
	"The package ca-certificates is in the image, but its script that "
	"makes "
	"the list, update-ca-certificates, was not run. Add the list itself: "
	"{path: /etc/ssl/certs/ca-certificates.crt, from: "
	"ca-certificates.crt}, "
	"a copy of that file from a machine or an image that you trust.";

static bool has_package(const struct oci_lint *lint)
{
	return oci_lint_find(lint, "/usr/sbin/update-ca-certificates") ||
	       oci_lint_find(lint, "/usr/share/ca-certificates");
}

static int check_certificates(struct oci_lint *lint, struct oci_error *err)
{
	int rc = 0;

	if (has_certificates(lint))
		return 0;
	for (size_t i = 0; !rc && i < lint->count; i++) {
		const struct oci_rootfs_entry *e = lint->entries[i];
		bool go = false, openssl = is_openssl(e->path);

		if (e->type != OCI_ENTRY_FILE || !e->kept)
			continue;
		if (!openssl && (e->mode & 0111))
			rc = is_go(&go, e, err);
		if (!go && !openssl)
			continue;
		oci_lint_report_with(lint, "ca-certificates-missing", e,
				     has_package(lint) ? of_package : NULL,
				     "%s, and the image has no list of "
				     "authorities",
				     go ? "it is a Go program"
					: "programs use it for TLS");
		break; /* one finding is enough */
	}
	return rc;
}

static void check_zones(struct oci_lint *lint)
{
	const struct oci_strings *env = &lint->subject->config->env;

	for (size_t i = 0; i < env->count; i++)
		if (strncmp(env->items[i], "TZ=", 3) == 0 &&
		    strchr(env->items[i], '/') &&
		    !oci_lint_find(lint, "/usr/share/zoneinfo"))
			oci_lint_report(lint, "tzdata-missing", NULL,
					"%s is set, but /usr/share/zoneinfo is "
					"not in the image: times are in UTC",
					env->items[i]);
}

int oci_lint_certificates(struct oci_lint *lint, struct oci_error *err)
{
	check_zones(lint);
	return check_certificates(lint, err);
}
