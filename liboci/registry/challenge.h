/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate. RFC 9110, section 11; distribution's token
 * authentication specification. */
#ifndef REGISTRY_CHALLENGE_H
#define REGISTRY_CHALLENGE_H

#include "registry/http.h"

enum oci_scheme {
	OCI_SCHEME_NONE,
	OCI_SCHEME_BASIC,
	OCI_SCHEME_BEARER
};

/* Owns its strings; an all-zero struct is empty. */
struct oci_challenge {
	enum oci_scheme scheme;
	char *realm;
	char *service;		/* or NULL */
};

/*
 * Sets *out to the best challenge of an answer: Bearer, otherwise Basic.
 * Unknown schemes are ignored, and so is the rest of a header after a syntax
 * error.
 */
int oci_challenge_choose(struct oci_challenge *out,
			 const struct oci_http_response *response,
			 struct oci_error *err);
void oci_challenge_release(struct oci_challenge *challenge);

#endif
