/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members architecture, os, os.version and variant, which platform
 * objects and image configs share.
 */
#ifndef DOCUMENT_PLATFORM_H
#define DOCUMENT_PLATFORM_H

#include <jansson.h>

#include <oci/platform.h>

int oci_platform_read(struct oci_platform *out, const json_t *json,
		      struct oci_error *err);
int oci_platform_write(json_t *object, const struct oci_platform *platform,
		       struct oci_error *err);

#endif
