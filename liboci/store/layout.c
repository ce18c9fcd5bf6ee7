/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI layouts on disk: DIR/oci-layout, DIR/index.json, DIR/blobs/ALG/HEX.
 * OCI Image Specification, image-layout.md. Blobs appear by rename; index.json
 * is written last, so that a reader never sees a name without its blobs.
 */
#include "store/layout.h"

#include <oci/layout.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "document/archive.h"
#include "io/atomic.h"
#include "io/file.h"

enum { INDEX_MAX = 20 * 1024 * 1024 };	/* containerd's cap */

/* Names of blobs reach the disk before what leads to them. */
static int sync_blobs(struct oci_layout *self, struct oci_error *err)
{
	static const char *const folders[] = { "blobs/sha256", "blobs/sha512" };
	int rc = 0;

	for (size_t i = 0; !rc && i < 2 && self->unsynced; i++) {
		char *path = NULL;

		rc = oci_layout_path(&path, self, folders[i], err);
		if (!rc && access(path, F_OK) == 0)
			rc = oci_folder_sync(path, err);
		free(path);
	}
	self->unsynced = self->unsynced && rc;
	return rc;
}

static int layout_commit(struct oci_store *store, struct oci_error *err)
{
	struct oci_layout *self = (struct oci_layout *)store;
	char *json = NULL, *path = NULL;
	int rc = oci_index_format(&json, &store->index, err);

	if (!rc)
		rc = sync_blobs(self, err);
	if (!rc)
		rc = oci_layout_path(&path, self, "index.json", err);
	if (!rc && !oci_file_is(path, json, strlen(json)))
		rc = oci_atomic_write(path, json, strlen(json), err);
	/* It stays, whatever becomes of what is added after it. */
	if (!rc)
		oci_strings_release(&self->made);
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
	struct oci_layout *self = (struct oci_layout *)store;

	take_back(&self->made);
	oci_strings_release(&self->made);
	free(self->path);
	free(self);
}

static const struct oci_store_ops read_ops = {
	.has = oci_layout_has,
	.open = oci_layout_open_blob,
	.blobs = oci_layout_visit_blobs,
	.free = layout_free,
};

static const struct oci_store_ops write_ops = {
	.has = oci_layout_has,
	.open = oci_layout_open_blob,
	.create = oci_layout_create_blob,
	.add = oci_layout_add_blob,
	.file = oci_layout_file,
	.same_bytes = oci_layout_same_bytes,
	.commit = layout_commit,
	.blobs = oci_layout_visit_blobs,
	.free = layout_free,
};

static int load(char **out, size_t *size, const struct oci_layout *self,
		const char *name, struct oci_error *err)
{
	char *path;
	int rc = oci_layout_path(&path, self, name, err);

	if (rc)
		return rc;
	rc = oci_file_load(out, size, path, INDEX_MAX, err);
	free(path);
	return rc;
}

static int read_version(const struct oci_layout *self, struct oci_error *err)
{
	char *text;
	size_t size;
	int rc = load(&text, &size, self, OCI_LAYOUT_FILE, err);

	if (rc == OCI_E_NOT_FOUND && access(self->path, F_OK) != 0)
		return oci_fail_errno(err, "layout '%s'", self->path);
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

static int read_index(struct oci_layout *self, struct oci_error *err)
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

static int layout_new(struct oci_layout **out, const char *path,
		      const struct oci_store_ops *ops, struct oci_error *err)
{
	struct oci_layout *self = calloc(1, sizeof(*self));
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
	struct oci_layout *self = NULL;
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
static int make_folder(struct oci_layout *self, const char *path,
		       struct oci_error *err)
{
	int rc;

	if (mkdir(path, 0777) == 0) {
		rc = oci_strings_add(&self->made, path, err);
		if (rc)
			rmdir(path);
		return rc;
	}
	if (errno == EEXIST)
		return 0;
	return oci_fail_errno(err, "make folder '%s'", path);
}

static int make_folder_in(struct oci_layout *self, const char *name,
			  struct oci_error *err)
{
	char *path;
	int rc = oci_layout_path(&path, self, name, err);

	if (rc)
		return rc;
	rc = make_folder(self, path, err);
	free(path);
	return rc;
}

static int write_version(struct oci_layout *self, struct oci_error *err)
{
	char *path;
	int rc = oci_layout_path(&path, self, OCI_LAYOUT_FILE, err);

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
static int adopt(struct oci_layout *self, struct oci_error *err)
{
	struct oci_strings names = {0};
	int rc = oci_layout_list(&names, self->path, err);
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
	struct oci_layout *self = NULL;
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
