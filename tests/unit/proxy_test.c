/* SPDX-License-Identifier: Apache-2.0 */
/* Which proxy a URL goes through, and which addresses are private. */
#include "helpers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "registry/ip.h"
#include "registry/proxy.h"
#include "registry/url.h"

#define HTTP "http://proxy:1"
#define HTTPS "http://proxy:2"
#define ALL "socks5://proxy:3"

static const char *proxy_of(const struct oci_proxies *proxies, const char *url)
{
	const char *proxy;
	struct oci_error err;

	check_done(oci_proxy_for(&proxy, proxies, url, &err), &err, url);
	return proxy;
}

/* The rules of golang.org/x/net/http/httpproxy. */
static const struct {
	const char *none, *url;
	bool past;
} exceptions[] = {
	{ NULL, "http://r.example/", false },
	/* Loopback, however it is written. */
	{ NULL, "http://localhost:5000/", true },
	{ NULL, "http://LOCALHOST./", true },
	{ NULL, "http://127.0.0.1:5000/v2/", true },
	{ NULL, "http://127.1/", true },
	{ NULL, "http://127.255.0.9/", true },
	{ NULL, "https://[::1]:5000/", true },
	{ NULL, "https://[::ffff:127.0.0.1]/", true },
	{ NULL, "http://localhost.example/", false },
	{ NULL, "http://128.0.0.1/", false },
	/* Names: with what is below them, or that alone. */
	{ "r.example", "http://r.example/", true },
	{ "r.example", "http://R.Example./", true },
	{ "R.EXAMPLE", "http://a.r.example/", true },
	{ "r.example", "http://xr.example/", false },
	{ ".r.example", "http://r.example/", false },
	{ ".r.example", "http://a.r.example/", true },
	{ "*.r.example", "http://r.example/", false },
	{ "*.r.example", "http://a.b.r.example/", true },
	{ "example", "http://r.example/", true },
	{ "*", "http://r.example/", true },
	{ "r.ex*", "http://r.example/", false },
	/* Ports. */
	{ "r.example:5000", "http://r.example:5000/", true },
	{ "r.example:5000", "http://r.example/", false },
	{ "r.example:80", "http://r.example/", true },
	{ "r.example:443", "https://r.example/", true },
	{ "r.example:443", "http://r.example/", false },
	{ "r.example:", "http://r.example:5000/", true },
	{ "r.example:0", "http://r.example/", false },
	{ "[2001:db8::1]:5000", "http://[2001:db8::1]:5000/", true },
	{ "[2001:db8::1]:5001", "http://[2001:db8::1]:5000/", false },
	/* Addresses and ranges. */
	{ "10.1.2.3", "http://10.1.2.3/", true },
	{ "10.1.2.3", "http://10.1.2.30/", false },
	{ "10.0.0.0/8", "http://10.1.2.3/", true },
	{ "10.0.0.0/8", "http://11.1.2.3/", false },
	{ "10.1.2.0/23", "http://10.1.3.9/", true },
	{ "10.1.2.0/24", "http://10.1.3.9/", false },
	{ "0.0.0.0/0", "http://10.1.3.9/", true },
	{ "0.0.0.0/0", "http://r.example/", false },
	{ "::/0", "http://10.1.3.9/", false },
	{ "::/0", "http://[2001:db8::1]/", true },
	{ "::ffff:10.0.0.0/104", "http://10.1.3.9/", true },
	{ "2001:db8::/32", "http://[2001:db8:1::9]/", true },
	{ "2001:db8::/32", "http://[2001:db9::9]/", false },
	{ "10.0.0.0/33", "http://10.0.0.1/", false },
	{ "10.0.0.0/x", "http://10.0.0.1/", false },
	/* Lists, and what is none. */
	{ "a.example,r.example", "http://r.example/", true },
	{ " a.example\tr.example ", "http://r.example/", true },
	{ ",, ,", "http://r.example/", false },
	{ ".", "http://r.example/", false },
	{ ":80", "http://r.example/", false },
	{ "[", "http://r.example/", false },
	{ "/8", "http://10.0.0.1/", false },
	{ "r.example:x", "http://r.example/", false },
};

static void test_exceptions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]);
	     i++) {
		const struct oci_proxies proxies = {
			(char *)HTTP,
			(char *)HTTPS,
			NULL,
			(char *)exceptions[i].none,
		};
		const char *proxy = proxy_of(&proxies, exceptions[i].url);
		bool past = *proxy == '\0';

		if (past != exceptions[i].past)
			fail_msg("%s, NO_PROXY %s: %s", exceptions[i].url,
				 exceptions[i].none ? exceptions[i].none
						    : "not set",
				 proxy);
	}
}

static void test_schemes(void **state)
{
	struct oci_proxies proxies = { .https = (char *)HTTPS };

	(void)state;
	assert_string_equal(proxy_of(&proxies, "http://r.example/"), "");
	assert_string_equal(proxy_of(&proxies, "https://r.example/"), HTTPS);
	proxies.all = (char *)ALL;
	assert_string_equal(proxy_of(&proxies, "http://r.example/"), ALL);
	assert_string_equal(proxy_of(&proxies, "https://r.example/"), HTTPS);
	assert_string_equal(proxy_of(&proxies, "http://127.0.0.1/"), "");
	proxies.http = (char *)"";
	assert_string_equal(proxy_of(&proxies, "http://r.example/"), ALL);
}

static void test_private(void **state)
{
	static const struct {
		const char *address;
		bool private;
	} cases[] = {
		{ "127.0.0.1", true },
		{ "0.0.0.0", true },
		{ "10.255.255.255", true },
		{ "11.0.0.0", false },
		{ "100.63.255.255", false },
		{ "100.64.0.0", true },
		{ "100.127.255.255", true },
		{ "100.128.0.0", false },
		{ "169.254.169.254", true },
		{ "172.15.255.255", false },
		{ "172.16.0.0", true },
		{ "172.31.255.255", true },
		{ "172.32.0.0", false },
		{ "192.168.0.1", true },
		{ "192.169.0.1", false },
		{ "192.0.0.192", true },
		{ "192.0.1.1", false },
		{ "198.17.255.255", false },
		{ "198.18.0.1", true },
		{ "198.20.0.0", false },
		{ "223.255.255.255", false },
		{ "224.0.0.1", true },
		{ "255.255.255.255", true },
		{ "203.0.113.5", false },
		{ "::", true },
		{ "::1", true },
		{ "::2", true },
		{ "fc00::1", true },
		{ "fdff::1", true },
		{ "fe00::1", false },
		{ "fe80::1", true },
		{ "febf::1", true },
		{ "fec0::1", true },
		{ "ff02::1", true },
		{ "2001:db8::1", false },
		{ "::ffff:10.0.0.1", true },
		{ "::ffff:8.8.8.8", false },
		{ "::10.0.0.1", true },
		{ "64:ff9b::10.0.0.1", true },
		{ "64:ff9b::8.8.8.8", false },
		{ "64:ff9b:1::1", true },
		{ "64:ff9b:2::1", false },
		{ "2002:a00:1::1", true },
		{ "2002:808:808::1", false },
	};
	struct oci_ip ip;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(oci_ip_parse(&ip, cases[i].address));
		if (oci_ip_is_private(&ip) != cases[i].private)
			fail_msg("%s", cases[i].address);
	}
	assert_false(oci_ip_parse(&ip, "10.0.0"));
	assert_false(oci_ip_parse(&ip, "r.example"));
	assert_false(oci_ip_parse(&ip, ""));
}

static void test_sockets(void **state)
{
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr other = { .sa_family = AF_UNIX };
	struct oci_ip ip;

	(void)state;
	inet_pton(AF_INET, "10.0.0.1", &four.sin_addr);
	assert_true(oci_ip_of(&ip, (struct sockaddr *)&four));
	assert_true(oci_ip_is_private(&ip));
	inet_pton(AF_INET6, "::1", &six.sin6_addr);
	assert_true(oci_ip_of(&ip, (struct sockaddr *)&six));
	assert_true(oci_ip_is_loopback(&ip));
	assert_false(oci_ip_of(&ip, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "faults 5: exceptions from proxies, as Go has them",
		  test_exceptions, NULL, NULL, NULL },
		{ "faults 5: a proxy for each scheme", test_schemes, NULL, NULL,
		  NULL },
		{ "faults 7: private addresses", test_private, NULL, NULL,
		  NULL },
		cmocka_unit_test(test_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
