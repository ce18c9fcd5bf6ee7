/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs of a layer, as they were when they were looked at. */
#include "helpers.h"

#include <sys/stat.h>
#include <time.h>

#include "spec/snapshot.h"

static char *copy(const char *text)
{
	char *out = strdup(text);

	assert_non_null(out);
	return out;
}

/* Another file of the same name, size and mtime is another input. */
static void test_holds(void **state)
{
	char *one = copy(write_text("one", "text"));
	char *two = copy(write_text("two", "TEXT"));
	struct oci_plan_input input = { one, false };
	struct oci_plan_entry entry = {
		.kind = OCI_PLAN_ARCHIVE,
		.path = "/",
		.position = "x",
		.inputs = { &input, 1 },
	};
	const struct oci_plan_layer layer = {
		.position = "x",
		.entries = &entry,
		.entry_count = 1,
	};
	struct oci_snapshot look;
	struct oci_error err;
	struct stat st;

	(void)state;
	check_done(oci_snapshot_take(&look, &layer, NULL, &err), &err, "look");
	assert_true(oci_snapshot_holds(&look, &layer));
	assert_int_equal(stat(one, &st), 0);
	assert_int_equal(rename(two, one), 0);
	assert_int_equal(
		utimensat(AT_FDCWD, one,
			  (struct timespec[]){ st.st_atim, st.st_mtim }, 0),
		0);
	assert_false(oci_snapshot_holds(&look, &layer));
	oci_snapshot_release(&look);
	/* The same file with other bytes: its ctime tells. */
	check_done(oci_snapshot_take(&look, &layer, NULL, &err), &err, "look");
	nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
	write_text("one", "Text");
	assert_int_equal(
		utimensat(AT_FDCWD, one,
			  (struct timespec[]){ st.st_atim, st.st_mtim }, 0),
		0);
	assert_false(oci_snapshot_holds(&look, &layer));
	oci_snapshot_release(&look);
	free(one);
	free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
