/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the files of an image. The bytes of regular files are compared by their
 * sha256, so that each layer is read once, whatever the order of its members.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/watch.h"
#include "image/diff.h"
#include "image/rootfs.h"
#include "io/digest.h"

enum { READ_SIZE = 128 * 1024 };

static int add(struct oci_diff_file **out, struct oci_diff_side *side,
	       const struct oci_entry *entry, struct oci_error *err)
{
	size_t room = side->capacity ? 2 * side->capacity : 256;
	struct oci_diff_file *more;

	if (side->count == side->capacity) {
		more = realloc(side->files, room * sizeof(*more));
		if (!more)
			return oci_fail_nomem(err);
		side->files = more;
		side->capacity = room;
	}
	*out = &side->files[side->count++];
	**out = (struct oci_diff_file){ .entry = *entry };
	return 0;
}

static int digest_content(struct oci_digest *out, struct oci_diff_side *side,
			  struct oci_source *content, struct oci_error *err)
{
	const struct oci_watch watch = { .cancelled =
						 side->options->cancelled };
	struct oci_digester *digester;
	size_t got = 1;
	int rc = oci_digester_new(&digester, NULL, err);

	if (rc)
		return rc;
	while (!rc && got) {
		rc = oci_watch_check(&watch, err);
		if (!rc)
			rc = oci_source_read(&got, content, side->data,
					     READ_SIZE, err);
		if (!rc && got)
			rc = oci_digester_add(digester, side->data, got, err);
	}
	if (!rc)
		rc = oci_digester_end(out, digester, err);
	oci_digester_free(digester);
	return rc;
}

static int take(void *data, const struct oci_entry *entry,
		struct oci_source *content, struct oci_error *err)
{
	struct oci_diff_side *side = data;
	struct oci_diff_file *file = NULL;
	int rc = add(&file, side, entry, err);

	if (rc)
		return rc;
	if (content)
		return digest_content(&file->digest, side, content, err);
	/* The file that was visited before has the same bytes. */
	if (entry->type == OCI_ENTRY_HARDLINK) {
		file->digest = file[-1].digest;
		file->entry.size = file[-1].entry.size;
		file->entry.type = OCI_ENTRY_FILE;
		file->entry.target = NULL;
	}
	return 0;
}

int oci_diff_by_path(const void *a, const void *b)
{
	const struct oci_diff_file *left = a, *right = b;

	return strcmp(left->entry.path, right->entry.path);
}

static int read_files(struct oci_diff_side *side, struct oci_error *err)
{
	struct oci_rootfs_options how = OCI_ROOTFS_OPTIONS_INIT;
	int rc;

	how.max_inflated = side->options->max_inflated;
	how.cancelled = side->options->cancelled;
	side->data = malloc(READ_SIZE);
	if (!side->data)
		return oci_fail_nomem(err);
	rc = oci_image_rootfs(&side->rootfs, side->store, side->image, &how,
			      err);
	if (!rc)
		rc = oci_rootfs_extract(side->rootfs, "/", take, side, err);
	if (!rc && side->count)
		qsort(side->files, side->count, sizeof(*side->files),
		      oci_diff_by_path);
	return rc;
}

void oci_diff_read(struct oci_diff_side *side)
{
	side->status = read_files(side, &side->why);
}

void oci_diff_release(struct oci_diff_side *side)
{
	free(side->files);
	free(side->data);
	oci_rootfs_free(side->rootfs);
}
