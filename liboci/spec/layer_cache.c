/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath is in POSIX's XSI part */

#include "spec/layer_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "layer/fingerprint.h"
#include "layer/libarchive.h"
#include "spec/handle.h"
#include "store/cache.h"
#include "store/cached_blob.h"

/* The version of the fingerprints below and of the tree of inputs. A new number
 * prevents all cache hits. */
#define FORMAT "oci-pack layer 7 " OCI_VERSION

/* Room for the first line of a record's file. */
enum { HEAD_ROOM = 256 };

static int add_layer(struct oci_fingerprint *fingerprint,
		     const struct oci_layer_inputs *s, struct oci_error *err)
{
	char platform[OCI_PLATFORM_TEXT];
	int rc = oci_fingerprint_text(fingerprint, s->below->text, err);

	oci_platform_format(platform, &s->plan->platform);
	if (!rc)
		rc = oci_fingerprint_text(fingerprint, platform, err);
	if (!rc)
		rc = oci_fingerprint_number(fingerprint, s->epoch, err);
	return rc ? rc
		  : oci_snapshot_fingerprint(fingerprint, s->snapshot, s->layer,
					     err);
}

/* Adds the spec file, the platform and the layer's number. A record's key also
 * has what compute() adds: FORMAT, the version of libarchive if it reads inputs
 * of the layer, and what oci_layer_fingerprint adds. */
static int add_position(struct oci_fingerprint *fingerprint,
			const struct oci_layer_inputs *s, struct oci_error *err)
{
	char platform[OCI_PLATFORM_TEXT];
	char *path = realpath(s->spec->file, NULL);
	int rc = oci_fingerprint_text(fingerprint, path ? path : s->spec->file,
				      err);

	free(path);
	oci_platform_format(platform, &s->plan->platform);
	if (!rc)
		rc = oci_fingerprint_text(fingerprint, platform, err);
	return rc ? rc
		  : oci_fingerprint_number(fingerprint,
					   s->layer - s->plan->layers, err);
}

bool oci_layer_has_archives(const struct oci_plan_layer *layer)
{
	if (layer->deb_count)
		return true;
	for (size_t i = 0; i < layer->entry_count; i++)
		if (layer->entries[i].kind == OCI_PLAN_ARCHIVE)
			return true;
	return false;
}

static int
compute(struct oci_digest *out, bool *racy, const struct oci_layer_inputs *s,
	int (*fill)(struct oci_fingerprint *fingerprint,
		    const struct oci_layer_inputs *s, struct oci_error *err),
	struct oci_error *err)
{
	struct oci_fingerprint *fingerprint;
	const char *library = NULL;
	int rc = 0;

	/* Loads libarchive, which takes longer than a cache hit. */
	if (oci_layer_has_archives(s->layer))
		rc = oci_libarchive_identify(&library, err);
	if (!rc)
		rc = oci_fingerprint_new(&fingerprint, &s->snapshot->now, err);
	if (rc)
		return rc;
	rc = oci_fingerprint_text(fingerprint, FORMAT, err);
	if (!rc)
		rc = oci_fingerprint_text(fingerprint, library, err);
	if (!rc)
		rc = oci_layer_fingerprint(fingerprint, s->options, err);
	if (!rc)
		rc = fill(fingerprint, s, err);
	if (!rc)
		rc = oci_fingerprint_end(out, racy, fingerprint, err);
	oci_fingerprint_free(fingerprint);
	return rc;
}

int oci_cached_layer_find(struct oci_cached_layer *out, struct oci_cache *cache,
			  const struct oci_layer_inputs *inputs,
			  struct oci_error *err)
{
	char *text = NULL;
	size_t size;
	bool any;
	int rc;

	*out = (struct oci_cached_layer){ 0 };
	rc = compute(&out->fingerprint, &out->racy, inputs, add_layer, err);
	if (!rc)
		rc = compute(&out->name, &any, inputs, add_position, err);
	if (rc || oci_cache_record_read(&text, &size, cache, OCI_CACHE_LAYERS,
					&out->name, NULL))
		return rc;
	if (!oci_cache_record_parse(&out->record, text)) {
		oci_cache_record_release(&out->record);
		out->record = (struct oci_cache_record){ 0 };
	}
	free(text);
	out->found =
		!out->racy && out->record.fingerprint.text[0] &&
		oci_digest_equal(&out->record.fingerprint, &out->fingerprint);
	return 0;
}

bool oci_layer_inputs_are(const struct oci_digest *fingerprint,
			  const struct oci_layer_inputs *inputs)
{
	struct oci_digest now;
	bool racy;

	return compute(&now, &racy, inputs, add_layer, NULL) == 0 &&
	       oci_digest_equal(&now, fingerprint);
}

void oci_cached_layer_record(const struct oci_cached_layer *cached,
			     struct oci_cache *cache,
			     struct oci_cache_record *record)
{
	struct oci_buf text;

	record->fingerprint =
		cached->racy ? (struct oci_digest){ 0 } : cached->fingerprint;
	oci_buf_init(&text, OCI_DOCUMENT_MAX - HEAD_ROOM);
	if (oci_cache_record_format(&text, record, NULL)) {
		/* It is too large: leave out the blocks. */
		text.len = 0;
		record->blocks.count = 0;
		oci_cache_record_format(&text, record, NULL);
	}
	if (text.len)
		oci_cache_record_write(cache, OCI_CACHE_LAYERS, &cached->name,
				       text.data, text.len, NULL);
	oci_buf_release(&text);
}

int oci_cached_layer_open(const struct oci_cached_layer *cached,
			  const struct oci_cache *cache)
{
	int fd = -1;

	if (cached->record.blocks.count)
		oci_cache_peek(&fd, cache, &cached->record.layer.digest,
			       cached->record.layer.size, NULL);
	return fd;
}

void oci_cached_layer_release(struct oci_cached_layer *cached)
{
	oci_cache_record_release(&cached->record);
}

int oci_cached_layer_provide(bool *out, struct oci_cached_layer *cached,
			     struct oci_store *store, struct oci_cache *cache,
			     struct oci_error *err)
{
	struct oci_cache_record *record = &cached->record;
	struct oci_file_mark before = record->file;
	int rc = oci_cached_blob_provide(out, &record->file, store, cache,
					 &record->layer.digest,
					 record->layer.size, err);

	if (!rc && memcmp(&before, &record->file, sizeof(before)) != 0)
		oci_cached_layer_record(cached, cache, record);
	return rc;
}
