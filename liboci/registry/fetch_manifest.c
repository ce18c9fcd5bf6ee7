/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests and indexes, by tag or by digest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "document/artifact.h"
#include "document/kind.h"
#include "io/digest.h"
#include "registry/fetch.h"

enum { PATH_ROOM = OCI_REFERENCE_TEXT + 256 };

static int add_accepts(struct oci_strings *out, struct oci_error *err)
{
	return oci_strings_add(
		out,
		"Accept: " OCI_MEDIA_INDEX ", " OCI_MEDIA_MANIFEST
		", " OCI_MEDIA_DOCKER_INDEX ", " OCI_MEDIA_DOCKER_MANIFEST
		", " OCI_MEDIA_ARTIFACT,
		err);
}

/* File servers and some proxies send only these. */
static bool is_generic(const char *media_type)
{
	static const char *const types[] = {
		"",
		"application/json",
		"application/octet-stream",
		"binary/octet-stream",
		"text/plain",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(media_type, types[i]) == 0)
			return true;
	return false;
}

/* The media type of the header without its parameters, in lower case (RFC 9110,
 * 8.3.1), or, if the header is generic, that of the document. */
static int media_type(char **out, const struct oci_http_response *response,
		      struct oci_error *err)
{
	const char *text = oci_http_header(response, "content-type");
	const char *own;
	int rc = oci_text_copy(out, text ? text : "", err);

	if (rc)
		return rc;
	(*out)[strcspn(*out, "; \t")] = '\0';
	for (char *p = *out; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
	if (response->text_cut || !is_generic(*out) ||
	    oci_document_kind(&own, response->text, response->text_size, NULL))
		return 0;
	return oci_text_set(out, own, err);
}

static int read_answer(struct oci_descriptor *out,
		       const struct oci_http_response *response,
		       const char *reference, struct oci_error *err)
{
	struct oci_digest wanted;
	int rc = media_type(&out->media_type, response, err);

	out->size = response->text_size;
	if (!rc)
		rc = oci_digest_data(&out->digest, response->text,
				     response->text_size, err);
	if (!rc && response->text_cut)
		rc = oci_fail(err, OCI_E_LIMIT,
			      "it has more than %u bytes", OCI_DOCUMENT_MAX);
	if (!rc && !oci_media_is_document(out->media_type))
		rc = oci_fail(err, OCI_E_UNSUPPORTED,
			      "its Content-Type '%.100s' is not a manifest's",
			      out->media_type);
	if (!rc && strchr(reference, ':') &&
	    (oci_digest_parse(&wanted, reference, NULL) ||
	     oci_digest_like(&out->digest, &wanted, response->text,
			     response->text_size, err) ||
	     !oci_digest_equal(&wanted, &out->digest)))
		rc = oci_fail(err, OCI_E_CORRUPT, "its digest is %s",
			      out->digest.text);
	return rc;
}

int oci_fetch_manifest(struct oci_descriptor *out, char **text,
		       struct oci_client *client, const char *reference,
		       struct oci_error *err)
{
	struct oci_strings headers = {0};
	struct oci_http_response response = {0};
	char path[PATH_ROOM], what[OCI_DIGEST_TEXT + 32];
	struct oci_call call = {
		.method = "GET", .url = path, .headers = &headers,
		.actions = "pull", .text_max = OCI_DOCUMENT_MAX,
	};
	int rc = add_accepts(&headers, err);

	*out = (struct oci_descriptor){0};
	*text = NULL;
	snprintf(path, sizeof(path), "/v2/%s/manifests/%s",
		 client->repository, reference);
	snprintf(what, sizeof(what), "pull manifest %s", reference);
	if (!rc)
		rc = oci_client_call(&response, NULL, client, &call, err);
	if (!rc && response.status != 200) {
		rc = oci_client_fail(client, what, &response, err);
	} else {
		if (!rc)
			rc = read_answer(out, &response, reference, err);
		if (rc)
			rc = oci_wrap(err, rc, "registry %s: %s", client->host,
				      what);
	}
	if (!rc) {
		*text = response.text;
		response.text = NULL;
	} else {
		oci_descriptor_release(out);
	}
	oci_http_response_release(&response);
	oci_strings_release(&headers);
	return rc;
}

/* Sets *known if the answer to HEAD is sufficient. */
static int head(bool *known, struct oci_digest *out, struct oci_client *client,
		const char *actions, const char *reference,
		struct oci_error *err)
{
	struct oci_strings headers = {0};
	struct oci_http_response response = {0};
	char path[PATH_ROOM];
	struct oci_call call = {
		.method = "HEAD", .url = path, .headers = &headers,
		.actions = actions,
	};
	const char *digest;
	int rc = add_accepts(&headers, err);

	snprintf(path, sizeof(path), "/v2/%s/manifests/%s",
		 client->repository, reference);
	if (!rc)
		rc = oci_client_call(&response, NULL, client, &call, err);
	digest = oci_http_header(&response, "docker-content-digest");
	*known = !rc && (response.status == 404 ||
			 (response.status == 200 && digest &&
			  oci_digest_parse(out, digest, NULL) == 0));
	oci_http_response_release(&response);
	oci_strings_release(&headers);
	return rc ? oci_wrap(err, rc, "registry %s: look for manifest %s",
			     client->host, reference) : 0;
}

int oci_fetch_digest(struct oci_digest *out, struct oci_client *client,
		     const char *actions, const char *reference,
		     struct oci_error *err)
{
	struct oci_descriptor found = {0};
	char *text = NULL;
	bool known;
	int rc;

	*out = (struct oci_digest){0};
	rc = head(&known, out, client, actions, reference, err);
	if (rc || known)
		return rc;
	rc = oci_fetch_manifest(&found, &text, client, reference, err);
	if (rc == OCI_E_NOT_FOUND)
		rc = 0;
	else if (!rc)
		*out = found.digest;
	oci_descriptor_release(&found);
	free(text);
	return rc;
}

int oci_fetch_digest_surely(struct oci_digest *out, struct oci_client *client,
			    const char *actions, const char *reference,
			    struct oci_error *err)
{
	struct oci_descriptor found = { 0 };
	char *text = NULL;
	int rc = oci_fetch_digest(out, client, actions, reference, err);

	if (rc || out->text[0])
		return rc;
	rc = oci_fetch_manifest(&found, &text, client, reference, err);
	if (!rc)
		*out = found.digest;
	oci_descriptor_release(&found);
	free(text);
	return rc == OCI_E_NOT_FOUND ? 0 : rc;
}
