/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials from config files. */
#include <oci/registry.h>

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/text.h"
#include "document/auths.h"
#include "io/file.h"
#include "registry/helper.h"

enum { FILE_MAX = 1024 * 1024 };

void oci_credential_release(struct oci_credential *credential)
{
	free(credential->user);
	oci_text_wipe(credential->password);
	oci_text_wipe(credential->identity_token);
	oci_text_wipe(credential->registry_token);
	*credential = (struct oci_credential){0};
}

bool oci_credential_known(const struct oci_credential *credential)
{
	return credential->user || credential->identity_token ||
	       credential->registry_token;
}

/* Parses "user:password", cut at the first colon. Docker pads it with NULs. If
 * both are empty, there are no credentials. */
static int use_pair(struct oci_credential *out, char *pair, size_t size,
		    struct oci_error *err)
{
	char *colon = memchr(pair, ':', size);
	int rc;

	while (size && !pair[size - 1])
		size--;
	if (size == 1 && colon == pair)
		return 0;
	if (!colon || strlen(pair) != size)
		return oci_fail(err, OCI_E_INVALID,
				"its auth is not user:password");
	*colon = '\0';
	rc = oci_text_copy(&out->user, pair, err);
	return rc ? rc : oci_text_copy(&out->password, colon + 1, err);
}

/* The token becomes part of a header, so its characters are checked. */
static int use_token(struct oci_credential *out, const char *token,
		     struct oci_error *err)
{
	for (const char *p = token; *p; p++)
		if (*p <= ' ' || *p >= 0x7f)
			return oci_fail(err, OCI_E_INVALID,
					"its registrytoken has characters that "
					"no token has");
	return oci_text_set(&out->registry_token, token, err);
}

static int use_entry(struct oci_credential *out,
		     const struct oci_auth_entry *entry, struct oci_error *err)
{
	char *pair = NULL;
	size_t size;
	int rc = 0;

	if (entry->auth && *entry->auth) {
		rc = oci_base64_decode(&pair, &size, entry->auth, err);
		if (!rc)
			rc = use_pair(out, pair, size, err);
		oci_text_wipe(pair);
	} else if (entry->user && entry->password &&
		   (*entry->user || *entry->password)) {
		rc = oci_text_copy(&out->user, entry->user, err);
		if (!rc)
			rc = oci_text_copy(&out->password, entry->password,
					   err);
	}
	if (!rc && entry->identity_token && *entry->identity_token)
		rc = oci_text_set(&out->identity_token,
				  entry->identity_token, err);
	if (!rc && entry->registry_token && *entry->registry_token)
		rc = use_token(out, entry->registry_token, err);
	return rc;
}

static int find_in(struct oci_credential *out, const char *path,
		   const char *host, const char *repository,
		   volatile const int *cancelled, struct oci_error *err)
{
	struct oci_auth_entry entry = {0};
	char *text;
	size_t size;
	int rc = oci_file_load(&text, &size, path, FILE_MAX, err);

	if (rc == OCI_E_NOT_FOUND)
		return 0;
	if (rc)
		return rc;
	rc = oci_auths_find(&entry, text, size, host, repository, err);
	if (!rc && entry.helper)
		rc = oci_helper_get(out, entry.helper, host, cancelled, err);
	else if (!rc)
		rc = use_entry(out, &entry, err);
	oci_auth_entry_release(&entry);
	oci_text_wipe(text);
	if (!rc)
		return 0;
	oci_credential_release(out);
	return oci_wrap(err, rc, "'%s': credentials of %s", path, host);
}

int oci_credential_find(struct oci_credential *out,
			const struct oci_strings *files, const char *host,
			const char *repository,
			volatile const int *cancelled, struct oci_error *err)
{
	struct oci_error why;
	int rc = 0;

	*out = (struct oci_credential){0};
	for (size_t i = 0; !rc && i < files->count; i++) {
		rc = find_in(out, files->items[i], host, repository, cancelled,
			     &why);
		if (oci_credential_known(out))
			break;
	}
	if (rc && err)
		*err = why;
	return rc;
}
