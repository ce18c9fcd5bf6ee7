/* SPDX-License-Identifier: Apache-2.0 */
/* The documents that inspect has read, and printing them as text or JSON. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "remote.h"

struct inspect_image {
	struct oci_descriptor descriptor;
	size_t listed;	     /* how often its index lists it */
	char *manifest_json; /* NULL: an index lists it, and it is
			      * not in the store */
	char *config_json;   /* NULL for an artifact */
	struct oci_manifest manifest;
	struct oci_config config;
};

struct inspect {
	struct opened from;		/* a manifest or an index */
	struct oci_descriptor chosen;	/* by --platform */
	char *json;			/* the document */
	struct oci_index index;		/* if from is one */
	FILE *out;			/* printed when everything was read */
	bool as_json;
	size_t count;			/* images that were printed */
	size_t absent;			/* those that are absent */
};

/* The text before the images, one image, and the text after them. */
void inspect_print_head(const struct inspect *in);
void inspect_print_image(const struct inspect *in,
			 const struct inspect_image *image);
void inspect_print_tail(const struct inspect *in);

#endif
