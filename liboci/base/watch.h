/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A watch over one operation on foreign bytes: it can cancel the operation, and
 * it limits how many bytes are inflated.
 */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <oci/error.h>

/* The default limit: any input may inflate to this many bytes, or to this many
 * times its size, whichever is more. */
#define OCI_INFLATED_LEAST (UINT64_C(8) << 30)
#define OCI_INFLATED_TIMES 200

struct oci_watch {
	volatile const int *cancelled; /* set from outside; may be NULL */
	uint64_t max_inflated;	       /* bytes; 0: the two limits above */
	uint64_t from;		       /* bytes that were inflated so far */
	uint64_t to;		       /* bytes that they became */
	bool again; /* the input was counted before: oci_watch_count adds
		     * nothing to `from` */
};

/* OCI_E_CANCELLED if the operation was cancelled. watch may be NULL. May be
 * called on any thread. */
int oci_watch_check(const struct oci_watch *watch, struct oci_error *err);
/* Counts `from` bytes of input that became `to` bytes, because they were
 * inflated or have holes of a sparse file. Errors: OCI_E_LIMIT,
 * OCI_E_CANCELLED. Used by one thread at a time. */
int oci_watch_count(struct oci_watch *watch, uint64_t from, uint64_t to,
		    struct oci_error *err);

#endif
