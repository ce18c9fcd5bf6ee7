/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms: aliases, limits, and Debian's names. */
#include "helpers.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text, *canonical, *debian;
	} cases[] = {
		{ "linux/riscv64", "linux/riscv64", "riscv64" },
		{ "Linux/RISCV64", "linux/riscv64", "riscv64" },
		{ "linux/amd64", "linux/amd64", "amd64" },
		{ "linux/x86_64", "linux/amd64", "amd64" },
		{ "linux/x86-64/v1", "linux/amd64", "amd64" },
		{ "linux/amd64/v1", "linux/amd64", "amd64" },
		{ "linux/amd64/v3", "linux/amd64/v3", "amd64" },
		{ "linux/aarch64", "linux/arm64", "arm64" },
		{ "linux/arm64/v8", "linux/arm64", "arm64" },
		{ "linux/arm64/8", "linux/arm64", "arm64" },
		{ "linux/arm64/v9", "linux/arm64/v9", "arm64" },
		{ "linux/arm", "linux/arm/v7", "armhf" },
		{ "linux/arm/5", "linux/arm/v5", "armel" },
		{ "linux/arm/v6", "linux/arm/v6", "armel" },
		{ "linux/arm/v8", "linux/arm/v8", "armhf" },
		{ "linux/armhf", "linux/arm/v7", "armhf" },
		{ "linux/armel", "linux/arm/v6", "armel" },
		{ "linux/i386", "linux/386", "i386" },
		{ "linux/ppc64le", "linux/ppc64le", "ppc64el" },
		{ "linux/ppc64le/power9", "linux/ppc64le/power9", "ppc64el" },
		{ "linux/mips64le", "linux/mips64le", "mips64el" },
		{ "linux/s390x", "linux/s390x", "s390x" },
		{ "linux/loong64", "linux/loong64", "loong64" },
		{ "windows/amd64", "windows/amd64", "amd64" },
		{ "linux/sparc64", "linux/sparc64", NULL },
	};
	char text[OCI_PLATFORM_TEXT];
	struct oci_platform p;
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *debian;

		check_done(oci_platform_parse(&p, cases[i].text, &err), &err,
			   cases[i].text);
		oci_platform_format(text, &p);
		assert_string_equal(text, cases[i].canonical);
		debian = oci_platform_debian(&p);
		if (!cases[i].debian)
			assert_null(debian);
		else
			assert_string_equal(debian, cases[i].debian);
	}
}

static void test_bad(void **state)
{
	static const char *const cases[] = {
		"",
		"/",
		"linux",
		"linux/",
		"/riscv64",
		"linux//v1",
		"linux/arm/",
		"linux/arm/v7/x",
		"linux/arm/v7/",
		"lin ux/arm",
		"linux/riscv64/v1",
		"linux/riscv64/rva",
		"linux/risc64",
		"linux/riscv64/rva20u64x",
		"linux/riscv64/rva200u64",
		"linus/amd64",
		"linux/linux",
		"linux/amd",
		"linux/\xc3\xa9",
		"linux/a\nb",
		"linux/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"../../etc",
		"linux/arm;rm",
	};
	struct oci_platform p;
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_failed(oci_platform_parse(&p, cases[i], &err), &err,
			     OCI_E_INVALID, "platform '", cases[i]);
	check_done(oci_platform_parse(&p,
				      "linux/mips64le/bbbbbbbbbbbbbbbbbbbb"
				      "bbbbbbbbbbb",
				      &err),
		   &err, "31 letters");
}

static void test_equal(void **state)
{
	struct oci_platform a, b;

	(void)state;
	assert_int_equal(oci_platform_parse(&a, "linux/arm", NULL), 0);
	assert_int_equal(oci_platform_parse(&b, "linux/arm/v7", NULL), 0);
	assert_true(oci_platform_equal(&a, &b));
	assert_int_equal(oci_platform_parse(&b, "linux/arm/v6", NULL), 0);
	assert_false(oci_platform_equal(&a, &b));
}

static void test_fits(void **state)
{
	static const struct {
		const char *has, *wanted;
		bool fits;
	} cases[] = {
		{ "linux/amd64", "linux/amd64", true },
		{ "linux/amd64/v3", "linux/amd64", false },
		{ "linux/amd64", "linux/amd64/v3", true },
		{ "linux/amd64/v2", "linux/amd64/v3", true },
		{ "linux/arm/v6", "linux/arm/v7", true },
		{ "linux/arm/v7", "linux/arm/v6", false },
		{ "linux/arm", "linux/arm/v6", false },
		{ "linux/arm64", "linux/arm64/v8.2", true },
		{ "linux/arm64/v9", "linux/arm64/v8.2", false },
		{ "linux/arm64/v8.2", "linux/arm64/v9", true },
		{ "linux/riscv64", "linux/riscv64/rva20u64", true },
		{ "linux/riscv64/rva20u64", "linux/riscv64", true },
		{ "linux/riscv64/rva22u64", "linux/riscv64", false },
		{ "linux/riscv64/rva22u64", "linux/riscv64/rva23u64", true },
		{ "linux/mips64le/r6", "linux/mips64le", false },
		{ "linux/mips64le/r6", "linux/mips64le/r6", true },
		{ "linux/amd64", "windows/amd64", false },
	};
	struct oci_platform a, b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(oci_platform_parse(&a, cases[i].has, NULL),
				 0);
		assert_int_equal(oci_platform_parse(&b, cases[i].wanted, NULL),
				 0);
		assert_int_equal(oci_platform_fits(&a, &b), cases[i].fits);
	}
	/* Documents may say what goes without saying. */
	a = (struct oci_platform){ "linux", "amd64", "", "" };
	b = (struct oci_platform){ "linux", "amd64", "v1", "" };
	assert_true(oci_platform_fits(&a, &b) && oci_platform_fits(&b, &a));
	/* And they may say it in other words. */
	b = (struct oci_platform){ "linux", "x86_64", "", "" };
	assert_true(oci_platform_fits(&b, &a));
	a = (struct oci_platform){ "linux", "arm64", "", "" };
	b = (struct oci_platform){ "linux", "arm64", "8", "" };
	assert_true(oci_platform_fits(&b, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
