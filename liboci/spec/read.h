/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a spec file. */
#ifndef SPEC_READ_H
#define SPEC_READ_H

#include "base/buf.h"
#include "spec/diagnostics.h"

/*
 * Reads the spec into *out, which is empty before and released by the caller,
 * and drops a byte order mark. A file that is too large or not UTF-8 is
 * reported as a diagnostic; the function then returns 0.
 */
int oci_spec_read(struct oci_buf *out, const char *path,
		  struct oci_diagnostics *report, struct oci_error *err);
/* Computes the line and column of the byte at offset, both from 1. */
void oci_spec_position(unsigned *line, unsigned *column, const char *data,
		       size_t offset);

#endif
