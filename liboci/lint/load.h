/* SPDX-License-Identifier: Apache-2.0 */
/* What of an archive decides how it is loaded. */
#ifndef LINT_LOAD_H
#define LINT_LOAD_H

#include "document/archive.h"
#include "lint/lint.h"

struct oci_members;

struct oci_load_archive {
	struct oci_members *members;
	bool has_layout;		/* oci-layout */
	bool layout_fits;		/* of version 1.0.0 */
	bool has_index;			/* index.json, which can be read */
	struct oci_index index;
	bool has_docker;		/* manifest.json, the same */
	struct oci_docker_images docker;
};

int oci_load_open(struct oci_load_archive *out, const char *path,
		  const struct oci_lint_options *options,
		  struct oci_error *err);
void oci_load_release(struct oci_load_archive *archive);
/* Whether there is such a file. */
bool oci_load_has(const struct oci_load_archive *archive, const char *name);
/* Whether an entry of index.json is a manifest of something that is no image:
 * its config has another type than images have. */
bool oci_load_is_artifact(const struct oci_load_archive *archive,
			  const struct oci_descriptor *entry);
/* Whether a file is compressed with zstd (RFC 8878, 3.1.1). */
bool oci_load_is_zstd(const struct oci_load_archive *archive, const char *name);
/* How many diff_ids a config has; other than 0 where it cannot be read. */
int oci_load_diff_ids(size_t *out, const struct oci_load_archive *archive,
		      const char *config);

#endif
