/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A watch over one operation on foreign bytes: whether it is to end, and how
 * much what it reads may become.
 */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <oci/error.h>

/* Bytes that anything may inflate to, however small it is, and how many times
 * its size it may become beyond that. */
#define OCI_INFLATED_LEAST (UINT64_C(8) << 30)
#define OCI_INFLATED_TIMES 200

struct oci_watch {
	volatile const int *cancelled; /* set from outside; may be NULL */
	uint64_t max_inflated;	       /* bytes; 0: the two limits above */
	uint64_t from;		       /* bytes that were inflated so far */
	uint64_t to;		       /* bytes that they became */
	bool again; /* from was counted before: it does not grow */
};

/* OCI_E_CANCELLED when the operation is to end. watch may be NULL. Any
 * thread. */
int oci_watch_check(const struct oci_watch *watch, struct oci_error *err);
/* Counts bytes that were inflated or are holes, and looks as above;
 * OCI_E_LIMIT when they are too many. One thread at a time. */
int oci_watch_count(struct oci_watch *watch, uint64_t from, uint64_t to,
		    struct oci_error *err);

#endif
