/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the inputs of a layer are still those of its snapshot. */
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

/* Each number that a snapshot has of a file is compared by itself. */
static void test_numbers(void **state)
{
	struct oci_plan_input input = { write_text("numbers", "text"), false };
	struct oci_plan_entry entry = { .inputs = { &input, 1 } };
	const struct oci_plan_layer layer = {
		.entries = &entry,
		.entry_count = 1,
	};

	(void)state;
	for (int change = 0; change < 6; change++) {
		struct oci_snapshot snapshot;
		struct oci_error err;
		struct stat *st;

		check_done(oci_snapshot_take(&snapshot, &layer, NULL, &err),
			   &err, "take");
		st = &snapshot.items[0].st;
		st->st_dev += change == 0;
		st->st_ino += change == 1;
		st->st_size += change == 2;
		st->st_mtim.tv_nsec ^= change == 3;
		st->st_ctim.tv_nsec ^= change == 4;
		assert_int_equal(oci_snapshot_holds(&snapshot, &layer),
				 change == 5);
		oci_snapshot_release(&snapshot);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
