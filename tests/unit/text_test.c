/* SPDX-License-Identifier: Apache-2.0 */
/* Strings, maps, tables, buffers, numbers, UTF-8, times and messages. */
#include "helpers.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/hex.h"
#include "base/number.h"
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"

static void test_strings(void **state)
{
	struct oci_strings list = {0};
	struct oci_error err;
	char text[16];

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "%d", i);
		check_done(oci_strings_add(&list, text, &err), &err, "add");
	}
	assert_int_equal(list.count, 100);
	assert_string_equal(list.items[99], "99");
	oci_strings_release(&list);
	assert_int_equal(list.count, 0);
	oci_strings_release(&list);
}

static void test_pairs(void **state)
{
	struct oci_pairs map = {0};
	struct oci_error err;
	char key[16];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(key, sizeof(key), "k%d", i * 7 % 100);
		check_done(oci_pairs_set(&map, key, i < 100 ? "old" : "new",
					 &err), &err, key);
	}
	assert_int_equal(map.count, 100);
	for (size_t i = 1; i < map.count; i++)
		assert_true(strcmp(map.items[i - 1].key,
				   map.items[i].key) < 0);
	assert_string_equal(oci_pairs_get(&map, "k42"), "new");
	assert_null(oci_pairs_get(&map, "k"));
	oci_pairs_release(&map);
	assert_null(oci_pairs_get(&map, "k42"));
}

/* Many keys at once: in any order, and the last of equal ones counts. */
static void test_pairs_merge(void **state)
{
	static const char *const texts[] = {
		"d", "1", "b", "2", "a", "3", "b", "4", "e", "5", "b", "6",
		"c", "7",
	};
	static const char wanted[] = "a=3 b=6 c=7 d=1 e=5 f=old ";
	struct oci_pairs map = {0};
	struct oci_pair from[7];
	char text[64] = "";
	struct oci_error err;
	size_t used = 0;

	(void)state;
	for (size_t i = 0; i < 7; i++)
		from[i] = (struct oci_pair){
			(char *)texts[2 * i], (char *)texts[2 * i + 1],
		};
	check_done(oci_pairs_set(&map, "f", "old", &err), &err, "f");
	check_done(oci_pairs_set(&map, "b", "old", &err), &err, "b");
	check_done(oci_pairs_merge(&map, from, 7, &err), &err, "merge");
	check_done(oci_pairs_merge(&map, NULL, 0, &err), &err, "nothing");
	for (size_t i = 0; i < map.count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s=%s ", map.items[i].key,
					 map.items[i].value);
	assert_string_equal(text, wanted);
	oci_pairs_release(&map);
}

static void test_table(void **state)
{
	enum { COUNT = 20000 };
	static char keys[COUNT][16];
	struct oci_table table = {0};
	struct oci_error err;

	(void)state;
	assert_null(oci_table_get(&table, "a", 1));
	oci_table_remove(&table, "a", 1);
	for (int i = 0; i < COUNT; i++) {
		snprintf(keys[i], sizeof(keys[i]), "%d", i);
		check_done(oci_table_set(&table, keys[i], strlen(keys[i]),
					 keys[i], &err), &err, "set");
	}
	for (int i = 0; i < COUNT; i += 2)
		oci_table_remove(&table, keys[i], strlen(keys[i]));
	for (int i = 0; i < COUNT; i++)
		assert_ptr_equal(oci_table_get(&table, keys[i],
					       strlen(keys[i])),
				 i % 2 ? keys[i] : NULL);
	/* Removed and set again, over and over: it neither fills nor grows. */
	for (int i = 0; i < COUNT; i++) {
		check_done(oci_table_set(&table, "x", 1, keys[i], &err), &err,
			   "again");
		oci_table_remove(&table, "x", 1);
	}
	assert_true(table.capacity < 8 * COUNT);
	assert_null(oci_table_get(&table, "21", 1));
	assert_non_null(oci_table_get(&table, "1", 1));
	oci_table_release(&table);
}

static void test_buf(void **state)
{
	struct oci_buf buf;
	struct oci_error err;
	char *text;

	(void)state;
	oci_buf_init(&buf, 10);
	check_done(oci_buf_text(&buf, "12345", &err), &err, "5");
	check_done(oci_buf_format(&buf, &err, "%d", 67890), &err, "10");
	assert_string_equal(buf.data, "1234567890");
	check_failed(oci_buf_text(&buf, "x", &err), &err, OCI_E_LIMIT,
		     "10 bytes", "11");
	check_failed(oci_buf_format(&buf, &err, "%s", "x"), &err, OCI_E_LIMIT,
		     NULL, "11");
	assert_string_equal(buf.data, "1234567890");
	check_done(oci_buf_detach(&text, &buf, &err), &err, "take");
	assert_string_equal(text, "1234567890");
	free(text);
	check_done(oci_buf_detach(&text, &buf, &err), &err, "take nothing");
	assert_string_equal(text, "");
	free(text);
	oci_buf_release(&buf);
}

static void test_arena(void **state)
{
	struct oci_arena arena = {0};
	unsigned char *big;

	(void)state;
	for (int i = 1; i < 2000; i++) {
		char *p = oci_arena_alloc(&arena, (size_t)i);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % sizeof(long), 0);
		assert_int_equal(p[i - 1], 0);
		memset(p, 0xff, (size_t)i);
	}
	big = oci_arena_alloc(&arena, 1000000);
	assert_non_null(big);
	assert_int_equal(big[999999], 0);
	assert_null(oci_arena_alloc(&arena, SIZE_MAX));
	assert_string_equal(oci_arena_copy(&arena, "abc", 2), "ab");
	oci_arena_release(&arena);
	oci_arena_release(&arena);
}

static void test_number(void **state)
{
	static const struct {
		const char *text;
		int base;
		uint64_t max;
		bool good;
		uint64_t value;
	} cases[] = {
		{ "0", 10, 9, true, 0 }, { "9", 10, 9, true, 9 },
		{ "10", 10, 9, false, 0 }, { "", 10, 9, false, 0 },
		{ "5", 10, 4, false, 0 }, { "0", 10, 0, true, 0 },
		{ "1", 10, 0, false, 0 }, { "f", 16, 3, false, 0 },
		{ "-1", 10, 9, false, 0 }, { "+1", 10, 9, false, 0 },
		{ " 1", 10, 9, false, 0 }, { "1 ", 10, 9, false, 0 },
		{ "0x1", 16, 99, false, 0 }, { "fF", 16, 255, true, 255 },
		{ "0755", 8, 07777, true, 0755 }, { "8", 8, 99, false, 0 },
		{ "18446744073709551615", 10, UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", 10, UINT64_MAX, false, 0 },
		{ "99999999999999999999999999", 10, UINT64_MAX, false, 0 },
		{ "000000000000000000000000001", 10, 1, true, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = 0;

		if (oci_number_parse(&value, cases[i].text, cases[i].base,
				     cases[i].max) != cases[i].good ||
		    value != cases[i].value)
			fail_msg("'%s'", cases[i].text);
	}
}

static void test_hex(void **state)
{
	char out[9];

	(void)state;
	oci_hex_format(out, (const unsigned char *)"\x00\xff\x1a\xa1", 4);
	assert_string_equal(out, "00ff1aa1");
	assert_true(oci_hex_valid("00ff1aa1", 8));
	assert_false(oci_hex_valid("00ff1aa1", 7));
	assert_false(oci_hex_valid("00ff1aa1", 9));
	assert_false(oci_hex_valid("00FF1aa1", 8));
	assert_false(oci_hex_valid("0g", 2));
}

static void test_utf8(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} cases[] = {
		{ "", true }, { "abc", true }, { "\xc3\xa9", true },
		{ "\xe2\x82\xac", true }, { "\xf0\x9f\x98\x80", true },
		{ "\xf4\x8f\xbf\xbf", true }, { "\xee\x80\x80", true },
		{ "\x80", false }, { "\xc3", false }, { "\xe2\x82", false },
		{ "\xf0\x9f\x98", false }, { "\xc0\x80", false },
		{ "\xc1\xbf", false }, { "\xe0\x9f\xbf", false },
		{ "\xf0\x8f\xbf\xbf", false }, { "\xf4\x90\x80\x80", false },
		{ "\xf5\x80\x80\x80", false }, { "\xed\xa0\x80", false },
		{ "\xed\xbf\xbf", false }, { "\xff", false },
		{ "a\xc3(", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (oci_utf8_valid(cases[i].text, strlen(cases[i].text)) !=
		    cases[i].valid)
			fail_msg("case %zu", i);
	assert_true(oci_utf8_valid("\xc3\xa9", 2));
	assert_false(oci_utf8_valid("\xc3\xa9", 1));
	assert_true(oci_utf8_valid("\0", 1));
}

static void test_time(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 951868800, "2000-03-01T00:00:00Z" },
		{ 4107542399, "2100-02-28T23:59:59Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ 1735689599, "2024-12-31T23:59:59Z" },
		{ OCI_TIME_MAX, "9999-12-31T23:59:59Z" },
		{ -1, "1970-01-01T00:00:00Z" },
		{ INT64_MAX, "9999-12-31T23:59:59Z" },
	};
	char out[OCI_TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		oci_time_format(out, cases[i].seconds);
		assert_string_equal(out, cases[i].text);
	}
}

static void test_error(void **state)
{
	struct oci_error err = {0};
	char text[OCI_ERROR_MESSAGE + 100];

	(void)state;
	assert_int_equal(oci_fail(&err, OCI_E_INVALID, "a\nb\x1b[1m\x7f"),
			 OCI_E_INVALID);
	assert_string_equal(err.message, "a\\x0ab\\x1b[1m\\x7f");
	assert_int_equal(oci_wrap(&err, OCI_E_INVALID, "read '%s'", "x\r"),
			 OCI_E_INVALID);
	assert_string_equal(err.message, "read 'x\\x0d': a\\x0ab\\x1b[1m\\x7f");
	errno = ENOENT;
	assert_int_equal(oci_fail_errno(&err, "open"), OCI_E_NOT_FOUND);
	assert_int_equal(err.system, ENOENT);
	assert_non_null(strstr(err.message, "open: No such file"));
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	oci_fail(&err, OCI_E_LIMIT, "%s", text);
	assert_int_equal(strlen(err.message), OCI_ERROR_MESSAGE - 1);
	assert_string_equal(err.message + OCI_ERROR_MESSAGE - 4, "...");
	oci_wrap(&err, OCI_E_LIMIT, "y");
	assert_int_equal(strncmp(err.message, "y: xx", 5), 0);
	assert_int_equal(strlen(err.message), OCI_ERROR_MESSAGE - 1);
	oci_wrap(&err, OCI_E_LIMIT, "%s", text);
	assert_true(strlen(err.message) < OCI_ERROR_MESSAGE);
	errno = EIO;
	assert_int_equal(oci_fail_errno(&err, "%s", text), OCI_E_SYSTEM);
	assert_int_equal(oci_fail(NULL, OCI_E_LIMIT, "x"), OCI_E_LIMIT);
	assert_int_equal(oci_wrap(NULL, OCI_E_LIMIT, "x"), OCI_E_LIMIT);
	assert_string_equal(oci_status_name(OCI_E_CORRUPT), "corrupt");
	assert_string_equal(oci_status_name(1), "unknown");
	assert_string_equal(oci_status_name(-99), "unknown");
}

/* Messages go to terminals and into JSON. */
static void test_error_utf8(void **state)
{
	struct oci_error err;
	char text[OCI_ERROR_MESSAGE + 100];

	(void)state;
	oci_fail(&err, OCI_E_INVALID, "caf\xe9 caf\xc3\xa9 \xc2\x9b");
	assert_true(oci_utf8_valid(err.message, strlen(err.message)));
	assert_string_equal(err.message, "caf\\xe9 caf\xc3\xa9 \\u009b");
	for (size_t cut = 0; cut < 3; cut++) {
		memset(text, 'x', cut);
		for (size_t i = cut; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "\xe2\x82\xac", 4);
		oci_fail(&err, OCI_E_LIMIT, "%s", text);
		assert_true(oci_utf8_valid(err.message,
					   strlen(err.message)));
		oci_wrap(&err, OCI_E_LIMIT, "%.100s", text);
		assert_true(oci_utf8_valid(err.message,
					   strlen(err.message)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_pairs_merge),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_error_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
