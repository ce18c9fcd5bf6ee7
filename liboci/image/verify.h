/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying a store: verify.c walks the documents, verify_layer.c reads what
 * they lead to.
 */
#ifndef IMAGE_VERIFY_H
#define IMAGE_VERIFY_H

#include <oci/image.h>

#include "base/arena.h"
#include "base/table.h"
#include "io/inflate.h"
#include "store/store.h"
#include "store/walk.h"

/* What is known of a blob that was read. */
struct oci_seen {
	uint64_t size;
	bool bad;		      /* which was reported */
	struct oci_digest diff_id[2]; /* of a layer, by sha256 and by sha512;
				       * empty: not measured */
	enum oci_inflate_kind kind;   /* of a layer */
	struct oci_platform platform; /* of a manifest's config */
	bool has_platform;
};

struct oci_verify {
	struct oci_store *store;
	const struct oci_verify_options *options;
	struct oci_arena arena;
	struct oci_table seen; /* digest to struct oci_seen */
	struct oci_walk walk;  /* of documents */
	struct oci_watch watch;
	size_t findings;
};

/* Counts and tells one finding. */
void oci_verify_report(struct oci_verify *v, const char *fmt, ...)
	OCI_PRINTF(2, 3);
/*
 * What is known of a blob. Hostile stores name one blob millions of times:
 * nothing is read twice but configs, and layers for another algorithm.
 */
int oci_verify_look_up(struct oci_seen **out, struct oci_verify *v,
		       const struct oci_descriptor *d, const char *from,
		       struct oci_error *err);
/*
 * What became of a blob, by rc and why. An error that is about the blob and
 * not about us is reported with "FROM: " before it, *bad is set, and 0 is
 * returned; any other is passed on.
 */
int oci_verify_judge(bool *bad, struct oci_verify *v, int rc,
		     const struct oci_error *why, const char *from,
		     struct oci_error *err);
/*
 * Checks a layer, or a blob of another kind. diff_id is NULL where nothing
 * says what it should be; from is what names the layer.
 */
int oci_verify_layer(struct oci_verify *v, const struct oci_descriptor *d,
		     const struct oci_digest *diff_id, const char *from,
		     struct oci_error *err);

#endif
