/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers that were packed before, of inputs that are still the same: they are
 * not read again. The cache has one note for each layer of a spec file; it
 * says what went into the layer, as a stamp, and what came of it.
 */
#ifndef SPEC_KNOWN_H
#define SPEC_KNOWN_H

#include <oci/cache.h>
#include <oci/layer.h>
#include <oci/spec.h>

#include "spec/look.h"
#include "spec/note.h"
#include "spec/plan.h"

/* A layer of a plan, and all that decides its bytes. */
struct oci_known_subject {
	const struct oci_spec *spec;
	const struct oci_plan *plan;
	const struct oci_plan_layer *layer;
	const struct oci_look *look;
	const struct oci_layer_options *options;
	int64_t epoch;
	const struct oci_digest *below;	/* the key of what it lies on; may be
					 * empty */
};

struct oci_known {
	struct oci_digest slot;		/* of the note */
	struct oci_digest key;		/* of all that the layer is made of */
	bool settled;			/* the key can be trusted later */
	bool found;			/* the same was packed before */
	struct oci_note note;		/* of what was packed before; zero
					 * where there is none */
};

/* Stamps what the layer is made of, and looks it up. */
int oci_known_find(struct oci_known *out, struct oci_cache *cache,
		   const struct oci_known_subject *subject,
		   struct oci_error *err);
/* Whether what the layer is made of has that key. */
bool oci_known_is(const struct oci_digest *key,
		  const struct oci_known_subject *subject);
/* Notes what came of it; note's key is filled in. What the disk says of it is
 * passed over. */
void oci_known_note(const struct oci_known *known, struct oci_cache *cache,
		    struct oci_note *note);
/* Opens the blob of what was packed before, to take blocks from it: it is not
 * checked. -1 where there is none. */
int oci_known_open(const struct oci_known *known,
		   const struct oci_cache *cache);
void oci_known_release(struct oci_known *known);
/* The file that the blob of a layer is in store now; none where it is no file,
 * or of another size. */
void oci_known_mark(struct oci_file_mark *out, struct oci_store *store,
		    const struct oci_layer *layer);
/* Whether store has the blob of what was found, or got it from the cache. The
 * note learns which file it is. */
int oci_known_provide(bool *out, struct oci_known *known,
		      struct oci_store *store, struct oci_cache *cache,
		      struct oci_error *err);

#endif
