/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials in config files: Docker's config.json ("docker login") and
 * containers-auth.json(5).
 */
#ifndef DOCUMENT_AUTHS_H
#define DOCUMENT_AUTHS_H

#include <stddef.h>

#include <oci/error.h>

/* The entry of a host; absent members are NULL. */
struct oci_auth_entry {
	char *helper;		/* docker-credential-HELPER has them */
	char *auth;		/* base64 of user:password */
	char *user;
	char *password;
	char *identity_token;
	char *registry_token;
};

/* Returns the key of host that docker login writes and credential helpers use:
 * for all hosts of Docker Hub, a legacy address. */
const char *oci_auths_key(const char *host);

void oci_auth_entry_release(struct oci_auth_entry *entry);
/* Finds the first of: credHelpers[host]; auths[host/path] with the longest path
 * that contains repository; credsStore; auths[host]. */
int oci_auths_find(struct oci_auth_entry *out, const char *text, size_t size,
		   const char *host, const char *repository,
		   struct oci_error *err);
/* Parses the answer of a credential helper. *user and *secret are "" if the
 * answer has none. */
int oci_helper_parse(char **user, char **secret, const char *text,
		     size_t size, struct oci_error *err);
/* Makes the input of a helper's "store". The caller frees *out. */
int oci_helper_format(char **out, const char *server, const char *user,
		      const char *secret, struct oci_error *err);
/*
 * Sets "auth" of host in a config file (text NULL: a new one), and keeps
 * everything else. The caller frees *out.
 */
int oci_auths_set(char **out, const char *text, size_t size, const char *host,
		  const char *auth, struct oci_error *err);

#endif
