/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain that writes a layer, in one pass:
 * tree -> tar -> sha256 (diff_id) -> blocks -> sha256 (digest) -> sink.
 */
#include <oci/layer.h>

#include <stdio.h>
#include <string.h>

#include <oci/descriptor.h>

#include "base/error.h"
#include "base/number.h"
#include "io/compress.h"
#include "io/digest.h"
#include "layer/node.h"
#include "layer/stamp.h"
#include "layer/tar.h"

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
			"zstd[:%d-%d] or none", text,
			oci_codec_gzip.level_min, oci_codec_gzip.level_max,
			oci_codec_zstd.level_min, oci_codec_zstd.level_max);
}

int oci_layer_stamp(struct oci_stamp *stamp,
		    const struct oci_layer_options *options,
		    struct oci_error *err)
{
	const struct oci_codec *codec =
		compressions[options->compression].codec;
	char text[OCI_CODEC_TEXT] = "none";
	int rc;

	if (codec)
		codec->identify(text);
	rc = oci_stamp_text(stamp, text, err);
	if (!rc)
		rc = oci_stamp_number(stamp, options->compression, err);
	return rc ? rc : oci_stamp_number(stamp, options->level, err);
}

struct chain {
	struct oci_sink *digest;	/* of what reaches the sink */
	struct oci_sink *compress;	/* NULL: not compressed */
	struct oci_sink *diff_id;	/* of the tar */
};

static int open_chain(struct chain *chain, struct oci_sink *sink,
		      const struct oci_layer_options *options,
		      struct oci_error *err)
{
	const struct oci_codec *codec =
		compressions[options->compression].codec;
	int level = options->level ? options->level :
		    compressions[options->compression].level;
	int rc;

	if (!codec)
		return oci_measure_open(&chain->diff_id, sink, NULL, err);
	rc = oci_measure_open(&chain->digest, sink, NULL, err);
	if (!rc)
		rc = oci_compress_open(&chain->compress, chain->digest, codec,
				       level, options->jobs, err);
	if (!rc)
		rc = oci_measure_open(&chain->diff_id, chain->compress, NULL,
				      err);
	return rc;
}

static int end_chain(struct oci_layer *out, struct chain *chain,
		     struct oci_error *err)
{
	int rc = chain->compress ? oci_sink_finish(chain->compress, err) : 0;

	if (!rc)
		rc = oci_measure_end(&out->diff_id, &out->tar_size,
				     chain->diff_id, err);
	if (rc)
		return rc;
	if (chain->digest)
		return oci_measure_end(&out->digest, &out->size, chain->digest,
				       err);
	out->digest = out->diff_id;
	out->size = out->tar_size;
	return 0;
}

int oci_layer_write(struct oci_layer *out, const struct oci_tree *tree,
		    struct oci_sink *sink,
		    const struct oci_layer_options *options,
		    struct oci_error *err)
{
	static const struct oci_layer_options usual = OCI_LAYER_OPTIONS_INIT;
	struct oci_tar_progress progress;
	struct chain chain = {0};
	int rc;

	if (!options)
		options = &usual;
	if (!tree->settled)
		return oci_fail(err, OCI_E_INVALID, "the tree is not settled");
	if ((int)options->compression < 0 ||
	    (int)options->compression >= COMPRESSIONS)
		return oci_fail(err, OCI_E_INVALID, "unknown compression");
	progress.call = options->progress;
	progress.data = options->progress_data;
	progress.what = options->name;
	rc = open_chain(&chain, sink, options, err);
	if (!rc)
		rc = oci_tar_write(tree, chain.diff_id, &progress, err);
	if (!rc)
		rc = end_chain(out, &chain, err);
	oci_sink_free(chain.diff_id);
	oci_sink_free(chain.compress);
	oci_sink_free(chain.digest);
	return rc;
}
