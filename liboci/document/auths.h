/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials in config files: Docker's config.json ("docker login") and
 * containers-auth.json(5).
 */
#ifndef DOCUMENT_AUTHS_H
#define DOCUMENT_AUTHS_H

#include <stddef.h>

#include <oci/error.h>

/* What a file says of a host; NULL where it says nothing. */
struct oci_auth_entry {
	char *helper;		/* docker-credential-HELPER knows */
	char *auth;		/* base64 of user:password */
	char *user;
	char *password;
	char *identity_token;
	char *registry_token;
};

/* The key of host where docker login writes one, and its name for credential
 * helpers: of Docker Hub, by any of its hosts, an address of old. */
const char *oci_auths_key(const char *host);

void oci_auth_entry_release(struct oci_auth_entry *entry);
/* credHelpers[host], else auths[host/part of repository], the longest such
 * part, else credsStore, else auths[host]. */
int oci_auths_find(struct oci_auth_entry *out, const char *text, size_t size,
		   const char *host, const char *repository,
		   struct oci_error *err);
/* The answer of a credential helper: Username and Secret, "" each where the
 * answer has none. */
int oci_helper_parse(char **user, char **secret, const char *text,
		     size_t size, struct oci_error *err);
/* What a helper is given to store. The caller frees *out. */
int oci_helper_format(char **out, const char *server, const char *user,
		      const char *secret, struct oci_error *err);
/*
 * A config file (text may be NULL: a new one) with "auth" of host set, and
 * all else as it was. The caller frees *out.
 */
int oci_auths_set(char **out, const char *text, size_t size, const char *host,
		  const char *auth, struct oci_error *err);

#endif
