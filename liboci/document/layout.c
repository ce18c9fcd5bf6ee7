/* SPDX-License-Identifier: Apache-2.0 */
/* The oci-layout file. OCI Image Specification, image-layout.md. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "document/archive.h"
#include "document/json.h"

int oci_layout_check(const char *text, size_t size, struct oci_error *err)
{
	char *version = NULL;
	json_t *json;
	int rc = oci_json_load(&json, text, size, err);

	if (!rc)
		rc = oci_json_text(&version, json, "imageLayoutVersion", err);
	if (!rc && (!version || strcmp(version, "1.0.0") != 0))
		rc = oci_fail(err, OCI_E_UNSUPPORTED,
			      "imageLayoutVersion is not 1.0.0");
	json_decref(json);
	free(version);
	return rc;
}
