/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700	/* realpath is in POSIX' XSI part */

#include "spec/known.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "io/file.h"
#include "layer/stamp.h"
#include "layer/tar.h"
#include "spec/handle.h"
#include "store/cache.h"
#include "store/store.h"

/* Of the stamps below, and of the tar that a tree becomes: another number
 * forgets all that was noted. */
#define FORMAT "oci-pack layer 5 " OCI_VERSION

/* What the cache puts in front of a note. */
enum { HEAD_ROOM = 256 };

static int stamp_layer(struct oci_stamp *stamp,
		       const struct oci_known_subject *s,
		       struct oci_error *err)
{
	char platform[OCI_PLATFORM_TEXT];
	int rc = oci_stamp_text(stamp, s->below->text, err);

	oci_platform_format(platform, &s->plan->platform);
	if (!rc)
		rc = oci_stamp_text(stamp, platform, err);
	if (!rc)
		rc = oci_stamp_number(stamp, s->epoch, err);
	return rc ? rc : oci_look_stamp(stamp, s->look, s->layer, err);
}

/* Which note is the layer's: by its place in a file. */
static int stamp_place(struct oci_stamp *stamp,
		       const struct oci_known_subject *s,
		       struct oci_error *err)
{
	char platform[OCI_PLATFORM_TEXT];
	char *path = realpath(s->spec->file, NULL);
	int rc = oci_stamp_text(stamp, path ? path : s->spec->file, err);

	free(path);
	oci_platform_format(platform, &s->plan->platform);
	if (!rc)
		rc = oci_stamp_text(stamp, platform, err);
	return rc ? rc : oci_stamp_number(stamp, s->layer - s->plan->layers,
					  err);
}

static int stamp_with(struct oci_digest *out, bool *settled,
		      const struct oci_known_subject *s,
		      int (*fill)(struct oci_stamp *stamp,
				  const struct oci_known_subject *s,
				  struct oci_error *err),
		      struct oci_error *err)
{
	struct oci_stamp *stamp;
	const char *library;
	int rc = oci_tar_identify(&library, err);

	if (!rc)
		rc = oci_stamp_new(&stamp, &s->look->now, err);
	if (rc)
		return rc;
	rc = oci_stamp_text(stamp, FORMAT, err);
	if (!rc)
		rc = oci_stamp_text(stamp, library, err);
	if (!rc)
		rc = oci_layer_stamp(stamp, s->options, err);
	if (!rc)
		rc = fill(stamp, s, err);
	if (!rc)
		rc = oci_stamp_end(out, settled, stamp, err);
	oci_stamp_free(stamp);
	return rc;
}

int oci_known_find(struct oci_known *out, struct oci_cache *cache,
		   const struct oci_known_subject *subject,
		   struct oci_error *err)
{
	char *text = NULL;
	size_t size;
	bool any;
	int rc;

	*out = (struct oci_known){0};
	rc = stamp_with(&out->key, &out->settled, subject, stamp_layer, err);
	if (!rc)
		rc = stamp_with(&out->slot, &any, subject, stamp_place, err);
	if (rc || oci_cache_recall(&text, &size, cache, OCI_CACHE_LAYERS,
				   &out->slot, NULL))
		return rc;
	if (!oci_note_parse(&out->note, text)) {
		oci_note_release(&out->note);
		out->note = (struct oci_note){0};
	}
	free(text);
	out->found = out->settled && out->note.key.text[0] &&
		     oci_digest_equal(&out->note.key, &out->key);
	return 0;
}

bool oci_known_is(const struct oci_digest *key,
		  const struct oci_known_subject *subject)
{
	struct oci_digest now;
	bool settled;

	return stamp_with(&now, &settled, subject, stamp_layer, NULL) == 0 &&
	       oci_digest_equal(&now, key);
}

void oci_known_note(const struct oci_known *known, struct oci_cache *cache,
		    struct oci_note *note)
{
	struct oci_buf text;

	note->key = known->settled ? known->key : (struct oci_digest){0};
	oci_buf_init(&text, OCI_DOCUMENT_MAX - HEAD_ROOM);
	if (oci_note_format(&text, note, NULL)) {
		/* Too large: without its blocks. */
		text.len = 0;
		note->blocks.count = 0;
		oci_note_format(&text, note, NULL);
	}
	if (text.len)
		oci_cache_note(cache, OCI_CACHE_LAYERS, &known->slot,
			       text.data, text.len, NULL);
	oci_buf_release(&text);
}

int oci_known_open(const struct oci_known *known,
		   const struct oci_cache *cache)
{
	int fd = -1;

	if (known->note.blocks.count)
		oci_cache_peek(&fd, cache, &known->note.layer.digest,
			       known->note.layer.size, NULL);
	return fd;
}

void oci_known_release(struct oci_known *known)
{
	oci_note_release(&known->note);
}

void oci_known_mark(struct oci_file_mark *out, struct oci_store *store,
		    const struct oci_layer *layer)
{
	struct stat st;
	char *path;

	*out = (struct oci_file_mark){0};
	if (!store->ops->file ||
	    store->ops->file(&path, store, &layer->digest, NULL))
		return;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == layer->size)
		*out = (struct oci_file_mark){
			(uint64_t)st.st_dev, (uint64_t)st.st_ino,
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
		    const struct oci_note *note, struct oci_error *err)
{
	struct oci_file_mark mark;

	oci_known_mark(&mark, store, &note->layer);
	*out = mark.inode && same_mark(&mark, &note->file);
	return *out ? 0 : oci_store_has(out, store, &note->layer.digest, err);
}

static int take_cached(bool *out, struct oci_store *store,
		       struct oci_cache *cache, const struct oci_layer *layer,
		       struct oci_error *err)
{
	int fd, rc = oci_cache_get(&fd, cache, &layer->digest, layer->size,
				   err);

	*out = !rc && fd >= 0;
	return !*out ? rc :
	       oci_store_take(store, fd, &layer->digest, layer->size, err);
}

int oci_known_provide(bool *out, struct oci_known *known,
		      struct oci_store *store, struct oci_cache *cache,
		      struct oci_error *err)
{
	const struct oci_layer *layer = &known->note.layer;
	struct oci_file_mark mark;
	int rc = has_blob(out, store, &known->note, err);

	if (!rc && *out)
		rc = oci_store_keep(store, &layer->digest, layer->size, err);
	else if (!rc)
		rc = take_cached(out, store, cache, layer, err);
	if (rc || !*out)
		return rc;
	oci_known_mark(&mark, store, layer);
	if (mark.inode && !same_mark(&mark, &known->note.file)) {
		known->note.file = mark;
		oci_known_note(known, cache, &known->note);
	}
	return 0;
}
