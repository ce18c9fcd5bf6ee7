/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an archive is written to: a file that appears under its name when it
 * is whole, or a file without a name that is copied to a stream or a device.
 */
#ifndef STORE_OUTPUT_H
#define STORE_OUTPUT_H

#include "io/atomic.h"

struct oci_output {
	int fd;			/* to write to and to read from, anywhere */
	char *path;		/* "-" is standard output */
	struct oci_atomic file;
	int spool;		/* the file without a name, or -1 */
};

#define OCI_OUTPUT_INIT { -1, NULL, OCI_ATOMIC_INIT, -1 }

int oci_output_open(struct oci_output *out, const char *path,
		    const char *temp_dir, struct oci_error *err);
/* Makes what was written durable where it is a file, and writes it to the
 * stream otherwise. Once; nothing is written then. */
int oci_output_prepare(struct oci_output *out, struct oci_error *err);
/* Makes a file that was prepared visible. Once. */
int oci_output_publish(struct oci_output *out, struct oci_error *err);
/* Discards what was not published. */
void oci_output_release(struct oci_output *out);

#endif
