/* SPDX-License-Identifier: Apache-2.0 */
/* The 'files' of a spec of an artifact: blobs that are not an image. */
#ifndef SPEC_ARTIFACT_H
#define SPEC_ARTIFACT_H

#include "spec/decoder.h"
#include "spec/plan.h"

/* const char *: a media type. */
oci_decode_fn oci_decode_media_type;
/* struct oci_plan_files; the inputs are found later. */
oci_decode_fn oci_decode_files;

/* Reports keys of root that do not fit an artifact or an image. */
bool oci_artifact_check(struct oci_decoder *d, const struct oci_yaml *root);
/* Reports files with the same or an invalid name, after inputs were found. */
bool oci_artifact_check_names(struct oci_diagnostics *report,
			      const struct oci_plan_files *files);
/* Returns the name of a file's input: the file's, or else the input's. */
const char *oci_artifact_name(const struct oci_plan_file *file, size_t input);

#endif
