/* SPDX-License-Identifier: Apache-2.0 */
/* Recognizes static programs by their first bytes. */
#ifndef LAYER_PROGRAM_H
#define LAYER_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Returns whether an ELF file of 64 bits is static: its program headers have no
 * interpreter, no dynamic section and no processor-specific segment. Returns
 * false if these bytes do not have all program headers.
 */
bool oci_program_is_static(const void *data, size_t size);

#endif
