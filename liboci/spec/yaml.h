/* SPDX-License-Identifier: Apache-2.0 */
/* YAML text to a graph of nodes. */
#ifndef SPEC_YAML_H
#define SPEC_YAML_H

#include "spec/diagnostics.h"
#include "spec/node.h"

/* Lists and mappings inside each other. */
#define OCI_YAML_DEPTH_MAX 64
/* Nodes of a file. */
#define OCI_YAML_NODES_MAX 250000
/*
 * What a spec may weigh with its aliases written out: its bytes, and
 * OCI_YAML_NODE_WEIGHT for each node. A file without aliases stays below.
 */
#define OCI_YAML_WEIGHT_MAX (32u << 20)
#define OCI_YAML_NODE_WEIGHT 64

/*
 * Parses one document. NULL when it cannot be used: bad syntax, a limit, an
 * alias of something around it, a tag. That is reported, as are keys that
 * stand twice. The nodes live in arena.
 */
const struct oci_yaml *oci_yaml_load(struct oci_arena *arena,
				     const char *data, size_t size,
				     struct oci_diagnostics *report);

#endif
