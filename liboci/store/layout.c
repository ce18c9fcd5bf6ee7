/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI layouts on disk: DIR/oci-layout, DIR/index.json, DIR/blobs/ALG/HEX. OCI
 * Image Specification, image-layout.md. Files of a run have temporary names
 * until its commit, so a failed run has nothing to undo that other processes
 * could see. index.json is renamed last, so readers never see a name without
 * its blobs.
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
#include "io/litter.h"

static void layout_free(struct oci_store *store)
{
	struct oci_layout *self = (struct oci_layout *)store;

	oci_layout_drop_blobs(self);
	oci_temp_folder_release(&self->run);
	oci_layout_unprepare(self);
	/* rmdir(2) removes only an empty folder. */
	if (self->made)
		rmdir(self->path);
	oci_table_release(&self->table);
	oci_arena_release(&self->arena);
	free(self->expected_name);
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
	.has = oci_layout_has_right,
	.open = oci_layout_open_blob,
	.create = oci_layout_create_blob,
	.add = oci_layout_add_blob,
	.file = oci_layout_file,
	.same_bytes = oci_layout_same_bytes,
	.prepare = oci_layout_prepare,
	.commit = oci_layout_commit,
	.blobs = oci_layout_visit_blobs,
	.free = layout_free,
};

static int layout_new(struct oci_layout **out, const char *path,
		      const struct oci_store_ops *ops, struct oci_error *err)
{
	struct oci_layout *self = calloc(1, sizeof(*self));
	int rc;

	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = ops;
	self->last = &self->first;
	self->lock = -1;
	self->run = (struct oci_temp_folder)OCI_TEMP_FOLDER_INIT;
	self->file = (struct oci_atomic)OCI_ATOMIC_INIT;
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
		rc = oci_layout_read_version(self, err);
	if (!rc)
		rc = oci_layout_read_index(&self->base.index, self, err);
	if (rc && self)
		oci_store_free(&self->base);
	else if (!rc)
		*out = &self->base;
	return rc;
}

int oci_layout_make_folder(struct oci_layout *self, struct oci_error *err)
{
	if (mkdir(self->path, 0777) == 0)
		self->made = true;
	else if (errno != EEXIST)
		return oci_fail_errno(err, "make folder '%s'", self->path);
	return 0;
}

/* Files of a run that is in progress, or that was killed. */
static bool is_temp(const char *name)
{
	size_t size = strlen(name);

	return name[0] == '.' && size > 4 &&
	       strcmp(name + size - 4, ".tmp") == 0;
}

/* Sets *empty if the folder has no files except temporary ones. */
static int check_empty(bool *empty, const struct oci_layout *self,
		       struct oci_error *err)
{
	struct oci_strings names = { 0 };
	int rc = oci_layout_list(&names, self->path, err);

	*empty = true;
	for (size_t i = 0; i < names.count; i++)
		*empty = *empty && is_temp(names.items[i]);
	oci_strings_release(&names);
	return rc;
}

/* Reads an existing layout; an empty folder counts as one. OCI_E_NOT_FOUND: the
 * folder has other files. A run that was killed may leave a layout without
 * index.json. */
static int read_existing(struct oci_layout *self, struct oci_error *err)
{
	bool empty;
	int rc = check_empty(&empty, self, err);

	if (rc || empty)
		return rc;
	rc = oci_layout_read_version(self, err);
	if (rc)
		return rc;
	rc = oci_layout_read_index(&self->base.index, self, err);
	return rc == OCI_E_NOT_FOUND ? 0 : rc;
}

int oci_layout_create(struct oci_store **out, const char *path,
		      struct oci_error *err)
{
	struct oci_layout *self = NULL;
	int rc = layout_new(&self, path, &write_ops, err);

	*out = NULL;
	if (!rc)
		rc = oci_layout_make_folder(self, err);
	if (!rc) {
		rc = read_existing(self, err);
		if (rc == OCI_E_NOT_FOUND)
			rc = oci_fail(err, OCI_E_CONFLICT,
				      "'%s' has files, but is not an OCI "
				      "layout: choose another folder",
				      self->path);
	}
	if (!rc) {
		oci_litter_remove(self->path, NULL);
		rc = oci_text_set(&self->base.index.media_type, OCI_MEDIA_INDEX,
				  err);
	}
	if (rc && self)
		oci_store_free(&self->base);
	else if (!rc)
		*out = &self->base;
	return rc;
}

int oci_layout_expect(struct oci_store *store, const char *name,
		      const struct oci_digest *digest, struct oci_error *err)
{
	struct oci_layout *self = (struct oci_layout *)store;
	int rc = 0;

	if (store->ops != &write_ops)
		return oci_fail(err, OCI_E_INVALID,
				"the store is not a layout to write to");
	if (name)
		rc = oci_text_set(&self->expected_name, name, err);
	if (rc)
		return rc;
	self->expected = *digest;
	self->expects = true;
	return 0;
}
