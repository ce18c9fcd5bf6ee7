/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Complete reads and writes on file descriptors, temporary files, and streams
 * over descriptors.
 */
#ifndef IO_FILE_H
#define IO_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/stream.h>

/* Writes all of data; continues after EINTR and short writes. */
int oci_file_write(int fd, const void *data, size_t size,
		   struct oci_error *err);
/* Asks the system to start writing the file's bytes from *begun to end to disk,
 * so that a later sync takes less time, and sets *begun to end. Does nothing
 * for less than some MiB. Cannot fail. */
void oci_file_push(int fd, uint64_t *begun, uint64_t end);
int oci_file_write_at(int fd, const void *data, size_t size, uint64_t offset,
		      struct oci_error *err);
/* Moves the size bytes at offset towards the end of the file, by distance. */
int oci_file_shift(int fd, uint64_t offset, uint64_t size, uint64_t distance,
		   struct oci_error *err);
/* Appends to a temporary file that has `offset` bytes. Pages of zeros become
 * holes, which take no room on disk. */
int oci_file_spool(int fd, const void *data, size_t size, uint64_t offset,
		   struct oci_error *err);
/* Extends a file; the new part is a hole. */
int oci_file_extend(int fd, uint64_t size, struct oci_error *err);
/* Reads up to size bytes; fewer only at the end of the file. */
int oci_file_read(size_t *got, int fd, void *data, size_t size,
		  struct oci_error *err);
int oci_file_read_at(size_t *got, int fd, void *data, size_t size,
		     uint64_t offset, struct oci_error *err);
/* Reads a file of at most max bytes, and adds a NUL. The caller frees *out. */
int oci_file_load(char **out, size_t *size, const char *path, size_t max,
		  struct oci_error *err);
/* Returns whether the file has exactly these bytes. */
bool oci_file_is(const char *path, const void *data, size_t size);
/* Creates the missing folders of a file's path. */
int oci_file_make_folders(const char *path, unsigned mode,
			  struct oci_error *err);
/* Follows the symlinks at path. *out is the path that they lead to, which need
 * not exist; the caller frees it. */
int oci_file_follow(char **out, const char *path, struct oci_error *err);
/* Returns whether a file at path cannot be replaced by another one, but only
 * written to: devices, pipes, and the names of open descriptors, such as
 * /dev/stdout, whatever they are open for. */
bool oci_file_is_stream(const char *path);
/* Opens such a file for writing. The caller closes *fd. */
int oci_file_open_stream(int *fd, const char *path, struct oci_error *err);
/* Closes a written file, and returns the error of close(2). */
int oci_file_close(int fd, const char *what, struct oci_error *err);

/* Makes a source of size bytes from offset of fd, which is borrowed. */
int oci_source_open_range(struct oci_source **out, int fd, uint64_t offset,
			  uint64_t size, struct oci_error *err);

/* Reads a source to its end, which may report an error. */
int oci_source_drain(struct oci_source *source, struct oci_error *err);

/* Makes a source that reads fd from its start and owns it, also on failure. */
int oci_source_own_fd(struct oci_source **out, int fd, struct oci_error *err);

#endif
