/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying a store: verify.c walks the documents, verify_layer.c reads layers
 * and other blobs. */
#ifndef IMAGE_VERIFY_H
#define IMAGE_VERIFY_H

#include <oci/image.h>

#include "base/arena.h"
#include "base/table.h"
#include "io/inflate.h"
#include "store/store.h"
#include "store/walk.h"

/* A blob: its size, and the results of reading it. */
struct oci_seen {
	uint64_t size;
	bool bad;		      /* reported already */
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

/* Counts and reports one finding. */
void oci_verify_report(struct oci_verify *v, const char *fmt, ...)
	OCI_PRINTF(2, 3);
/*
 * Finds what is known about a blob, or adds it. Hostile stores name one blob
 * millions of times: only configs, and layers for a second digest algorithm,
 * are read twice.
 */
int oci_verify_look_up(struct oci_seen **out, struct oci_verify *v,
		       const struct oci_descriptor *d, const char *from,
		       struct oci_error *err);
/*
 * Decides whether a failure is a finding. If the blob is the reason, reports
 * *why with "FROM: " before it, sets *bad, and returns 0. Other errors, such as
 * lack of memory, are returned.
 */
int oci_verify_judge(bool *bad, struct oci_verify *v, int rc,
		     const struct oci_error *why, const char *from,
		     struct oci_error *err);
/*
 * Checks a layer or another blob. diff_id is NULL if no config has it. from is
 * the document that names the layer.
 */
int oci_verify_layer(struct oci_verify *v, const struct oci_descriptor *d,
		     const struct oci_digest *diff_id, const char *from,
		     struct oci_error *err);

#endif
