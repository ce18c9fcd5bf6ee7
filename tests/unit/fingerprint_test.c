/* SPDX-License-Identifier: Apache-2.0 */
/* Which files may change without new times. */
#include "helpers.h"

#include <time.h>

#include "layer/fingerprint.h"

static void test_racy(void **state)
{
	static const struct {
		struct timespec ctime, mtime;
		bool racy;
	} cases[] = {
		{ { 90, 1 }, { 90, 1 }, false },
		{ { 97, 999999999 }, { 97, 999999999 }, false },
		/* Two seconds, to the nanosecond. */
		{ { 98, 5 }, { 90, 1 }, true },
		{ { 98, 4 }, { 90, 1 }, false },
		{ { 90, 1 }, { 98, 5 }, true },
		{ { 90, 1 }, { 98, 4 }, false },
		/* Ahead of the clock. */
		{ { 200, 1 }, { 90, 1 }, true },
		{ { 90, 1 }, { 200, 1 }, true },
		/* A file system without fractions of seconds. */
		{ { 90, 0 }, { 90, 0 }, true },
	};
	const struct timespec now = { 100, 5 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stat st = { 0 };
		struct oci_fingerprint *fingerprint;
		struct oci_digest digest;
		struct oci_error err;
		bool racy;

		st.st_ctim = cases[i].ctime;
		st.st_mtim = cases[i].mtime;
		if (oci_fingerprint_is_racy(&st, &now) != cases[i].racy)
			fail_msg("case %zu", i);
		check_done(oci_fingerprint_new(&fingerprint, &now, &err), &err,
			   "new");
		check_done(oci_fingerprint_stat(fingerprint, &st, &err), &err,
			   "stat");
		check_done(
			oci_fingerprint_end(&digest, &racy, fingerprint, &err),
			&err, "end");
		assert_int_equal(racy, cases[i].racy);
		oci_fingerprint_free(fingerprint);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_racy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
