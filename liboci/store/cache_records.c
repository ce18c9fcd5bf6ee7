/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small signed texts in the cache: DIR/KIND/HEX. The first line is an HMAC of
 * the kind, the key and the text, made with the cache's secret (cache_key.c). A
 * text that is damaged, or that this cache did not sign, counts as absent.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "io/atomic.h"
#include "io/digest.h"
#include "io/file.h"
#include "store/cache.h"

const char *const oci_cache_kinds[] = {
	OCI_CACHE_LAYERS,
	OCI_CACHE_CLEAN,
	NULL,
};

const char *const oci_cache_folders[] = {
	"",
	"/blobs",
	"/blobs/sha256",
	"/blobs/sha512",
	"/" OCI_CACHE_LAYERS,
	"/" OCI_CACHE_CLEAN,
	NULL,
};

static int record_path(char out[OCI_CACHE_PATH], const struct oci_cache *cache,
		       const char *kind, const struct oci_digest *key,
		       struct oci_error *err)
{
	int n = snprintf(out, OCI_CACHE_PATH, "%s/%s/%s", cache->path, kind,
			 oci_digest_hex(key));

	return n > 0 && n < OCI_CACHE_PATH
		       ? 0
		       : oci_fail(err, OCI_E_LIMIT,
				  "cache '%.200s...' is too long", cache->path);
}

static int sign(char out[OCI_MAC_TEXT], const struct oci_cache *cache,
		const char *kind, const struct oci_digest *key,
		const void *text, size_t size, struct oci_error *err)
{
	struct oci_buf signed_text;
	int rc;

	oci_buf_init(&signed_text, size + OCI_CACHE_PATH);
	rc = oci_buf_format(&signed_text, err, "%s %s\n", kind, key->text);
	if (!rc)
		rc = oci_buf_add(&signed_text, text, size, err);
	if (!rc)
		rc = oci_mac(out, cache->key, signed_text.data, signed_text.len,
			     err);
	oci_buf_release(&signed_text);
	return rc;
}

/* Returns whether the first line matches the text after it. */
static bool is_right(const struct oci_cache *cache, const char *kind,
		     const struct oci_digest *key, const char *data,
		     size_t size)
{
	char code[OCI_MAC_TEXT];
	const size_t head = OCI_MAC_TEXT; /* with the newline */

	return size >= head && data[head - 1] == '\n' &&
	       sign(code, cache, kind, key, data + head, size - head, NULL) ==
		       0 &&
	       memcmp(code, data, head - 1) == 0;
}

/* The times of a record say that it was used, for oci_cache_prune. */
static void note_use(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	futimens(fd, NULL);
	close(fd);
}

int oci_cache_record_read(char **out, size_t *size, struct oci_cache *cache,
			  const char *kind, const struct oci_digest *key,
			  struct oci_error *err)
{
	char path[OCI_CACHE_PATH];
	int rc = record_path(path, cache, kind, key, err);

	*out = NULL;
	*size = 0;
	if (rc)
		return rc;
	if (!oci_cache_has_key(cache, false) ||
	    oci_file_load(out, size, path, OCI_DOCUMENT_MAX, NULL) ||
	    !is_right(cache, kind, key, *out, *size)) {
		free(*out);
		*out = NULL;
		return oci_fail(err, OCI_E_NOT_FOUND,
				"the cache has no such record");
	}
	note_use(path);
	*size -= OCI_MAC_TEXT;
	memmove(*out, *out + OCI_MAC_TEXT, *size + 1);
	return 0;
}

static int write_record(int fd, const char code[OCI_MAC_TEXT], const void *text,
			size_t size, struct oci_error *err)
{
	int rc = oci_file_write(fd, code, OCI_MAC_TEXT - 1, err);

	if (!rc)
		rc = oci_file_write(fd, "\n", 1, err);
	return rc ? rc : oci_file_write(fd, text, size, err);
}

int oci_cache_record_write(struct oci_cache *cache, const char *kind,
			   const struct oci_digest *key, const void *text,
			   size_t size, struct oci_error *err)
{
	char path[OCI_CACHE_PATH], code[OCI_MAC_TEXT];
	struct oci_temp temp = OCI_TEMP_INIT;
	char *folder = NULL;
	int rc = record_path(path, cache, kind, key, err);

	if (!rc && !oci_cache_has_key(cache, true))
		rc = oci_fail(err, OCI_E_SYSTEM,
			      "cache '%s' has no key that only this user can "
			      "read",
			      cache->path);
	if (!rc)
		rc = sign(code, cache, kind, key, text, size, err);
	if (!rc)
		rc = oci_file_make_folders(path, 0700, err);
	if (!rc)
		rc = oci_path_folder(&folder, path, err);
	if (!rc)
		rc = oci_temp_open(&temp, folder, "record", 0600, err);
	if (!rc)
		rc = write_record(temp.fd, code, text, size, err);
	if (!rc)
		rc = oci_temp_place(&temp, path, err);
	cache->grew = cache->grew || !rc;
	oci_temp_release(&temp);
	free(folder);
	return rc;
}
