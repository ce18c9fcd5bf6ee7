/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

static void from_ipv4(struct oci_ip *out, const void *four)
{
	memcpy(out->bytes, mapped, sizeof(mapped));
	memcpy(out->bytes + sizeof(mapped), four, 4);
}

bool oci_ip_parse(struct oci_ip *out, const char *text)
{
	unsigned char four[4];

	if (inet_pton(AF_INET, text, four) == 1) {
		from_ipv4(out, four);
		return true;
	}
	return inet_pton(AF_INET6, text, out->bytes) == 1;
}

bool oci_ip_of(struct oci_ip *out, const struct sockaddr *address)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (address->sa_family == AF_INET) {
		memcpy(&four, address, sizeof(four));
		from_ipv4(out, &four.sin_addr);
		return true;
	}
	if (address->sa_family != AF_INET6)
		return false;
	memcpy(&six, address, sizeof(six));
	memcpy(out->bytes, &six.sin6_addr, sizeof(out->bytes));
	return true;
}

bool oci_ip_within(const struct oci_ip *ip, const struct oci_ip *net,
		   unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	unsigned char mask = (unsigned char)(0xff00 >> rest);

	return memcmp(ip->bytes, net->bytes, whole) == 0 &&
	       (!rest || ((ip->bytes[whole] ^ net->bytes[whole]) & mask) == 0);
}

static bool is_in(const struct oci_ip *ip, const char *net, unsigned bits)
{
	struct oci_ip parsed;

	return oci_ip_parse(&parsed, net) && oci_ip_within(ip, &parsed, bits);
}

bool oci_ip_is_loopback(const struct oci_ip *ip)
{
	return is_in(ip, "127.0.0.0", 96 + 8) || is_in(ip, "::1", 128);
}

/* Finds the IPv4 address that is embedded in an IPv6 address; false if there is
 * none. */
static bool embedded_ipv4(struct oci_ip *out, const struct oci_ip *ip)
{
	if (is_in(ip, "::", 96) || is_in(ip, "64:ff9b::", 96))
		from_ipv4(out, ip->bytes + 12);
	else if (is_in(ip, "2002::", 16))
		from_ipv4(out, ip->bytes + 2);
	else
		return false;
	return true;
}

bool oci_ip_is_private(const struct oci_ip *ip)
{
	static const struct {
		const char *net;
		unsigned bits;
	} nets[] = {
		{ "0.0.0.0", 96 + 8 },
		{ "10.0.0.0", 96 + 8 },
		{ "100.64.0.0", 96 + 10 },
		{ "127.0.0.0", 96 + 8 },
		{ "169.254.0.0", 96 + 16 },
		{ "172.16.0.0", 96 + 12 },
		{ "192.0.0.0", 96 + 24 },
		{ "192.168.0.0", 96 + 16 },
		{ "198.18.0.0", 96 + 15 },
		{ "224.0.0.0", 96 + 3 },
		{ "::", 128 },
		{ "::1", 128 },
		{ "64:ff9b:1::", 48 },
		{ "fc00::", 7 },
		{ "fe80::", 10 },
		{ "fec0::", 10 },
		{ "ff00::", 8 },
	};
	struct oci_ip inner;

	for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++)
		if (is_in(ip, nets[i].net, nets[i].bits))
			return true;
	return embedded_ipv4(&inner, ip) && oci_ip_is_private(&inner);
}
