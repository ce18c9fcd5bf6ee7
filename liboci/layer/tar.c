/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/tar.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/watch.h"
#include "io/ahead.h"
#include "io/ustar.h"
#include "layer/content.h"
#include "layer/node.h"
#include "layer/small.h"
#include "layer/tar_header.h"

enum {
	READ_SIZE = 128 * 1024,
	REPORT_EVERY = 1024 * 1024,
	HEADER_MAX = 256 * 1024 * 1024 /* with all extended attributes */
};

struct tar {
	const struct oci_tree *tree;
	struct oci_sink *sink;
	const struct oci_tar_progress *progress;
	struct oci_source *small;	/* the bytes of small files */
	struct oci_source *ahead;	/* reads `small` on a thread */
	struct oci_buf header;		/* of the present node */
	uint64_t at;			/* bytes of the tar so far */
	uint64_t start;			/* bytes before it are dropped */
	uint64_t done;
	uint64_t reported;
	uint64_t total;
	char data[READ_SIZE + OCI_USTAR_BLOCK];
};

static int put(struct tar *tar, const char *data, size_t size,
	       struct oci_error *err)
{
	uint64_t drop = tar->at < tar->start ? tar->start - tar->at : 0;

	tar->at += size;
	if (drop >= size)
		return 0;
	return oci_sink_write(tar->sink, data + drop, size - (size_t)drop, err);
}

static int report(struct tar *tar, bool end, struct oci_error *err)
{
	const struct oci_tar_progress *to = tar->progress;
	const struct oci_watch watch = { .cancelled = to->cancelled };
	const struct oci_progress progress = {
		.what = to->what,
		.done = tar->done,
		.total = tar->total,
		.ended = end,
	};

	if (!end && tar->done - tar->reported < REPORT_EVERY)
		return 0;
	tar->reported = tar->done;
	oci_progress_tell(to->call, to->data, &progress);
	return oci_watch_check(&watch, err);
}

static int fail_changed(struct oci_error *err)
{
	return oci_fail(err, OCI_E_CHANGED,
			"its size changed while it was packed: pack again");
}

/* Copies the bytes of a file, and zeros up to the next header. */
static int copy_content(struct tar *tar, struct oci_source *source,
			const struct oci_node *node, bool to_end,
			struct oci_error *err)
{
	uint64_t left = node->size;
	size_t got, padding;
	int rc = 0;

	while (!rc && (left || to_end)) {
		size_t want =
			left < READ_SIZE && !to_end ? (size_t)left : READ_SIZE;

		rc = oci_source_read(&got, source, tar->data, want, err);
		if (rc || !got)
			break;
		if (got > left)
			return fail_changed(err);
		left -= got;
		tar->done += got;
		padding = left ? 0
			       : (size_t)(oci_ustar_padded(node->size) -
					  node->size);
		memset(tar->data + got, 0, padding);
		rc = put(tar, tar->data, got + padding, err);
		if (!rc)
			rc = report(tar, false, err);
	}
	return !rc && left ? fail_changed(err) : rc;
}

static int write_content(struct tar *tar, const struct oci_node *node,
			 struct oci_error *err)
{
	struct oci_source *source;
	int rc;

	if (oci_small_is(node))
		return copy_content(tar, tar->ahead, node, false, err);
	rc = oci_content_open(&source, tar->tree, node, err);
	/* Reads to the end, where the source checks the file. */
	if (!rc)
		rc = copy_content(tar, source, node, true, err);
	oci_source_free(source);
	return rc;
}

static int write_node(struct tar *tar, const struct oci_node *node,
		      struct oci_error *err)
{
	int rc = 0;

	if (tar->at >= tar->start)
		rc = oci_sink_mark(tar->sink, node->size, err);
	if (!rc)
		rc = oci_tar_header(&tar->header, node, err);
	if (!rc)
		rc = put(tar, tar->header.data, tar->header.len, err);
	/* Also for an empty file, which may have grown. */
	if (!rc && node->type == OCI_ENTRY_FILE)
		rc = write_content(tar, node, err);
	return rc ? oci_wrap(err, rc, OCI_POSITION_FORMAT "'/%s'",
			     OCI_POSITION(node), node->path)
		  : 0;
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
	static const char end[OCI_TAR_END];
	size_t first = find_start(tar, offsets);
	int rc = oci_small_open(&tar->small, tar->tree, first, err);

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
		rc = put(tar, end, sizeof(end), err);
	return rc ? rc : report(tar, true, err);
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
	int rc;

	oci_buf_init(&tar.header, HEADER_MAX);
	rc = write_tree(&tar, offsets, err);
	oci_source_free(tar.ahead);
	oci_source_free(tar.small);
	oci_buf_release(&tar.header);
	return rc;
}

int oci_tar_measure(uint64_t *offsets, const struct oci_tree *tree,
		    struct oci_error *err)
{
	struct oci_buf header;
	uint64_t at = 0;
	int rc = 0;

	oci_buf_init(&header, HEADER_MAX);
	for (size_t i = 0; !rc && i < tree->count; i++) {
		offsets[i] = at;
		rc = oci_tar_header(&header, tree->nodes[i], err);
		at += header.len + oci_ustar_padded(tree->nodes[i]->size);
	}
	offsets[tree->count] = at;
	oci_buf_release(&header);
	return rc;
}
