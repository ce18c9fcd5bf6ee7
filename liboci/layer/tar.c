/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a tree as a tar with libarchive: ustar headers, with pax records only
 * if ustar cannot express a value (POSIX.1-2008, pax). Only needed fields of an
 * entry are set; atime and ctime stay unset.
 */
#include "layer/tar.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/watch.h"
#include "io/ahead.h"
#include "layer/content.h"
#include "layer/libarchive.h"
#include "layer/locale.h"
#include "layer/node.h"
#include "layer/small.h"
#include "layer/xattr.h"

enum {
	READ_SIZE = 128 * 1024,
	REPORT_EVERY = 1024 * 1024,
	HEADER_MAX = 256 * 1024 * 1024 /* with all extended attributes */
};

/* A larger size needs a pax record. */
#define USTAR_SIZE_MAX ((uint64_t)1 << 33)

struct tar {
	const struct oci_tree *tree;
	struct oci_sink *sink;
	const struct oci_tar_progress *progress;
	struct archive *archive;
	struct archive_entry *entry;
	struct oci_source *small;	/* the bytes of small files */
	struct oci_source *ahead;	/* reads `small` on a thread */
	struct oci_buf *caught;		/* collects libarchive's output; or
					 * NULL */
	struct oci_error why;		/* the error of `sink` */
	int failed;			/* its status */
	uint64_t at;			/* bytes of the tar so far */
	uint64_t start;			/* bytes before it are dropped */
	uint64_t done;
	uint64_t reported;
	uint64_t total;
	char data[READ_SIZE];
};

/* Does not report a failure to libarchive, which would leak memory then.
 * Further bytes are dropped, and callers of libarchive check tar->failed. */
static la_ssize_t write_sink(struct archive *archive, void *client,
			     const void *data, size_t size)
{
	struct tar *tar = client;
	uint64_t drop = tar->at < tar->start ? tar->start - tar->at : 0;

	(void)archive;
	if (tar->caught) {
		if (!tar->failed)
			tar->failed =
				oci_buf_add(tar->caught, data, size, &tar->why);
		return (la_ssize_t)size;
	}
	tar->at += size;
	if (!tar->failed && drop < size && tar->sink)
		tar->failed = oci_sink_write(tar->sink,
					     (const char *)data + drop,
					     size - (size_t)drop, &tar->why);
	return (la_ssize_t)size;
}

static int tar_failed(struct tar *tar, struct oci_error *err)
{
	const char *text = archive_error_string(tar->archive);

	if (tar->failed) {
		if (err)
			*err = tar->why;
		return tar->failed;
	}
	if (oci_libarchive_nomem(tar->archive))
		return oci_fail_nomem(err);
	return oci_fail(err, OCI_E_SYSTEM, "write tar: %s",
			text ? text : "unknown error");
}

static int check(struct tar *tar, int result, struct oci_error *err)
{
	return result == ARCHIVE_OK && !tar->failed ? 0 : tar_failed(tar, err);
}

static int report(struct tar *tar, bool end, struct oci_error *err)
{
	const struct oci_tar_progress *to = tar->progress;
	const struct oci_watch watch = { .cancelled = to->cancelled };
	const struct oci_progress progress = {
		.what = to->what,
		.done = tar->done,
		.total = tar->total,
	};

	if (!end && tar->done - tar->reported < REPORT_EVERY)
		return 0;
	tar->reported = tar->done;
	oci_progress_tell(to->call, to->data, &progress);
	return oci_watch_check(&watch, err);
}

static unsigned filetype(const struct oci_node *node)
{
	switch ((enum oci_entry_type)node->type) {
	case OCI_ENTRY_DIRECTORY:
		return AE_IFDIR;
	case OCI_ENTRY_SYMLINK:
		return AE_IFLNK;
	case OCI_ENTRY_CHARACTER_DEVICE:
		return AE_IFCHR;
	case OCI_ENTRY_BLOCK_DEVICE:
		return AE_IFBLK;
	case OCI_ENTRY_FIFO:
		return AE_IFIFO;
	default:
		return AE_IFREG;
	}
}

/* libarchive uses the host's time_t, which may have only 32 bits. */
static int fill_entry(struct tar *tar, const struct oci_node *node,
		      struct oci_error *err)
{
	struct archive_entry *entry = archive_entry_clear(tar->entry);

	if ((time_t)node->mtime != node->mtime)
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"its mtime is after "
				"2038, which the time_t of this host cannot "
				"hold: choose an earlier one, or pack on a "
				"64-bit host");
	archive_entry_set_pathname(entry, node->path[0] ? node->path : ".");
	archive_entry_set_filetype(entry, filetype(node));
	archive_entry_set_perm(entry, (__LA_MODE_T)node->mode);
	archive_entry_set_uid(entry, node->uid);
	archive_entry_set_gid(entry, node->gid);
	archive_entry_set_mtime(entry, (time_t)node->mtime, 0);
	archive_entry_set_size(entry, (la_int64_t)node->size);
	if (node->type == OCI_ENTRY_SYMLINK)
		archive_entry_set_symlink(entry, node->target);
	if (node->type == OCI_ENTRY_HARDLINK)
		archive_entry_set_hardlink(entry, node->target);
	if (node->type == OCI_ENTRY_CHARACTER_DEVICE ||
	    node->type == OCI_ENTRY_BLOCK_DEVICE) {
		archive_entry_set_rdevmajor(entry, node->major);
		archive_entry_set_rdevminor(entry, node->minor);
	}
	oci_xattr_write(entry, node);
	return 0;
}

static bool has_plain_names(const struct oci_node *node)
{
	const struct oci_xattr *attr = node->xattrs;

	while (attr && oci_xattr_name_is_plain(attr->name))
		attr = attr->next;
	return !attr;
}

static int write_header(struct tar *tar, const struct oci_node *node,
			struct oci_error *err)
{
	struct oci_buf caught, restored;
	int rc;

	if (has_plain_names(node))
		return check(tar,
			     archive_write_header(tar->archive, tar->entry),
			     err);
	oci_buf_init(&caught, HEADER_MAX);
	oci_buf_init(&restored, HEADER_MAX);
	tar->caught = &caught;
	rc = check(tar, archive_write_header(tar->archive, tar->entry), err);
	tar->caught = NULL;
	if (!rc)
		rc = oci_xattr_restore(&restored, &caught, node, err);
	if (!rc)
		write_sink(tar->archive, tar, restored.data, restored.len);
	oci_buf_release(&restored);
	oci_buf_release(&caught);
	return rc ? rc : check(tar, ARCHIVE_OK, err);
}

static int write_data(struct tar *tar, size_t size)
{
	la_ssize_t n = archive_write_data(tar->archive, tar->data, size);

	return n == (la_ssize_t)size ? ARCHIVE_OK : ARCHIVE_FATAL;
}

/* Copies at most size bytes from a source. */
static int write_from(struct tar *tar, struct oci_source *source,
		      uint64_t size, struct oci_error *err)
{
	size_t got = 1;
	int rc = 0;

	while (!rc && got && size) {
		size_t want = size < READ_SIZE ? (size_t)size : READ_SIZE;

		rc = oci_source_read(&got, source, tar->data, want, err);
		if (!rc && got)
			rc = check(tar, write_data(tar, got), err);
		tar->done += got;
		size -= got;
		if (!rc)
			rc = report(tar, false, err);
	}
	return rc;
}

static int write_content(struct tar *tar, const struct oci_node *node,
			 struct oci_error *err)
{
	struct oci_source *source = NULL;
	uint64_t before = tar->done;
	int rc;

	if (oci_small_is(node)) {
		rc = write_from(tar, tar->ahead, node->size, err);
	} else {
		rc = oci_content_open(&source, tar->tree, node, err);
		/* Reads to the end, where the source checks the file. */
		if (!rc)
			rc = write_from(tar, source, UINT64_MAX, err);
		oci_source_free(source);
	}
	if (!rc && tar->done - before != node->size)
		return oci_fail(err, OCI_E_CHANGED, "its size changed while "
				"it was packed: pack again");
	return rc;
}

static int write_node(struct tar *tar, const struct oci_node *node,
		      struct oci_error *err)
{
	int rc = 0;

	if (tar->at >= tar->start)
		rc = oci_sink_mark(tar->sink, node->size, err);
	if (!rc)
		rc = fill_entry(tar, node, err);
	if (!rc)
		rc = write_header(tar, node, err);
	/* Also for an empty file, which may have grown. */
	if (!rc && node->type == OCI_ENTRY_FILE)
		rc = write_content(tar, node, err);
	if (!rc)
		rc = check(tar, archive_write_finish_entry(tar->archive), err);
	return rc ? oci_wrap(err, rc, OCI_POSITION_FORMAT "'/%s'",
			     OCI_POSITION(node), node->path)
		  : 0;
}

/* Opens the writer without buffers: marks are where entries start. */
static int open_archive(struct tar *tar, struct oci_error *err)
{
	struct archive *a = tar->archive = archive_write_new();

	tar->entry = archive_entry_new();
	if (!a || !tar->entry)
		return oci_fail_nomem(err);
	if (archive_write_set_format_pax_restricted(a) != ARCHIVE_OK ||
	    archive_write_set_format_option(a, "pax", "xattrheader",
					    "SCHILY") != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(a, 0) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(a, 1) != ARCHIVE_OK ||
	    archive_write_open(a, tar, NULL, write_sink, NULL) != ARCHIVE_OK)
		return tar_failed(tar, err);
	return 0;
}

/* Finds the first node that ends after start; sets tar->at to its offset. */
static size_t find_start(struct tar *tar, const uint64_t *offsets)
{
	size_t first = 0;

	for (; tar->start && first < tar->tree->count &&
	       offsets[first + 1] <= tar->start; first++)
		tar->done += tar->tree->nodes[first]->size;
	if (tar->start)
		tar->at = offsets[first];
	return first;
}

static int write_tree(struct tar *tar, uint64_t *offsets,
		      struct oci_error *err)
{
	size_t first = find_start(tar, offsets);
	int rc = open_archive(tar, err);

	if (!rc)
		rc = oci_small_open(&tar->small, tar->tree, first, err);
	if (!rc)
		rc = oci_ahead_open(&tar->ahead, tar->small, err);
	for (size_t i = first; !rc && i < tar->tree->count; i++) {
		if (offsets)
			offsets[i] = tar->at;
		rc = write_node(tar, tar->tree->nodes[i], err);
	}
	if (!rc && offsets)
		offsets[tar->tree->count] = tar->at;
	if (!rc)
		rc = check(tar, archive_write_close(tar->archive), err);
	return rc ? rc : report(tar, true, err);
}

/* Writes headers only, and counts the bytes of files. */
static int measure_tree(struct tar *tar, uint64_t *offsets,
			struct oci_error *err)
{
	const struct oci_tree *tree = tar->tree;
	int rc = open_archive(tar, err);

	for (size_t i = 0; !rc && i < tree->count; i++) {
		const struct oci_node *node = tree->nodes[i];

		offsets[i] = tar->at;
		rc = fill_entry(tar, node, err);
		if (node->size < USTAR_SIZE_MAX)
			archive_entry_set_size(tar->entry, 0);
		if (!rc)
			rc = write_header(tar, node, err);
		if (!rc && node->size >= USTAR_SIZE_MAX)
			rc = oci_fail(err, OCI_E_UNSUPPORTED, "a file of "
				      "8 GiB or more");
		tar->at += (node->size + 511) / 512 * 512;
	}
	offsets[tree->count] = tar->at;
	return rc;
}

static int run(struct tar *tar, uint64_t *offsets,
	       int (*work)(struct tar *tar, uint64_t *offsets,
			   struct oci_error *err),
	       struct oci_error *err)
{
	locale_t locale, before;
	int rc = oci_libarchive_load(err);

	if (!rc)
		rc = oci_locale_open(&locale, err);
	if (rc)
		return rc;
	before = uselocale(locale);
	rc = work(tar, offsets, err);
	/* libarchive may write when freed; the sink must not get it. */
	tar->failed = tar->failed ? tar->failed : OCI_E_CANCELLED;
	oci_source_free(tar->ahead);
	oci_source_free(tar->small);
	archive_entry_free(tar->entry);
	archive_write_free(tar->archive);
	uselocale(before);
	freelocale(locale);
	return rc;
}

int oci_tar_write(const struct oci_tree *tree, struct oci_sink *sink,
		  uint64_t *offsets, uint64_t start,
		  const struct oci_tar_progress *progress,
		  struct oci_error *err)
{
	struct tar tar = {
		.tree = tree, .sink = sink, .start = start,
		.progress = progress, .total = oci_tree_size(tree),
	};

	return run(&tar, offsets, write_tree, err);
}

int oci_tar_measure(uint64_t *offsets, const struct oci_tree *tree,
		    struct oci_error *err)
{
	struct tar tar = { .tree = tree };

	return run(&tar, offsets, measure_tree, err);
}

int oci_tar_identify(const char **out, struct oci_error *err)
{
	int rc = oci_libarchive_load(err);

	*out = rc ? NULL : archive_version_string();
	return rc;
}
