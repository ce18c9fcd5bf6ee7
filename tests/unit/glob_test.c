/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns over paths. */
#include "helpers.h"

#include <time.h>

#include "base/glob.h"

struct pattern {
	const char *pattern, *path;
	bool match;
};

static void test_match(void **state)
{
	static const struct pattern cases[] = {
		{ "a", "a", true }, { "a", "b", false }, { "a", "a/b", false },
		{ "*", "a", true }, { "*", "a/b", false }, { "*", "", false },
		{ "a*", "a", true }, { "a*c", "abbc", true },
		{ "a*c", "abcb", false }, { "*.so*", "libc.so.6", true },
		{ "*a*b*c*", "xxaxxbxxcxx", true },
		{ "*a*b*c*", "xxaxxcxxbxx", false },
		{ "?", "a", true }, { "?", "", false }, { "a?c", "a/c", false },
		{ "[abc]", "b", true }, { "[abc]", "d", false },
		{ "[a-c]", "b", true }, { "[!a-c]", "b", false },
		{ "[^a-c]", "d", true }, { "[]]", "]", true },
		{ "[!]]", "a", true }, { "[a-]", "-", true },
		{ "[", "[", true }, { "[a", "[a", true }, { "[a", "a", false },
		{ "[!/]", "/", false }, { "a[b/c]d", "a[b/c]d", true },
		{ "\\*", "*", true }, { "\\*", "a", false },
		{ "\\", "\\", true }, { "\\[a]", "[a]", true },
		{ "**", "a", true }, { "**", "a/b/c", true },
		{ "**", "", false }, { "**/c", "c", true },
		{ "**/c", "a/b/c", true }, { "**/c", "a/b/cd", false },
		{ "a/**", "a/b", true }, { "a/**", "a", false },
		{ "a/**", "a/b/c", true }, { "a/**/c", "a/c", true },
		{ "a/**/c", "a/x/y/c", true }, { "a/**/c", "a/x/y/d", false },
		{ "**/*.o", "a/b.o", true }, { "**/*.o", "a/b.o/c", false },
		{ "**/a/**/b", "x/a/y/b", true },
		{ "**/a/**/b", "x/y/b/a", false },
		{ "a**", "abc", true }, { "a**", "a/b", false },
		{ "a/", "a", true }, { "usr/*/man", "usr/share/man", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (oci_glob_match(cases[i].pattern, cases[i].path) !=
		    cases[i].match)
			fail_msg("'%s' and '%s'", cases[i].pattern,
				 cases[i].path);
}

static void test_below(void **state)
{
	static const struct pattern cases[] = {
		{ "a/b/c", "a", true }, { "a/b/c", "a/b", true },
		{ "a/b/c", "b", false }, { "a/*/c", "a/x", true },
		{ "**/c", "anything/at/all", true }, { "a/**", "a", true },
		{ "a/**", "b", false }, { "a", "", true },
		{ "*/x", "y", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (oci_glob_below(cases[i].pattern, cases[i].path) !=
		    cases[i].match)
			fail_msg("'%s' below '%s'", cases[i].pattern,
				 cases[i].path);
}

static void test_magic(void **state)
{
	(void)state;
	assert_true(oci_glob_magic("a*"));
	assert_true(oci_glob_magic("[a]"));
	assert_true(oci_glob_magic("\\a"));
	assert_true(oci_glob_magic("a?"));
	assert_false(oci_glob_magic("usr/bin/tini"));
}

/* Patterns that take others exponential time. */
static void test_cost(void **state)
{
	char text[2001], deep[4001];
	clock_t start = clock();

	(void)state;
	memset(text, 'a', 2000);
	text[2000] = '\0';
	assert_false(oci_glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
	for (int i = 0; i < 2000; i++)
		memcpy(deep + i * 2, "a/", 3);
	deep[3999] = '\0';
	assert_false(oci_glob_match("**/a/**/a/**/a/**/a/**/a/**/b", deep));
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_magic),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
