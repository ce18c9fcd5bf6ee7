/* SPDX-License-Identifier: Apache-2.0 */
/* What inspect has read, and the two ways to print it. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "remote.h"

struct inspect_image {
	struct oci_descriptor descriptor;
	char *manifest_json;
	char *config_json;		/* NULL where it is no image's */
	struct oci_manifest manifest;
	struct oci_config config;
};

struct inspect {
	struct opened from;		/* a manifest or an index */
	char *json;			/* the document */
	struct oci_index index;		/* where it is one */
	struct inspect_image *images;
	size_t count;
};

void inspect_print_text(const struct inspect *in);
void inspect_print_json(const struct inspect *in);

#endif
