/* SPDX-License-Identifier: Apache-2.0 */
/* Tells options.progress of a registry how far the upload or download of a blob
 * has got. */
#ifndef REGISTRY_TRANSFER_H
#define REGISTRY_TRANSFER_H

#include "registry/client.h"
#include "registry/spool.h"

/* All members are borrowed or set by the user, except told. */
struct oci_transfer {
	struct oci_registry *registry;
	const struct oci_digest *digest;
	uint64_t size;	/* bytes of the blob */
	uint64_t start; /* bytes that earlier requests have sent */
	enum oci_activity activity;
	/* The blob, if it is sent while it is written: its digest is not known
	 * before the spool is complete, and nothing is reported. Otherwise
	 * NULL. */
	struct oci_spool *spool;
	uint64_t told;	/* bytes of the last report */
};

/* Reports that the transfer begins, or begins again. */
void oci_transfer_begin(struct oci_transfer *transfer);
/* Reports the number of bytes, if that is worth a report. */
void oci_transfer_move(struct oci_transfer *transfer, uint64_t done);
/* Reports the end. known: the registry had the blob. */
void oci_transfer_end(struct oci_transfer *transfer, bool known);

/* progress of oci_http_request; data is a struct oci_transfer. */
void oci_transfer_sent(void *data, uint64_t sent, uint64_t received);

#endif
