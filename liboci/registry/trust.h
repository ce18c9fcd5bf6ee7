/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certs.d: certificates for one registry, in the layout of Docker and
 * containers (dockerd's "Verify repository client with certificates",
 * containers-certs.d(5)): in DIR/HOST[:PORT], *.crt are authorities, *.cert
 * with *.key is the client's certificate.
 */
#ifndef REGISTRY_TRUST_H
#define REGISTRY_TRUST_H

#include <stddef.h>

#include <oci/text.h>

struct oci_trust {
	struct oci_trust *next;
	char *host;
	char *authorities; /* PEM; NULL: only the system's */
	char *certificate; /* path; or NULL */
	char *key;	   /* path; or NULL */
};

/*
 * Reads the files for host in folders, which need not exist. The caller frees
 * *out. more: PEM files that are trusted too. The transport has the first of
 * them; authorities are set if there are others or certificates of the host.
 */
int oci_trust_load(struct oci_trust **out, const struct oci_strings *folders,
		   const char *host, const struct oci_strings *more,
		   struct oci_error *err);
void oci_trust_free(struct oci_trust *trust);

#endif
