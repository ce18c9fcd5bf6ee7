/* SPDX-License-Identifier: Apache-2.0 */
/* IP addresses of both families, stored in the form of IPv6. */
#ifndef REGISTRY_IP_H
#define REGISTRY_IP_H

#include <stdbool.h>
#include <stddef.h>

/* 16 bytes in network order; IPv4 is ::ffff:A.B.C.D (RFC 4291, 2.5.5.2). */
struct oci_ip {
	unsigned char bytes[16];
};

struct sockaddr;

/* Parses an address without brackets, port and zone; false if text is not an
 * address. */
bool oci_ip_parse(struct oci_ip *out, const char *text);
/* Reads a socket address; false for other families. */
bool oci_ip_of(struct oci_ip *out, const struct sockaddr *address);
/* Returns whether the first bits are equal: 0 to 128, counted in the form of
 * IPv6. */
bool oci_ip_within(const struct oci_ip *ip, const struct oci_ip *net,
		   unsigned bits);
/* 127.0.0.0/8 and ::1. */
bool oci_ip_is_loopback(const struct oci_ip *ip);
/* Returns whether an address leads into this machine or a network that is not
 * public: loopback, RFC 1918, RFC 6598, RFC 3927, 0.0.0.0/8, multicast, ::,
 * fc00::/7, fe80::/10 and ff00::/8, also if IPv6 embeds the IPv4 address (RFC
 * 4291, RFC 6052, RFC 3056). */
bool oci_ip_is_private(const struct oci_ip *ip);

#endif
