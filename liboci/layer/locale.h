/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive converts names by the thread's locale: in the C locale it writes
 * "café" differently, so a digest would follow LC_ALL. Its calls run under a
 * locale of ours, by uselocale(3), which is the thread's alone.
 */
#ifndef LAYER_LOCALE_H
#define LAYER_LOCALE_H

#include <locale.h>

#include <oci/error.h>

/* A UTF-8 locale; free it with freelocale. */
int oci_locale_open(locale_t *out, struct oci_error *err);

#endif
