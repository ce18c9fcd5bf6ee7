/* SPDX-License-Identifier: Apache-2.0 */
/* A settled tree as a tar. */
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
 * offsets (count + 1 of the tree's nodes; may be NULL) gets where each of them
 * starts, and where the last one ends. Where start is not 0, offsets is given,
 * and nothing before byte `start` is written, nor read.
 */
int oci_tar_write(const struct oci_tree *tree, struct oci_sink *sink,
		  uint64_t *offsets, uint64_t start,
		  const struct oci_tar_progress *progress,
		  struct oci_error *err);
/* The offsets that writing would give; no file is read. */
int oci_tar_measure(uint64_t *offsets, const struct oci_tree *tree,
		    struct oci_error *err);

/* The zeros that end a tar. */
#define OCI_TAR_END 1024

/* What tells one build of the library from another, whose bytes may differ. */
int oci_tar_identify(const char **out, struct oci_error *err);

#endif
