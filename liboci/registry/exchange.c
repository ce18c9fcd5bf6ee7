/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of curl for a request, and its callbacks. Redirects are not
 * followed, cookies and .netrc are not used, and only http and https are
 * allowed.
 */
#include "registry/exchange.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "registry/ip.h"

enum {
	HEADERS_MAX = 256 * 1024,
	TEXT_MAX = 64 * 1024
};

/* Options are copied, which may fail: oci_exchange_prepare returns the error,
 * so that no request goes out without its proxy or its certificates. */
#define SET(x, option, value)                                                  \
	((x)->no_memory |=                                                     \
	 curl_easy_setopt((x)->easy, option, value) == CURLE_OUT_OF_MEMORY)

static bool is_ready(const struct exchange *x)
{
	const struct oci_http_request *r = x->request;

	return !r->ready || r->ready(r->body);
}

static size_t on_read(char *data, size_t size, size_t count, void *arg)
{
	struct exchange *x = arg;
	size_t got = 0;

	x->paused = !is_ready(x);
	if (x->paused)
		return CURL_READFUNC_PAUSE;
	x->stream_status = oci_source_read(&got, x->request->body, data,
					   size * count, &x->stream_error);
	if (x->stream_status)
		return CURL_READFUNC_ABORT;
	x->body_ended = got == 0;
	return got;
}

void oci_exchange_resume(struct exchange *x)
{
	if (!x->paused || !is_ready(x))
		return;
	x->paused = false;
	curl_easy_pause(x->easy, CURLPAUSE_CONT);
}

/* curl rewinds the body if a kept connection turned out to be dead. */
static int on_seek(void *arg, curl_off_t offset, int origin)
{
	struct exchange *x = arg;

	if (offset != 0 || origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	if (oci_source_rewind(x->request->body, &x->stream_error))
		return CURL_SEEKFUNC_FAIL;
	return CURL_SEEKFUNC_OK;
}

static int keep_text(struct exchange *x, const char *data, size_t size)
{
	size_t max = x->request->text_max ? x->request->text_max : TEXT_MAX;
	size_t room = max - x->text.len;

	if (size > room)
		x->response->text_cut = true;
	return oci_buf_add(&x->text, data, size < room ? size : room,
			   &x->stream_error);
}

static size_t on_write(char *data, size_t size, size_t count, void *arg)
{
	struct exchange *x = arg;
	bool to_sink = x->request->sink && x->response->status / 100 == 2;

	size *= count;
	if (to_sink)
		x->stream_status = oci_sink_write(x->request->sink, data, size,
						  &x->stream_error);
	else
		x->stream_status = keep_text(x, data, size);
	/* The rest of a text that is too long is not received. */
	if (!x->stream_status && x->response->text_cut)
		return CURL_WRITEFUNC_ERROR;
	return x->stream_status ? CURL_WRITEFUNC_ERROR : size;
}

static int add_header(struct exchange *x, const char *data, size_t size)
{
	char *line = malloc(size + 1);
	int rc;

	if (!line)
		return oci_fail_nomem(&x->stream_error);
	memcpy(line, data, size);
	line[size] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	for (char *p = line; *p && *p != ':'; p++)
		*p = (char)tolower((unsigned char)*p);
	rc = oci_strings_add(&x->response->headers, line, &x->stream_error);
	free(line);
	return rc;
}

static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
	struct exchange *x = arg;

	size *= count;
	x->header_bytes += size;
	if (x->header_bytes > HEADERS_MAX) {
		x->stopped = "the answer's headers are too long";
		return 0;
	}
	if (size > 5 && memcmp(data, "HTTP/", 5) == 0) {
		/* The last of several answers counts, as after 100 Continue. */
		oci_strings_release(&x->response->headers);
		curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE,
				  &x->response->status);
		return size;
	}
	x->stream_status = add_header(x, data, size);
	return x->stream_status ? 0 : size;
}

static int on_progress(void *arg, curl_off_t total_down, curl_off_t down,
		       curl_off_t total_up, curl_off_t up)
{
	struct exchange *x = arg;
	uint64_t before = x->sent + x->received;

	(void)total_down;
	(void)total_up;
	x->sent = (uint64_t)up;
	x->received = (uint64_t)down;
	if (x->request->progress)
		x->request->progress(x->request->progress_data, x->sent,
				     x->received);
	if (!x->request->always && x->options->cancelled &&
	    __atomic_load_n(x->options->cancelled, __ATOMIC_RELAXED))
		x->stopped = "cancelled";
	else
		x->stopped = oci_exchange_stall(x, before);
	return x->stopped != NULL;
}

/* Checked after the name is resolved, because the registry chooses the name. A
 * proxy resolves names itself. */
static bool is_off_limits(struct exchange *x, const struct oci_ip *ip)
{
	if (!x->request->public_only || *x->proxy || !oci_ip_is_private(ip))
		return false;
	x->refused = true;
	return true;
}

static curl_socket_t on_socket(void *arg, curlsocktype purpose,
			       struct curl_sockaddr *address)
{
	struct exchange *x = arg;
	struct oci_ip ip;

	(void)purpose;
	if (oci_ip_of(&ip, &address->addr) && is_off_limits(x, &ip))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		      address->protocol);
}

/* curl calls this before each request, on kept connections too: a kept
 * connection may have been opened for a request that may use private
 * addresses. */
static int on_connected(void *arg, char *address, char *local, int port,
			int local_port)
{
	struct exchange *x = arg;
	struct oci_ip ip;

	(void)local;
	(void)port;
	(void)local_port;
	return oci_ip_parse(&ip, address) && is_off_limits(x, &ip)
		       ? CURL_PREREQFUNC_ABORT
		       : CURL_PREREQFUNC_OK;
}

static int set_headers(struct exchange *x, struct oci_error *err)
{
	const struct oci_strings *list = x->request->headers;
	/* Do not wait for 100 Continue: few registries send it. */
	struct curl_slist *more = curl_slist_append(NULL, "Expect:");

	x->headers = more;
	/* Compressed answers are decoded, but not requested. */
	more = more ? curl_slist_append(more, "Accept-Encoding:") : NULL;
	for (size_t i = 0; more && list && i < list->count; i++) {
		more = curl_slist_append(x->headers, list->items[i]);
		if (more)
			x->headers = more;
	}
	return more ? 0 : oci_fail_nomem(err);
}

static void set_body(struct exchange *x)
{
	const struct oci_http_request *r = x->request;

	SET(x, CURLOPT_CUSTOMREQUEST, r->method);
	/* curl repeats a request if a kept connection turns out to be dead. A
	 * request that ends a session must not be repeated, and a body that is
	 * made while it is sent cannot be. */
	if (r->ready || strcmp(r->method, "PUT") == 0 ||
	    strcmp(r->method, "PATCH") == 0)
		SET(x, CURLOPT_FRESH_CONNECT, 1L);
	if (strcmp(r->method, "HEAD") == 0) {
		SET(x, CURLOPT_NOBODY, 1L);
		return;
	}
	if (!r->body) {
		if (strcmp(r->method, "GET") == 0 ||
		    strcmp(r->method, "DELETE") == 0)
			return;
		/* An empty body needs a Content-Length: 0. */
		SET(x, CURLOPT_POSTFIELDS, "");
		SET(x, CURLOPT_POSTFIELDSIZE, 0L);
		return;
	}
	SET(x, CURLOPT_UPLOAD, 1L);
	SET(x, CURLOPT_READFUNCTION, on_read);
	SET(x, CURLOPT_READDATA, x);
	SET(x, CURLOPT_SEEKFUNCTION, on_seek);
	SET(x, CURLOPT_SEEKDATA, x);
	SET(x, CURLOPT_INFILESIZE_LARGE,
	    r->body_size == OCI_HTTP_UNKNOWN ? (curl_off_t)-1
					     : (curl_off_t)r->body_size);
	SET(x, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
}

static void set_callbacks(struct exchange *x)
{
	SET(x, CURLOPT_PRIVATE, x);
	SET(x, CURLOPT_ERRORBUFFER, x->why);
	SET(x, CURLOPT_WRITEFUNCTION, on_write);
	SET(x, CURLOPT_WRITEDATA, x);
	SET(x, CURLOPT_HEADERFUNCTION, on_header);
	SET(x, CURLOPT_HEADERDATA, x);
	SET(x, CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(x, CURLOPT_XFERINFODATA, x);
	SET(x, CURLOPT_NOPROGRESS, 0L);
}

static void set_policy(struct exchange *x)
{
	const struct oci_http_options *o = x->options;
	long check = x->request->insecure ? 0 : 1;

	SET(x, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(x, CURLOPT_FOLLOWLOCATION, 0L);
	SET(x, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(x, CURLOPT_NOSIGNAL, 1L);
	SET(x, CURLOPT_CONNECTTIMEOUT, (long)o->connect_seconds);
	SET(x, CURLOPT_SSL_VERIFYPEER, check);
	SET(x, CURLOPT_SSL_VERIFYHOST, check * 2);
	SET(x, CURLOPT_BUFFERSIZE, 256L * 1024);
	SET(x, CURLOPT_USERAGENT, "oci-pack/" OCI_VERSION);
	SET(x, CURLOPT_PROXY, x->proxy);
	SET(x, CURLOPT_NOPROXY, "");
	SET(x, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(x, CURLOPT_OPENSOCKETDATA, x);
	SET(x, CURLOPT_PREREQFUNCTION, on_connected);
	SET(x, CURLOPT_PREREQDATA, x);
	if (x->request->unix_socket)
		SET(x, CURLOPT_UNIX_SOCKET_PATH, x->request->unix_socket);
	if (o->ca_file)
		SET(x, CURLOPT_CAINFO, o->ca_file);
	if (o->ca_folders)
		SET(x, CURLOPT_CAPATH, o->ca_folders);
}

static void set_trust(struct exchange *x)
{
	const struct oci_http_request *r = x->request;
	struct curl_blob blob = {0};

	if (r->authorities) {
		blob.data = (char *)r->authorities;
		blob.len = strlen(r->authorities);
		SET(x, CURLOPT_CAINFO_BLOB, &blob);
	}
	if (r->certificate) {
		SET(x, CURLOPT_SSLCERT, r->certificate);
		SET(x, CURLOPT_SSLKEY, r->key);
	}
}

int oci_exchange_prepare(struct exchange *x, struct oci_error *err)
{
	int rc;

	x->easy = curl_easy_init();
	if (!x->easy)
		return oci_fail_nomem(err);
	oci_buf_init(&x->text, x->request->text_max ? x->request->text_max :
						      TEXT_MAX);
	rc = oci_proxy_for(&x->proxy, &x->options->proxies, x->request->url,
			   err);
	if (!rc)
		rc = set_headers(x, err);
	if (rc)
		return rc;
	SET(x, CURLOPT_HTTPHEADER, x->headers);
	SET(x, CURLOPT_URL, x->request->url);
	/* Proxies compress documents without being asked. Blobs are not
	 * decoded. */
	if (!x->request->sink)
		SET(x, CURLOPT_ACCEPT_ENCODING, "gzip");
	set_callbacks(x);
	set_policy(x);
	set_trust(x);
	set_body(x);
	return x->no_memory ? oci_fail_nomem(err) : 0;
}

void oci_exchange_release(struct exchange *x)
{
	oci_buf_wipe(&x->text);
	curl_slist_free_all(x->headers);
	curl_easy_cleanup(x->easy);
}
