/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file's bytes: a member of its layer's tar, which is read again. */
#include <oci/rootfs.h>

#include <stdlib.h>

#include "base/error.h"
#include "io/file.h"
#include "io/inflate.h"
#include "layer/reader.h"
#include "layer/rootfs.h"

struct file_source {
	struct oci_source base;
	const struct oci_rootfs *rootfs;
	struct oci_content_at at;
	struct oci_member_reader members;
};

void oci_member_close(struct oci_member_reader *members)
{
	oci_reader_free(members->reader);
	oci_source_free(members->tar);
	*members = (struct oci_member_reader){ 0 };
}

int oci_member_seek(struct oci_member_reader *members,
		    const struct oci_rootfs *rootfs,
		    const struct oci_content_at *at, struct oci_error *err)
{
	struct archive_entry *member;
	int rc = 0;

	if (members->layer != at->layer) {
		oci_member_close(members);
		rc = rootfs->layers.open(&members->tar, rootfs->layers.data,
					 at->layer, err);
		if (!rc)
			rc = oci_reader_open_source(&members->reader,
						    members->tar,
						    OCI_READER_LAYER, err);
		members->layer = at->layer;
	}
	for (; !rc && members->member < at->member; members->member++) {
		rc = oci_reader_next(&member, members->reader, err);
		if (!rc && !member)
			rc = oci_fail(err, OCI_E_CHANGED,
				      "layer %u has fewer members than before",
				      at->layer);
	}
	return rc;
}

static int file_read(size_t *got, struct oci_source *source, void *data,
		     size_t size, struct oci_error *err)
{
	struct file_source *self = (struct file_source *)source;
	int rc;

	*got = 0;
	if (!self->at.member)
		return 0;
	rc = oci_reader_read(got, self->members.reader, data, size, err);
	/* The digest of the layer is checked at its end only. */
	return rc || *got || !size ? rc
				   : oci_source_drain(self->members.tar, err);
}

static int file_rewind(struct oci_source *source, struct oci_error *err)
{
	struct file_source *self = (struct file_source *)source;

	oci_member_close(&self->members);
	return self->at.member ? oci_member_seek(&self->members, self->rootfs,
						 &self->at, err)
			       : 0;
}

static void file_free(struct oci_source *source)
{
	struct file_source *self = (struct file_source *)source;

	oci_member_close(&self->members);
	free(self);
}

int oci_rootfs_check_file(const struct oci_rootfs *rootfs,
			  const struct oci_rootfs_entry *e, const char *path,
			  struct oci_error *err)
{
	if (!e || e->type != OCI_ENTRY_FILE)
		return oci_fail(err, OCI_E_INVALID,
				"'%s' is not a regular file", path);
	if (e->at.content.size &&
	    (!e->at.content.member || !rootfs->layers.open))
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"the bytes of '%s' are not available", path);
	return 0;
}

int oci_rootfs_open_file(struct oci_source **out,
			 const struct oci_rootfs *rootfs, const char *path,
			 struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		.read = file_read,
		.rewind = file_rewind,
		.free = file_free,
	};
	const struct oci_rootfs_entry *e;
	char resolved[OCI_PATH_MAX];
	struct file_source *self;
	int rc = oci_rootfs_locate(resolved, &e, rootfs, path, true, err);

	*out = NULL;
	if (!rc)
		rc = oci_rootfs_check_file(rootfs, e, path, err);
	if (rc)
		return rc;
	self = calloc(1, sizeof(*self));
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->rootfs = rootfs;
	if (e->at.content.size)
		self->at = e->at.content;
	rc = file_rewind(&self->base, err);
	if (rc)
		file_free(&self->base);
	else
		*out = &self->base;
	return rc;
}
