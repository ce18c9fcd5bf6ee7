/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small texts in the cache: DIR/KIND/HEX, the digest of the text in the first
 * line. What is cut short or damaged is as good as absent.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/atomic.h"
#include "io/digest.h"
#include "io/file.h"
#include "store/cache.h"

enum { PATH_ROOM = 4096 };

const char *const oci_cache_kinds[] = {
	OCI_CACHE_LAYERS, OCI_CACHE_CLEAN, NULL,
};

static int note_path(char out[PATH_ROOM], const struct oci_cache *cache,
		     const char *kind, const struct oci_digest *key,
		     struct oci_error *err)
{
	int n = snprintf(out, PATH_ROOM, "%s/%s/%s", cache->path, kind,
			 oci_digest_hex(key));

	return n > 0 && n < PATH_ROOM ? 0 :
	       oci_fail(err, OCI_E_LIMIT, "cache '%.200s...' is too long",
			cache->path);
}

/* Whether the first line is right of what follows it. */
static bool is_whole(const char *data, size_t size)
{
	const char *line = memchr(data, '\n', size);
	struct oci_digest digest;
	size_t head = line ? (size_t)(line + 1 - data) : 0;

	return line &&
	       oci_digest_data(&digest, data + head, size - head, NULL) == 0 &&
	       strlen(digest.text) == head - 1 &&
	       memcmp(digest.text, data, head - 1) == 0;
}

int oci_cache_recall(char **out, size_t *size, const struct oci_cache *cache,
		     const char *kind, const struct oci_digest *key,
		     struct oci_error *err)
{
	char path[PATH_ROOM];
	size_t head;
	int rc = note_path(path, cache, kind, key, err);

	*out = NULL;
	*size = 0;
	if (rc)
		return rc;
	if (oci_file_load(out, size, path, OCI_DOCUMENT_MAX, NULL) ||
	    !is_whole(*out, *size)) {
		free(*out);
		*out = NULL;
		return oci_fail(err, OCI_E_NOT_FOUND, "the cache has no such "
				"note");
	}
	/* It was of use: it stays longer than others. */
	utimensat(AT_FDCWD, path, NULL, 0);
	head = (size_t)((char *)memchr(*out, '\n', *size) + 1 - *out);
	*size -= head;
	memmove(*out, *out + head, *size + 1);
	return 0;
}

static int write_note(int fd, const void *text, size_t size,
		      struct oci_error *err)
{
	struct oci_digest digest;
	int rc = oci_digest_data(&digest, text, size, err);

	if (!rc)
		rc = oci_file_write(fd, digest.text, strlen(digest.text), err);
	if (!rc)
		rc = oci_file_write(fd, "\n", 1, err);
	return rc ? rc : oci_file_write(fd, text, size, err);
}

int oci_cache_note(struct oci_cache *cache, const char *kind,
		   const struct oci_digest *key, const void *text,
		   size_t size, struct oci_error *err)
{
	char path[PATH_ROOM], *folder = NULL, *temp = NULL;
	int fd = -1, rc = note_path(path, cache, kind, key, err);

	if (!rc)
		rc = oci_file_make_folders(path, 0777, err);
	if (!rc)
		rc = oci_path_folder(&folder, path, err);
	if (!rc)
		rc = oci_temp_create(&fd, &temp, folder, "note", 0666, err);
	if (!rc)
		rc = write_note(fd, text, size, err);
	if (fd >= 0)
		close(fd);
	if (!rc && rename(temp, path) != 0)
		rc = oci_fail_errno(err, "rename '%s'", temp);
	if (rc && temp)
		unlink(temp);
	cache->grew = cache->grew || !rc;
	free(temp);
	free(folder);
	return rc;
}
