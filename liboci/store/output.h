/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output of an archive: a file that becomes visible when it is complete; or
 * an unlinked file that is copied to a stream or a device when it is complete;
 * or an unlinked file whose bytes are passed to a sink once they are final.
 */
#ifndef STORE_OUTPUT_H
#define STORE_OUTPUT_H

#include <stdint.h>

#include <oci/stream.h>

#include "io/atomic.h"

struct oci_output {
	int fd;			/* written and read at any offset */
	char *path;		/* "-" is standard output */
	struct oci_atomic file;
	int spool; /* the unlinked file; -1: none */
	struct oci_sink *sink; /* owned; or NULL */
	uint64_t passed;       /* bytes that the sink has */
};

#define OCI_OUTPUT_INIT                                                        \
	{                                                                      \
		-1, NULL, OCI_ATOMIC_INIT, -1, NULL, 0                         \
	}

/* *out is OCI_OUTPUT_INIT, except that sink may be set; path is only its name
 * in messages then. temp_dir NULL: /var/tmp. */
int oci_output_open(struct oci_output *out, const char *path,
		    const char *temp_dir, struct oci_error *err);
/* Passes the bytes before end, which are final, to the sink. Does nothing if
 * there is no sink. */
int oci_output_pass(struct oci_output *out, uint64_t end,
		    struct oci_error *err);
/* Makes a file durable, or copies the unlinked file to the stream. Called once;
 * nothing may be written afterwards. */
int oci_output_prepare(struct oci_output *out, struct oci_error *err);
/* Makes a prepared file visible; or passes the rest to the sink, and finishes
 * the sink. Called once. */
int oci_output_publish(struct oci_output *out, struct oci_error *err);
/* Discards a file that was not published. */
void oci_output_release(struct oci_output *out);

#endif
