/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of a layer's tar. */
#ifndef LAYER_TAR_HEADER_H
#define LAYER_TAR_HEADER_H

#include "base/buf.h"
#include "layer/node.h"

/* The format of a layer's tar. Any other bytes for the same tree need a new
 * text: it is part of the fingerprint of a layer. */
#define OCI_TAR_FORMAT "tar 1"

/*
 * Replaces the data of out with what precedes a node's bytes in the tar: a
 * ustar header, and before it, only if ustar cannot express a value, an
 * extended header. OCI_E_LIMIT if that is larger than engines can read, or than
 * out may become.
 */
int oci_tar_header(struct oci_buf *out, const struct oci_node *node,
		   struct oci_error *err);

#endif
