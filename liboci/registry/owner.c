/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owners of hosts. A compromised registry could send credentials anywhere by
 * the realm of its challenge. Therefore they are sent only to hosts of the
 * registry's owner, to a few known servers, and to hosts that the user allows.
 */
#include "registry/owner.h"

#include <string.h>
#include <strings.h>

#include "document/auths.h"

/* The last two labels of a host, which stand for its owner. */
static const char *owner_of(const char *host)
{
	const char *end = host + strcspn(host, ":");
	const char *p = end;
	int dots = 0;

	while (p > host) {
		if (p[-1] == '.' && ++dots == 2)
			break;
		p--;
	}
	return p;
}

/* Addresses have no owner, and names below these suffixes have many owners. */
static bool is_shared(const char *host)
{
	static const char *const suffixes[] = {
		"co.uk",       "com.au",    "co.jp",	      "com.br",
		"com.cn",      "co.in",	    "amazonaws.com",  "azurecr.io",
		"pkg.dev",     "github.io", "cloudfront.net", "appspot.com",
		"windows.net",
	};
	const char *owner = owner_of(host);
	size_t size = strcspn(owner, ":");

	if (host[0] == '[' || !host[strspn(host, "0123456789.:")])
		return true;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strlen(suffixes[i]) == size &&
		    strncasecmp(owner, suffixes[i], size) == 0)
			return true;
	return false;
}

static bool same_owner(const char *a, const char *b)
{
	const char *left = owner_of(a), *right = owner_of(b);
	size_t n = strcspn(left, ":"), m = strcspn(right, ":");

	return !is_shared(a) && !is_shared(b) && n == m &&
	       strncasecmp(left, right, n) == 0;
}

static bool ends_in(const char *host, const char *tail)
{
	size_t size = strcspn(host, ":"), n = strlen(tail);

	return size > n && strncasecmp(host + size - n, tail, n) == 0;
}

/* Token servers under another name than their registry. */
static bool is_known(const char *registry, const char *host)
{
	static const struct {
		const char *registry; /* the end of its name */
		const char *host;
	} servers[] = {
		{ ".scw.cloud", "api.scaleway.com" },
		{ ".docker.com", "auth.docker.io" },
	};

	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
		if (ends_in(registry, servers[i].registry) &&
		    strcasecmp(host, servers[i].host) == 0)
			return true;
	return false;
}

/* Looks for "REGISTRY=HOST" in the options. */
static bool is_allowed(const struct oci_client *client, const char *host)
{
	const struct oci_strings *list = &client->registry->token_hosts;
	const char *key = oci_auths_key(client->host);

	for (size_t i = 0; i < list->count; i++) {
		const char *item = list->items[i];
		size_t size = strcspn(item, "=");
		char registry[OCI_REFERENCE_NAME];

		if (!item[size] || size >= sizeof(registry) ||
		    strcasecmp(item + size + 1, host) != 0)
			continue;
		memcpy(registry, item, size);
		registry[size] = '\0';
		if (strcasecmp(oci_auths_key(registry), key) == 0)
			return true;
	}
	return false;
}

bool oci_owner_trusts(const struct oci_client *client, const char *host)
{
	return strcasecmp(host, client->host) == 0 ||
	       same_owner(host, client->host) || is_known(client->host, host) ||
	       is_allowed(client, host);
}
