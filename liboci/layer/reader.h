/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads archives with libarchive: tar in any compression, zip, and the ar of
 * Debian packages. io/inflate inflates gzip and zstd and checks their
 * checksums. libarchive does not start programs to decompress.
 */
#ifndef LAYER_READER_H
#define LAYER_READER_H

#include <stdbool.h>

#include <oci/stream.h>

#include "base/watch.h"
#include "layer/libarchive.h"

struct oci_reader;

enum oci_reader_kind {
	OCI_READER_ARCHIVE, /* tar or zip */
	OCI_READER_TAR,
	OCI_READER_LAYER, /* a tar of another program: warnings are ignored, and
			     nothing is inflated */
	OCI_READER_AR
};

/* Opens a file on disk. */
int oci_reader_open(struct oci_reader **out, const char *path,
		    enum oci_reader_kind kind, struct oci_error *err);
/* Reads fd, which is borrowed and not compressed, from its start. */
int oci_reader_open_fd(struct oci_reader **out, int fd,
		       enum oci_reader_kind kind, struct oci_error *err);
/* Reads from a stream, which is borrowed. */
int oci_reader_open_source(struct oci_reader **out, struct oci_source *source,
			   enum oci_reader_kind kind, struct oci_error *err);
/* As oci_inflate_watch: counts inflated bytes, and can end reading. */
void oci_reader_watch(struct oci_reader *reader, struct oci_watch *watch);
void oci_reader_free(struct oci_reader *reader);

/* Reads the next member, borrowed until the next call; NULL at the end. */
int oci_reader_next(struct archive_entry **out, struct oci_reader *reader,
		    struct oci_error *err);
/*
 * Returns whether it is a zip file. Most zip files have local times without a
 * time zone, which libarchive converts with TZ, so they are not used.
 */
bool oci_reader_is_zip(const struct oci_reader *reader);
/* Returns the offset of the member's bytes in a file without compression. */
uint64_t oci_reader_offset(const struct oci_reader *reader);
/* Reads up to size bytes, or the length of a hole; both 0 at the end. */
int oci_reader_piece(size_t *got, uint64_t *hole, struct oci_reader *reader,
		     void *data, size_t size, struct oci_error *err);
/* Reads bytes of the present member; holes read as zeros. 0 at its end. */
int oci_reader_read(size_t *got, struct oci_reader *reader, void *data,
		    size_t size, struct oci_error *err);
/* Makes a source of the present member; ends with the member. */
int oci_reader_member(struct oci_source **out, struct oci_reader *reader,
		      struct oci_error *err);

#endif
