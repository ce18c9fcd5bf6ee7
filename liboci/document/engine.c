/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker Engine API: "SystemVersion", "SystemInfo", "ImageLoad". Podman's API
 * answers the first two in the same form, and "ImageLoadLibpod" with Names.
 */
#include "document/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "document/json.h"

enum { MESSAGE_MAX = 1000 };

static bool text_is(const json_t *object, const char *name, const char *wanted)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text && strcmp(text, wanted) == 0;
}

/* The version becomes part of a path, so its characters are checked. */
static void read_libpod(struct oci_engine_version *out, const json_t *component)
{
	const json_t *details = json_object_get(component, "Details");
	const char *text =
		json_string_value(json_object_get(details, "APIVersion"));

	out->podman = true;
	if (text && *text && strlen(text) < sizeof(out->libpod) &&
	    text[strspn(text, "0123456789.")] == '\0')
		snprintf(out->libpod, sizeof(out->libpod), "%s", text);
}

static void read_platform(struct oci_platform *out, const json_t *root)
{
	const char *os = json_string_value(json_object_get(root, "Os"));
	const char *arch = json_string_value(json_object_get(root, "Arch"));
	char text[OCI_PLATFORM_TEXT];

	snprintf(text, sizeof(text), "%.30s/%.30s", os ? os : "",
		 arch ? arch : "");
	if (oci_platform_parse(out, text, NULL))
		*out = (struct oci_platform){ 0 };
}

int oci_engine_version_parse(struct oci_engine_version *out, const char *text,
			     size_t size, struct oci_error *err)
{
	const json_t *component;
	json_t *root;
	size_t i;
	int rc = oci_json_load(&root, text, size, err);

	*out = (struct oci_engine_version){ 0 };
	if (rc)
		return rc;
	read_platform(&out->platform, root);
	json_array_foreach(
		json_object_get(root, "Components"), i,
		component) if (text_is(component, "Name", "Podman Engine"))
		read_libpod(out, component);
	json_decref(root);
	return 0;
}

int oci_engine_info_parse(bool *containerd, const char *text, size_t size,
			  struct oci_error *err)
{
	const json_t *pair;
	json_t *root;
	size_t i;
	int rc = oci_json_load(&root, text, size, err);

	*containerd = false;
	if (rc)
		return rc;
	json_array_foreach(json_object_get(root, "DriverStatus"), i, pair)
	{
		const char *key = json_string_value(json_array_get(pair, 0));
		const char *value = json_string_value(json_array_get(pair, 1));

		if (key && value && strcmp(key, "driver-type") == 0 &&
		    strncmp(value, "io.containerd.snapshotter", 25) == 0)
			*containerd = true;
	}
	json_decref(root);
	return 0;
}

/* Adds what follows the prefix in the text "Loaded image: NAME\n". */
static int add_loaded(struct oci_strings *out, const char *stream,
		      struct oci_error *err)
{
	static const char *const prefixes[] = {
		"Loaded image: ",
		"Loaded image ID: ",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t size = strlen(prefixes[i]);
		char *name;
		int rc;

		if (strncmp(stream, prefixes[i], size) != 0)
			continue;
		rc = oci_text_copy(&name, stream + size, err);
		if (rc)
			return rc;
		name[strcspn(name, "\r\n")] = '\0';
		if (*name)
			rc = oci_strings_add(out, name, err);
		free(name);
		return rc;
	}
	return 0;
}

/* Fails with the engine's message, on one line. */
static int fail_as(const char *message, struct oci_error *err)
{
	char line[MESSAGE_MAX];

	snprintf(line, sizeof(line), "%s", message);
	for (char *p = line; (p = strpbrk(p, "\r\n\t")); p++)
		*p = ' ';
	return oci_fail(err, OCI_E_SYSTEM, "%s", line);
}

static int read_answer(struct oci_strings *loaded, const json_t *root,
		       struct oci_error *err)
{
	const json_t *detail = json_object_get(root, "errorDetail");
	const char *message =
		json_string_value(json_object_get(detail, "message"));
	const char *stream = json_string_value(json_object_get(root, "stream"));
	const char *name;
	json_t *item;
	size_t i;
	int rc = 0;

	if (!message || !*message)
		message = json_string_value(json_object_get(root, "error"));
	if (message && *message)
		return fail_as(message, err);
	if (detail)
		return fail_as("an error without a message", err);
	if (stream)
		rc = add_loaded(loaded, stream, err);
	json_array_foreach(json_object_get(root, "Names"), i, item)
	{
		name = json_string_value(item);
		if (!rc && name && *name)
			rc = oci_strings_add(loaded, name, err);
	}
	return rc;
}

int oci_engine_answer_parse(struct oci_strings *loaded, const char *text,
			    size_t size, struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, text, size, err);

	if (rc == OCI_E_NOMEM)
		return rc;
	if (rc)
		return oci_fail(err, OCI_E_CORRUPT, "'%.*s'",
				size < 100 ? (int)size : 100, text);
	rc = read_answer(loaded, root, err);
	json_decref(root);
	return rc;
}

int oci_engine_config_parse(char **out, const char *text, size_t size,
			    struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, text, size, err);

	*out = NULL;
	if (!rc)
		rc = oci_json_text(out, root, "currentContext", err);
	json_decref(root);
	return rc;
}

static int read_endpoint(char **host, bool *insecure, const json_t *root,
			 struct oci_error *err)
{
	const json_t *endpoints, *docker = NULL;
	int rc = oci_json_object(&endpoints, root, "Endpoints", err);

	if (!rc && endpoints)
		rc = oci_json_object(&docker, endpoints, "docker", err);
	if (!rc && docker)
		rc = oci_json_flag(insecure, docker, "SkipTLSVerify", err);
	if (!rc && docker)
		rc = oci_json_text(host, docker, "Host", err);
	if (!rc && (!*host || !**host))
		rc = oci_fail(err, OCI_E_INVALID,
			      "it has no host of a Docker engine");
	return rc;
}

int oci_engine_context_parse(char **host, bool *insecure, const char *text,
			     size_t size, struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, text, size, err);

	*host = NULL;
	*insecure = false;
	if (!rc)
		rc = read_endpoint(host, insecure, root, err);
	json_decref(root);
	if (rc) {
		free(*host);
		*host = NULL;
	}
	return rc;
}
