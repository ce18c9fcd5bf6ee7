/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP exchanges. One thread runs curl's multi interface for all of them, so
 * that they share connections; oci_http_send blocks its caller, and may be
 * called from several threads at a time. An exchange is one request and one
 * response: redirects, authentication and retries are its caller's.
 * libcurl stays behind http.c.
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
	const char *ca_file;		/* PEM, beside the system's; or NULL */
	const char *ca_folders;		/* instead of the system's; or NULL */
	struct oci_proxies proxies;	/* curl reads no environment */
	unsigned connect_seconds;	/* 0: 30 */
	unsigned stall_seconds;		/* no byte either way; 0: 60 */
	unsigned answer_seconds;	/* after the body was sent; 0: 300 */
	unsigned first_byte_seconds;	/* of the answer to a request without
					 * a body; 0: 600 */
	unsigned document_seconds;	/* of an answer that is kept in text,
					 * from its first byte; 0: 300 */
	uint64_t lowest_rate;		/* bytes a second, either way, over
					 * stall_seconds, of all exchanges that
					 * are under way together; 0: none */
	volatile const int *cancelled;	/* set from outside; may be NULL */
};

int oci_http_new(struct oci_http **out, const struct oci_http_options *options,
		 struct oci_error *err);
void oci_http_free(struct oci_http *http);

/* The size of a body whose end is not known yet: it goes chunk by chunk (RFC
 * 9112, 7.1). */
#define OCI_HTTP_UNKNOWN UINT64_MAX

struct oci_http_request {
	const char *method;
	const char *url;
	const struct oci_strings *headers;	/* "Name: value"; may be NULL */
	struct oci_source *body;	/* may be NULL: none */
	uint64_t body_size;		/* OCI_HTTP_UNKNOWN: until its end */
	/* Whether body can be read, or has ended; NULL: always. Where not, the
	 * exchange waits for oci_http_wake. */
	bool (*ready)(struct oci_source *body);
	/* Takes the body of a 2xx answer; NULL: it is kept in text. */
	struct oci_sink *sink;
	size_t text_max;		/* most bytes of text that are kept */
	const char *authorities;	/* PEM, beside the system's; NULL */
	const char *certificate;	/* files of ours; NULL: none */
	const char *key;
	bool always;		/* also when all is cancelled; a few seconds */
	bool insecure;		/* certificates are not checked */
	bool public_only;	/* no connection to a private address, whatever
				 * the name in url resolves to */
	/* Bytes sent and received so far, on curl's thread; may be NULL. */
	void (*progress)(void *data, uint64_t sent, uint64_t received);
	void *progress_data;
};

struct oci_http_response {
	long status;			/* 0: no answer came */
	struct oci_strings headers;	/* "name: value", name in lower case */
	char *text;			/* never NULL after an answer */
	size_t text_size;
	bool stream_failed;		/* body or sink, not the line */
	bool text_cut;			/* there was more than text_max */
	bool from_private;		/* it came from a private address */
	bool from_public;		/* or not; neither, through a proxy */
	bool with_password;		/* the request had one; client.c */
	uint64_t sent;			/* bytes of its body, if that is known;
					 * client.c */
};

/*
 * Fails with OCI_E_SYSTEM where no whole answer came (the message says why,
 * out->status is the status if headers came), and with the stream's own error
 * where body or sink failed. A status of 400 and above is an answer.
 */
int oci_http_send(struct oci_http_response *out, struct oci_http *http,
		  const struct oci_http_request *request,
		  struct oci_error *err);
/* Bodies that were not ready may be ready now. On any thread. */
void oci_http_wake(struct oci_http *http);
void oci_http_response_release(struct oci_http_response *response);

/* The first header of that name (lower case), borrowed; or NULL. */
const char *oci_http_header(const struct oci_http_response *response,
			    const char *name);
/* The next one after *position, which starts at 0. */
const char *oci_http_next_header(const struct oci_http_response *response,
				 const char *name, size_t *position);

#endif
