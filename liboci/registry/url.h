/* SPDX-License-Identifier: Apache-2.0 */
/* URLs of registries. RFC 3986. */
#ifndef REGISTRY_URL_H
#define REGISTRY_URL_H

#include <stdbool.h>

#include <oci/error.h>

/* location, relative or not, against base. The caller frees *out. The bytes
 * of its query are kept as they are. */
int oci_url_resolve(char **out, const char *base, const char *location,
		    struct oci_error *err);
/* Same scheme, host and port; ":443" of https may be left out. */
bool oci_url_same_origin(const char *a, const char *b);
/* Same host, at whatever scheme and port. */
bool oci_url_same_host(const char *a, const char *b);
bool oci_url_is_https(const char *url);
/* "host" or "host:port", without the scheme's own port. Caller frees. */
int oci_url_host(char **out, const char *url, struct oci_error *err);
/* The host in lower case, without brackets, zone and a last dot, and the port,
 * which may be the scheme's own. The caller frees *host. */
int oci_url_endpoint(char **host, unsigned *port, const char *url,
		     struct oci_error *err);
/* An address literal or localhost of this machine or a private network. */
bool oci_url_is_private(const char *url);
bool oci_url_is_loopback(const char *url);
/* The same for those who have to know that they could not tell. */
int oci_url_find_loopback(bool *out, const char *url, struct oci_error *err);
/* Appends NAME=VALUE, with the value encoded, behind "?" or "&". */
int oci_url_add(char **out, const char *url, const char *name,
		const char *value, struct oci_error *err);
/* For messages: without query and user. The caller frees *out. */
int oci_url_plain(char **out, const char *url, struct oci_error *err);

#endif
