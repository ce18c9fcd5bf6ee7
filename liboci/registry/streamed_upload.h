/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends the bytes of a blob in one PATCH without a length while they are
 * written, as Docker Engine sends its layers. upload.h sends the commit, which
 * names the digest.
 */
#ifndef REGISTRY_STREAMED_UPLOAD_H
#define REGISTRY_STREAMED_UPLOAD_H

#include <stdatomic.h>

#include "registry/session.h"
#include "registry/transfer.h"

/* What the streamed uploads of a repository share. */
struct oci_streaming {
	const atomic_bool *stop;  /* no further upload begins */
	pthread_mutex_t lock;	  /* of the fields below */
	bool asked;		  /* the next field is set */
	bool fits;		  /* the repository is empty and accepts such
				   * bodies */
	struct oci_strings heads; /* digests of the first bytes of each
				   * upload */
};

void oci_streaming_init(struct oci_streaming *out, const atomic_bool *stop);
void oci_streaming_release(struct oci_streaming *streaming);

/*
 * Sends the bytes of transfer->spool until it ends. On return *out is a session
 * that holds every byte, or location is NULL: nothing was sent, or the session
 * was abandoned. A failure is no error, because the spool can be sent once
 * more.
 *
 * Nothing is sent if the repository is not empty: it may have the same blob,
 * whose digest is not known before it is complete. Nothing is sent either if
 * the blob is small, or begins as an earlier one did and may be the same. A
 * registry that refused one streamed upload gets no more: the refused bytes are
 * sent twice.
 */
void oci_streamed_upload(struct oci_session *out,
			 struct oci_streaming *streaming,
			 struct oci_client *client,
			 struct oci_transfer *transfer);

#endif
