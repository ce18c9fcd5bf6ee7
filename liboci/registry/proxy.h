/* SPDX-License-Identifier: Apache-2.0 */
/* Which proxy a request goes through. */
#ifndef REGISTRY_PROXY_H
#define REGISTRY_PROXY_H

#include <oci/error.h>

/* Addresses, and a list of exceptions; each of them may be NULL. */
struct oci_proxies {
	char *http;
	char *https;
	char *all;  /* where the scheme has none of its own */
	char *none; /* NO_PROXY */
};

/*
 * The proxy for url, borrowed; "" for none. The rules are those of Go
 * (golang.org/x/net/http/httpproxy), and so of docker, crane and skopeo: never
 * for localhost and loopback addresses; `none` is a list, separated by commas
 * or blanks, of "*", addresses, CIDR ranges, and names, where "example.com" is
 * for itself and what is below it, ".example.com" and "*.example.com" for what
 * is below it; a name or an address may have a port.
 */
int oci_proxy_for(const char **out, const struct oci_proxies *proxies,
		  const char *url, struct oci_error *err);

#endif
