/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns over a small folder, with links in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spec/pattern.h"

/* In an order in which they can be made; the reverse removes them. */
static const char *const things[] = {
	"b/",	   "a/",	 "a/two.c",    "a/one.c",	"a/.hidden",
	"a/deep/", "a/deep/x.c", "a/deep/er/", "a/deep/er/y.c", "b/z.o",
	"st*r",	   "c@a",	 "a/up@..",
};

enum { COUNT = sizeof(things) / sizeof(things[0]) };

static char folder[] = "/tmp/pattern_test.XXXXXX";

static void name_of(char out[128], const char *thing)
{
	snprintf(out, 128, "%s/%.*s", folder, (int)strcspn(thing, "@"), thing);
}

static int make(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < COUNT; i++) {
		const char *target = strchr(things[i], '@');
		char path[128];
		int fd;

		name_of(path, things[i]);
		if (target) {
			assert_int_equal(symlink(target + 1, path), 0);
		} else if (things[i][strlen(things[i]) - 1] == '/') {
			assert_int_equal(mkdir(path, 0755), 0);
		} else {
			fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
			assert_true(fd >= 0);
			close(fd);
		}
	}
	return 0;
}

static int clear(void **state)
{
	(void)state;
	for (size_t i = COUNT; i-- > 0;) {
		char path[128];

		name_of(path, things[i]);
		assert_int_equal(remove(path), 0);
	}
	return rmdir(folder);
}

static void test_find(void **state)
{
	static const struct {
		const char *pattern;
		const char *found; /* separated by blanks */
	} cases[] = {
		{ "a/one.c", "a/one.c" },
		{ "./a//one.c", "a/one.c" },
		{ "nothing", "nothing" },
		{ "a/", "a" },
		{ "a/*.c", "a/one.c a/two.c" },
		{ "a/*", "a/.hidden a/deep a/one.c a/two.c a/up" },
		{ "*/*.c", "a/one.c a/two.c c/one.c c/two.c" },
		{ "c/*.c", "c/one.c c/two.c" },
		{ "?/[!o]*.[co]", "a/two.c b/z.o c/two.c" },
		{ "**/*.c", "a/deep/er/y.c a/deep/x.c a/one.c a/two.c" },
		{ "a/**",
		  "a/.hidden a/deep/er/y.c a/deep/x.c a/one.c a/two.c" },
		{ "a/**/er/*", "a/deep/er/y.c" },
		{ "**", "a/.hidden a/deep/er/y.c a/deep/x.c a/one.c a/two.c "
			"b/z.o st*r" },
		{ "st\\*r", "st*r" },
		{ "*.c", "" },
		{ "nothing/*", "" },
		{ "a/one.c/*", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oci_strings found = { 0 };
		char text[512] = "", absolute[128];

		for (int pass = 0; pass < 2; pass++) {
			snprintf(absolute, sizeof(absolute), "%s/%s", folder,
				 cases[i].pattern);
			assert_int_equal(
				oci_pattern_find(&found, pass ? "." : folder,
						 pass ? absolute
						      : cases[i].pattern,
						 NULL),
				0);
			text[0] = '\0';
			for (size_t j = 0; j < found.count; j++)
				snprintf(text + strlen(text),
					 sizeof(text) - strlen(text), "%s%s",
					 j ? " " : "",
					 found.items[j] + strlen(folder) + 1);
			if (strcmp(text, cases[i].found) != 0)
				fail_msg("'%s' finds '%s'", cases[i].pattern,
					 text);
			oci_strings_release(&found);
		}
	}
}

static void test_root(void **state)
{
	struct oci_strings found = { 0 };

	(void)state;
	assert_int_equal(oci_pattern_find(&found, ".", "/et[c]", NULL), 0);
	assert_int_equal(oci_pattern_find(&found, "/", "et[c]", NULL), 0);
	assert_int_equal(oci_pattern_find(&found, "/", "etc", NULL), 0);
	assert_int_equal(found.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(found.items[i], "/etc");
	oci_strings_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_root),
	};

	return cmocka_run_group_tests_name("find", tests, make, clear);
}
