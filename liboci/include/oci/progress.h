/* SPDX-License-Identifier: Apache-2.0 */
/* How long operations report progress. */
#ifndef OCI_PROGRESS_H
#define OCI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum oci_activity {
	OCI_ACTIVITY_PACK, /* the files of a layer or artifact are read */
	OCI_ACTIVITY_COPY, /* a blob is copied or checked */
	OCI_ACTIVITY_UPLOAD,
	OCI_ACTIVITY_DOWNLOAD,
	OCI_ACTIVITY_READ /* a blob of a store is read */
};

/* How far one layer, blob or file has got. */
struct oci_progress {
	const char *what;	/* the name of the layer or file, or the digest
				 * of the blob; borrowed; may be NULL */
	uint64_t done;		/* bytes so far; less than in an earlier call
				 * if bytes have to be sent or read again */
	uint64_t total;		/* bytes in all; 0 if unknown */
	bool known;		/* nothing had to be done: the cache or the
				 * destination has the result already */
	enum oci_activity activity;
	bool ended; /* the last call for this layer, blob or file. There is
		     * none after a failure */
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
 * and on other threads:
 *
 *   - while a blob is uploaded or downloaded, as oci_registry_options says
 *   - while a blob is read, as oci_store_progress says
 *
 * To end the operation, set *cancelled of its options.
 */
typedef void oci_progress_fn(void *data, const struct oci_progress *progress);

#ifdef __cplusplus
}
#endif

#endif
