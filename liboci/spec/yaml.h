/* SPDX-License-Identifier: Apache-2.0 */
/* Parses YAML into a graph of nodes. */
#ifndef SPEC_YAML_H
#define SPEC_YAML_H

#include "spec/diagnostics.h"
#include "spec/node.h"

/* Most levels of lists and mappings. */
#define OCI_YAML_DEPTH_MAX 64
/* Most nodes of a file. */
#define OCI_YAML_NODES_MAX 250000
/*
 * Most weight of a spec with its aliases expanded: its bytes, plus
 * OCI_YAML_NODE_WEIGHT for each node. A file without aliases stays below this
 * limit.
 */
#define OCI_YAML_WEIGHT_MAX (32u << 20)
#define OCI_YAML_NODE_WEIGHT 64

/*
 * Parses one document; the nodes are in arena. Returns NULL after reporting a
 * fatal error: bad syntax, a limit, an alias inside its own anchor, a tag. Also
 * reports duplicate keys.
 */
const struct oci_yaml *oci_yaml_load(struct oci_arena *arena,
				     const char *data, size_t size,
				     struct oci_diagnostics *report);

#endif
