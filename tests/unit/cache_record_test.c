/* SPDX-License-Identifier: Apache-2.0 */
/* Cache records: what is written is read again, and nothing else is. */
#include "helpers.h"

#include "spec/cache_record.h"

#define A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define STATE " 1 2 3 4 5 6 7 ffffffff"
#define STATES STATE STATE "\n"
#define END                                                                    \
	"sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"                              \
	"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
#define FILE " 0 0 0 0 0" /* the mark of no file; blocks start at 0 */

static bool parse(struct oci_cache_record *out, const char *text)
{
	char *copy = strdup(text);
	bool good;

	assert_non_null(copy);
	good = oci_cache_record_parse(out, copy);
	free(copy);
	return good;
}

static void test_round(void **state)
{
	static const char *const good[] = {
		"- " A " " B " 0 0" FILE "\n",
		A " " A " " B " 18446744073709551615 0 7 8 9 10 16\n",
		A " " B " " A " 30 1536" FILE "\n"
		  "1024 10 4294967295 " END " -" STATES "512 20 7 " END
		  " " B STATES,
	};
	struct oci_cache_record record;
	struct oci_error err;
	struct oci_buf text;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!parse(&record, good[i]))
			fail_msg("refused: %s", good[i]);
		oci_buf_init(&text, 1 << 20);
		check_done(oci_cache_record_format(&text, &record, &err), &err,
			   good[i]);
		assert_string_equal(text.data, good[i]);
		oci_buf_release(&text);
		oci_cache_record_release(&record);
	}
}

/* States are of whole blocks of sha256. */
static void test_places(void **state)
{
	struct oci_cache_record record;

	(void)state;
	assert_true(parse(&record, A " " B " " A " 230 1024" FILE "\n"
				     "512 130 7 " END " -" STATES
				     "512 100 7 " END " -" STATES));
	assert_int_equal(record.blocks.count, 2);
	assert_int_equal(record.blocks.items[0].in.size, 0);
	assert_int_equal(record.blocks.items[0].out.size, 0);
	assert_int_equal(record.blocks.items[1].in.size, 512);
	assert_int_equal(record.blocks.items[1].out.size, 128);
	assert_int_equal(record.blocks.items[1].out.words[7], UINT32_MAX);
	oci_cache_record_release(&record);
	/* Ten bytes before the blocks and eight behind them. */
	assert_true(parse(&record, A " " B " " A " 138 1024 0 0 0 0 10\n"
				     "512 60 7 " END " -" STATES "512 60 7 " END
				     " -" STATES));
	assert_int_equal(record.blocks.start, 10);
	assert_int_equal(record.blocks.items[1].out.size, 64);
	assert_int_equal(record.blocks.items[1].sum, 7);
	oci_cache_record_release(&record);
}

static const char *const bad[] = {
	"",
	"\n",
	" ",
	"-",
	"- ",
	"- \n",
	A,
	A " " B,
	A "\n",
	/* Digests that are none. */
	A " - " B " 1 1" FILE "\n",
	A " " B " - 1 1" FILE "\n",
	"x " A " " B " 1 1" FILE "\n",
	"-- " A " " B " 1 1" FILE "\n",
	A " " B " sha256:../../etc 1 1" FILE "\n",
	"sha256:aa " A " " B " 1 1" FILE "\n",
	/* Numbers that are none, or too large. */
	A " " A " " B " -1 1" FILE "\n",
	A " " A " " B " 1 0x1" FILE "\n",
	A " " A " " B " 18446744073709551616 1" FILE "\n",
	A " " A " " B "  1\n",
	A " " A " " B " 1\n",
	A " " A " " B " 1 1" FILE,
	A " " A " " B " 1 1" FILE "\nx",
	A " " A " " B " 1 1" FILE "\n\n",
	/* A mark that is not whole. */
	A " " A " " B " 1 1\n",
	A " " A " " B " 1 1 1 1 1\n",
	A " " A " " B " 1 1 1 1 1 1 -1\n",
	/* More bytes before the blocks than a compressor writes. */
	A " " A " " B " 1 1 1 1 1 1 17\n",
	/* Blocks that are not whole. */
	A " " A " " B " 1 1" FILE "\n1 1 7 " END " -",
	A " " A " " B " 1 1" FILE "\n1 1 7 " END " -" STATE,
	A " " A " " B " 1 1" FILE "\n1 1 7 " END " -" STATE STATE,
	A " " A " " B " 1 1" FILE "\n1 1 7 " END " -" STATE
	  " 1 2 3 4 5 6 7 8x\n",
	A " " A " " B " 1 1" FILE "\n1 1 7 " END " -" STATE
	  " 1 2 3 4 5 6 7 100000000\n",
	A " " A " " B " 1 1" FILE "\n1 1 7 4294967296 -" STATES,
	/* Blocks that are not all of the layer, or more. */
	A " " A " " B " 18 1" FILE "\n1 1 7 " END " -" STATES,
	A " " A " " B " 1 1 0 0 0 0 1\n1 1 7 " END " -" STATES,
	A " " A " " B " 1 1" FILE "\n1 1 4294967296 " END " -" STATES,
	A " " A " " B " 1 2" FILE "\n1 1 7 " END " -" STATES,
	A " " A " " B " 4294967296 1" FILE "\n1 4294967296 7 " END " -" STATES,
	A " " A " " B " 1 4294967296" FILE "\n4294967296 1 7 " END " -" STATES,
	A " " A " " B " 1 1" FILE "\n1 1 7 " END " -" STATES "1 0 7 " END
	  " -" STATES,
};

static void test_hostile(void **state)
{
	struct oci_cache_record record;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse(&record, bad[i]))
			fail_msg("taken: %s", bad[i]);
		oci_cache_record_release(&record);
	}
}

/* Every beginning of a record is none, but where a line ends. */
static void test_cut(void **state)
{
	static const char whole[] = A " " B " " A " 30 1536" FILE "\n"
				      "1024 10 4294967295 " END " -" STATES
				      "512 20 7 " END " " B STATES;
	char text[sizeof(whole)];
	struct oci_cache_record record;

	(void)state;
	for (size_t size = 0; size < sizeof(whole) - 1; size++) {
		memcpy(text, whole, size);
		text[size] = '\0';
		if (oci_cache_record_parse(&record, text)) {
			assert_int_equal(whole[size - 1], '\n');
			assert_int_equal(record.blocks.count, 0);
		}
		oci_cache_record_release(&record);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
