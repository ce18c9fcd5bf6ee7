/* SPDX-License-Identifier: Apache-2.0 */
/* Names of images, by docker's grammar. */
#include "helpers.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DIGEST "sha256:" HEX
#define TAG128 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void test_good(void **state)
{
	static const struct {
		const char *text, *canonical, *familiar;
	} cases[] = {
		{ "x", "docker.io/library/x", "x" },
		{ "x:1", "docker.io/library/x:1", "x:1" },
		{ "library/x", "docker.io/library/x", "x" },
		{ "a/b:c", "docker.io/a/b:c", "a/b:c" },
		{ "docker.io/x", "docker.io/library/x", "x" },
		{ "index.docker.io/x", "docker.io/library/x", "x" },
		{ "docker.io/library/a/b", "docker.io/library/a/b",
		  "library/a/b" },
		{ "docker.io/a.b/c", "docker.io/a.b/c", "docker.io/a.b/c" },
		{ "docker.io/localhost/c", "docker.io/localhost/c",
		  "docker.io/localhost/c" },
		{ "ghcr.io/a/b", "ghcr.io/a/b", "ghcr.io/a/b" },
		{ "ghcr.io/x", "ghcr.io/x", "ghcr.io/x" },
		{ "localhost/x", "localhost/x", "localhost/x" },
		{ "localhost:5000/x:y", "localhost:5000/x:y",
		  "localhost:5000/x:y" },
		{ "localhost:5000", "docker.io/library/localhost:5000",
		  "localhost:5000" },
		{ "h:5/x", "h:5/x", "h:5/x" },
		{ "Host/x", "Host/x", "Host/x" },
		{ "a.b/c", "a.b/c", "a.b/c" },
		{ "127.0.0.1:5000/x", "127.0.0.1:5000/x",
		  "127.0.0.1:5000/x" },
		{ "[::1]:5000/x", "[::1]:5000/x", "[::1]:5000/x" },
		{ "[fd00::1]/x", "[fd00::1]/x", "[fd00::1]/x" },
		{ "x@" DIGEST, "docker.io/library/x@" DIGEST, "x@" DIGEST },
		{ "x:1@" DIGEST, "docker.io/library/x:1@" DIGEST,
		  "x:1@" DIGEST },
		{ "a__b/c.d_e---f", "docker.io/a__b/c.d_e---f",
		  "a__b/c.d_e---f" },
		{ "x:_A.-", "docker.io/library/x:_A.-", "x:_A.-" },
		{ "x:" TAG128, "docker.io/library/x:" TAG128, "x:" TAG128 },
		{ HEX ":1", "docker.io/library/" HEX ":1", HEX ":1" },
		{ "a/" HEX, "docker.io/a/" HEX, "a/" HEX },
		/* Without "library/" it would be the id of an image. */
		{ "library/" HEX, "docker.io/library/" HEX, "library/" HEX },
	};
	char text[OCI_REFERENCE_TEXT];
	struct oci_reference r;
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_done(oci_reference_parse(&r, cases[i].text, &err), &err,
			   cases[i].text);
		oci_reference_canonical(text, &r);
		assert_string_equal(text, cases[i].canonical);
		oci_reference_familiar(text, &r);
		assert_string_equal(text, cases[i].familiar);
		/* What was written is read back as the same. */
		check_done(oci_reference_parse(&r, text, &err), &err, text);
		oci_reference_canonical(text, &r);
		assert_string_equal(text, cases[i].canonical);
	}
}

static void test_bad(void **state)
{
	static const char *const cases[] = {
		"", ":", "@", "/", "x:", ":1", "x@", "@" DIGEST, "X", "a/B",
		"x:-1", "x:.1", "x:a b", "x:" TAG128 "a", "x@sha256:12",
		"x@" DIGEST "0", "x@" DIGEST ":1", "a//b", "/x", "x/",
		"a.b/", "a._b", "a___b", "a_.b", "-a", "a-", ".a", "a.",
		"a..b", "_a", "a/-b", "a/b_", "h:0/x", "h:65536/x", "h:/x",
		"h:p/x", "-h.a/x", "h-.a/x", "h..a/x", ".h/x", "h./x",
		"[::1/x", "[]/x", "[::1]x/y", "[::1]:/x", "caf\xc3\xa9",
		"x\n", "x y", HEX, "http://h/x", "h.a/x:1:2", "a/b/../c",
	};
	struct oci_reference r;
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_failed(oci_reference_parse(&r, cases[i], &err), &err,
			     OCI_E_INVALID, NULL, cases[i]);
}

static void test_length(void **state)
{
	char text[700], out[OCI_REFERENCE_TEXT];
	struct oci_reference r;
	struct oci_error err;

	(void)state;
	for (size_t size = 200; size < sizeof(text); size++) {
		int rc;

		memset(text, 'a', size);
		memcpy(text, "h.io/", 5);
		text[size] = '\0';
		rc = oci_reference_parse(&r, text, &err);
		if (rc)
			check_failed(rc, &err, OCI_E_INVALID, NULL, "long");
		else
			oci_reference_canonical(out, &r);
		if (!rc)
			assert_string_equal(out, text);
		if (size == 240)
			assert_int_equal(rc, 0);
		if (size == 256)
			assert_int_equal(rc, OCI_E_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
