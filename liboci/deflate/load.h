/* SPDX-License-Identifier: Apache-2.0 */
/* Little-endian numbers at any address. Compilers make one instruction of each
 * where the processor has it. */
#ifndef DEFLATE_LOAD_H
#define DEFLATE_LOAD_H

#include <stdint.h>

/* For the inner loops, where a call costs a tenth of the time. */
#define OCI_INLINE static inline __attribute__((always_inline))

OCI_INLINE uint32_t oci_load32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

OCI_INLINE uint64_t oci_load64(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
	       (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

OCI_INLINE void oci_store64(uint8_t *p, uint64_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
	p[2] = (uint8_t)(value >> 16);
	p[3] = (uint8_t)(value >> 24);
	p[4] = (uint8_t)(value >> 32);
	p[5] = (uint8_t)(value >> 40);
	p[6] = (uint8_t)(value >> 48);
	p[7] = (uint8_t)(value >> 56);
}

#endif
