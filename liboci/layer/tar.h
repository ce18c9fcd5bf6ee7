/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a settled tree as a tar. */
#ifndef LAYER_TAR_H
#define LAYER_TAR_H

#include <oci/progress.h>
#include <oci/stream.h>
#include <oci/tree.h>

struct oci_tar_progress {
	oci_progress_fn *call;	/* may be NULL */
	void *data;
	const char *what;
	volatile const int *cancelled; /* OCI_E_CANCELLED; may be NULL */
};

/*
 * offsets (the tree's count + 1; may be NULL) gets the offset of each node, and
 * of the end of the last one. If start is not 0, offsets has to be set, and
 * nothing before byte `start` is read or written.
 */
int oci_tar_write(const struct oci_tree *tree, struct oci_sink *sink,
		  uint64_t *offsets, uint64_t start,
		  const struct oci_tar_progress *progress,
		  struct oci_error *err);
/* Computes the offsets without reading files. */
int oci_tar_measure(uint64_t *offsets, const struct oci_tree *tree,
		    struct oci_error *err);

/* The zeros that end a tar. */
#define OCI_TAR_END 1024

#endif
