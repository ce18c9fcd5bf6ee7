/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a descriptor without a field in struct oci_descriptor. */
#ifndef DOCUMENT_REST_H
#define DOCUMENT_REST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <oci/descriptor.h>

/* *out is a JSON object of these members, or NULL if there are none; the caller
 * frees it. */
int oci_rest_read(char **out, const json_t *descriptor, struct oci_error *err);
/* Adds them to a descriptor, after its other members. */
int oci_rest_write(json_t *descriptor, const char *rest,
		   struct oci_error *err);

/* Reads the platform from a config, and its os.features into descriptor->rest,
 * which has to be NULL. If the config has no platform, the descriptor gets
 * none. */
int oci_descriptor_set_platform(struct oci_descriptor *descriptor,
				const char *config, size_t size,
				struct oci_error *err);

#define OCI_URL_ROOM 512

/* Copies the first of "urls", cut to fit; returns false without one. */
bool oci_descriptor_url(char out[OCI_URL_ROOM],
			const struct oci_descriptor *descriptor);

#endif
