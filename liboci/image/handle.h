/* SPDX-License-Identifier: Apache-2.0 */
/* The members of struct oci_image. */
#ifndef IMAGE_HANDLE_H
#define IMAGE_HANDLE_H

#include <oci/image.h>

struct oci_image {
	struct oci_config config;
	struct oci_manifest manifest;
};

#endif
