/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk over the documents of an image or a store. A hostile store of a few
 * kB can name one document millions of times. A walk therefore reads each
 * document once, and limits their number and size.
 */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/read.h>

#include "base/arena.h"
#include "base/table.h"
#include "base/watch.h"

/* The most levels of indexes within indexes. */
enum { OCI_NESTING_MAX = 8 };

/* An all-zero struct is a new walk with the default limits: 10,000 documents
 * with 64 MiB in all. */
struct oci_walk {
	const struct oci_watch *watch; /* may be NULL */
	size_t max_documents;
	uint64_t max_bytes;
	size_t documents; /* read so far */
	uint64_t bytes;	  /* of these */
	struct oci_table seen;
	struct oci_arena arena;
};

/* Sets *first if the walk sees digest for the first time, and remembers it. */
int oci_walk_first(bool *first, struct oci_walk *walk,
		   const struct oci_digest *digest, struct oci_error *err);
/* Counts a document before it is read. Errors: OCI_E_LIMIT, OCI_E_CANCELLED. */
int oci_walk_count(struct oci_walk *walk,
		   const struct oci_descriptor *descriptor,
		   struct oci_error *err);
/* Counts a document and reads it with oci_store_read. */
int oci_walk_read(char **out, struct oci_walk *walk, struct oci_store *store,
		  const struct oci_descriptor *descriptor,
		  struct oci_error *err);
/* oci_image_walk as a part of *walk: documents that *walk read before are not
 * read again, and its limits apply. options->cancelled is not used. */
int oci_walk_run(struct oci_walk *walk, struct oci_store *store,
		 const struct oci_descriptor *image,
		 const struct oci_walk_options *options, struct oci_error *err);
void oci_walk_release(struct oci_walk *walk);

#endif
