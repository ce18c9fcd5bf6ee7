/* SPDX-License-Identifier: Apache-2.0 */
/* URLs of registries, challenges, and the waits between retries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/text.h"
#include "registry/challenge.h"
#include "registry/retry.h"
#include "registry/url.h"

static void fault_14_location_without_port_is_the_same_origin(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "https://r.example:443/v2/", "https://r.example/x", true },
		{ "http://r.example:80/v2/", "http://R.example/x", true },
		{ "https://r.example/", "https://r.example:444/", false },
		{ "https://r.example/", "http://r.example/", false },
		{ "https://r.example/", "https://r.example.net/", false },
		{ "https://r.example/", "https://r.example@evil/", false },
		{ "https://r.example/", "nonsense", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(oci_url_same_origin(cases[i].a, cases[i].b),
				 cases[i].same);
}

static void locations_are_resolved_and_kept(void **state)
{
	static const char base[] = "https://r.example:5000/v2/a/blobs/uploads/";
	static const struct {
		const char *location, *result;
	} cases[] = {
		{ "/v2/x?_state=a%3D%3D",
		  "https://r.example:5000/v2/x?_state=a%3D%3D" },
		{ "id?x=1",
		  "https://r.example:5000/v2/a/blobs/uploads/id?x=1" },
		{ "https://s.example/y?", "https://s.example/y?" },
		{ "file:///etc/passwd", NULL },
		{ "ftp://s.example/", NULL },
		{ "gopher://s.example/", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *out;
		int rc = oci_url_resolve(&out, base, cases[i].location, NULL);

		assert_int_equal(rc == 0, cases[i].result != NULL);
		if (!rc)
			assert_string_equal(out, cases[i].result);
		free(out);
	}
}

static void private_addresses_are_known(void **state)
{
	static const struct {
		const char *url;
		bool private, loopback;
	} cases[] = {
		{ "http://localhost:5000/", true, true },
		{ "http://127.8.9.1/", true, true },
		{ "http://[::1]:80/", true, true },
		{ "https://10.0.0.1/", true, false },
		{ "https://172.16.3.4/", true, false },
		{ "https://172.32.3.4/", false, false },
		{ "https://192.168.0.1/", true, false },
		{ "http://169.254.169.254/latest", true, false },
		{ "https://[fd00::1]/", true, false },
		{ "https://[fe80::1]/", true, false },
		{ "https://8.8.8.8/", false, false },
		/* IPv4 in IPv6: compatible, mapped, NAT64, 6to4. */
		{ "https://[::10.0.0.1]/", true, false },
		{ "https://[::ffff:10.0.0.1]/", true, false },
		{ "https://[64:ff9b::10.0.0.1]/", true, false },
		{ "https://[64:ff9b::8.8.8.8]/", false, false },
		{ "https://[2002:a00:1::]/", true, false },
		{ "https://ghcr.io/", false, false },
		{ "https://localhost.example/", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(oci_url_is_private(cases[i].url),
				 cases[i].private);
		assert_int_equal(oci_url_is_loopback(cases[i].url),
				 cases[i].loopback);
	}
}

static void one_parameter_is_added(void **state)
{
	static const struct {
		const char *url, *result;
	} cases[] = {
		{ "http://h/u", "http://h/u?digest=sha256%3Aab" },
		{ "http://h/u?", "http://h/u?digest=sha256%3Aab" },
		{ "http://h/u?&", "http://h/u?&digest=sha256%3Aab" },
		{ "http://h/u?a=b", "http://h/u?a=b&digest=sha256%3Aab" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *out;

		assert_int_equal(oci_url_add(&out, cases[i].url, "digest",
					     "sha256:ab", NULL), 0);
		assert_string_equal(out, cases[i].result);
		free(out);
	}
}

static void messages_have_no_query_and_no_user(void **state)
{
	static const struct {
		const char *url, *result;
	} cases[] = {
		{ "https://h/p?sig=secret", "https://h/p" },
		{ "https://u:secret@h/p#x", "https://h/p" },
		{ "https://h/p", "https://h/p" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *out;

		assert_int_equal(oci_url_plain(&out, cases[i].url, NULL), 0);
		assert_string_equal(out, cases[i].result);
		free(out);
	}
}

static void challenges_are_chosen(void **state)
{
	static const struct {
		const char *header;
		enum oci_scheme scheme;
		const char *realm, *service;
	} cases[] = {
		{ "Bearer realm=\"https://t/\",service=\"s\"",
		  OCI_SCHEME_BEARER, "https://t/", "s" },
		{ "Negotiate, Basic realm=\"x\", Bearer realm=\"https://t/\"",
		  OCI_SCHEME_BEARER, "https://t/", NULL },
		{ "bEARER REALM=\"a,b \\\"c\\\"\" , service = s",
		  OCI_SCHEME_BEARER, "a,b \"c\"", "s" },
		{ "Basic realm=\"x\"", OCI_SCHEME_BASIC, "x", NULL },
		{ "Basic", OCI_SCHEME_BASIC, NULL, NULL },
		{ "Bearer", OCI_SCHEME_NONE, NULL, NULL },
		{ "Bearer realm=\"https://t/", OCI_SCHEME_NONE, NULL, NULL },
		{ "NTLM abc==", OCI_SCHEME_NONE, NULL, NULL },
		{ "", OCI_SCHEME_NONE, NULL, NULL },
		{ ",,, ;;", OCI_SCHEME_NONE, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oci_http_response response = {0};
		struct oci_challenge challenge;
		char line[256];

		snprintf(line, sizeof(line), "www-authenticate: %s",
			 cases[i].header);
		assert_int_equal(oci_strings_add(&response.headers, line,
						 NULL), 0);
		assert_int_equal(oci_challenge_choose(&challenge, &response,
						      NULL), 0);
		assert_int_equal(challenge.scheme, cases[i].scheme);
		if (cases[i].realm)
			assert_string_equal(challenge.realm, cases[i].realm);
		if (cases[i].service)
			assert_string_equal(challenge.service,
					    cases[i].service);
		oci_challenge_release(&challenge);
		oci_http_response_release(&response);
	}
}

static void waits_are_bounded(void **state)
{
	static const struct {
		const char *header;
		int64_t least, most;
	} cases[] = {
		{ "retry-after: 7", 7000, 7000 },
		{ "retry-after: 99999999999999999999", 250, 60000 },
		{ "retry-after: 3600", 60000, 60000 },
		{ "retry-after: Thu, 01 Jan 1970 00:00:10 GMT", 0, 0 },
		/* curl's times are the host's, which may end in 2038. */
		{ "retry-after: Fri, 31 Dec 9999 23:59:59 GMT",
		  sizeof(time_t) < sizeof(int64_t) ? 250 : 60000, 60000 },
		{ "retry-after: tomorrow, maybe", 250, 500 },
		{ "x: y", 250, 500 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oci_http_response response = { .status = 429 };
		int64_t pause;

		assert_int_equal(oci_strings_add(&response.headers,
						 cases[i].header, NULL), 0);
		pause = oci_retry_pause(&response, 0);
		assert_in_range(pause, cases[i].least, cases[i].most);
		assert_in_range(oci_retry_pause(&response, 1000), 0, 60000);
		oci_http_response_release(&response);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			fault_14_location_without_port_is_the_same_origin),
		cmocka_unit_test(locations_are_resolved_and_kept),
		cmocka_unit_test(private_addresses_are_known),
		cmocka_unit_test(one_parameter_is_added),
		cmocka_unit_test(messages_have_no_query_and_no_user),
		cmocka_unit_test(challenges_are_chosen),
		cmocka_unit_test(waits_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
