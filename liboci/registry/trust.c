/* SPDX-License-Identifier: Apache-2.0 */
/* certs.d: the certificates of one registry. */
#include "registry/trust.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "io/file.h"

enum { PEM_MAX = 1024 * 1024, PATH_ROOM = 4096 };

static bool ends_with(const char *name, const char *end)
{
	size_t size = strlen(name), end_size = strlen(end);

	return size > end_size && strcmp(name + size - end_size, end) == 0;
}

static int join(char out[PATH_ROOM], const char *folder, const char *name,
		struct oci_error *err)
{
	int n = snprintf(out, PATH_ROOM, "%s/%s", folder, name);

	return n > 0 && n < PATH_ROOM ? 0 :
	       oci_fail(err, OCI_E_LIMIT, "'%.200s...' is too long", folder);
}

static int add_pem(struct oci_buf *out, const char *path,
		   struct oci_error *err)
{
	char *text;
	size_t size;
	int rc = oci_file_load(&text, &size, path, PEM_MAX, err);

	if (rc)
		return rc;
	rc = oci_buf_add(out, text, size, err);
	if (!rc)
		rc = oci_buf_text(out, "\n", err);
	free(text);
	return rc;
}

/* Uses the first certificate that has a key. */
static int use_pair(struct oci_trust *out, const char *path,
		    struct oci_error *err)
{
	char key[PATH_ROOM + 8];
	int rc;

	if (out->certificate)
		return 0;
	snprintf(key, sizeof(key), "%.*s.key", (int)(strlen(path) - 5), path);
	if (access(key, R_OK) != 0)
		return oci_fail_errno(err, "'%s' has no key '%s'", path, key);
	rc = oci_text_copy(&out->certificate, path, err);
	return rc ? rc : oci_text_copy(&out->key, key, err);
}

static int read_folder(struct oci_trust *out, struct oci_buf *pem,
		       const char *folder, struct oci_error *err)
{
	struct dirent **names = NULL;
	int count = scandir(folder, &names, NULL, alphasort);
	int rc = 0;

	/* /etc/docker is often for root only; its files are ignored. */
	if (count < 0)
		return errno == ENOENT || errno == ENOTDIR ||
				       errno == EACCES ? 0 :
		       oci_fail_errno(err, "read folder '%s'", folder);
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;
		char path[PATH_ROOM];

		if (!rc)
			rc = join(path, folder, name, err);
		if (!rc && ends_with(name, ".crt"))
			rc = add_pem(pem, path, err);
		else if (!rc && ends_with(name, ".cert"))
			rc = use_pair(out, path, err);
		free(names[i]);
	}
	free(names);
	return rc;
}

int oci_trust_load(struct oci_trust **out, const struct oci_strings *folders,
		   const char *host, const struct oci_strings *more,
		   struct oci_error *err)
{
	struct oci_trust *trust = calloc(1, sizeof(*trust));
	struct oci_buf pem;
	int rc;

	*out = NULL;
	if (!trust)
		return oci_fail_nomem(err);
	oci_buf_init(&pem, 8 * PEM_MAX);
	rc = oci_text_copy(&trust->host, host, err);
	for (size_t i = 0; !rc && i < folders->count; i++) {
		char folder[PATH_ROOM];

		rc = join(folder, folders->items[i], host, err);
		if (!rc)
			rc = read_folder(trust, &pem, folder, err);
	}
	if (pem.len || more->count > 1)
		for (size_t i = 0; !rc && i < more->count; i++)
			rc = add_pem(&pem, more->items[i], err);
	if (!rc && pem.len)
		rc = oci_buf_detach(&trust->authorities, &pem, err);
	oci_buf_release(&pem);
	if (rc) {
		oci_trust_free(trust);
		return oci_wrap(err, rc, "certificates of %s", host);
	}
	*out = trust;
	return 0;
}

void oci_trust_free(struct oci_trust *trust)
{
	if (!trust)
		return;
	free(trust->host);
	free(trust->authorities);
	free(trust->certificate);
	free(trust->key);
	free(trust);
}
