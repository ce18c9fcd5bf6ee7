/* SPDX-License-Identifier: Apache-2.0 */
/* Link headers: where the next page is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "registry/link.h"

static int next_of(char **out, const char *line, const char *other)
{
	struct oci_http_response response = {0};
	int rc;

	assert_int_equal(oci_strings_add(&response.headers, line, NULL), 0);
	if (other)
		assert_int_equal(oci_strings_add(&response.headers, other,
						 NULL), 0);
	rc = oci_link_next(out, &response, NULL);
	oci_http_response_release(&response);
	return rc;
}

static void test_next(void **state)
{
	static const struct {
		const char *line, *other, *next;
	} cases[] = {
		{ "link: </a?n=1>; rel=\"next\"", NULL, "/a?n=1" },
		{ "link: </a>;rel=next", NULL, "/a" },
		{ "link: </a> ; REL = NEXT", NULL, "/a" },
		{ "link: </a>; rel=\"prev next\"", NULL, "/a" },
		{ "link: </a,b;c>; rel=\"next\"", NULL, "/a,b;c" },
		{ "link: </a>; title=\"x, \\\"y\\\"; z\"; rel=next", NULL,
		  "/a" },
		{ "link: </p>; rel=prev, </a>; rel=next", NULL, "/a" },
		{ "link: </p>; rel=prev", "link: </a>; rel=next", "/a" },
		{ "link: </p>,</a>; rel=next,", NULL, "/a" },
		{ "link: ,, </a>; hreflang; rel=next", NULL, "/a" },
		{ "link: <>; rel=next", NULL, "" },
		{ "link: </a>; rel=prev; rel=next", NULL, NULL },
		{ "link: </a>; rel=nextish", NULL, NULL },
		{ "link: </a>; rel=\"next-archive\"", NULL, NULL },
		{ "link: </a>; title=\"rel=next\"", NULL, NULL },
		{ "link: </rel=next>; rel=first", NULL, NULL },
		{ "link: </a>; xrel=next", NULL, NULL },
		{ "link: ", NULL, NULL },
		{ "links: </a>; rel=next", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *out;

		assert_int_equal(next_of(&out, cases[i].line, cases[i].other),
				 0);
		if (cases[i].next)
			assert_string_equal(out, cases[i].next);
		else
			assert_null(out);
		free(out);
	}
}

static void test_garbage(void **state)
{
	static const char *const cases[] = {
		"link: /a; rel=next",
		"link: </a; rel=next",
		"link: </a>; rel=\"next",
		"link: </a>; rel=\"next\\\"",
		"link: </a> rel=next",
		"link: </p>; rel=prev; </a>; rel=next x",
		"link: <",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *out;

		assert_int_equal(next_of(&out, cases[i], NULL), OCI_E_INVALID);
		assert_null(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "faults 4: links to the next page", test_next, NULL, NULL,
		  NULL },
		{ "faults 4: links that cannot be read", test_garbage, NULL,
		  NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
