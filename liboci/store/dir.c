/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads folders of the dir: transport of containers/image, version 1.1:
 * DIR/version, DIR/manifest.json, DIR/HEX for each blob, and
 * DIR/HEX.manifest.json for each manifest of an index. HEX is a digest without
 * its algorithm, which follows from the number of digits.
 */
#include <oci/dir.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "document/kind.h"
#include "io/file.h"
#include "store/layout.h"
#include "store/store.h"

#define VERSION_TEXT "Directory Transport Version: "
#define MANIFEST_END ".manifest.json"

enum { PATH_ROOM = 4096, VERSION_MAX = 256 };

struct dir_store {
	struct oci_store base;
	char *path;
	struct oci_digest top;		/* of manifest.json */
};

/* Makes "DIR/NAMEEND"; the caller frees it. */
static int join(char **out, const struct dir_store *self, const char *name,
		const char *end, struct oci_error *err)
{
	return oci_format(out, PATH_ROOM, err, "%s/%s%s", self->path, name,
			  end);
}

/* Finds a blob's file, or NULL. The caller frees *out. */
static int find_blob(char **out, const struct dir_store *self,
		     const struct oci_digest *digest, struct oci_error *err)
{
	const char *ends[] = { "", MANIFEST_END };
	const char *hex = oci_digest_hex(digest);

	*out = NULL;
	if (oci_digest_equal(digest, &self->top))
		return join(out, self, "manifest.json", "", err);
	for (size_t i = 0; i < 2; i++) {
		int rc = join(out, self, hex, ends[i], err);

		if (rc || access(*out, F_OK) == 0)
			return rc;
		free(*out);
		*out = NULL;
	}
	return 0;
}

static int dir_has(bool *out, struct oci_store *store,
		   const struct oci_digest *digest, struct oci_error *err)
{
	char *path;
	int rc = find_blob(&path, (struct dir_store *)store, digest, err);

	if (rc)
		return rc;
	*out = path != NULL;
	free(path);
	return 0;
}

static int dir_open_blob(struct oci_source **out, struct oci_store *store,
			 const struct oci_descriptor *descriptor,
			 struct oci_error *err)
{
	struct dir_store *self = (struct dir_store *)store;
	char *path;
	int rc = find_blob(&path, self, &descriptor->digest, err);

	if (rc)
		return rc;
	if (!path)
		return oci_fail(err, OCI_E_NOT_FOUND,
				"'%s' has no blob %s: have the image saved "
				"again", self->path, descriptor->digest.text);
	rc = oci_source_open_file(out, path, err);
	free(path);
	return rc;
}

/* Adds the digest of a file's name, if the name is one. */
static int add_digest(struct oci_strings *out, const char *name,
		      struct oci_error *err)
{
	size_t size = strlen(name), end = strlen(MANIFEST_END);
	struct oci_digest digest;
	char text[OCI_DIGEST_TEXT];

	if (size > end && strcmp(name + size - end, MANIFEST_END) == 0)
		size -= end;
	if (size != 64 && size != 128)
		return 0;
	snprintf(text, sizeof(text), "%s:%.*s",
		 size == 64 ? "sha256" : "sha512", (int)size, name);
	if (oci_digest_parse(&digest, text, NULL))
		return 0;
	return oci_strings_add(out, digest.text, err);
}

static int visit_blob(struct dir_store *self, const char *text,
		      oci_blob_fn *visit, void *data, struct oci_error *err)
{
	struct oci_digest digest;
	struct stat st;
	char *path = NULL;
	int rc = oci_digest_parse(&digest, text, err);

	if (!rc)
		rc = find_blob(&path, self, &digest, err);
	if (rc || !path)
		return rc;
	if (stat(path, &st) != 0)
		rc = oci_fail_errno(err, "stat '%s'", path);
	else
		rc = visit(data, &digest, (uint64_t)st.st_size, err);
	free(path);
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int dir_blobs(struct oci_store *store, oci_blob_fn *visit, void *data,
		     struct oci_error *err)
{
	struct dir_store *self = (struct dir_store *)store;
	struct oci_strings files = {0}, digests = {0};
	int rc = oci_layout_list(&files, self->path, err);

	for (size_t i = 0; !rc && i < files.count; i++)
		rc = add_digest(&digests, files.items[i], err);
	if (!rc)
		rc = oci_strings_add(&digests, self->top.text, err);
	if (!rc)
		qsort(digests.items, digests.count, sizeof(*digests.items),
		      by_text);
	for (size_t i = 0; !rc && i < digests.count; i++)
		if (i == 0 || strcmp(digests.items[i - 1],
				     digests.items[i]) != 0)
			rc = visit_blob(self, digests.items[i], visit, data,
					err);
	oci_strings_release(&files);
	oci_strings_release(&digests);
	return rc;
}

static void dir_free(struct oci_store *store)
{
	struct dir_store *self = (struct dir_store *)store;

	free(self->path);
	free(self);
}

/* The file is optional. */
static int check_version(const struct dir_store *self, struct oci_error *err)
{
	char *path, *text = NULL;
	size_t size;
	int rc = join(&path, self, "version", "", err);

	if (rc)
		return rc;
	rc = oci_file_load(&text, &size, path, VERSION_MAX, err);
	free(path);
	if (rc)
		return rc == OCI_E_NOT_FOUND ? 0 : rc;
	if (strncmp(text, VERSION_TEXT "1.", strlen(VERSION_TEXT) + 2) != 0)
		rc = oci_fail(err, OCI_E_UNSUPPORTED,
			      "its file 'version' does not say '%s1.1'",
			      VERSION_TEXT);
	free(text);
	return rc;
}

static int name_image(struct dir_store *self, const char *text, size_t size,
		      struct oci_error *err)
{
	struct oci_descriptor image = { .size = size };
	const char *kind;
	int rc = oci_document_kind(&kind, text, size, err);

	if (!rc)
		rc = oci_digest_data(&self->top, text, size, err);
	image.digest = self->top;
	if (!rc)
		rc = oci_text_copy(&image.media_type, kind, err);
	if (!rc)
		rc = oci_store_tag(&self->base, NULL, &image, err);
	oci_descriptor_release(&image);
	return rc;
}

static int read_manifest(struct dir_store *self, struct oci_error *err)
{
	struct stat st;
	char *path, *text = NULL;
	size_t size;
	int rc = join(&path, self, "manifest.json", "", err);

	if (rc)
		return rc;
	rc = oci_file_load(&text, &size, path, OCI_DOCUMENT_MAX, err);
	if (rc == OCI_E_NOT_FOUND && stat(self->path, &st) == 0)
		rc = oci_fail(err, rc,
			      "it is not a folder of skopeo's dir: "
			      "it has no manifest.json");
	free(path);
	if (rc)
		return rc;
	rc = name_image(self, text, size, err);
	free(text);
	return rc ? oci_wrap(err, rc, "manifest.json") : 0;
}

int oci_dir_open(struct oci_store **out, const char *path,
		 struct oci_error *err)
{
	static const struct oci_store_ops ops = {
		.has = dir_has,
		.open = dir_open_blob,
		.blobs = dir_blobs,
		.free = dir_free,
	};
	struct dir_store *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	rc = oci_text_copy(&self->path, path, err);
	if (!rc)
		rc = check_version(self, err);
	if (!rc)
		rc = read_manifest(self, err);
	if (!rc) {
		*out = &self->base;
		return 0;
	}
	oci_store_free(&self->base);
	return oci_wrap(err, rc, "'%s'", path);
}
