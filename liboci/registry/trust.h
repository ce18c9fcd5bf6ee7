/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certs.d: certificates that belong to one registry, as Docker and containers
 * keep them (dockerd's "Verify repository client with certificates",
 * containers-certs.d(5)): in DIR/HOST[:PORT], *.crt are authorities, *.cert
 * with *.key is what we show of ourselves.
 */
#ifndef REGISTRY_TRUST_H
#define REGISTRY_TRUST_H

#include <stddef.h>

#include <oci/text.h>

struct oci_trust {
	struct oci_trust *next;
	char *host;
	char *authorities;	/* PEM; NULL: none of its own */
	char *certificate;	/* paths; NULL: none */
	char *key;
};

/*
 * Reads what folders have for host; nothing may be there. The caller frees
 * *out. more has PEM files that are trusted as well: the transport knows the
 * first of them, so that authorities are set where there are others.
 */
int oci_trust_load(struct oci_trust **out, const struct oci_strings *folders,
		   const char *host, const struct oci_strings *more,
		   struct oci_error *err);
void oci_trust_free(struct oci_trust *trust);

#endif
