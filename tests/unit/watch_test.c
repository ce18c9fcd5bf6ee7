/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of what is inflated, and the end from outside. */
#include "helpers.h"

#include "base/watch.h"

#define GIB (UINT64_C(1) << 30)

static void test_usual(void **state)
{
	struct oci_watch watch = { 0 };
	struct oci_error err;

	(void)state;
	check_done(oci_watch_count(&watch, 1, 8 * GIB, &err), &err, "8 GiB");
	check_failed(oci_watch_count(&watch, 0, 1, &err), &err, OCI_E_LIMIT,
		     "more than 8 GiB and 200 times its size", "more");
	check_done(oci_watch_count(&watch, GIB, 0, &err), &err, "of 1 GiB");
	check_done(oci_watch_count(&watch, 0, 192 * GIB, &err), &err, "200");
	check_failed(oci_watch_count(&watch, 0, GIB, &err), &err, OCI_E_LIMIT,
		     "--max-inflated", "201");
	/* Nothing wraps around. */
	check_failed(oci_watch_count(&watch, 0, UINT64_MAX, &err), &err,
		     OCI_E_LIMIT, NULL, "all");
}

/* What is read again does not count as more to inflate from. */
static void test_again(void **state)
{
	struct oci_watch watch = { .again = true };
	struct oci_error err;

	(void)state;
	check_failed(oci_watch_count(&watch, GIB, 9 * GIB, &err), &err,
		     OCI_E_LIMIT, NULL, "again");
}

static void test_given(void **state)
{
	struct oci_watch watch = { .max_inflated = 10 };
	struct oci_error err;

	(void)state;
	check_done(oci_watch_count(&watch, 1, 10, &err), &err, "10");
	check_failed(oci_watch_count(&watch, 1000, 1, &err), &err, OCI_E_LIMIT,
		     "limit of 10 bytes", "11");
}

static void test_cancelled(void **state)
{
	volatile int cancelled = 0;
	struct oci_watch watch = { .cancelled = &cancelled };
	struct oci_error err;

	(void)state;
	check_done(oci_watch_check(NULL, &err), &err, "none");
	check_done(oci_watch_check(&watch, &err), &err, "not yet");
	cancelled = 1;
	check_failed(oci_watch_check(&watch, &err), &err, OCI_E_CANCELLED,
		     "cancelled", "look");
	check_failed(oci_watch_count(&watch, 1, 1, &err), &err, OCI_E_CANCELLED,
		     NULL, "count");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_cancelled),
	};

	return cmocka_run_group_tests_name("faults 8: watch", tests, NULL,
					   NULL);
}
