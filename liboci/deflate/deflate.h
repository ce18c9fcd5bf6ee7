/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compresses with DEFLATE (RFC 1951). The bytes depend on the input and the
 * level alone: not on the processor, the byte order, the compiler or the
 * release of a library. They are part of the output format: a change of them
 * needs a new OCI_DEFLATE_FORMAT.
 */
#ifndef DEFLATE_DEFLATE_H
#define DEFLATE_DEFLATE_H

#include <stddef.h>

#define OCI_DEFLATE_FORMAT "deflate 2"

enum { OCI_DEFLATE_LEVELS = 9 }; /* levels are 1 to 9 */

/* The state of one compressor. One thread at a time may use it. */
struct oci_deflate;

/* Returns NULL if memory ran out. level: 1 is the fastest, 9 the smallest. */
struct oci_deflate *oci_deflate_new(int level);
void oci_deflate_free(struct oci_deflate *deflate);

/* Returns the most bytes that `size` bytes can become. */
size_t oci_deflate_bound(size_t size);

/*
 * Compresses size bytes (less than 2^30), independently of earlier calls. out
 * has room for oci_deflate_bound(size) bytes. The result consists of blocks
 * that are not the last of a stream, and ends on a byte boundary: the results
 * of several calls may follow each other in one stream, whose end is
 * OCI_DEFLATE_END. Returns the number of bytes written.
 */
size_t oci_deflate_compress(struct oci_deflate *deflate, void *out,
			    const void *in, size_t size);

/* An empty last block, which ends a stream. */
#define OCI_DEFLATE_END "\x03\x00"
enum { OCI_DEFLATE_END_SIZE = 2 };

#endif
