/* SPDX-License-Identifier: Apache-2.0 */
/* The result of an exchange, as an error with advice. */
#include <string.h>

#include "base/error.h"
#include "registry/exchange.h"
#include "registry/ip.h"

/* curl's own message has a proxy's password in it if curl cannot parse the
 * proxy's address. */
static const char *reason_of(const struct exchange *x)
{
	if (x->result == CURLE_COULDNT_RESOLVE_PROXY)
		return "the proxy is not found, or its address cannot be "
		       "read: check it in the environment";
	if (!x->why[0] || strchr(x->why, '@'))
		return curl_easy_strerror(x->result);
	return x->why;
}

static bool is_refused_by_proxy(const struct exchange *x)
{
	long status = 0;

	curl_easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	return x->result != CURLE_OK && status == 407;
}

/* Recognizes the errors of OpenSSL and GnuTLS for an answer without TLS. */
static bool is_plain_server(const struct exchange *x)
{
	return x->result == CURLE_SSL_CONNECT_ERROR &&
	       (strstr(x->why, "wrong version number") ||
		strstr(x->why, "packet length too long") ||
		strstr(x->why, "http request") ||
		strstr(x->why, "unexpected TLS packet"));
}

static void record_address(struct exchange *x)
{
	const char *text = NULL;
	struct oci_ip ip;

	curl_easy_getinfo(x->easy, CURLINFO_PRIMARY_IP, &text);
	if (!text || *x->proxy || !x->response->status ||
	    !oci_ip_parse(&ip, text))
		return;
	x->response->from_private = oci_ip_is_private(&ip);
	x->response->from_public = !x->response->from_private;
}

static const char *either(const char *text, const char *usual)
{
	return text ? text : usual;
}

/* An address needs no look-up, except if libcurl has no memory for it. The
 * host is the last word of libcurl's message. */
static int fail_resolve(const struct exchange *x, struct oci_error *err)
{
	const char *host = strrchr(x->why, ' ');
	struct oci_ip ip;

	if (host && oci_ip_parse(&ip, host + 1))
		return oci_fail_nomem(err);
	return oci_fail(err, OCI_E_SYSTEM,
			"%s: check the name, and the network", reason_of(x));
}

int oci_exchange_outcome(struct exchange *x, struct oci_error *err)
{
	bool cut = x->response->text_cut && !x->stream_status;

	if (x->stream_status) {
		if (err)
			*err = x->stream_error;
		return x->stream_status;
	}
	if (x->refused && x->result != CURLE_OK)
		return oci_fail(err, OCI_E_INVALID,
				"its address is private, and the registry is "
				"public: refused");
	record_address(x);
	if (x->stopped)
		return oci_fail(err,
				strcmp(x->stopped, "cancelled") == 0
					? OCI_E_CANCELLED
					: OCI_E_SYSTEM,
				"%s", x->stopped);
	/* An answer before the end of the body may be followed by a reset; the
	 * answer counts. */
	if (x->result == CURLE_OK || cut || x->response->status >= 400)
		return 0;
	if (is_refused_by_proxy(x))
		return oci_fail(err, OCI_E_INVALID,
				"the proxy wants a name and a password "
				"(status 407): check its address in the "
				"environment");
	/* A retry would get the same certificate. */
	if (x->result == CURLE_PEER_FAILED_VERIFICATION)
		return oci_fail(err, OCI_E_INVALID, "%s: %s", reason_of(x),
				strstr(x->why, "subject name")
					? "its certificate is for another name"
					: either(x->request->trust_advice,
						 "name its authority with "
						 "--ca-file"));
	if (is_plain_server(x))
		return oci_fail(err, OCI_E_INVALID, "%s: %s", reason_of(x),
				either(x->request->plain_advice,
				       "if it speaks plain http, use "
				       "--plain-http"));
	if (x->result == CURLE_COULDNT_RESOLVE_HOST)
		return fail_resolve(x, err);
	if (x->result == CURLE_COULDNT_CONNECT && !x->request->unix_socket)
		return oci_fail(err, OCI_E_SYSTEM,
				"%s: check the name and the port, and whether "
				"it runs",
				reason_of(x));
	return oci_fail(err, OCI_E_SYSTEM, "%s", reason_of(x));
}
