/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of a proxy for a request. */
#ifndef REGISTRY_PROXY_H
#define REGISTRY_PROXY_H

#include <oci/error.h>

/* Addresses, and a list of exceptions. Each may be NULL. */
struct oci_proxies {
	char *http;
	char *https;
	char *all;  /* if there is none for the scheme */
	char *none; /* NO_PROXY */
};

/*
 * Finds the proxy for url, borrowed; "" for none. The rules are those of Go
 * (golang.org/x/net/http/httpproxy), and thus of docker, crane and skopeo.
 * Localhost and loopback addresses never use a proxy. `none` is a list,
 * separated by commas or blanks, of "*", addresses, CIDR ranges, and names:
 * "example.com" matches itself and its subdomains, ".example.com" and
 * "*.example.com" its subdomains. A name or an address may have a port.
 */
int oci_proxy_for(const char **out, const struct oci_proxies *proxies,
		  const char *url, struct oci_error *err);

#endif
