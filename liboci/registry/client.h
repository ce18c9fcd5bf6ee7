/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends requests to one registry, with authentication, redirects and retries,
 * and returns the final answer.
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
	int64_t issued;		/* time of issue, in monotonic seconds */
	int64_t expires;	/* end of validity; 0: none */
	char *realm;		/* where to renew it; or NULL */
	char *service;
};

struct oci_registry {
	struct oci_http *http;
	struct oci_registry_options options;
	char *temp_dir;
	struct oci_strings bundles; /* PEM files: ca_file, and the one that
				     * replaces the system's */
	char *only_host;
	struct oci_strings token_hosts;
	struct oci_strings warnings; /* already reported; under lock */
	struct oci_proxies proxies;
	struct oci_strings certs;
	struct oci_mount_candidates mount_candidates;
	atomic_uint repositories; /* open for pushing */
	pthread_mutex_t login;	  /* held while a token is fetched */
	pthread_mutex_t lock; /* of the fields below, and of the callbacks */
	struct oci_token *tokens;
	struct oci_trust *trusts;	/* of hosts that were looked up */
	int no_credential;    /* status of a failed lookup of credentials; or
			       * 0 */
	struct oci_error why; /* its error */
	char failed_host[OCI_REFERENCE_NAME]; /* its host */
	int64_t busy_until; /* all requests wait until then; monotonic
			     * milliseconds */
};

/* A repository of a registry. */
struct oci_client {
	struct oci_registry *registry;
	char *host;		/* the host's name in messages: "ghcr.io" */
	char *base;		/* "https://ghcr.io" */
	atomic_bool was_private; /* an answer came from a private
				  * address */
	atomic_bool was_public;	 /* an answer came from a public address */
	char *repository;
};

struct oci_transfer;

struct oci_call {
	const char *method;
	const char *url; /* absolute, or a path below the base */
	const struct oci_strings *headers;
	struct oci_source *body;
	uint64_t body_size;
	bool (*ready)(struct oci_source *body);	/* as in http.h */
	struct oci_sink *sink;
	size_t text_max;
	const char *actions;		/* "pull" or "pull,push" */
	const char *mount_from;		/* a second repository to pull from */
	bool once;			/* no retry: the caller handles
					 * failures */
	bool always;			/* send even after cancellation */
	bool no_redirect;		/* a 3xx status is returned as an
					 * answer */
	struct oci_transfer *transfer;	/* the body is part of it; or NULL */
};

/*
 * Sends a call, and repeats it while a retry may help. *url (may be NULL) is
 * set to the URL that gave the final answer; the caller frees it. The sink gets
 * bytes of one attempt only: an attempt that wrote to the sink is not repeated.
 */
int oci_client_call(struct oci_http_response *out, char **url,
		    struct oci_client *client, const struct oci_call *call,
		    struct oci_error *err);

/* address.c: sets client->base from client->host. */
int oci_client_set_base(struct oci_client *client, struct oci_error *err);

/* Returns whether the certificate of url's host is not checked: the option
 * insecure applies to this registry (only_host), and url is on its host. */
bool oci_client_is_insecure(const struct oci_client *client, const char *url);
/* Returns whether the option plain_http applies to this registry
 * (only_host). */
bool oci_client_is_plain(const struct oci_client *client);
/*
 * Returns whether url may be at a private address: if all answers of the
 * registry came from private addresses, or, before its first answer, if url is
 * on the registry's own host, which the user named. One answer from a public
 * address ends both, because the owner of a name can change its address between
 * two requests (DNS rebinding). The exception is the registry's own origin with
 * a checked certificate: it may always be private.
 */
bool oci_client_may_be_private(const struct oci_client *client,
			       const char *url);
/* Records whether the registry answered from a private or a public address. */
void oci_client_record_address(struct oci_client *client, const char *url,
			       const struct oci_http_response *response);

/* Adds the host of url to the error of a request, if it is not the registry's
 * own host. Returns rc. */
int oci_client_name_host(const struct oci_client *client, const char *url,
			 int rc, struct oci_error *err);

/* Refuses a redirect from https to http, and a public registry's redirect to a
 * private address: OCI_E_INVALID. */
int oci_client_check_location(const struct oci_client *client,
			      const char *from, const char *to,
			      struct oci_error *err);

/* warnings.c: calls options.warning for each warning of the answer. */
void oci_client_warn(struct oci_client *client,
		     const struct oci_http_response *response);

/* Turns an answer into an error: the registry's status and message, and advice
 * if there is any. what is the operation, such as "push blob sha256:...". */
int oci_client_fail(const struct oci_client *client, const char *what,
		    const struct oci_http_response *response,
		    struct oci_error *err);

/* Returns whether the answer has the error code, such as "BLOB_UNKNOWN". */
bool oci_client_said(const struct oci_http_response *response,
		     const char *code);

/* Sets the certificates of the request's host. */
int oci_client_trust(struct oci_http_request *out,
		     const struct oci_client *client, struct oci_error *err);

/* Finds the certificates of a host, which are read once. *out is borrowed. */
int oci_registry_trust(const struct oci_trust **out,
		       struct oci_registry *registry, const char *host,
		       struct oci_error *err);

/* dry_run.c: calls options.dry_run for a step. */
void oci_client_tell(const struct oci_client *client,
		     const struct oci_push_step *step);

/* Returns how often a request is retried. */
unsigned oci_client_retries(const struct oci_registry *registry);
/* Waits. Errors: OCI_E_CANCELLED. */
int oci_client_wait(struct oci_registry *registry, int64_t milliseconds,
		    struct oci_error *err);
void oci_client_log(struct oci_registry *registry, const char *fmt, ...)
	OCI_PRINTF(2, 3);

/* auth.c: makes the Authorization header for a call; *out is NULL if there is
 * none. The caller frees it. */
int oci_auth_header(char **out, struct oci_client *client,
		    const struct oci_call *call, struct oci_error *err);
/* Called after the answer 401 to a call with the header `sent` (or NULL).
 * Fetches the token that the challenge demands, unless another thread has done
 * so meanwhile. Sets *again if the call should be repeated. */
int oci_auth_answer(bool *again, struct oci_client *client,
		    const struct oci_call *call, const char *sent,
		    const struct oci_http_response *response,
		    struct oci_error *err);
/* Called before a long body is sent: fetches a new token if the present one
 * expires soon. A failure is ignored, because an answer 401 is handled
 * anyway. */
void oci_auth_renew(struct oci_client *client, const struct oci_call *call);
void oci_auth_free(struct oci_registry *registry);

#endif
