/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to one registry: authentication, redirects, retries. What comes
 * back is an answer that is final.
 */
#ifndef REGISTRY_CLIENT_H
#define REGISTRY_CLIENT_H

#include <pthread.h>
#include <stdatomic.h>

#include <oci/registry.h>

#include "registry/http.h"
#include "registry/mount_candidates.h"
#include "registry/trust.h"

struct oci_token {
	struct oci_token *next;
	char *key;		/* host, repository and actions */
	char *header;		/* "Authorization: ..." */
	int64_t issued;		/* monotonic seconds */
	int64_t expires;	/* the same; 0: never */
	char *realm;		/* where another one comes from; or NULL */
	char *service;
};

struct oci_registry {
	struct oci_http *http;
	struct oci_registry_options options;
	char *temp_dir;
	struct oci_strings bundles; /* PEM files: ca_file, and that which
				     * takes the place of the system's */
	char *only_host;
	struct oci_strings token_hosts;
	struct oci_strings warnings; /* that were told; under lock */
	struct oci_proxies proxies;
	struct oci_strings certs;
	struct oci_mount_candidates mount_candidates;
	atomic_uint repositories;	/* that are open to push to */
	pthread_mutex_t login;	/* held by who gets a token */
	pthread_mutex_t lock;	/* of what follows, and of the callbacks */
	struct oci_token *tokens;
	struct oci_trust *trusts;	/* of hosts that were looked up */
	int no_credential;	/* the status of a lookup that failed */
	struct oci_error why;	/* and its error */
	char failed_host[OCI_REFERENCE_NAME];	/* that it was for */
	int64_t busy_until;	/* backoff of all, monotonic milliseconds */
};

/* A repository of a registry. */
struct oci_client {
	struct oci_registry *registry;
	char *host;		/* for people: "ghcr.io" */
	char *base;		/* "https://ghcr.io" */
	atomic_bool was_private;	/* base answered from such an address */
	atomic_bool was_public;
	char *repository;
};

struct oci_call {
	const char *method;
	const char *url;		/* whole, or a path from the base */
	const struct oci_strings *headers;
	struct oci_source *body;
	uint64_t body_size;
	bool (*ready)(struct oci_source *body);	/* as in http.h */
	struct oci_sink *sink;
	size_t text_max;
	const char *actions;		/* "pull" or "pull,push" */
	const char *mount_from;		/* a second repository to pull from */
	bool once;			/* no retry: the caller knows better */
	bool always;			/* also when all is cancelled */
	bool no_redirect;		/* 3xx is an answer */
};

/*
 * Sends a call until there is an answer that a retry would not better. *url
 * (may be NULL) is where the answer came from in the end; the caller frees it.
 * The sink gets bytes from the last attempt alone: an attempt that wrote some
 * is not repeated.
 */
int oci_client_call(struct oci_http_response *out, char **url,
		    struct oci_client *client, const struct oci_call *call,
		    struct oci_error *err);

/* address.c: sets base from host. */
int oci_client_set_base(struct oci_client *client, struct oci_error *err);

/* Whether the certificate of url's host is not checked: insecure is for this
 * registry (only_host), and url is at the registry's own host. */
bool oci_client_is_insecure(const struct oci_client *client, const char *url);
/* Whether plain_http is for this registry (only_host). */
bool oci_client_is_plain(const struct oci_client *client);
/*
 * Whether url may be at a private address: if all answers of the registry came
 * from private ones, and before the first answer if url is of the registry's
 * own host, which the user named. One answer from a public address ends both,
 * because the owner of a name can change its address between two requests (DNS
 * rebinding); the registry's own origin with a certificate that is checked is
 * excepted.
 */
bool oci_client_may_be_private(const struct oci_client *client,
			       const char *url);
/* Records whether the registry answered from a private or a public address. */
void oci_client_record_address(struct oci_client *client, const char *url,
			       const struct oci_http_response *response);

/* Adds to the error of a request the host that url names, if that is not the
 * registry's own. Returns rc. */
int oci_client_name_host(const struct oci_client *client, const char *url,
			 int rc, struct oci_error *err);

/* Refuses a redirect from https to http, and a public registry's redirect to a
 * private address: OCI_E_INVALID. */
int oci_client_check_location(const struct oci_client *client,
			      const char *from, const char *to,
			      struct oci_error *err);

/* warnings.c: calls options.warning for the answer's warnings. */
void oci_client_warn(struct oci_client *client,
		     const struct oci_http_response *response);

/* Makes an error of an answer: the registry's status and words, and advice if
 * there is some. what is the operation, such as "push blob sha256:...". */
int oci_client_fail(const struct oci_client *client, const char *what,
		    const struct oci_http_response *response,
		    struct oci_error *err);

/* Returns whether the answer has the error code, such as "BLOB_UNKNOWN". */
bool oci_client_said(const struct oci_http_response *response,
		     const char *code);

/* Sets the certificates of the host that the request goes to. */
int oci_client_trust(struct oci_http_request *out,
		     const struct oci_client *client, struct oci_error *err);

/* Certificates of a host, borrowed; read once. */
int oci_registry_trust(const struct oci_trust **out,
		       struct oci_registry *registry, const char *host,
		       struct oci_error *err);

/* dry_run.c: calls options.plan for a step. */
int oci_client_tell(const struct oci_client *client,
		    const struct oci_push_step *step, struct oci_error *err);

/* How often a request is retried. */
unsigned oci_client_retries(const struct oci_registry *registry);
/* Milliseconds of the monotonic clock. */
int64_t oci_client_clock(void);
/* Waits. Errors: OCI_E_CANCELLED. */
int oci_client_wait(struct oci_registry *registry, int64_t milliseconds,
		    struct oci_error *err);
void oci_client_log(struct oci_registry *registry, const char *fmt, ...)
	OCI_PRINTF(2, 3);

/* auth.c: the Authorization header for a call, or NULL; caller frees. */
int oci_auth_header(char **out, struct oci_client *client,
		    const struct oci_call *call, struct oci_error *err);
/* Called after the answer 401 to a call with the header `sent` (or NULL): gets
 * the token that the challenge asks for, unless another thread has got one
 * meanwhile. Sets *again if the call should be repeated. */
int oci_auth_answer(bool *again, struct oci_client *client,
		    const struct oci_call *call, const char *sent,
		    const struct oci_http_response *response,
		    struct oci_error *err);
/* Called before a long body is sent: gets a new token if the present one
 * expires soon. A failure is ignored, because an answer 401 is handled anyway.
 */
void oci_auth_renew(struct oci_client *client, const struct oci_call *call);
void oci_auth_free(struct oci_registry *registry);

#endif
