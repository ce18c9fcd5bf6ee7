/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, and streams that measure and check. */
#include "helpers.h"

#include "io/digest.h"

#define EMPTY \
	"sha256:e3b0c44298fc1c149afbf4c8996fb924" \
	"27ae41e4649b934ca495991b7852b855"
#define ABC \
	"sha256:ba7816bf8f01cfea414140de5dae2223" \
	"b00361a396177a9cb410ff61f20015ad"
#define ABC512 \
	"sha512:ddaf35a193617abacc417349ae204131" \
	"12e6fa4e89a97ea20a9eeee64b55d39a" \
	"2192992a274fc1a836ba3c23a3feebbd" \
	"454d4423643ce80e2a9ac94fa54ca49f"

static void test_parse(void **state)
{
	static const char *const bad[] = {
		"", "sha256", "sha256:", ":", "sha256:e3b0", EMPTY "0",
		"sha256:E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49599"
		"1b7852b855",
		"sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49599"
		"1b7852b855",
		" " EMPTY, EMPTY "\n", "SHA256" ":e3b0", "md5:e3b0",
		"sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49599"
		"1b7852b855",
		"sha256:../../../../../../../../../../../../../../../../../../"
		"../etc/pass",
	};
	struct oci_digest digest;
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_failed(oci_digest_parse(&digest, bad[i], &err), &err,
			     OCI_E_INVALID, "digest '", bad[i]);
	check_done(oci_digest_parse(&digest, EMPTY, &err), &err, EMPTY);
	assert_string_equal(oci_digest_hex(&digest), EMPTY + 7);
	check_done(oci_digest_parse(&digest, ABC512, &err), &err, ABC512);
	assert_string_equal(digest.text, ABC512);
}

static void test_data(void **state)
{
	struct oci_digest digest, empty = {""};
	struct oci_error err;

	(void)state;
	check_done(oci_digest_data(&digest, "", 0, &err), &err, "empty");
	assert_string_equal(digest.text, EMPTY);
	check_done(oci_digest_data(&digest, "abc", 3, &err), &err, "abc");
	assert_string_equal(digest.text, ABC);
	assert_false(oci_digest_equal(&digest, &empty));
	assert_string_equal(oci_digest_hex(&empty), "");
}

static void test_source(void **state)
{
	enum { SIZE = 100000 };
	struct oci_digest digest, wanted;
	struct oci_source *source;
	struct oci_error err;
	char *data = calloc(1, SIZE), first;
	size_t got;

	(void)state;
	assert_non_null(data);
	check_done(oci_source_open_memory(&source, data, SIZE, &err), &err,
		   "source");
	check_done(oci_digest_source(&digest, source, &err), &err, "all");
	check_done(oci_digest_data(&wanted, data, SIZE, &err), &err, "data");
	assert_string_equal(digest.text, wanted.text);
	check_done(oci_source_rewind(source, &err), &err, "rewind");
	check_done(oci_source_read(&got, source, &first, 1, &err), &err,
		   "read");
	check_done(oci_digest_source(&digest, source, &err), &err, "rest");
	check_done(oci_digest_data(&wanted, data, SIZE - 1, &err), &err,
		   "data");
	assert_string_equal(digest.text, wanted.text);
	oci_source_free(source);
	free(data);
}

static void test_measure(void **state)
{
	struct memory_sink to = MEMORY_SINK;
	struct oci_sink *sink;
	struct oci_digest digest;
	struct oci_error err;
	uint64_t size;

	(void)state;
	check_done(oci_measure_open(&sink, &to.base, NULL, &err), &err, "open");
	check_done(oci_sink_write(sink, "a", 1, &err), &err, "a");
	check_done(oci_sink_write(sink, "", 0, &err), &err, "nothing");
	check_done(oci_sink_write(sink, "bc", 2, &err), &err, "bc");
	check_done(oci_sink_finish(sink, &err), &err, "finish");
	check_done(oci_measure_end(&digest, &size, sink, &err), &err, "end");
	assert_string_equal(digest.text, ABC);
	assert_int_equal(size, 3);
	assert_memory_equal(to.data, "abc", 3);
	oci_sink_free(sink);
	free(to.data);
}

static int read_checked(const char *digest_text, uint64_t size,
			const char *data, struct oci_error *err)
{
	struct oci_source *from, *source;
	struct oci_digest digest;
	int rc;

	assert_int_equal(oci_digest_parse(&digest, digest_text, NULL), 0);
	check_done(oci_source_open_memory(&from, data, strlen(data), err), err,
		   "memory");
	check_done(oci_checked_open(&source, from, &digest, size, err), err,
		   "checked");
	for (int i = 0; i < 2; i++) {
		char out[2];
		size_t got;

		do {
			rc = oci_source_read(&got, source, out, sizeof(out),
					     err);
		} while (!rc && got);
		if (rc)
			break;
		check_done(oci_source_read(&got, source, out, 1, err), err,
			   "at the end");
		assert_int_equal(got, 0);
		check_done(oci_source_rewind(source, err), err, "rewind");
	}
	oci_source_free(source);
	return rc;
}

static void test_checked(void **state)
{
	static const struct {
		const char *digest;
		uint64_t size;
		const char *data, *message;	/* NULL: good */
	} cases[] = {
		{ ABC, 3, "abc", NULL },
		{ ABC512, 3, "abc", NULL },
		{ EMPTY, 0, "", NULL },
		{ ABC, 3, "abd", "has the digest" },
		{ ABC, 4, "abc", "ends after 3 of 4" },
		{ ABC, 2, "abc", "longer than its 2" },
		{ ABC, 0, "abc", "longer than its 0" },
		{ ABC, 0, "", "has the digest" },
		{ ABC, UINT64_MAX, "abc", "ends after 3" },
	};
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = read_checked(cases[i].digest, cases[i].size,
				      cases[i].data, &err);

		if (cases[i].message)
			check_failed(rc, &err, OCI_E_CORRUPT,
				     cases[i].message, cases[i].data);
		else
			check_done(rc, &err, cases[i].data);
	}
}

/* openssl dgst -sha256 -mac HMAC -macopt hexkey:000102...1f */
static void test_mac(void **state)
{
	unsigned char key[OCI_MAC_KEY];
	char code[OCI_MAC_TEXT];
	struct oci_error err;

	(void)state;
	for (int i = 0; i < OCI_MAC_KEY; i++)
		key[i] = (unsigned char)i;
	check_done(oci_mac(code, key, "abc", 3, &err), &err, "mac");
	assert_string_equal(code, "f0133729c4163dede81e21cd47839256"
				  "da58171238c8a0d874397c73b14e1e47");
	check_done(oci_mac(code, key, "", 0, &err), &err, "mac");
	assert_string_equal(code, "d38b42096d80f45f826b44a9d5607de7"
				  "2496a415d3f4a1a8c88e3bb9da8dc1cb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),	cmocka_unit_test(test_data),
		cmocka_unit_test(test_measure), cmocka_unit_test(test_checked),
		cmocka_unit_test(test_mac),	cmocka_unit_test(test_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
