/* SPDX-License-Identifier: Apache-2.0 */
/* What a descriptor holds beside the fields of struct oci_descriptor. */
#ifndef DOCUMENT_REST_H
#define DOCUMENT_REST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <oci/descriptor.h>

/* *out is a JSON object of the other members, which the caller frees, or NULL
 * where there are none. */
int oci_rest_read(char **out, const json_t *descriptor, struct oci_error *err);
/* Puts them back, behind the members that are there. */
int oci_rest_write(json_t *descriptor, const char *rest,
		   struct oci_error *err);

/* Gives a descriptor that has no rest the platform that a config tells, its
 * os.features included; none where it tells none. */
int oci_descriptor_set_platform(struct oci_descriptor *descriptor,
				const char *config, size_t size,
				struct oci_error *err);

#define OCI_URL_ROOM 512

/* The first of its "urls", cut where it has no room. False: it has none. */
bool oci_descriptor_url(char out[OCI_URL_ROOM],
			const struct oci_descriptor *descriptor);

#endif
