/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/number.h"
#include "registry/ip.h"
#include "registry/url.h"

enum { WORD_ROOM = 300 }; /* a name has at most 255 bytes (RFC 1035) */
enum { IPV4_BITS = 96 };  /* the prefix of all IPv4 addresses */

/* The destination of a request. */
struct endpoint {
	char *host; /* lower case, without brackets and last dot */
	unsigned port;
	struct oci_ip ip;
	bool has_ip;
};

/* Cuts the port from "host:port" or "[v6]:port", and returns whether it matches
 * the endpoint's. A missing or empty port matches all ports. */
static bool take_port(const struct endpoint *to, char *word)
{
	char *colon = strrchr(word, ':');
	uint64_t port = to->port;

	if (!colon || (word[0] != '[' && strchr(word, ':') != colon) ||
	    (word[0] == '[' && colon[-1] != ']') ||
	    (colon[1] && !oci_number_parse(&port, colon + 1, 10, 65535)))
		return true;
	*colon = '\0';
	return port == to->port;
}

static void drop_brackets(char *word)
{
	size_t size = strlen(word);

	if (word[0] != '[' || word[size - 1] != ']')
		return;
	memmove(word, word + 1, size - 2);
	word[size - 2] = '\0';
}

static bool is_ipv4(const struct oci_ip *ip)
{
	struct oci_ip any;

	return oci_ip_parse(&any, "0.0.0.0") &&
	       oci_ip_within(ip, &any, IPV4_BITS);
}

static bool is_in_range(const struct endpoint *to, char *word, char *slash)
{
	struct oci_ip net;
	uint64_t bits;

	*slash = '\0';
	if (!to->has_ip || !oci_ip_parse(&net, word) ||
	    !oci_number_parse(&bits, slash + 1, 10,
			      strchr(word, ':') ? 128 : 32))
		return false;
	if (!strchr(word, ':'))
		bits += IPV4_BITS;
	/* IPv6 ranges, even "::/0", do not contain IPv4 addresses. */
	if (bits < IPV4_BITS && is_ipv4(&to->ip))
		return false;
	return oci_ip_within(&to->ip, &net, (unsigned)bits);
}

static bool is_name(const struct endpoint *to, const char *word)
{
	bool below = word[0] == '.';
	size_t size, whole = strlen(to->host);

	size = strlen(word);
	if (size && word[size - 1] == '.')
		size--;
	if (!below && whole == size && strncasecmp(to->host, word, size) == 0)
		return true;
	/* "example.com" matches its subdomains too. */
	return size > (size_t)below && whole > size + !below &&
	       (below || to->host[whole - size - 1] == '.') &&
	       strncasecmp(to->host + whole - size, word, size) == 0;
}

/* Returns whether one word of NO_PROXY matches the endpoint. */
static bool matches(const struct endpoint *to, char *word)
{
	char *slash = strchr(word, '/');
	struct oci_ip ip;

	if (strcmp(word, "*") == 0)
		return true;
	if (slash)
		return is_in_range(to, word, slash);
	if (!take_port(to, word))
		return false;
	drop_brackets(word);
	if (oci_ip_parse(&ip, word))
		return to->has_ip && oci_ip_within(&to->ip, &ip, 128);
	if (strncmp(word, "*.", 2) == 0)
		word++;
	return word[0] && !to->has_ip && is_name(to, word);
}

static bool is_excepted(const struct endpoint *to, const char *list)
{
	char word[WORD_ROOM];

	while (list && *list) {
		size_t size = strcspn(list, ", \t\r\n");

		if (size && size < sizeof(word)) {
			memcpy(word, list, size);
			word[size] = '\0';
			if (matches(to, word))
				return true;
		}
		list += size + (list[size] != '\0');
	}
	return false;
}

static bool is_direct(const struct endpoint *to, const char *list)
{
	return strcasecmp(to->host, "localhost") == 0 ||
	       (to->has_ip && oci_ip_is_loopback(&to->ip)) ||
	       is_excepted(to, list);
}

int oci_proxy_for(const char **out, const struct oci_proxies *proxies,
		  const char *url, struct oci_error *err)
{
	const char *proxy =
		oci_url_is_https(url) ? proxies->https : proxies->http;
	struct endpoint to = { 0 };
	int rc;

	*out = "";
	if (!proxy || !*proxy)
		proxy = proxies->all;
	if (!proxy || !*proxy)
		return 0;
	rc = oci_url_endpoint(&to.host, &to.port, url, err);
	if (rc)
		return rc;
	to.has_ip = oci_ip_parse(&to.ip, to.host);
	if (!is_direct(&to, proxies->none))
		*out = proxy;
	free(to.host);
	return 0;
}
