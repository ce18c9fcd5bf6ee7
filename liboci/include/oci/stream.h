/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams of bytes. A sink takes bytes, a source gives bytes. Both are small
 * vtables, so that a program can bring sinks and sources of its own.
 *
 * A sink: write takes all of the bytes or fails. After a failure, every later
 * call fails with the same status. finish is called once, after the last byte,
 * and completes the output. If free is called without a successful finish, the
 * output is incomplete and not to be used. A filter is a sink that writes to
 * another sink; it borrows that sink and does not finish it.
 *
 * A source: read gives up to size bytes, and 0 bytes only at the end. rewind
 * goes back to the first byte, or fails with OCI_E_UNSUPPORTED.
 *
 * One stream is used by one thread at a time.
 */
#ifndef OCI_STREAM_H
#define OCI_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <oci/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_sink;
struct oci_source;

struct oci_sink_ops {
	int (*write)(struct oci_sink *sink, const void *data, size_t size,
		     struct oci_error *err);
	/* Called once after the last byte; may be NULL. */
	int (*finish)(struct oci_sink *sink, struct oci_error *err);
	/* A hint: the next `coming` bytes belong together, such as an entry of
	 * a tar. May be NULL. */
	int (*mark)(struct oci_sink *sink, uint64_t coming,
		    struct oci_error *err);
	void (*free)(struct oci_sink *sink);
};

/* Every sink starts with this struct: an implementation embeds it as its first
 * member. The functions of ops return 0 or an error made by oci_error_set. */
struct oci_sink {
	const struct oci_sink_ops *ops;
};

struct oci_source_ops {
	/* Reads 1 to size bytes, or sets *got to 0 at the end. */
	int (*read)(size_t *got, struct oci_source *source, void *data,
		    size_t size, struct oci_error *err);
	/* Goes back to the first byte. NULL: this source cannot do so. */
	int (*rewind)(struct oci_source *source, struct oci_error *err);
	void (*free)(struct oci_source *source);
};

/* Every source starts with this struct, as sinks do. */
struct oci_source {
	const struct oci_source_ops *ops;
};

/* These call the sink's own functions. */
OCI_API int oci_sink_write(struct oci_sink *sink, const void *data,
			   size_t size, struct oci_error *err);
OCI_API int oci_sink_finish(struct oci_sink *sink, struct oci_error *err);
OCI_API int oci_sink_mark(struct oci_sink *sink, uint64_t coming,
			  struct oci_error *err);
/* NULL-safe. */
OCI_API void oci_sink_free(struct oci_sink *sink);

/* These call the source's own functions. oci_source_rewind fails with
 * OCI_E_UNSUPPORTED if the source cannot go back. */
OCI_API int oci_source_read(size_t *got, struct oci_source *source,
			    void *data, size_t size, struct oci_error *err);
OCI_API int oci_source_rewind(struct oci_source *source,
			      struct oci_error *err);
/* NULL-safe. */
OCI_API void oci_source_free(struct oci_source *source);

/* Makes a sink that writes to fd, which the caller closes after the sink. */
OCI_API int oci_sink_open_fd(struct oci_sink **out, int fd,
			     struct oci_error *err);
/*
 * Makes a sink that writes the file at path. The file has no name, or a
 * temporary one in the same folder, until oci_sink_finish, which syncs it and
 * renames it to path: readers see the whole file, or what was there before.
 * Devices, pipes and names of descriptors, such as /dev/stdout, are written to
 * directly. oci_sink_free removes a file that was not finished. Errors:
 * OCI_E_CONFLICT if path is a folder; OCI_E_SYSTEM, OCI_E_NOT_FOUND.
 */
OCI_API int oci_sink_create_file(struct oci_sink **out, const char *path,
				 struct oci_error *err);
/* Makes a source that reads the file at path from its start. */
OCI_API int oci_source_open_file(struct oci_source **out, const char *path,
				 struct oci_error *err);
/* Makes a source that reads size bytes at data, which are borrowed. */
OCI_API int oci_source_open_memory(struct oci_source **out, const void *data,
				   size_t size, struct oci_error *err);
/* Copies the rest of a source to a sink. *copied (may be NULL) is the number of
 * bytes. The sink is not finished. */
OCI_API int oci_source_copy(uint64_t *copied, struct oci_source *source,
			    struct oci_sink *sink, struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
