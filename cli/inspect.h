/* SPDX-License-Identifier: Apache-2.0 */
/* What inspect has read, and the two ways to print it. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "remote.h"

struct inspect_image {
	struct oci_descriptor descriptor;
	size_t listed;			/* times, in its index */
	char *manifest_json;		/* NULL: an index names it, and it is
					 * not in the store */
	char *config_json;		/* NULL where it is no image's */
	struct oci_manifest manifest;
	struct oci_config config;
};

struct inspect {
	struct opened from;		/* a manifest or an index */
	struct oci_descriptor chosen;	/* by --platform */
	char *json;			/* the document */
	struct oci_index index;		/* where it is one */
	FILE *out;			/* shown when all could be read */
	bool as_json;
	size_t count;			/* images that were printed */
	size_t absent;			/* those of them that are not there */
};

/* The text before the images, one image, and the text after them. */
void inspect_print_head(const struct inspect *in);
void inspect_print_image(const struct inspect *in,
			 const struct inspect_image *image);
void inspect_print_tail(const struct inspect *in);

#endif
