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
};

int oci_tar_write(const struct oci_tree *tree, struct oci_sink *sink,
		  const struct oci_tar_progress *progress,
		  struct oci_error *err);

#endif
