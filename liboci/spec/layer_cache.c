/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath is in POSIX' XSI part */

#include "spec/layer_cache.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "io/file.h"
#include "layer/fingerprint.h"
#include "layer/tar.h"
#include "spec/handle.h"
#include "store/cache.h"
#include "store/store.h"

/* Of the stamps below, and of the tar that a tree becomes: another number
 * forgets all that was noted. */
#define FORMAT "oci-pack layer 5 " OCI_VERSION

/* What the cache puts in front of a record. */
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

/* Which record is the layer's: by its place in a file. */
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

static int
compute(struct oci_digest *out, bool *racy, const struct oci_layer_inputs *s,
	int (*fill)(struct oci_fingerprint *fingerprint,
		    const struct oci_layer_inputs *s, struct oci_error *err),
	struct oci_error *err)
{
	struct oci_fingerprint *fingerprint;
	const char *library;
	int rc = oci_tar_identify(&library, err);

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
		/* Too large: without its blocks. */
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

void oci_file_mark_read(struct oci_file_mark *out, struct oci_store *store,
			const struct oci_layer *layer)
{
	struct stat st;
	char *path;

	*out = (struct oci_file_mark){ 0 };
	if (!store->ops->file ||
	    store->ops->file(&path, store, &layer->digest, NULL))
		return;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == layer->size)
		*out = (struct oci_file_mark){
			(uint64_t)st.st_dev,
			(uint64_t)st.st_ino,
			(uint64_t)st.st_mtim.tv_sec,
			(uint64_t)st.st_mtim.tv_nsec,
		};
	free(path);
}

static bool same_mark(const struct oci_file_mark *a,
		      const struct oci_file_mark *b)
{
	return a->device == b->device && a->inode == b->inode &&
	       a->seconds == b->seconds && a->nanoseconds == b->nanoseconds;
}

/* The file that the layer was written to is trusted by its inode and times;
 * any other one is digested by the store. */
static int has_blob(bool *out, struct oci_store *store,
		    const struct oci_cache_record *record,
		    struct oci_error *err)
{
	struct oci_file_mark mark;

	oci_file_mark_read(&mark, store, &record->layer);
	*out = mark.inode && same_mark(&mark, &record->file);
	return *out ? 0 : oci_store_has(out, store, &record->layer.digest, err);
}

static int take_cached(bool *out, struct oci_store *store,
		       struct oci_cache *cache, const struct oci_layer *layer,
		       struct oci_error *err)
{
	int fd, rc = oci_cache_get(&fd, cache, &layer->digest, layer->size,
				   err);

	*out = !rc && fd >= 0;
	return !*out ? rc
		     : oci_store_add_file(store, fd, &layer->digest,
					  layer->size, err);
}

int oci_cached_layer_provide(bool *out, struct oci_cached_layer *cached,
			     struct oci_store *store, struct oci_cache *cache,
			     struct oci_error *err)
{
	const struct oci_layer *layer = &cached->record.layer;
	struct oci_file_mark mark;
	int rc = has_blob(out, store, &cached->record, err);

	if (!rc && *out)
		rc = oci_store_add_present(store, &layer->digest, layer->size,
					   err);
	else if (!rc)
		rc = take_cached(out, store, cache, layer, err);
	if (rc || !*out)
		return rc;
	oci_file_mark_read(&mark, store, layer);
	if (mark.inode && !same_mark(&mark, &cached->record.file)) {
		cached->record.file = mark;
		oci_cached_layer_record(cached, cache, &cached->record);
	}
	return 0;
}
