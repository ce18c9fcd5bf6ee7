/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files of dynamic loaders, which list folders. */
#ifndef LINT_ELF_CONF_H
#define LINT_ELF_CONF_H

#include "lint/lint.h"

/*
 * Adds the folders of /etc/ld.so.conf and of the files that it includes. ld.so
 * reads the cache that ldconfig makes of them, so without /etc/ld.so.cache none
 * is added.
 */
int oci_conf_glibc(struct oci_strings *out, struct oci_lint *lint,
		   struct oci_error *err);
/* Adds the folders of /etc/ld-musl-ARCH.path, or else musl's default ones. */
int oci_conf_musl(struct oci_strings *out, struct oci_lint *lint,
		  const char *arch, struct oci_error *err);

#endif
