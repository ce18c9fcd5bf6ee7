/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blob that is made here waits in a file that has no name, and can be read
 * while it grows: one thread writes it, others read it.
 */
#ifndef REGISTRY_SPOOL_H
#define REGISTRY_SPOOL_H

#include <pthread.h>

#include "registry/http.h"

enum oci_spool_state {
	OCI_SPOOL_GROWS,
	OCI_SPOOL_WHOLE,
	OCI_SPOOL_DROPPED	/* nobody wants it any more */
};

struct oci_spool {
	int fd;
	struct oci_http *http;		/* woken when there is more to read */
	pthread_mutex_t lock;		/* of what follows */
	pthread_cond_t changed;
	uint64_t size;			/* bytes that are there */
	uint64_t taken;			/* that the source was read to */
	enum oci_spool_state state;
};

int oci_spool_open(struct oci_spool *out, struct oci_http *http,
		   const char *temp_dir, struct oci_error *err);
int oci_spool_write(struct oci_spool *spool, const void *data, size_t size,
		    struct oci_error *err);
/* It does not grow any more. */
void oci_spool_end(struct oci_spool *spool, enum oci_spool_state state);
/* Waits until least bytes are there, and is true then; false where there never
 * will be, or nobody wants them. */
bool oci_spool_wait(struct oci_spool *spool, uint64_t least);
/*
 * Reads it from its start: one source at a time. While it grows, the source is
 * read where it is ready alone, which it is some MiB behind; where it was
 * dropped, the source ends. Freed before oci_spool_close.
 */
int oci_spool_read(struct oci_source **out, struct oci_spool *spool,
		   struct oci_error *err);
bool oci_spool_ready(struct oci_source *source);
/* Frees its space. */
void oci_spool_close(struct oci_spool *spool);

#endif
