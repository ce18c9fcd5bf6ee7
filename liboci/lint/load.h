/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an archive that decide how programs load it. */
#ifndef LINT_LOAD_H
#define LINT_LOAD_H

#include "document/archive.h"
#include "lint/lint.h"

struct oci_members;

struct oci_load_archive {
	struct oci_members *members;
	bool has_layout;  /* it has oci-layout */
	bool layout_fits; /* its version is 1.0.0 */
	bool has_index;	  /* it has a valid index.json */
	struct oci_index index;
	bool has_docker; /* it has a valid manifest.json */
	struct oci_docker_images docker;
};

int oci_load_open(struct oci_load_archive *out, const char *path,
		  const struct oci_lint_options *options,
		  struct oci_error *err);
void oci_load_release(struct oci_load_archive *archive);
/* Returns whether the archive has a file of this name. */
bool oci_load_has(const struct oci_load_archive *archive, const char *name);
/* Returns whether an entry of index.json is an artifact: its config has another
 * media type than an image's. */
bool oci_load_is_artifact(const struct oci_load_archive *archive,
			  const struct oci_descriptor *entry);
/* Returns whether a file is compressed with zstd (RFC 8878, 3.1.1). */
bool oci_load_is_zstd(const struct oci_load_archive *archive, const char *name);
/* Counts the diff_ids of a config; returns an error if it cannot be read. */
int oci_load_diff_ids(size_t *out, const struct oci_load_archive *archive,
		      const char *config);

#endif
