/* SPDX-License-Identifier: Apache-2.0 */
#include "io/certificates.h"

#include <stddef.h>
#include <unistd.h>

const char *const oci_certificate_files[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
	NULL,
};

const char *oci_certificate_file(void)
{
	for (size_t i = 0; oci_certificate_files[i]; i++)
		if (access(oci_certificate_files[i], R_OK) == 0)
			return i == 0 ? NULL : oci_certificate_files[i];
	return NULL;
}
