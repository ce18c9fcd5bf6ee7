/* SPDX-License-Identifier: Apache-2.0 */
/* URLs of registries. RFC 3986. */
#ifndef REGISTRY_URL_H
#define REGISTRY_URL_H

#include <stdbool.h>

#include <oci/error.h>

/* Resolves location, absolute or relative, against base. The bytes of its query
 * are not changed. The caller frees *out. */
int oci_url_resolve(char **out, const char *base, const char *location,
		    struct oci_error *err);
/* Compares scheme, host and port; the scheme's own port may be left out. */
bool oci_url_same_origin(const char *a, const char *b);
/* Compares the host only. */
bool oci_url_same_host(const char *a, const char *b);
bool oci_url_is_https(const char *url);
/* Makes "host:port", without a default port. The caller frees it. */
int oci_url_host(char **out, const char *url, struct oci_error *err);
/* *host is in lower case, without brackets, zone and a last dot; *port may be
 * the scheme's own. The caller frees *host. */
int oci_url_endpoint(char **host, unsigned *port, const char *url,
		     struct oci_error *err);
/* Returns whether the host is localhost, or an address literal of this machine
 * or a private network; false also if url cannot be parsed. */
bool oci_url_is_private(const char *url);
bool oci_url_is_loopback(const char *url);
/* As oci_url_is_loopback, with an error if url cannot be parsed. */
int oci_url_find_loopback(bool *out, const char *url, struct oci_error *err);
/* Appends NAME=VALUE, with the value encoded, after "?" or "&". */
int oci_url_add(char **out, const char *url, const char *name,
		const char *value, struct oci_error *err);
/* For messages: without query and user. The caller frees *out. */
/* A form for messages, without query and user. The caller frees *out. */
int oci_url_plain(char **out, const char *url, struct oci_error *err);

#endif
