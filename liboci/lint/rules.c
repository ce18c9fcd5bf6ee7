/* SPDX-License-Identifier: Apache-2.0 */
/* The rules: their names, levels, and what is said of each. */
#include <oci/lint.h>

static const struct oci_lint_rule rules[] = {
	{ "duplicate-bytes", OCI_LINT_NOTE,
	  "Bytes that a higher layer replaces or removes are downloaded all "
	  "the same.",
	  "Leave the file out of the lower layer, or put both into one." },
	{ "layer-count", OCI_LINT_ERROR,
	  "Docker's overlay driver mounts at most 127 layers.",
	  "Join layers." },
	{ "size-budget", OCI_LINT_ERROR,
	  "The spec says how large the image may become.",
	  "Leave something out, compress better, or raise the budget." },
};

const struct oci_lint_rule *oci_lint_rules(size_t *count)
{
	*count = sizeof(rules) / sizeof(rules[0]);
	return rules;
}
