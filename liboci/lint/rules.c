/* SPDX-License-Identifier: Apache-2.0 */
/* The rules: their names, levels, and what is said of each. */
#include <oci/lint.h>

static const struct oci_lint_rule rules[] = {
	{ "duplicate-bytes", OCI_LINT_NOTE,
	  "Bytes that a higher layer replaces or removes are downloaded all "
	  "the same.",
	  "Leave the file out of the lower layer, or put both into one." },
	{ "elf-interpreter", OCI_LINT_ERROR,
	  "The kernel starts a dynamic program through its loader; without it "
	  "there is nothing but \"no such file or directory\".",
	  "Put the loader's package (libc6, musl) into the image, or take a "
	  "static program." },
	{ "elf-machine", OCI_LINT_ERROR,
	  "A program for another machine ends with \"exec format error\".",
	  "Take the file that was made for the platform." },
	{ "elf-needed", OCI_LINT_ERROR,
	  "A program whose libraries are missing ends before it starts.",
	  "Put the package with the library into the image, or set the "
	  "program's RUNPATH or LD_LIBRARY_PATH." },
	{ "elf-truncated", OCI_LINT_ERROR,
	  "A file that was cut short or damaged cannot be loaded.",
	  "Get the file again, and compare its digest." },
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
