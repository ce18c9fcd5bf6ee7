/* SPDX-License-Identifier: Apache-2.0 */
/* The 'files' of a spec that is an artifact: blobs that are no image. */
#ifndef SPEC_ARTIFACT_H
#define SPEC_ARTIFACT_H

#include "spec/decoder.h"
#include "spec/plan.h"

/* const char *: a media type. */
oci_decode_fn oci_decode_media_type;
/* struct oci_plan_files, without their inputs. */
oci_decode_fn oci_decode_files;

/* Whether the keys of root, an artifact or none, fit together. */
bool oci_artifact_check(struct oci_decoder *d, const struct oci_yaml *root);
/* Whether each file has a name that no other has; inputs are found. */
bool oci_artifact_check_names(struct oci_diagnostics *report,
			      const struct oci_plan_files *files);
/* The name of a file's input: its own, or that of the input. */
const char *oci_artifact_name(const struct oci_plan_file *file, size_t input);

#endif
