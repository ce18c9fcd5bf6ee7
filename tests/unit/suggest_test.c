/* SPDX-License-Identifier: Apache-2.0 */
/* Which word was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/suggest.h"

static const char *const names[] = {
	"entrypoint", "env", "working-dir", "user", "mode", "mtime",
};

enum { COUNT = sizeof(names) / sizeof(names[0]) };

static void test_nearest(void **state)
{
	static const struct {
		const char *word;
		const char *near;	/* NULL: nothing is near */
	} cases[] = {
		{ "entrypoint", "entrypoint" },
		{ "entryponit", "entrypoint" },
		{ "Entrypoint", "entrypoint" },
		{ "entry_point", "entrypoint" },
		{ "working_dir", "working-dir" },
		{ "WorkingDir", "working-dir" },
		{ "envs", "env" },
		{ "mod", "mode" },
		{ "mtme", "mtime" },
		{ "x", NULL },
		{ "", NULL },
		{ "zzzz", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *near =
			oci_text_nearest(names, COUNT, cases[i].word);

		if (!cases[i].near)
			assert_null(near);
		else
			assert_string_equal(near, cases[i].near);
	}
	assert_null(oci_text_nearest(names, 0, "env"));
}

static void test_text(void **state)
{
	struct oci_buf text;

	(void)state;
	oci_buf_init(&text, 200);
	assert_int_equal(oci_suggest_text(&text, names, 2, "evn", NULL), 0);
	assert_string_equal(text.data, ", did you mean 'env'? Known: "
				       "entrypoint, env");
	oci_buf_release(&text);
	assert_int_equal(oci_suggest_text(&text, names, 2, "zzz", NULL), 0);
	assert_string_equal(text.data, ", expected one of entrypoint, env");
	oci_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests_name("suggest", tests, NULL, NULL);
}
