/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that had a secret. The compiler keeps these writes. */
#ifndef BASE_WIPE_H
#define BASE_WIPE_H

#include <stddef.h>

void oci_wipe(void *data, size_t size);
/* free(3) and realloc(3) of memory from malloc(3) that leave nothing of what
 * was there. For libraries that take functions for memory, too. */
void oci_wipe_free(void *data);
void *oci_wipe_realloc(void *data, size_t size);

#endif
