/* SPDX-License-Identifier: Apache-2.0 */
/* URLs, parsed and made by libcurl. */
#include "registry/url.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "registry/curl.h"
#include "registry/ip.h"

enum { URL_MAX = 64 * 1024 };

static int bad_url(const char *url, struct oci_error *err)
{
	size_t size = strcspn(url, "?#");
	const char *at = memchr(url, '@', size);

	/* The part before the "@" may be a password. */
	if (at) {
		size -= (size_t)(at + 1 - url);
		url = at + 1;
	}
	return oci_fail(err, OCI_E_INVALID, "'%s%.*s' is not a valid URL",
			at ? "...@" : "", size < 200 ? (int)size : 200, url);
}

static int open_url(CURLU **out, struct oci_error *err)
{
	int rc = oci_curl_load(err);

	*out = rc ? NULL : curl_url();
	return rc || *out ? rc : oci_fail_nomem(err);
}

/* Turns curl's result into an error. If memory runs out, libcurl may call the
 * URL malformed: the caller has set errno to 0. */
static int judge(CURLUcode code, const char *url, struct oci_error *err)
{
	if (code == CURLUE_OK)
		return 0;
	return code == CURLUE_OUT_OF_MEMORY || errno == ENOMEM
		       ? oci_fail_nomem(err)
		       : bad_url(url, err);
}

/* Copies a part, which has to exist; the caller frees *out. */
static int get_part(char **out, const char *url, CURLUPart part, unsigned flags,
		    struct oci_error *err)
{
	char *value = NULL;
	CURLU *handle;
	int rc = open_url(&handle, err);

	*out = NULL;
	if (rc)
		return rc;
	errno = 0;
	rc = judge(curl_url_set(handle, CURLUPART_URL, url, 0), url, err);
	if (!rc)
		rc = judge(curl_url_get(handle, part, &value, flags), url, err);
	if (!rc)
		rc = oci_text_copy(out, value, err);
	curl_free(value);
	curl_url_cleanup(handle);
	return rc;
}

/* The same; returns NULL if the part does not exist. */
static char *part_of(const char *url, CURLUPart part, unsigned flags)
{
	char *copy;

	return get_part(&copy, url, part, flags, NULL) ? NULL : copy;
}

static bool is_http(const char *url)
{
	return strncasecmp(url, "http://", 7) == 0 ||
	       strncasecmp(url, "https://", 8) == 0;
}

int oci_url_resolve(char **out, const char *base, const char *location,
		    struct oci_error *err)
{
	char *value = NULL;
	CURLU *handle;
	int rc = open_url(&handle, err);

	*out = NULL;
	if (rc)
		return rc;
	errno = 0;
	rc = judge(curl_url_set(handle, CURLUPART_URL, base, 0), location, err);
	if (!rc)
		rc = judge(curl_url_set(handle, CURLUPART_URL, location, 0),
			   location, err);
	if (!rc)
		rc = judge(curl_url_get(handle, CURLUPART_URL, &value, 0),
			   location, err);
	if (!rc && !is_http(value))
		rc = bad_url(location, err);
	/* An absolute URL stays unchanged, to the byte. */
	if (!rc)
		rc = oci_text_copy(out, is_http(location) ? location : value,
				   err);
	curl_free(value);
	curl_url_cleanup(handle);
	return rc;
}

bool oci_url_is_https(const char *url)
{
	return strncasecmp(url, "https://", 8) == 0;
}

static bool same_part(const char *a, const char *b, CURLUPart part)
{
	char *left = part_of(a, part, CURLU_DEFAULT_PORT);
	char *right = part_of(b, part, CURLU_DEFAULT_PORT);
	bool same = left && right && strcasecmp(left, right) == 0;

	free(left);
	free(right);
	return same;
}

bool oci_url_same_origin(const char *a, const char *b)
{
	return same_part(a, b, CURLUPART_SCHEME) &&
	       same_part(a, b, CURLUPART_HOST) &&
	       same_part(a, b, CURLUPART_PORT);
}

bool oci_url_same_host(const char *a, const char *b)
{
	return same_part(a, b, CURLUPART_HOST);
}

int oci_url_host(char **out, const char *url, struct oci_error *err)
{
	char *host = part_of(url, CURLUPART_HOST, 0);
	char *port = part_of(url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
	struct oci_buf buf;
	int rc = host ? 0 : bad_url(url, err);

	*out = NULL;
	oci_buf_init(&buf, URL_MAX);
	if (!rc)
		rc = oci_buf_format(&buf, err, "%s%s%s", host,
				    port ? ":" : "", port ? port : "");
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	free(host);
	free(port);
	return rc;
}

/* Changes host to lower case, without brackets, zone and a last dot. */
static void plain_host(char *host)
{
	size_t size = strcspn(host, "%]");

	if (host[0] == '[')
		memmove(host, host + 1, --size);
	while (size && host[size - 1] == '.')
		size--;
	host[size] = '\0';
	for (char *p = host; *p; p++)
		*p = (char)tolower((unsigned char)*p);
}

int oci_url_endpoint(char **host, unsigned *port, const char *url,
		     struct oci_error *err)
{
	char *number = NULL;
	uint64_t value = 0;
	int rc = get_part(host, url, CURLUPART_HOST, 0, err);

	if (!rc)
		rc = get_part(&number, url, CURLUPART_PORT, CURLU_DEFAULT_PORT,
			      err);
	if (!rc && !oci_number_parse(&value, number, 10, 65535))
		rc = bad_url(url, err);
	free(number);
	if (rc) {
		free(*host);
		*host = NULL;
		return rc;
	}
	*port = (unsigned)value;
	plain_host(*host);
	return 0;
}

static bool is_loopback(const char *host)
{
	struct oci_ip ip;

	return strcmp(host, "localhost") == 0 ||
	       (oci_ip_parse(&ip, host) && oci_ip_is_loopback(&ip));
}

static bool is_private(const char *host)
{
	struct oci_ip ip;

	return strcmp(host, "localhost") == 0 ||
	       (oci_ip_parse(&ip, host) && oci_ip_is_private(&ip));
}

static int test_host(bool *out, const char *url, bool (*test)(const char *host),
		     struct oci_error *err)
{
	unsigned port;
	char *host;
	int rc = oci_url_endpoint(&host, &port, url, err);

	*out = !rc && test(host);
	free(host);
	return rc;
}

bool oci_url_is_private(const char *url)
{
	bool is;

	test_host(&is, url, is_private, NULL);
	return is;
}

int oci_url_find_loopback(bool *out, const char *url, struct oci_error *err)
{
	return test_host(out, url, is_loopback, err);
}

bool oci_url_is_loopback(const char *url)
{
	bool is;

	test_host(&is, url, is_loopback, NULL);
	return is;
}

int oci_url_add(char **out, const char *url, const char *name,
		const char *value, struct oci_error *err)
{
	int rc = oci_curl_load(err);
	char *encoded = rc ? NULL : curl_easy_escape(NULL, value, 0);
	size_t size = strcspn(url, "#");
	const char *join = "?";
	struct oci_buf buf;

	*out = NULL;
	if (!encoded)
		return rc ? rc : oci_fail_nomem(err);
	if (memchr(url, '?', size))
		join = url[size - 1] == '?' || url[size - 1] == '&' ? "" : "&";
	oci_buf_init(&buf, URL_MAX);
	/* A fragment is not sent, so it is dropped. */
	rc = oci_buf_format(&buf, err, "%.*s%s%s=%s", (int)size, url, join,
			    name, encoded);
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	curl_free(encoded);
	return rc;
}

int oci_url_plain(char **out, const char *url, struct oci_error *err)
{
	size_t size = strcspn(url, "?#");
	const char *user = memchr(url, '@', size);
	const char *slashes = strstr(url, "://");
	struct oci_buf buf;
	int rc;

	*out = NULL;
	oci_buf_init(&buf, URL_MAX);
	if (user && slashes && slashes < user) {
		rc = oci_buf_format(&buf, err, "%.*s%.*s",
				    (int)(slashes + 3 - url), url,
				    (int)(url + size - user - 1), user + 1);
	} else {
		rc = oci_buf_add(&buf, url, size, err);
	}
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	return rc;
}
