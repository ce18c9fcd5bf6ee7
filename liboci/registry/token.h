/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens from the realm of a challenge. */
#ifndef REGISTRY_TOKEN_H
#define REGISTRY_TOKEN_H

#include "registry/challenge.h"
#include "registry/client.h"

/* Most bytes of a token server's answer. */
#define OCI_TOKEN_MAX (1024 * 1024)

/*
 * Requests a token with an identity token, or else with the Authorization
 * header basic, or else anonymously; both may be NULL. *out is the answer,
 * which may be a refusal.
 */
int oci_token_fetch(struct oci_http_response *out, struct oci_client *client,
		    const struct oci_call *call,
		    const struct oci_challenge *challenge,
		    const char *identity_token, const char *basic,
		    struct oci_error *err);

#endif
