/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output of an archive: a file that becomes visible when it is complete, or
 * an unlinked file that is copied to a stream or a device.
 */
#ifndef STORE_OUTPUT_H
#define STORE_OUTPUT_H

#include "io/atomic.h"

struct oci_output {
	int fd;			/* written and read at any offset */
	char *path;		/* "-" is standard output */
	struct oci_atomic file;
	int spool; /* the unlinked file; -1: none */
};

#define OCI_OUTPUT_INIT { -1, NULL, OCI_ATOMIC_INIT, -1 }

int oci_output_open(struct oci_output *out, const char *path,
		    const char *temp_dir, struct oci_error *err);
/* Makes a file durable, or copies the unlinked file to the stream. Called once;
 * nothing may be written afterwards. */
int oci_output_prepare(struct oci_output *out, struct oci_error *err);
/* Makes a prepared file visible. Called once. */
int oci_output_publish(struct oci_output *out, struct oci_error *err);
/* Discards a file that was not published. */
void oci_output_release(struct oci_output *out);

#endif
