/* SPDX-License-Identifier: Apache-2.0 */
/* Stores credentials in a config file, as docker login does. */
#include <oci/registry.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "document/auths.h"
#include "io/atomic.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "registry/helper.h"

enum { FILE_MAX = 1024 * 1024 };

static int encode(char **out, const struct oci_credential *credential,
		  struct oci_error *err)
{
	struct oci_buf pair;
	int rc;

	*out = NULL;
	if (strchr(credential->user, ':'))
		return oci_fail(err, OCI_E_INVALID,
				"a user name cannot have a colon");
	oci_buf_init(&pair, FILE_MAX);
	rc = oci_buf_format(&pair, err, "%s:%s", credential->user,
			    credential->password);
	if (!rc)
		rc = oci_base64_encode(out, pair.data, pair.len, err);
	oci_buf_wipe(&pair);
	return rc;
}

static int write_private(const char *path, const char *text,
			 struct oci_error *err)
{
	struct oci_atomic file;
	int rc = oci_atomic_open(&file, path, err);

	if (rc)
		return rc;
	if (fchmod(file.temp.fd, 0600) != 0)
		rc = oci_fail_errno(err, "chmod '%s'", file.path);
	if (!rc)
		rc = oci_file_write(file.temp.fd, text, strlen(text), err);
	if (!rc)
		rc = oci_atomic_commit(&file, err);
	oci_atomic_release(&file);
	return rc;
}

static int write_auth(const char *path, const char *text, size_t size,
		      const char *host,
		      const struct oci_credential *credential,
		      struct oci_error *err)
{
	char *auth = NULL, *changed = NULL;
	int rc = encode(&auth, credential, err);

	if (!rc)
		rc = oci_auths_set(&changed, text, size, host, auth, err);
	if (!rc)
		rc = write_private(path, changed, err);
	oci_text_wipe(auth);
	oci_text_wipe(changed);
	return rc;
}

/* Called with the file's folder locked, because several runs may log in at
 * once. */
static int store(const char *path, const char *host,
		 const struct oci_credential *credential, struct oci_error *err)
{
	struct oci_auth_entry entry = {0};
	char *text = NULL;
	size_t size = 0;
	int rc = oci_file_load(&text, &size, path, FILE_MAX, err);

	if (rc == OCI_E_NOT_FOUND)
		rc = 0;
	else if (!rc)
		rc = oci_auths_find(&entry, text, size, host, "", err);
	if (!rc && entry.helper)
		rc = oci_helper_store(entry.helper, host, credential, err);
	else if (!rc)
		rc = write_auth(path, text, size, host, credential, err);
	oci_auth_entry_release(&entry);
	oci_text_wipe(text);
	return rc;
}

int oci_credential_store(const char *path, const char *host,
			 const struct oci_credential *credential,
			 volatile const int *cancelled, struct oci_error *err)
{
	const struct oci_watch watch = { .cancelled = cancelled };
	char *file;
	int lock = -1, rc = oci_file_follow(&file, path, err);

	if (!rc)
		rc = oci_file_make_folders(file, 0700, err);
	if (!rc)
		rc = oci_folder_lock(&lock, file, &watch, err);
	if (!rc)
		rc = store(file, host, credential, err);
	if (lock >= 0)
		close(lock);
	free(file);
	return rc ? oci_wrap(err, rc, "'%s'", path) : 0;
}
