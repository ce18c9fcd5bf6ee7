/* SPDX-License-Identifier: Apache-2.0 */
/* Little-endian numbers at any address. Compilers make one instruction of each
 * memcpy; of single bytes they do not where two loads have bytes in common. */
#ifndef DEFLATE_LOAD_H
#define DEFLATE_LOAD_H

#include <stdint.h>
#include <string.h>

#define OCI_LITTLE_ENDIAN (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

/* For the inner loops, where a call costs a tenth of the time. */
#define OCI_INLINE static inline __attribute__((always_inline))

OCI_INLINE uint32_t oci_load32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return OCI_LITTLE_ENDIAN ? value : __builtin_bswap32(value);
}

OCI_INLINE uint64_t oci_load64(const uint8_t *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return OCI_LITTLE_ENDIAN ? value : __builtin_bswap64(value);
}

OCI_INLINE void oci_store64(uint8_t *p, uint64_t value)
{
	value = OCI_LITTLE_ENDIAN ? value : __builtin_bswap64(value);
	memcpy(p, &value, sizeof(value));
}

#endif
