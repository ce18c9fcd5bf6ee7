/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a layer of a base in one pass: its bytes are copied to a store,
 * inflated, digested, and applied.
 */
#include "image/base_layer.h"

#include <string.h>

#include "base/error.h"
#include "io/ahead.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/inflate.h"
#include "layer/rootfs.h"
#include "store/store.h"

/* A source that also writes its bytes to a sink. Both are borrowed. */
struct copying {
	struct oci_source base;
	struct oci_source *from;
	struct oci_sink *to;		/* or NULL */
};

static int copying_read(size_t *got, struct oci_source *source, void *data,
			size_t size, struct oci_error *err)
{
	struct copying *self = (struct copying *)source;
	int rc = oci_source_read(got, self->from, data, size, err);

	if (!rc && self->to && *got)
		rc = oci_sink_write(self->to, data, *got, err);
	return rc;
}

static const struct oci_source_ops copying_ops = { copying_read, NULL, NULL };

/* An OCI media type has to be correct; one of Docker's is corrected. */
static int choose_type(const char **out, const struct oci_descriptor *layer,
		       enum oci_inflate_kind kind, struct oci_error *err)
{
	static const char *const types[] = {
		OCI_MEDIA_LAYER, OCI_MEDIA_LAYER_GZIP, OCI_MEDIA_LAYER_ZSTD,
	};
	static const char *const names[] = { "not compressed", "gzip", "zstd" };
	const char *said = layer->media_type;

	*out = types[kind];
	if (strncmp(said, OCI_MEDIA_DOCKER_LAYER,
		    strlen(OCI_MEDIA_DOCKER_LAYER)) == 0 ||
	    strcmp(said, types[kind]) == 0)
		return 0;
	return oci_fail(err, OCI_E_CORRUPT, "it is %s, its media type says %s",
			names[kind], strrchr(said, '.') + 1);
}

/* Reads everything: the tar, and bytes after its end. */
static int read_tar(struct oci_digest *diff_id, struct oci_rootfs *rootfs,
		    struct oci_source *inflate, struct oci_error *err)
{
	struct oci_sink *measure = NULL;
	struct copying digested = { { &copying_ops }, NULL, NULL };
	uint64_t size;
	int rc = oci_ahead_open(&digested.from, inflate, err);

	if (!rc)
		rc = oci_measure_open(&measure, NULL, NULL, err);
	digested.to = measure;
	if (!rc)
		rc = oci_rootfs_apply_tar(rootfs, &digested.base, err);
	if (!rc)
		rc = oci_source_drain(&digested.base, err);
	if (!rc)
		rc = oci_measure_end(diff_id, &size, measure, err);
	oci_source_free(digested.from);
	oci_sink_free(measure);
	return rc;
}

static int copy_layer(const char **media_type, struct oci_rootfs *rootfs,
		      struct oci_source *raw, struct oci_sink *copy,
		      const struct oci_descriptor *layer,
		      const struct oci_digest *diff_id, struct oci_error *err)
{
	struct copying passing = { { &copying_ops }, raw, copy };
	struct oci_source *inflate;
	struct oci_digest found;
	int rc = oci_inflate_open(&inflate, &passing.base, err);

	if (rc)
		return rc;
	oci_inflate_watch(inflate, rootfs->watch);
	rc = choose_type(media_type, layer, oci_inflate_found(inflate), err);
	if (!rc)
		rc = read_tar(&found, rootfs, inflate, err);
	if (!rc)
		rc = oci_source_drain(&passing.base, err);
	if (!rc && !oci_digest_equal(&found, diff_id))
		rc = oci_fail(err, OCI_E_CORRUPT, "its diff_id is %s, its "
			      "config says %s", found.text, diff_id->text);
	oci_source_free(inflate);
	return rc;
}

int oci_base_layer(const char **media_type, struct oci_rootfs *rootfs,
		   struct oci_store *to, struct oci_store *from,
		   const struct oci_descriptor *layer,
		   const struct oci_digest *diff_id, struct oci_error *err)
{
	struct oci_source *raw = NULL;
	struct oci_sink *copy = NULL;
	bool has;
	int rc = oci_store_has(&has, to, &layer->digest, err);

	if (!rc && !has)
		rc = oci_store_create_known(&copy, to, &layer->digest, err);
	if (!rc)
		rc = oci_store_open(&raw, from, layer, err);
	if (!rc)
		rc = copy_layer(media_type, rootfs, raw, copy, layer, diff_id,
				err);
	if (!rc && copy)
		rc = oci_store_add(to, copy, &layer->digest, layer->size, err);
	oci_source_free(raw);
	oci_sink_free(copy);
	return rc;
}
