/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk over the documents that an image or a store leads to. A hostile store
 * of a few kB names one document millions of times: each is walked once, and
 * what is read has a limit.
 */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/store.h>

#include "base/arena.h"
#include "base/table.h"
#include "base/watch.h"

/* Indexes within indexes. */
enum { OCI_NESTING_MAX = 8 };

/* An all-zero struct is ready, with the usual limits: 10,000 documents of
 * 64 MiB in all. */
struct oci_walk {
	const struct oci_watch *watch; /* may be NULL */
	size_t max_documents;
	uint64_t max_bytes;
	size_t documents; /* that were read, and their bytes */
	uint64_t bytes;
	struct oci_table seen;
	struct oci_arena arena;
};

/* Whether a digest is seen for the first time; it is marked. */
int oci_walk_first(bool *first, struct oci_walk *walk,
		   const struct oci_digest *digest, struct oci_error *err);
/* Counts a document that is about to be read: OCI_E_LIMIT beyond the limits,
 * OCI_E_CANCELLED when the walk is to end. */
int oci_walk_count(struct oci_walk *walk,
		   const struct oci_descriptor *descriptor,
		   struct oci_error *err);
/* The same, and oci_store_read. */
int oci_walk_read(char **out, struct oci_walk *walk, struct oci_store *store,
		  const struct oci_descriptor *descriptor,
		  struct oci_error *err);
/* OCI_E_LIMIT where an index is nested too deep. */
int oci_walk_depth(int depth, struct oci_error *err);
void oci_walk_release(struct oci_walk *walk);

#endif
