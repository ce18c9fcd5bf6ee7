/* SPDX-License-Identifier: Apache-2.0 */
/* The files that tell loaders of more folders. */
#ifndef LINT_ELF_CONF_H
#define LINT_ELF_CONF_H

#include "lint/lint.h"

/*
 * The folders of /etc/ld.so.conf and what it includes. ld.so reads the cache
 * that ldconfig makes of them: without an /etc/ld.so.cache there are none.
 */
int oci_conf_glibc(struct oci_strings *out, struct oci_lint *lint,
		   struct oci_error *err);
/* Those of /etc/ld-musl-ARCH.path, else musl's own. */
int oci_conf_musl(struct oci_strings *out, struct oci_lint *lint,
		  const char *arch, struct oci_error *err);

#endif
