/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of RFC 3339, and spans of time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/time.h"

#define BAD INT64_C(-1)

struct pair {
	const char *text;
	int64_t value;
};

static void check(bool (*parse)(int64_t *, const char *),
		  const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t value = BAD;

		if (parse(&value, pairs[i].text) != (pairs[i].value != BAD) ||
		    value != pairs[i].value)
			fail_msg("'%s' is %lld", pairs[i].text,
				 (long long)value);
	}
}

static void test_date(void **state)
{
	static const struct pair pairs[] = {
		{ "1970-01-01", 0 },
		{ "1970-01-01T00:00:01Z", 1 },
		{ "2000-02-29", 951782400 },
		{ "2000-03-01", 951868800 },
		{ "2026-01-31T12:00:00Z", 1769860800 },
		{ "2026-01-31t12:00:00z", 1769860800 },
		{ "2026-01-31 12:00:00.999Z", 1769860800 },
		{ "2026-01-31T12:00:00+01:30", 1769855400 },
		{ "2026-01-31T12:00:00-00:30", 1769862600 },
		{ "9999-12-31T23:59:59Z", OCI_TIME_MAX },
		{ "9999-12-31T23:59:59-00:01", BAD },
		{ "1969-12-31T23:59:59Z", BAD },
		{ "1970-01-01T00:00:00+00:01", BAD },
		{ "2100-02-29", BAD },
		{ "2026-02-29", BAD },
		{ "2026-13-01", BAD },
		{ "2026-00-01", BAD },
		{ "2026-01-00", BAD },
		{ "2026-1-1", BAD },
		{ "2026-01-01T24:00:00Z", BAD },
		{ "2026-01-01T00:60:00Z", BAD },
		{ "2026-01-01T00:00:60Z", BAD },
		{ "2026-01-01T00:00:00", BAD },
		{ "2026-01-01T00:00:00.Z", BAD },
		{ "2026-01-01T00:00:00Zz", BAD },
		{ "2026-01-01x", BAD },
		{ "", BAD },
	};

	(void)state;
	check(oci_date_parse, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static void test_duration(void **state)
{
	static const struct pair pairs[] = {
		{ "0", 0 },
		{ "0s", 0 },
		{ "1ns", 1 },
		{ "1us", 1000 },
		{ "1\xc2\xb5s", 1000 },
		{ "500ms", 500000000 },
		{ "30s", INT64_C(30000000000) },
		{ "1m30s", INT64_C(90000000000) },
		{ "1.5h", INT64_C(5400000000000) },
		{ ".5s", 500000000 },
		{ "2562046h", INT64_C(9223365600000000000) },
		{ "2562048h", BAD },
		{ "2562046h2562046h", BAD },
		{ "99999999999999999999s", BAD },
		{ "30", BAD },
		{ "s", BAD },
		{ ".s", BAD },
		{ "-1s", BAD },
		{ "1 s", BAD },
		{ "1s ", BAD },
		{ "", BAD },
	};

	(void)state;
	check(oci_duration_parse, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* Every day there is, written and read back. */
static void test_round_trip(void **state)
{
	(void)state;
	for (int64_t day = 0; day <= OCI_TIME_MAX / 86400; day++) {
		char text[OCI_TIME_TEXT];
		int64_t value = BAD;

		oci_time_format(text, day * 86400 + day % 86400);
		assert_true(oci_date_parse(&value, text));
		assert_int_equal(value, day * 86400 + day % 86400);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
