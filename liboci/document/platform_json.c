/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms as JSON. OCI Image Specification, image-index.md and config.md. */
#include "document/platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "document/json.h"

/* Copies a text member into a field of fixed size. */
static int read_field(char *out, size_t room, const json_t *json,
		      const char *name, struct oci_error *err)
{
	char *text = NULL;
	int rc = oci_json_text(&text, json, name, err);

	if (!rc && text && strlen(text) >= room)
		rc = oci_fail(err, OCI_E_INVALID,
			      "a platform's '%s' has more than %zu bytes",
			      name, room - 1);
	if (!rc && text)
		snprintf(out, room, "%s", text);
	free(text);
	return rc;
}

int oci_platform_read(struct oci_platform *out, const json_t *json,
		      struct oci_error *err)
{
	int rc = read_field(out->os, sizeof(out->os), json, "os", err);

	if (!rc)
		rc = read_field(out->architecture, sizeof(out->architecture),
				json, "architecture", err);
	if (!rc)
		rc = read_field(out->variant, sizeof(out->variant), json,
				"variant", err);
	if (!rc)
		rc = read_field(out->os_version, sizeof(out->os_version), json,
				"os.version", err);
	return rc;
}

/* Required members are written even if they are empty. */
static int set_field(json_t *object, const char *name, const char *text,
		     struct oci_error *err)
{
	json_t *value;
	int rc = oci_json_string(&value, name, text, err);

	return rc ? rc : oci_json_set(object, name, value, err);
}

int oci_platform_write(json_t *object, const struct oci_platform *platform,
		       struct oci_error *err)
{
	int rc = set_field(object, "architecture", platform->architecture,
			   err);

	if (!rc)
		rc = set_field(object, "os", platform->os, err);
	if (!rc)
		rc = oci_json_set_text(object, "os.version",
				       platform->os_version, err);
	if (!rc)
		rc = oci_json_set_text(object, "variant", platform->variant,
				       err);
	return rc;
}
