/* SPDX-License-Identifier: Apache-2.0 */
/*
 * distribution's "Token Authentication Specification"; OCI Distribution
 * Specification, "Listing tags".
 */
#include "document/token.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "document/json.h"

/* A token becomes part of a header, so its characters are checked. */
static int check_token(const char *token, struct oci_error *err)
{
	if (!token || !*token)
		return oci_fail(err, OCI_E_INVALID, "the answer has none");
	for (; *token; token++)
		if (*token <= ' ' || *token >= 0x7f)
			return oci_fail(err, OCI_E_INVALID,
					"it has characters that no token has");
	return 0;
}

int oci_token_parse(char **token, int64_t *seconds, const char *text,
		    size_t size, struct oci_error *err)
{
	json_t *json;
	int rc = oci_json_load(&json, text, size, err);

	*token = NULL;
	*seconds = 0;
	if (!rc)
		rc = oci_json_text(token, json, "token", err);
	if (!rc && (!*token || !**token))
		rc = oci_json_text(token, json, "access_token", err);
	if (!rc)
		rc = oci_json_integer(seconds, json, "expires_in", err);
	if (!rc)
		rc = check_token(*token, err);
	/* More than a day counts as a day. */
	if (*seconds < 0 || *seconds > 86400)
		*seconds = *seconds < 0 ? 0 : 86400;
	json_decref(json);
	if (rc) {
		free(*token);
		*token = NULL;
	}
	return rc;
}

int oci_tags_parse(struct oci_strings *out, const char *text, size_t size,
		   struct oci_error *err)
{
	json_t *json;
	int rc = oci_json_load(&json, text, size, err);

	if (!rc)
		rc = oci_json_strings(out, json, "tags", err);
	json_decref(json);
	return rc;
}
