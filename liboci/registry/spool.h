/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a blob in an unlinked temporary file. One thread writes them;
 * another one reads them as a source, also before the writer has ended.
 */
#ifndef REGISTRY_SPOOL_H
#define REGISTRY_SPOOL_H

#include <pthread.h>

#include "registry/http.h"

enum oci_spool_state {
	OCI_SPOOL_GROWS,
	OCI_SPOOL_COMPLETE,
	OCI_SPOOL_DROPPED /* by its writer, before it was complete */
};

/* oci_source_free closes the file and frees the spool. */
struct oci_spool {
	struct oci_source base; /* first: a spool is a source */
	int fd;
	struct oci_http *http;		/* woken when there is more to read */
	pthread_mutex_t lock;		/* of the fields below */
	pthread_cond_t changed;
	uint64_t size; /* bytes written */
	uint64_t read; /* bytes read */
	enum oci_spool_state state;
};

/* http is borrowed. */
int oci_spool_open(struct oci_spool **out, struct oci_http *http,
		   const char *temp_dir, struct oci_error *err);
int oci_spool_write(struct oci_spool *spool, const void *data, size_t size,
		    struct oci_error *err);
/* The writer's last call: the reader may free the spool from then on. */
void oci_spool_end(struct oci_spool *spool, enum oci_spool_state state);

/* Waits until the spool has least bytes or has ended. Returns whether it has
 * them, and was not dropped. */
bool oci_spool_wait_size(struct oci_spool *spool, uint64_t least);
/* Waits until the spool has ended. Returns whether it is complete. */
bool oci_spool_wait_end(struct oci_spool *spool);
/* Returns whether the spool is complete; *size is its size then. */
bool oci_spool_is_complete(struct oci_spool *spool, uint64_t *size);
/*
 * For oci_call: returns whether the source, which is a spool, may be read.
 * While the spool grows, the reader stays some MiB behind the writer. A dropped
 * spool reads as one that has ended.
 */
bool oci_spool_ready(struct oci_source *source);

#endif
