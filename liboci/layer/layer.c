/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a layer in one pass: tree -> tar -> blocks, whose sha256 is the
 * diff_id -> sha256 (digest) -> sink.
 */
#include <oci/layer.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <oci/descriptor.h>

#include "base/error.h"
#include "base/number.h"
#include "base/options.h"
#include "io/compress.h"
#include "io/digest.h"
#include "io/file.h"
#include "layer/fingerprint.h"
#include "layer/node.h"
#include "layer/reuse.h"
#include "layer/tar.h"
#include "layer/tar_header.h"

static const struct {
	const char *name;
	const char *media_type;
	const struct oci_codec *codec;
	int level;
} compressions[] = {
	[OCI_COMPRESSION_GZIP] = { "gzip", OCI_MEDIA_LAYER_GZIP,
				   &oci_codec_gzip, OCI_GZIP_LEVEL_DEFAULT },
	[OCI_COMPRESSION_ZSTD] = { "zstd", OCI_MEDIA_LAYER_ZSTD,
				   &oci_codec_zstd, OCI_ZSTD_LEVEL_DEFAULT },
	[OCI_COMPRESSION_NONE] = { "none", OCI_MEDIA_LAYER, NULL, 0 },
};

enum { COMPRESSIONS = sizeof(compressions) / sizeof(compressions[0]) };

const char *oci_layer_media_type(enum oci_compression compression)
{
	return compressions[compression].media_type;
}

int oci_compression_parse(enum oci_compression *compression, int *level,
			  const char *text, struct oci_error *err)
{
	size_t size = strcspn(text, ":");

	for (int i = 0; i < COMPRESSIONS; i++) {
		const struct oci_codec *codec = compressions[i].codec;
		uint64_t number = 0;

		if (strlen(compressions[i].name) != size ||
		    strncmp(text, compressions[i].name, size) != 0)
			continue;
		if (text[size] &&
		    (!codec ||
		     !oci_number_parse(&number, text + size + 1, 10,
				       (uint64_t)codec->level_max) ||
		     number < (uint64_t)codec->level_min))
			break;
		*compression = (enum oci_compression)i;
		*level = (int)number;
		return 0;
	}
	return oci_fail(err, OCI_E_INVALID,
			"compression '%.80s' is not gzip[:%d-%d], "
			"zstd[:%d-%d] or none",
			text, oci_codec_gzip.level_min,
			oci_codec_gzip.level_max, oci_codec_zstd.level_min,
			oci_codec_zstd.level_max);
}

int oci_layer_fingerprint(struct oci_fingerprint *fingerprint,
			  const struct oci_layer_options *options,
			  struct oci_error *err)
{
	const struct oci_codec *codec =
		compressions[options->compression].codec;
	char text[OCI_CODEC_TEXT] = "none";
	int rc;

	if (codec)
		codec->identify(text);
	rc = oci_fingerprint_text(fingerprint, OCI_TAR_FORMAT, err);
	if (!rc)
		rc = oci_fingerprint_text(fingerprint, text, err);
	if (!rc)
		rc = oci_fingerprint_number(fingerprint, options->compression,
					    err);
	return rc ? rc
		  : oci_fingerprint_number(fingerprint, options->level, err);
}

struct chain {
	struct oci_sink *digest;	/* of the bytes of the blob */
	struct oci_sink *compress;	/* NULL: not compressed */
	struct oci_digester *diff_id;	/* of the tar; NULL: not compressed */
};

/* The state of writing a layer. */
struct writing {
	const struct oci_tree *tree;
	struct oci_sink *sink;
	const struct oci_layer_options *options;
	const struct oci_layer_before *before;
	struct oci_blocks *blocks;
	struct oci_reuse reuse;
	uint64_t start; /* bytes of the tar that are copied, not
			 * read */
	uint32_t sum;	/* the codec's checksum of them */
	bool resumed;	/* the sink has the codec's head */
	struct chain chain;
};

static const struct oci_codec *codec_of(const struct writing *w)
{
	return compressions[w->options->compression].codec;
}

static int open_chain(struct writing *w, struct oci_error *err)
{
	const struct oci_layer_options *o = w->options;
	struct oci_compress_options options = {
		.codec = codec_of(w),
		.level = o->level ? o->level
				  : compressions[o->compression].level,
		.jobs = o->jobs,
		.blocks = w->blocks,
		.known_fd = w->before ? w->before->fd : -1,
		.resumed = w->resumed,
		.sum = w->sum,
		.size = w->start,
	};
	struct chain *chain = &w->chain;
	int rc = oci_measure_open(&chain->digest, w->sink, NULL, err);

	if (rc || !options.codec)
		return rc;
	rc = oci_digester_new(&chain->diff_id, NULL, err);
	if (rc)
		return rc;
	options.in = chain->diff_id;
	options.out = oci_measure_digester(chain->digest);
	if (w->reuse.old) {
		options.old = w->reuse.old + w->reuse.prefix;
		options.known_count = w->reuse.blocks.count - w->reuse.prefix;
	}
	return oci_compress_open(&chain->compress, chain->digest, &options,
				 err);
}

static int end_chain(struct oci_layer *out, struct chain *chain,
		     struct oci_error *err)
{
	struct oci_digest_state state;
	int rc = chain->compress ? oci_sink_finish(chain->compress, err) : 0;

	if (!rc)
		rc = oci_measure_end(&out->digest, &out->size, chain->digest,
				     err);
	if (rc)
		return rc;
	if (!chain->compress) {
		out->diff_id = out->digest;
		out->tar_size = out->size;
		return 0;
	}
	/* The size of a tar is a multiple of 512, so the state has all
	 * bytes. */
	oci_digester_save(&state, chain->diff_id);
	out->tar_size = state.size;
	return oci_digester_end(&out->diff_id, chain->diff_id, err);
}

/* Whether the old blob starts with what stands before the first block. */
static bool has_head(int fd, const struct oci_codec *codec)
{
	char head[OCI_CODEC_EDGE];
	size_t got;

	return !oci_file_read_at(&got, fd, head, codec->head_size, 0, NULL) &&
	       got == codec->head_size &&
	       memcmp(head, codec->head, codec->head_size) == 0;
}

/* Copies the unchanged first blocks to the sink, up to a damaged one, and what
 * stands before them. *written is the number of bytes. */
static int copy_prefix(struct writing *w, uint64_t *written,
		       struct oci_error *err)
{
	const struct oci_codec *codec = codec_of(w);
	size_t copied = 0;
	int rc = oci_sink_write(w->sink, codec->head, codec->head_size, err);

	if (!rc)
		rc = oci_blocks_copy(&copied, w->sink, w->before->fd,
				     w->reuse.old, w->reuse.prefix,
				     codec->bound(), w->options->jobs, err);
	*written = codec->head_size;
	for (size_t i = 0; !rc && i < copied; i++) {
		const struct oci_block *block = w->reuse.old[i].block;

		rc = oci_blocks_add(w->blocks, block, err);
		if (codec->join)
			w->sum =
				codec->join(w->sum, block->sum, block->in_size);
		w->start += block->in_size;
		*written += block->out_size;
	}
	w->reuse.prefix = copied;
	w->resumed = *written > 0;
	return rc;
}

/* Continues the digests after the copied blocks. */
static int resume(struct writing *w, uint64_t written, struct oci_error *err)
{
	const struct oci_block *next =
		&w->before->blocks->items[w->reuse.prefix];
	size_t got = 0, size;
	char rest[OCI_DIGEST_BLOCK];
	int rc = 0;

	if (written < next->out.size ||
	    written - next->out.size >= sizeof(rest) ||
	    next->in.size != w->start)
		return oci_fail(err, OCI_E_CORRUPT, "the cache's record of "
				"this layer is damaged: pack with --no-cache");
	size = (size_t)(written - next->out.size);
	rc = oci_file_read_at(&got, w->before->fd, rest, size, next->out.size,
			      err);
	if (!rc && got < size)
		rc = oci_fail(err, OCI_E_CHANGED, "a blob of the cache became "
			      "shorter while it was read: pack again");
	if (!rc)
		rc = oci_measure_resume(w->chain.digest, &next->out, rest,
					size, err);
	oci_digester_restore(w->chain.diff_id, &next->in);
	return rc;
}

static int write_chain(struct oci_layer *out, struct writing *w,
		       struct oci_error *err)
{
	const struct oci_tar_progress progress = {
		w->options->progress,
		w->options->progress_data,
		w->options->name,
		w->options->cancelled,
	};
	uint64_t written = 0;
	int rc = 0;

	if (w->reuse.prefix && !has_head(w->before->fd, codec_of(w)))
		w->reuse.prefix = 0;
	if (w->reuse.prefix)
		rc = copy_prefix(w, &written, err);
	if (!rc)
		rc = open_chain(w, err);
	if (!rc && w->resumed)
		rc = resume(w, written, err);
	if (!rc)
		rc = oci_tar_write(w->tree,
				   w->chain.compress ? w->chain.compress :
						       w->chain.digest,
				   w->reuse.offsets, w->start, &progress,
				   err);
	/* The last blocks are still being compressed meanwhile. */
	if (!rc && w->blocks)
		rc = oci_reuse_plan(&w->reuse, w->tree, codec_of(w), err);
	if (!rc)
		rc = end_chain(out, &w->chain, err);
	oci_sink_free(w->chain.compress);
	oci_sink_free(w->chain.digest);
	oci_digester_free(w->chain.diff_id);
	return rc;
}

int oci_layer_write_blocks(struct oci_layer *out, struct oci_blocks *blocks,
			   const struct oci_tree *tree, struct oci_sink *sink,
			   const struct oci_layer_options *options,
			   const struct oci_layer_before *before,
			   struct oci_error *err)
{
	static const struct oci_layer_options usual = OCI_LAYER_OPTIONS_INIT;
	struct writing w = {
		.tree = tree, .sink = sink, .before = before,
		.options = options ? options : &usual,
	};
	int rc = 0;

	if (!tree->settled)
		return oci_fail(err, OCI_E_INVALID, "the tree is not settled");
	if ((int)w.options->compression < 0 ||
	    (int)w.options->compression >= COMPRESSIONS)
		return oci_fail(err, OCI_E_INVALID, "unknown compression");
	if (codec_of(&w))
		w.blocks = blocks;
	if (w.blocks)
		rc = oci_reuse_open(&w.reuse, tree, codec_of(&w), before,
				    err);
	if (!rc)
		rc = write_chain(out, &w, err);
	if (!rc && w.blocks)
		oci_reuse_identify(w.blocks, &w.reuse);
	oci_reuse_release(&w.reuse);
	return rc;
}

int oci_layer_write(struct oci_layer *out, const struct oci_tree *tree,
		    struct oci_sink *sink,
		    const struct oci_layer_options *options,
		    struct oci_error *err)
{
	static const struct oci_layer_options usual = OCI_LAYER_OPTIONS_INIT;
	struct oci_layer_options o;

	oci_options_read(&o, sizeof(o), &usual, options);
	return oci_layer_write_blocks(out, NULL, tree, sink, &o, NULL, err);
}
