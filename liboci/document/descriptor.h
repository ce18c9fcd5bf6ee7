/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors as JSON. OCI Image Specification, descriptor.md. */
#ifndef DOCUMENT_DESCRIPTOR_H
#define DOCUMENT_DESCRIPTOR_H

#include <jansson.h>

#include <oci/descriptor.h>
#include <oci/manifest.h>

/* *out is empty before; the caller releases it, also after a failure. */
int oci_descriptor_read(struct oci_descriptor *out, const json_t *json,
			struct oci_error *err);
int oci_descriptor_write(json_t **out, const struct oci_descriptor *descriptor,
			 struct oci_error *err);

/* Reads a member that is an array of descriptors. */
int oci_descriptors_read(struct oci_descriptors *out, const json_t *object,
			 const char *name, struct oci_error *err);
int oci_descriptors_write(json_t *object, const char *name,
			  const struct oci_descriptors *list,
			  struct oci_error *err);

#endif
