/* SPDX-License-Identifier: Apache-2.0 */
/* Where an engine is. */
#ifndef ENGINE_ADDRESS_H
#define ENGINE_ADDRESS_H

#include <oci/engine.h>

struct oci_engine_address {
	char *name;	   /* for messages: "Docker at unix://...", with where
			    * the address comes from */
	char *socket;	   /* path of a unix socket; NULL: tcp */
	char *url;	   /* without a slash at its end; http://localhost for
			    * a unix socket */
	char *authorities; /* PEM; NULL: the system's */
	char *certs;	   /* folder of the certificates; NULL: no TLS */
	char *certificate; /* path; or NULL */
	char *key;	   /* path; or NULL */
	bool insecure;	   /* the engine's certificate is not checked */
};

/* Finds the engine as oci_engine_open says. The caller releases *out, also
 * after a failure. */
int oci_engine_find(struct oci_engine_address *out,
		    const struct oci_engine_options *options,
		    struct oci_error *err);
/* Connects to a unix socket and disconnects, for an error that says what to do.
 * Does nothing for tcp. */
int oci_engine_probe(const struct oci_engine_address *address,
		     enum oci_engine_kind kind, struct oci_error *err);
void oci_engine_address_release(struct oci_engine_address *address);

/* The environment; an empty variable counts as absent. */
const char *oci_engine_variable(const struct oci_engine_options *options,
				const char *name);
/* docker_context.c: the folder of Docker's config.json; NULL without HOME. The
 * caller frees *out. */
int oci_engine_docker_folder(char **out,
			     const struct oci_engine_options *options,
			     struct oci_error *err);

/* A context of docker context. */
struct oci_docker_context {
	char *name; /* NULL: the default context, which is DOCKER_HOST or the
		     * usual socket */
	char *host;
	char *certs; /* folder of ca.pem, cert.pem, key.pem; NULL: none */
	bool insecure;
};

/* Reads the context that DOCKER_CONTEXT or config.json names. The caller
 * releases *out, also after a failure. */
int oci_docker_context_read(struct oci_docker_context *out,
			    const struct oci_engine_options *options,
			    struct oci_error *err);
void oci_docker_context_release(struct oci_docker_context *context);

#endif
