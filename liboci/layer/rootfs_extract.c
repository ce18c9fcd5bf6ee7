/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the bytes of many files. Each layer's tar is read once, so the files
 * come in the order of the layers and of their members.
 */
#include <oci/rootfs.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/file.h"
#include "layer/reader.h"
#include "layer/rootfs.h"

struct extraction {
	const struct oci_rootfs *rootfs;
	const struct oci_rootfs_entry **entries; /* sorted by path */
	size_t count;
	const struct oci_rootfs_entry **files; /* sorted by place */
	size_t file_count;
	struct oci_member_reader members;
	oci_content_fn *visit;
	void *data;
};

/* Visits the directories, which come before the files, or what comes behind
 * them: links, devices and fifos. */
static int visit_others(const struct extraction *x, bool directories,
			struct oci_error *err)
{
	struct oci_entry entry;
	int rc = 0;

	for (size_t i = 0; !rc && i < x->count; i++) {
		const struct oci_rootfs_entry *e = x->entries[i];

		if (e->type == OCI_ENTRY_FILE ||
		    (e->type == OCI_ENTRY_DIRECTORY) != directories)
			continue;
		oci_rootfs_describe(&entry, e);
		rc = x->visit(x->data, &entry, NULL, err);
	}
	return rc;
}

static int by_place(const void *a, const void *b)
{
	const struct oci_rootfs_entry *const *left = a, *const *right = b;
	const struct oci_content_at *l = &(*left)->at.content;
	const struct oci_content_at *r = &(*right)->at.content;

	if (l->layer != r->layer)
		return l->layer < r->layer ? -1 : 1;
	if (l->member != r->member)
		return l->member < r->member ? -1 : 1;
	return strcmp((*left)->path, (*right)->path);
}

static int collect_files(struct extraction *x, struct oci_error *err)
{
	x->files = malloc((x->count + 1) * sizeof(*x->files));
	if (!x->files)
		return oci_fail_nomem(err);
	for (size_t i = 0; i < x->count; i++)
		if (x->entries[i]->type == OCI_ENTRY_FILE)
			x->files[x->file_count++] = x->entries[i];
	qsort(x->files, x->file_count, sizeof(*x->files), by_place);
	return 0;
}

/* Reads the layer to its end, where its digest is checked. */
static int end_layer(struct extraction *x, struct oci_error *err)
{
	int rc = x->members.tar ? oci_source_drain(x->members.tar, err) : 0;

	oci_member_close(&x->members);
	return rc;
}

static int seek(struct extraction *x, const struct oci_content_at *at,
		struct oci_error *err)
{
	int rc = x->members.layer == at->layer ? 0 : end_layer(x, err);

	return rc ? rc : oci_member_seek(&x->members, x->rootfs, at, err);
}

static int visit_file(struct extraction *x, const struct oci_rootfs_entry *e,
		      struct oci_error *err)
{
	struct oci_source *content;
	struct oci_entry entry;
	int rc = 0;

	oci_rootfs_describe(&entry, e);
	if (e->at.content.size)
		rc = seek(x, &e->at.content, err);
	if (!rc)
		rc = e->at.content.size
			     ? oci_reader_member(&content, x->members.reader,
						 err)
			     : oci_source_open_memory(&content, "", 0, err);
	if (rc)
		return rc;
	rc = x->visit(x->data, &entry, content, err);
	oci_source_free(content);
	return rc;
}

/* A hard link to the file that was visited before. */
static int visit_link(struct extraction *x, const struct oci_rootfs_entry *e,
		      const struct oci_rootfs_entry *file,
		      struct oci_error *err)
{
	struct oci_entry entry;

	oci_rootfs_describe(&entry, e);
	entry.type = OCI_ENTRY_HARDLINK;
	entry.size = 0;
	entry.target = file->path;
	return x->visit(x->data, &entry, NULL, err);
}

static bool is_same_file(const struct oci_rootfs_entry *a,
			 const struct oci_rootfs_entry *b)
{
	return a->at.content.member &&
	       a->at.content.layer == b->at.content.layer &&
	       a->at.content.member == b->at.content.member;
}

static int visit_files(struct extraction *x, struct oci_error *err)
{
	const struct oci_rootfs_entry *file = NULL;
	int rc = 0;

	for (size_t i = 0; !rc && i < x->file_count; i++) {
		const struct oci_rootfs_entry *e = x->files[i];

		rc = oci_rootfs_check_file(x->rootfs, e, e->path, err);
		if (rc)
			break;
		if (file && is_same_file(e, file)) {
			rc = visit_link(x, e, file, err);
			continue;
		}
		file = e;
		rc = visit_file(x, e, err);
		if (rc)
			rc = oci_wrap(err, rc, "'/%s'", e->path);
	}
	return rc;
}

/* Lists what is below path, or the file at path alone. */
static int list(struct extraction *x, const char *path, struct oci_error *err)
{
	const struct oci_rootfs_entry *e;
	char resolved[OCI_PATH_MAX];
	int rc = oci_rootfs_locate(resolved, &e, x->rootfs, path, true, err);

	if (rc)
		return rc;
	if (!e || e->type == OCI_ENTRY_DIRECTORY)
		return oci_rootfs_sort(&x->entries, &x->count, x->rootfs,
				       resolved, true, err);
	x->entries = malloc(sizeof(*x->entries));
	if (!x->entries)
		return oci_fail_nomem(err);
	x->entries[0] = e;
	x->count = 1;
	return 0;
}

int oci_rootfs_extract(const struct oci_rootfs *rootfs, const char *path,
		       oci_content_fn *visit, void *data, struct oci_error *err)
{
	struct extraction x = { .rootfs = rootfs,
				.visit = visit,
				.data = data };
	int rc = list(&x, path, err);

	if (!rc)
		rc = collect_files(&x, err);
	if (!rc)
		rc = visit_others(&x, true, err);
	if (!rc)
		rc = visit_files(&x, err);
	if (!rc)
		rc = end_layer(&x, err);
	if (!rc)
		rc = visit_others(&x, false, err);
	oci_member_close(&x.members);
	free(x.files);
	free(x.entries);
	return rc;
}
