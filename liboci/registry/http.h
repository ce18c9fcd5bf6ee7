/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP exchanges. One thread runs curl's multi interface for all of them, so
 * that they share connections. oci_http_send blocks its caller, and may be
 * called from several threads at a time. An exchange is one request and one
 * response; the caller handles redirects, authentication and retries.
 */
#ifndef REGISTRY_HTTP_H
#define REGISTRY_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include <oci/stream.h>
#include <oci/text.h>

#include "registry/proxy.h"

struct oci_http;

struct oci_http_options {
	const char *ca_file;		/* PEM, added to the system's; or
					 * NULL */
	const char *ca_folders;		/* replaces the system's; or NULL */
	struct oci_proxies proxies;	/* curl itself reads no environment */
	unsigned connect_seconds;	/* 0: 30 */
	unsigned stall_seconds;		/* without a byte in either direction;
					 * 0: 60 */
	unsigned answer_seconds;	/* from the end of the body to the
					 * answer; 0: 300 */
	unsigned first_byte_seconds;	/* from a request without a body to the
					 * answer; 0: 600 */
	unsigned document_seconds;	/* for an answer that is kept in text,
					 * from its first byte; 0: 300 */
	uint64_t lowest_rate;		/* least bytes a second in either
					 * direction, measured over
					 * stall_seconds, of all exchanges in
					 * flight together; 0: no limit */
	volatile const int *cancelled;	/* set by another thread or a signal
					 * handler; may be NULL */
};

int oci_http_new(struct oci_http **out, const struct oci_http_options *options,
		 struct oci_error *err);
void oci_http_free(struct oci_http *http);

/* The size of a body that is not known yet: it is sent in chunks (RFC 9112,
 * 7.1). */
#define OCI_HTTP_UNKNOWN UINT64_MAX

struct oci_http_request {
	const char *method;
	const char *url;
	const struct oci_strings *headers;	/* "Name: value"; may be NULL */
	struct oci_source *body;		/* may be NULL */
	uint64_t body_size;		/* OCI_HTTP_UNKNOWN: until its end */
	/* Returns whether body can be read or has ended; NULL: always. If not,
	 * the exchange waits for oci_http_wake. */
	bool (*ready)(struct oci_source *body);
	/* Gets the body of a 2xx answer; NULL: it is kept in text. */
	struct oci_sink *sink;
	size_t text_max;	 /* most bytes that are kept in text */
	const char *authorities; /* PEM, added to the system's; or
				  * NULL */
	const char *certificate; /* paths of the client's certificate and
				  * key; or NULL */
	const char *key;
	const char *unix_socket; /* path; the host of url is not connected to
				  * then; or NULL */
	/* What to do about a certificate that is not trusted, and about a
	 * server without TLS; NULL: options of the command. */
	const char *trust_advice;
	const char *plain_advice;
	bool always;		/* send even after cancellation, for a few
				 * seconds */
	bool insecure;		/* certificates are not checked */
	bool public_only;	/* refuse connections to private addresses, to
				 * which the name in url may resolve */
	/* Bytes sent and received so far, on curl's thread; may be NULL. */
	void (*progress)(void *data, uint64_t sent, uint64_t received);
	void *progress_data;
};

struct oci_http_response {
	long status;			/* 0: no answer came */
	struct oci_strings headers;	/* "name: value", name in lower case */
	char *text;			/* never NULL after an answer */
	size_t text_size;
	bool stream_failed; /* the error is of body or sink, not of
			     * the connection */
	bool text_cut;	    /* the body had more than text_max
			     * bytes */
	bool from_private;  /* the answer came from a private
			     * address */
	bool from_public;   /* or from a public one; both are false
			     * behind a proxy */
	bool with_password; /* the request had one; set by
			     * client.c */
	uint64_t sent;	    /* bytes of the request's body, or 0;
			     * set by client.c */
};

/*
 * Sends a request and waits for the answer. OCI_E_SYSTEM: no complete answer
 * came; the message says why, and out->status is set if headers came. If body
 * or sink fail, returns their error. A status of 400 and above is an answer,
 * not an error.
 */
int oci_http_send(struct oci_http_response *out, struct oci_http *http,
		  const struct oci_http_request *request,
		  struct oci_error *err);
/* Checks again which bodies are ready. Any thread. */
void oci_http_wake(struct oci_http *http);
void oci_http_response_release(struct oci_http_response *response);

/* Returns the first header of that name (lower case), borrowed; or NULL. */
const char *oci_http_header(const struct oci_http_response *response,
			    const char *name);
/* Returns the next one after *position, which starts at 0. */
const char *oci_http_next_header(const struct oci_http_response *response,
				 const char *name, size_t *position);

#endif
