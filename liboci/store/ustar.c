/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ustar.h"

#include <string.h>

#include "base/error.h"

/* Writes at most OCI_USTAR_NAME bytes of name. */
static void put_header(unsigned char out[OCI_USTAR_BLOCK], const char *name,
		       char type, uint64_t size, int64_t mtime)
{
	size_t length = strlen(name);

	memset(out, 0, OCI_USTAR_BLOCK);
	memcpy(out, name, length < OCI_USTAR_NAME ? length : OCI_USTAR_NAME);
	oci_ustar_number(out + OCI_USTAR_AT_MODE, 7, 7, 8,
			 type == '5' ? 0755 : 0644);
	oci_ustar_number(out + OCI_USTAR_AT_UID, 7, 7, 8, 0);
	oci_ustar_number(out + OCI_USTAR_AT_GID, 7, 7, 8, 0);
	oci_ustar_number(out + OCI_USTAR_AT_SIZE, 11, 11, 12, (int64_t)size);
	oci_ustar_number(out + OCI_USTAR_AT_MTIME, 11, 11, 12,
			 mtime < 0 ? 0 : mtime);
	out[OCI_USTAR_AT_TYPE] = (unsigned char)type;
	oci_ustar_finish(out);
}

int oci_ustar_header(unsigned char out[OCI_USTAR_BLOCK], const char *name,
		     uint64_t size, int64_t mtime, struct oci_error *err)
{
	size_t length = strlen(name);

	if (length == 0 || length > OCI_USTAR_NAME)
		return oci_fail(err, OCI_E_LIMIT,
				"member name '%s' is too long", name);
	put_header(out, name, name[length - 1] == '/' ? '5' : '0', size, mtime);
	return 0;
}

bool oci_ustar_is_long(const char *name)
{
	return strlen(name) > OCI_USTAR_NAME;
}

void oci_ustar_long_name(unsigned char out[OCI_USTAR_LONG], const char *name,
			 int64_t mtime)
{
	/* Names have 101 to about 200 bytes. */
	size_t length = strlen(name);

	memset(out, 0, OCI_USTAR_LONG);
	put_header(out, "PaxHeaders/name", 'x',
		   oci_ustar_record_size("path", "", length), mtime);
	oci_ustar_record((char *)out + OCI_USTAR_BLOCK, "path", "", name,
			 length);
}
