/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the files of each layer. Each layer is also made a root file system of
 * its own, so that files are found that a later layer deletes or replaces.
 */
#include "report.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct report_image *image;
	unsigned layer;
	struct report_file *file; /* that was read last, for its hard links */
};

static void set_hash(struct report_file *file, const struct oci_digest *digest)
{
	const char *hex = oci_digest_hex(digest);

	for (int i = 0; i < REPORT_HASH; i++)
		file->hash[i] = report_hex_byte(hex + 2 * i);
}

/* Finds what hides the file of the present layer at path. 0: nothing does. */
static unsigned hidden_by(const struct reading *r, const char *path)
{
	struct oci_entry entry;
	int rc = oci_rootfs_find(&entry, r->image->files.rootfs, path, false,
				 NULL);

	if (rc || strcmp(entry.path, path) != 0)
		return REPORT_DELETED;
	if (entry.layer != r->layer)
		return entry.layer;
	return entry.type == OCI_ENTRY_FILE ? 0 : REPORT_DELETED;
}

static int add_file(struct reading *r, const struct oci_entry *entry,
		    struct oci_error *err)
{
	struct report_image *image = r->image;
	struct report_file *items = image->items;

	if (image->count == image->capacity) {
		size_t capacity = image->capacity * 2 + 256;

		items = realloc(items, capacity * sizeof(*items));
		if (!items)
			return fail_nomem(err);
		image->items = items;
		image->capacity = capacity;
	}
	r->file = &items[image->count];
	*r->file = (struct report_file){
		.path = strdup(entry->path),
		.size = entry->size,
		.layer = r->layer,
		.by = hidden_by(r, entry->path),
	};
	if (!r->file->path)
		return fail_nomem(err);
	image->count++;
	return 0;
}

/* If a container sees only the hard link, the bytes count for the link. */
static int add_link(struct reading *r, const struct oci_entry *entry,
		    struct oci_error *err)
{
	char *path;

	if (!r->file || !r->file->by || hidden_by(r, entry->path))
		return 0;
	path = strdup(entry->path);
	if (!path)
		return fail_nomem(err);
	free(r->file->path);
	r->file->path = path;
	r->file->by = 0;
	return 0;
}

static int read_all(char **out, size_t size, struct oci_source *content,
		    struct oci_error *err)
{
	size_t done = 0, got = 1;
	int rc = 0;

	*out = malloc(size + 1);
	if (!*out)
		return fail_nomem(err);
	while (!rc && got && done < size) {
		rc = oci_source_read(&got, content, *out + done, size - done,
				     err);
		done += rc ? 0 : got;
	}
	memset(*out + done, 0, size + 1 - done);
	return rc;
}

/* A file that lists packages: digests it, and reads the list. */
static int read_database(struct reading *r, struct oci_digest *digest,
			 struct oci_source *content, struct oci_error *err)
{
	size_t size = (size_t)r->file->size;
	char *text = NULL;
	int rc = read_all(&text, size, content, err);

	if (!rc)
		rc = oci_digest_data(digest, text, size, err);
	if (!rc)
		rc = packages_add(&r->image->packages, r->file->path, text,
				  size, err);
	free(text);
	return rc;
}

static int visit(void *data, const struct oci_entry *entry,
		 struct oci_source *content, struct oci_error *err)
{
	struct reading *r = data;
	struct oci_digest digest;
	int rc;

	if (was_interrupted())
		return oci_error_set(err, OCI_E_CANCELLED, "interrupted");
	if (entry->type == OCI_ENTRY_HARDLINK)
		return add_link(r, entry, err);
	if (entry->type != OCI_ENTRY_FILE)
		return 0;
	rc = add_file(r, entry, err);
	if (rc)
		return rc;
	if (!r->file->by && entry->size <= PACKAGES_DATABASE_MAX &&
	    packages_is_database(entry->path))
		rc = read_database(r, &digest, content, err);
	else
		rc = oci_digest_source(&digest, content, err);
	if (!rc)
		set_hash(r->file, &digest);
	return rc;
}

static int read_layer(struct report_image *image, size_t index,
		      struct oci_error *err)
{
	struct oci_rootfs_options options = OCI_ROOTFS_OPTIONS_INIT;
	struct oci_image_documents one = image->files.image;
	struct reading r = { .image = image, .layer = (unsigned)index + 1 };
	struct oci_rootfs *rootfs;
	int rc;

	/* A copy that borrows: an image with this layer alone. */
	one.manifest.layers.items += index;
	one.manifest.layers.count = 1;
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	rc = oci_image_rootfs(&rootfs, image->files.from.store, &one, &options,
			      err);
	if (rc)
		return rc;
	rc = oci_rootfs_extract(rootfs, "/", visit, &r, err);
	oci_rootfs_free(rootfs);
	return rc;
}

static int by_path(const void *a, const void *b)
{
	const struct report_file *left = a, *right = b;

	if (left->layer != right->layer)
		return left->layer < right->layer ? -1 : 1;
	return strcmp(left->path, right->path);
}

int report_read_layers(struct report_image *image, struct oci_error *err)
{
	size_t layers = image->files.image.manifest.layers.count;
	int rc = files_apply(&image->files, NULL, err);

	for (size_t i = 0; !rc && i < layers; i++)
		rc = read_layer(image, i, err);
	if (image->count)
		qsort(image->items, image->count, sizeof(*image->items),
		      by_path);
	packages_sort(&image->packages);
	return rc;
}
