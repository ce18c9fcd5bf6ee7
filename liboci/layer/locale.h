/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive converts the names that it reads to the thread's locale: in the C
 * locale, "café" has no name, so a layer would depend on LC_ALL. It is called
 * with this locale, which uselocale(3) sets for the thread only.
 */
#ifndef LAYER_LOCALE_H
#define LAYER_LOCALE_H

#include <locale.h>

#include <oci/error.h>

/* A UTF-8 locale; free it with freelocale. */
int oci_locale_open(locale_t *out, struct oci_error *err);

#endif
