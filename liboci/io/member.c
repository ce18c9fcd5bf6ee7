/* SPDX-License-Identifier: Apache-2.0 */
/* Members of gzip, by libdeflate. */
#include "io/member.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

struct oci_member {
	struct libdeflate_decompressor *inflater;
	size_t used;
	size_t size;
	unsigned char data[OCI_MEMBER_SIZE];
};

struct oci_member *oci_member_new(void)
{
	struct oci_member *self = malloc(sizeof(*self));

	if (!self)
		return NULL;
	self->used = self->size = 0;
	self->inflater = libdeflate_alloc_decompressor();
	if (self->inflater)
		return self;
	free(self);
	return NULL;
}

void oci_member_free(struct oci_member *self)
{
	if (!self)
		return;
	libdeflate_free_decompressor(self->inflater);
	free(self);
}

bool oci_member_inflate(struct oci_member *self, const void *data, size_t size,
			size_t *taken)
{
	const unsigned char *head = data;

	self->used = self->size = 0;
	/* Bit 1: a sum of the header, which libdeflate passes over. */
	return size > 3 && !(head[3] & 2) &&
	       libdeflate_gzip_decompress_ex(self->inflater, data, size,
					     self->data, sizeof(self->data),
					     taken, &self->size) ==
		       LIBDEFLATE_SUCCESS;
}

void oci_member_read(size_t *got, struct oci_member *self, void *data,
		     size_t size)
{
	*got = self->size - self->used;
	if (*got > size)
		*got = size;
	memcpy(data, self->data + self->used, *got);
	self->used += *got;
}
