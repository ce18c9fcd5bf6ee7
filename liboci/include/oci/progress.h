/* SPDX-License-Identifier: Apache-2.0 */
/* How long operations report progress. */
#ifndef OCI_PROGRESS_H
#define OCI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How far one layer, blob or file has got. */
struct oci_progress {
	const char *what;	/* the name of the layer or file, or the digest
				 * of the blob; borrowed; may be NULL */
	uint64_t done;		/* bytes so far */
	uint64_t total;		/* bytes in all; 0 if unknown */
	bool known;		/* nothing had to be done: the cache or the
				 * destination has the result already */
};

/*
 * Called on the thread that called the operation:
 *
 *   - while a layer is packed, about once per MiB of its files, and at its end;
 *     once for a layer that is a cache hit
 *   - once for each file of an artifact
 *   - by oci_store_copy and oci_join_write as <oci/copy.h> says
 *   - by oci_image_verify before and after each layer; not after a layer that
 *     is missing or damaged
 *
 * To end the operation, set *cancelled of its options.
 */
typedef void oci_progress_fn(void *data, const struct oci_progress *progress);

#ifdef __cplusplus
}
#endif

#endif
