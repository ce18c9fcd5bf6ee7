/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI layouts on disk: DIR/oci-layout, DIR/index.json, DIR/blobs/ALG/HEX.
 * OCI Image Specification, image-layout.md. Blobs appear by rename; index.json
 * is written last, so that a reader never sees a name without its blobs.
 */
#include <oci/layout.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "document/archive.h"
#include "io/atomic.h"
#include "io/file.h"
#include "store/store.h"

enum {
	INDEX_MAX = 20 * 1024 * 1024,	/* containerd's cap */
	PATH_ROOM = 4096
};

struct layout {
	struct oci_store base;
	char *path;
	bool committed;
	struct oci_strings made;	/* files and folders to take back */
};

static int path_in(char **out, const struct layout *self, const char *name,
		   struct oci_error *err)
{
	struct oci_buf buf;
	int rc;

	oci_buf_init(&buf, PATH_ROOM);
	rc = oci_buf_format(&buf, err, "%s/%s", self->path, name);
	if (!rc)
		rc = oci_buf_take(out, &buf, err);
	oci_buf_release(&buf);
	return rc;
}

static int blob_path(char **out, const struct layout *self,
		     const struct oci_digest *digest, struct oci_error *err)
{
	char name[OCI_DIGEST_TEXT + 8] = "blobs/";
	size_t used = strlen(name);

	memcpy(name + used, digest->text, strlen(digest->text) + 1);
	name[used + strcspn(name + used, ":")] = '/';
	return path_in(out, self, name, err);
}

static int layout_has(bool *out, struct oci_store *store,
		      const struct oci_digest *digest, struct oci_error *err)
{
	char *path;
	int rc = blob_path(&path, (struct layout *)store, digest, err);

	if (rc)
		return rc;
	*out = access(path, F_OK) == 0;
	free(path);
	return 0;
}

static int layout_open_blob(struct oci_source **out, struct oci_store *store,
			    const struct oci_digest *digest,
			    struct oci_error *err)
{
	char *path;
	int rc = blob_path(&path, (struct layout *)store, digest, err);

	if (rc)
		return rc;
	rc = oci_source_open_file(out, path, err);
	free(path);
	return rc;
}

struct layout_blob {
	struct oci_sink base;
	struct oci_atomic file;
	int failed;
};

static int blob_write(struct oci_sink *sink, const void *data, size_t size,
		      struct oci_error *err)
{
	struct layout_blob *self = (struct layout_blob *)sink;

	if (self->failed)
		return oci_fail(err, self->failed, "an earlier write failed");
	self->failed = oci_file_write(self->file.fd, data, size, err);
	if (self->failed)
		return oci_wrap(err, self->failed, "'%s'", self->file.temp);
	return 0;
}

static void blob_free(struct oci_sink *sink)
{
	struct layout_blob *self = (struct layout_blob *)sink;

	oci_atomic_release(&self->file);
	free(self);
}

static int layout_create_blob(struct oci_sink **out, struct oci_store *store,
			      struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = blob_write, .free = blob_free,
	};
	struct layout_blob *blob = calloc(1, sizeof(*blob));
	char *path = NULL;
	int rc = blob ? 0 : oci_fail_nomem(err);

	if (!rc)
		rc = path_in(&path, (struct layout *)store, "blob", err);
	if (!rc)
		rc = oci_atomic_open(&blob->file, path, err);
	free(path);
	if (rc) {
		free(blob);
		return rc;
	}
	blob->base.ops = &ops;
	*out = &blob->base;
	return 0;
}

static int layout_add(struct oci_store *store, struct oci_sink *sink,
		      const struct oci_digest *digest, uint64_t size,
		      struct oci_error *err)
{
	struct layout *self = (struct layout *)store;
	struct layout_blob *blob = (struct layout_blob *)sink;
	bool existed;
	char *path;
	int rc = blob_path(&path, self, digest, err);

	(void)size;
	if (rc)
		return rc;
	existed = access(path, F_OK) == 0;
	if (!existed)
		rc = oci_strings_add(&self->made, path, err);
	if (!rc)
		rc = oci_text_set(&blob->file.path, path, err);
	if (!rc)
		rc = oci_atomic_commit(&blob->file, err);
	free(path);
	return rc;
}

static int layout_commit(struct oci_store *store, struct oci_error *err)
{
	struct layout *self = (struct layout *)store;
	char *json = NULL, *path = NULL;
	int rc = oci_index_format(&json, &store->index, err);

	if (!rc)
		rc = path_in(&path, self, "index.json", err);
	if (!rc)
		rc = oci_atomic_write(path, json, strlen(json), err);
	if (!rc)
		self->committed = true;
	free(json);
	free(path);
	return rc;
}

/* Newest first: files before the folders that they are in. */
static void take_back(const struct oci_strings *made)
{
	for (size_t i = made->count; i-- > 0;)
		if (unlink(made->items[i]) != 0)
			rmdir(made->items[i]);
}

static void layout_free(struct oci_store *store)
{
	struct layout *self = (struct layout *)store;

	if (!self->committed)
		take_back(&self->made);
	oci_strings_release(&self->made);
	free(self->path);
	free(self);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_folder(struct oci_strings *out, const char *path,
		       struct oci_error *err)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int rc = 0;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return oci_fail_errno(err, "read folder '%s'", path);
	for (errno = 0; !rc && (entry = readdir(dir)); errno = 0)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			rc = oci_strings_add(out, entry->d_name, err);
	if (!rc && errno)
		rc = oci_fail_errno(err, "read folder '%s'", path);
	closedir(dir);
	if (!rc && out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_name);
	return rc;
}

static int visit_blob(struct layout *self, const char *algorithm,
		      const char *hex, oci_blob_fn *visit, void *data,
		      struct oci_error *err)
{
	char text[OCI_DIGEST_TEXT + 256];
	struct oci_digest digest;
	struct stat st;
	char *path;
	int rc;

	if (strlen(hex) >= OCI_DIGEST_TEXT)
		return 0;
	memcpy(text, algorithm, strlen(algorithm));
	text[strlen(algorithm)] = ':';
	memcpy(text + strlen(algorithm) + 1, hex, strlen(hex) + 1);
	if (oci_digest_parse(&digest, text, NULL))
		return 0;
	rc = blob_path(&path, self, &digest, err);
	if (rc)
		return rc;
	if (stat(path, &st) != 0)
		rc = oci_fail_errno(err, "stat '%s'", path);
	else
		rc = visit(data, &digest, (uint64_t)st.st_size, err);
	free(path);
	return rc;
}

static int layout_blobs(struct oci_store *store, oci_blob_fn *visit,
			void *data, struct oci_error *err)
{
	static const char *const algorithms[] = { "sha256", "sha512" };
	struct layout *self = (struct layout *)store;
	int rc = 0;

	for (size_t i = 0; !rc && i < 2; i++) {
		struct oci_strings names = {0};
		char *path = NULL;

		rc = path_in(&path, self, i ? "blobs/sha512" : "blobs/sha256",
			     err);
		if (!rc)
			rc = list_folder(&names, path, err);
		for (size_t j = 0; !rc && j < names.count; j++)
			rc = visit_blob(self, algorithms[i], names.items[j],
					visit, data, err);
		free(path);
		oci_strings_release(&names);
	}
	return rc;
}

static const struct oci_store_ops read_ops = {
	.has = layout_has,
	.open = layout_open_blob,
	.blobs = layout_blobs,
	.free = layout_free,
};

static const struct oci_store_ops write_ops = {
	.has = layout_has,
	.open = layout_open_blob,
	.create = layout_create_blob,
	.add = layout_add,
	.commit = layout_commit,
	.blobs = layout_blobs,
	.free = layout_free,
};

static int load(char **out, size_t *size, const struct layout *self,
		const char *name, struct oci_error *err)
{
	char *path;
	int rc = path_in(&path, self, name, err);

	if (rc)
		return rc;
	rc = oci_file_load(out, size, path, INDEX_MAX, err);
	free(path);
	return rc;
}

static int read_version(const struct layout *self, struct oci_error *err)
{
	char *text;
	size_t size;
	int rc = load(&text, &size, self, OCI_LAYOUT_FILE, err);

	if (rc == OCI_E_NOT_FOUND)
		return oci_fail(err, rc,
				"'%s' is no OCI layout: it has no oci-layout",
				self->path);
	if (rc)
		return rc;
	rc = oci_layout_check(text, size, err);
	free(text);
	return rc ? oci_wrap(err, rc, "'%s/oci-layout'", self->path) : 0;
}

static int read_index(struct layout *self, struct oci_error *err)
{
	char *text;
	size_t size;
	int rc = load(&text, &size, self, "index.json", err);

	if (rc)
		return rc;
	rc = oci_index_parse(&self->base.index, text, size, NULL, err);
	free(text);
	return rc ? oci_wrap(err, rc, "'%s/index.json'", self->path) : 0;
}

static int layout_new(struct layout **out, const char *path,
		      const struct oci_store_ops *ops, struct oci_error *err)
{
	struct layout *self = calloc(1, sizeof(*self));
	int rc;

	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = ops;
	rc = oci_text_copy(&self->path, path, err);
	if (rc)
		layout_free(&self->base);
	else
		*out = self;
	return rc;
}

int oci_layout_open(struct oci_store **out, const char *path,
		    struct oci_error *err)
{
	struct layout *self = NULL;
	int rc = layout_new(&self, path, &read_ops, err);

	*out = NULL;
	if (!rc)
		rc = read_version(self, err);
	if (!rc)
		rc = read_index(self, err);
	if (rc && self)
		oci_store_free(&self->base);
	else if (!rc)
		*out = &self->base;
	return rc;
}

/* Makes a folder that is not there, and remembers it. */
static int make_folder(struct layout *self, const char *path,
		       struct oci_error *err)
{
	if (mkdir(path, 0777) == 0)
		return oci_strings_add(&self->made, path, err);
	if (errno == EEXIST)
		return 0;
	return oci_fail_errno(err, "make folder '%s'", path);
}

static int make_folder_in(struct layout *self, const char *name,
			  struct oci_error *err)
{
	char *path;
	int rc = path_in(&path, self, name, err);

	if (rc)
		return rc;
	rc = make_folder(self, path, err);
	free(path);
	return rc;
}

static int write_version(struct layout *self, struct oci_error *err)
{
	char *path;
	int rc = path_in(&path, self, OCI_LAYOUT_FILE, err);

	if (rc)
		return rc;
	rc = oci_strings_add(&self->made, path, err);
	if (!rc)
		rc = oci_atomic_write(path, OCI_LAYOUT_TEXT,
				      strlen(OCI_LAYOUT_TEXT), err);
	free(path);
	return rc;
}

/* What is there: a layout, an empty folder, or something else. */
static int adopt(struct layout *self, struct oci_error *err)
{
	struct oci_strings names = {0};
	int rc = list_folder(&names, self->path, err);
	bool empty = names.count == 0;

	oci_strings_release(&names);
	if (rc)
		return rc;
	if (empty)
		return write_version(self, err);
	rc = read_version(self, err);
	if (rc == OCI_E_NOT_FOUND)
		return oci_fail(err, OCI_E_CONFLICT,
				"'%s' holds files, but is no OCI layout: "
				"choose another folder", self->path);
	if (!rc)
		rc = read_index(self, err);
	/* A run that was killed leaves a layout without an index. */
	return rc == OCI_E_NOT_FOUND ? 0 : rc;
}

int oci_layout_create(struct oci_store **out, const char *path,
		      struct oci_error *err)
{
	struct layout *self = NULL;
	int rc = layout_new(&self, path, &write_ops, err);

	*out = NULL;
	if (!rc)
		rc = make_folder(self, path, err);
	if (!rc)
		rc = adopt(self, err);
	if (!rc)
		rc = oci_text_set(&self->base.index.media_type,
				  OCI_MEDIA_INDEX, err);
	if (!rc)
		rc = make_folder_in(self, "blobs", err);
	if (!rc)
		rc = make_folder_in(self, "blobs/sha256", err);
	if (rc && self)
		oci_store_free(&self->base);
	else if (!rc)
		*out = &self->base;
	return rc;
}
