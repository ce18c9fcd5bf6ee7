/* SPDX-License-Identifier: Apache-2.0 */
/* Paths inside an image. */
#include "helpers.h"

#include "base/path.h"

static void test_clean(void **state)
{
	static const struct {
		const char *path, *clean;	/* NULL: refused */
	} cases[] = {
		{ "", "" }, { "/", "" }, { "//", "" }, { ".", "" },
		{ "./", "" }, { "/.", "" }, { "/././/", "" },
		{ "usr/bin", "usr/bin" }, { "/usr/bin/", "usr/bin" },
		{ "//usr///bin//", "usr/bin" }, { "./usr/./bin/.", "usr/bin" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" }, { "...", "..." },
		{ "a/..b/c..", "a/..b/c.." }, { " ", " " },
		{ "..", NULL }, { "/..", NULL }, { "a/..", NULL },
		{ "a/../b", NULL }, { "../a", NULL }, { "caf\xe9", NULL },
		{ "a/\xff", NULL }, { "\xed\xa0\x80", NULL },
		{ "\xc0\xaf", NULL },
	};
	struct oci_error err;
	char out[OCI_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = oci_path_clean(out, cases[i].path, &err);

		if (!cases[i].clean) {
			check_failed(rc, &err, OCI_E_INVALID, "path",
				     cases[i].path);
			continue;
		}
		check_done(rc, &err, cases[i].path);
		assert_string_equal(out, cases[i].clean);
	}
}

static void test_limits(void **state)
{
	struct oci_error err;
	char out[OCI_PATH_MAX], path[OCI_PATH_MAX + 8];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[255] = '\0';
	check_done(oci_path_clean(out, path, &err), &err, "255");
	path[255] = 'a';
	path[256] = '\0';
	check_failed(oci_path_clean(out, path, &err), &err, OCI_E_INVALID,
		     "255 bytes", "256");
	memset(path, 'a', sizeof(path));
	for (size_t i = 15; i < sizeof(path); i += 16)
		path[i] = '/';
	path[OCI_PATH_MAX - 1] = '\0';
	check_done(oci_path_clean(out, path, &err), &err, "4095");
	path[OCI_PATH_MAX - 1] = 'a';
	path[OCI_PATH_MAX] = '\0';
	check_failed(oci_path_clean(out, path, &err), &err, OCI_E_INVALID,
		     "4096 bytes", "4096");
}

static void test_join(void **state)
{
	struct oci_error err;
	char out[OCI_PATH_MAX], half[OCI_PATH_MAX];

	(void)state;
	check_done(oci_path_join(out, "a", "b", &err), &err, "a b");
	assert_string_equal(out, "a/b");
	check_done(oci_path_join(out, "", "b", &err), &err, "b");
	assert_string_equal(out, "b");
	check_done(oci_path_join(out, "a", "", &err), &err, "a");
	assert_string_equal(out, "a");
	check_done(oci_path_join(out, out, "c", &err), &err, "in place");
	assert_string_equal(out, "a/c");
	memset(half, 'x', 2047);
	half[2047] = '\0';
	check_done(oci_path_join(out, half, half, &err), &err, "4095");
	assert_int_equal(strlen(out), 4095);
	check_failed(oci_path_join(out, out, "c", &err), &err, OCI_E_LIMIT,
		     "too long", "4097");
}

static void test_parts(void **state)
{
	(void)state;
	assert_string_equal(oci_path_name("a/b/c"), "c");
	assert_string_equal(oci_path_name("a"), "a");
	assert_int_equal(oci_path_parent("a/b/c"), 3);
	assert_int_equal(oci_path_parent("a"), 0);
	assert_true(oci_path_within("a/b", "a"));
	assert_true(oci_path_within("a", "a"));
	assert_true(oci_path_within("a", ""));
	assert_false(oci_path_within("ab", "a"));
	assert_false(oci_path_within("a", "a/b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
