/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files by their first bytes. */
#ifndef LAYER_PROGRAM_H
#define LAYER_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether an ELF file of 64 bits has nothing behind its program headers that a
 * loader would look at: no interpreter, no dynamic section, no attributes.
 * False where that cannot be told from these bytes.
 */
bool oci_program_is_static(const void *data, size_t size);

#endif
