/* SPDX-License-Identifier: Apache-2.0 */
/* The inflated tar of a layer in a store. */
#ifndef STORE_LAYER_SOURCE_H
#define STORE_LAYER_SOURCE_H

#include <oci/read.h>

#include "base/watch.h"

/* Like oci_layer_open. Takes from limits (may be NULL) what cancels reading and
 * how much the layer may inflate to; what limits has counted does not count. */
int oci_layer_open_watched(struct oci_source **out, struct oci_store *store,
			   const struct oci_descriptor *layer,
			   const struct oci_watch *limits,
			   struct oci_error *err);

#endif
