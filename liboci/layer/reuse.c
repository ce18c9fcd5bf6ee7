/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/reuse.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/table.h"
#include "layer/fingerprint.h"
#include "layer/node.h"
#include "layer/tar.h"

static int add_content(struct oci_fingerprint *fingerprint,
		       const struct oci_node *node, bool *complete,
		       struct oci_error *err)
{
	const struct oci_disk_file *disk = node->at.disk;
	struct stat st = {0};

	switch ((enum oci_content)node->content) {
	case OCI_CONTENT_NONE:
		return 0;
	case OCI_CONTENT_MEMORY:
		return oci_fingerprint_bytes(fingerprint, node->at.data,
					     (size_t)node->size, err);
	case OCI_CONTENT_DISK:
		st.st_dev = disk->device;
		st.st_ino = disk->inode;
		st.st_size = (off_t)node->size;
		st.st_mtim = disk->mtime;
		st.st_ctim = disk->ctime;
		return oci_fingerprint_stat(fingerprint, &st, err);
	case OCI_CONTENT_SPOOL:
		break;
	}
	*complete = false;
	return 0;
}

static int add_xattrs(struct oci_fingerprint *fingerprint,
		      const struct oci_node *node, struct oci_error *err)
{
	int rc = 0;

	for (const struct oci_xattr *x = node->xattrs; !rc && x; x = x->next) {
		rc = oci_fingerprint_text(fingerprint, x->name, err);
		if (!rc)
			rc = oci_fingerprint_bytes(fingerprint, x->value,
						   x->size, err);
	}
	return rc ? rc : oci_fingerprint_number(fingerprint, -1, err);
}

/* Adds everything that decides a node's bytes in a tar. Clears *complete if its
 * content can only be known by reading it. */
static int add_node(struct oci_fingerprint *fingerprint,
		    const struct oci_node *node, bool *complete,
		    struct oci_error *err)
{
	const int64_t numbers[] = {
		node->type, node->mode, node->uid, node->gid, node->mtime,
		(int64_t)node->size, node->major, node->minor,
	};
	int rc = oci_fingerprint_bytes(fingerprint, numbers, sizeof(numbers),
				       err);

	if (!rc)
		rc = oci_fingerprint_text(fingerprint, node->path, err);
	if (!rc)
		rc = oci_fingerprint_text(fingerprint, node->target, err);
	if (!rc)
		rc = add_xattrs(fingerprint, node, err);
	return rc ? rc : add_content(fingerprint, node, complete, err);
}

/* Computes the id of size bytes of the tar from offset. *first is the node that
 * has the byte at offset. Afterwards, it is the node that has the byte behind
 * the range. */
static int identify(struct oci_digest *out, size_t *first,
		    const struct oci_tree *tree, const struct oci_reuse *r,
		    uint64_t offset, uint64_t size, struct oci_error *err)
{
	const uint64_t *offsets = r->offsets;
	struct oci_fingerprint *fingerprint;
	bool complete = true, racy;
	int rc = oci_fingerprint_new(&fingerprint, &r->now, err);

	if (rc)
		return rc;
	for (; !rc && *first < tree->count && offsets[*first] < offset + size;
	     ++*first) {
		rc = add_node(fingerprint, tree->nodes[*first], &complete, err);
		if (!rc)
			rc = oci_fingerprint_number(
				fingerprint,
				(int64_t)(offset - offsets[*first]), err);
		if (offsets[*first + 1] > offset + size)
			break;
	}
	if (!rc)
		rc = oci_fingerprint_number(fingerprint, (int64_t)size, err);
	if (!rc)
		rc = oci_fingerprint_end(out, &racy, fingerprint, err);
	if (!rc && (!complete || racy))
		*out = (struct oci_digest){0};
	oci_fingerprint_free(fingerprint);
	return rc;
}

static int add_block(struct oci_blocks *blocks, uint64_t size,
		     struct oci_error *err)
{
	const struct oci_block block = { .in_size = size };

	return oci_blocks_add(blocks, &block, err);
}

/* Adds the full blocks that size more bytes of the tar complete. *fill is the
 * number of bytes in the block that is not full yet. */
static int fill_blocks(struct oci_blocks *blocks, uint64_t *fill,
		       uint64_t size, size_t block, struct oci_error *err)
{
	int rc = 0;

	*fill += size;
	for (; !rc && *fill >= block; *fill -= block)
		rc = add_block(blocks, block, err);
	return rc;
}

/* Computes where the blocks of the tar end, in the same way as compress.c. */
static int plan_sizes(struct oci_blocks *out, const struct oci_tree *tree,
		      const struct oci_codec *codec, const uint64_t *offsets,
		      struct oci_error *err)
{
	uint64_t fill = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < tree->count; i++) {
		if (oci_compress_cuts(codec, (size_t)fill,
				      tree->nodes[i]->size)) {
			rc = add_block(out, fill, err);
			fill = 0;
		}
		if (!rc)
			rc = fill_blocks(out, &fill,
					 offsets[i + 1] - offsets[i],
					 codec->block, err);
	}
	if (!rc)
		rc = fill_blocks(out, &fill, OCI_TAR_END, codec->block, err);
	return rc || !fill ? rc : add_block(out, fill, err);
}

int oci_reuse_plan(struct oci_reuse *r, const struct oci_tree *tree,
		   const struct oci_codec *codec, struct oci_error *err)
{
	uint64_t offset = 0;
	size_t first = 0;
	int rc;

	if (r->blocks.count)
		return 0;
	rc = plan_sizes(&r->blocks, tree, codec, r->offsets, err);
	for (size_t i = 0; !rc && i < r->blocks.count; i++) {
		struct oci_block *block = &r->blocks.items[i];

		rc = identify(&block->id, &first, tree, r, offset,
			      block->in_size, err);
		offset += block->in_size;
	}
	return rc;
}

void oci_reuse_identify(struct oci_blocks *blocks, const struct oci_reuse *r)
{
	const struct oci_blocks *plan = &r->blocks;

	for (size_t i = 0; i < blocks->count && i < plan->count &&
			   blocks->items[i].in_size == plan->items[i].in_size;
	     i++)
		blocks->items[i].id = plan->items[i].id;
}

static bool is_same(const struct oci_block *a, const struct oci_block *b)
{
	return a->id.text[0] && a->in_size == b->in_size &&
	       oci_digest_equal(&a->id, &b->id);
}

/* Counts the equal first blocks. The states of the digests are known only after
 * multiples of OCI_DIGEST_BLOCK. */
static size_t count_prefix(const struct oci_blocks *a,
			   const struct oci_blocks *b)
{
	size_t n = 0;

	while (n + 1 < a->count && n + 1 < b->count &&
	       is_same(&a->items[n], &b->items[n]) &&
	       a->items[n].in_size % OCI_DIGEST_BLOCK == 0)
		n++;
	return n;
}

/* Finds each block among the old ones, at any offset. */
static int match(struct oci_reuse *r, const struct oci_blocks *before,
		 struct oci_error *err)
{
	struct oci_old_block *candidates;
	struct oci_table table = {0};
	uint64_t offset = before->start;
	int rc = 0;

	candidates = calloc(before->count + 1, sizeof(*candidates));
	r->old = calloc(r->blocks.count + 1, sizeof(*r->old));
	if (!candidates || !r->old)
		rc = oci_fail_nomem(err);
	for (size_t i = 0; !rc && i < before->count; i++) {
		const struct oci_block *b = &before->items[i];

		candidates[i] = (struct oci_old_block){ b, offset };
		offset += b->out_size;
		if (b->id.text[0])
			rc = oci_table_set(&table, b->id.text,
					   strlen(b->id.text), &candidates[i],
					   err);
	}
	for (size_t i = 0; !rc && i < r->blocks.count; i++) {
		const char *id = r->blocks.items[i].id.text;
		const struct oci_old_block *place =
			*id ? oci_table_get(&table, id, strlen(id)) : NULL;

		if (place)
			r->old[i] = *place;
	}
	oci_table_release(&table);
	free(candidates);
	return rc;
}

/* Uses the blocks of the prefix as they stand in the old blob, not other blocks
 * with the same ids: the saved digests are valid only for that order. */
static void place_prefix(struct oci_reuse *r, const struct oci_blocks *before)
{
	uint64_t offset = before->start;

	for (size_t i = 0; i < r->prefix; i++) {
		const struct oci_block *b = &before->items[i];

		r->old[i] = (struct oci_old_block){ b, offset };
		offset += b->out_size;
	}
}

int oci_reuse_open(struct oci_reuse *out, const struct oci_tree *tree,
		   const struct oci_codec *codec,
		   const struct oci_layer_before *before,
		   struct oci_error *err)
{
	int rc;

	*out = (struct oci_reuse){0};
	clock_gettime(CLOCK_REALTIME, &out->now);
	out->offsets = calloc(tree->count + 1, sizeof(*out->offsets));
	if (!out->offsets)
		return oci_fail_nomem(err);
	if (!before || !before->blocks->count)
		return 0;
	rc = oci_tar_measure(out->offsets, tree, err);
	if (!rc)
		rc = oci_reuse_plan(out, tree, codec, err);
	if (!rc)
		rc = match(out, before->blocks, err);
	if (rc)
		return rc;
	out->prefix = count_prefix(&out->blocks, before->blocks);
	place_prefix(out, before->blocks);
	return 0;
}

void oci_reuse_release(struct oci_reuse *reuse)
{
	free(reuse->offsets);
	free(reuse->old);
	oci_blocks_release(&reuse->blocks);
}
