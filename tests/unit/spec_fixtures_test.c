/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every spec under spec/good opens, and every one under spec/bad reports
 * exactly the lines of the .err beside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>

#include <oci/spec.h>

#include "told.h"

#define GOOD FIXTURES "/spec/good"
#define BAD FIXTURES "/spec/bad"

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *data = calloc(1, 1 << 16);

	assert_non_null(file);
	assert_non_null(data);
	assert_true(fread(data, 1, (1 << 16) - 1, file) > 0);
	fclose(file);
	return data;
}

static bool is_spec(const char *name)
{
	size_t size = strlen(name);

	return size > 5 && strcmp(name + size - 5, ".spec") == 0;
}

/* Calls check for each spec of a folder; returns how many there were. */
static size_t each_spec(const char *folder,
			void (*check)(const char *folder, const char *name))
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		if (is_spec(entry->d_name)) {
			check(folder, entry->d_name);
			count++;
		}
	closedir(dir);
	return count;
}

static void check_good(const char *folder, const char *name)
{
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;
	struct oci_spec *spec;
	struct oci_error err = {0};
	struct told told;
	char path[512];

	told_init(&told, "");
	options.report = tell;
	options.report_data = &told;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (oci_spec_open(&spec, path, &options, &err))
		fail_msg("%s", told.text.data);
	assert_int_equal(told.lines, 0);
	assert_string_equal(oci_spec_inputs(spec)->items[0], path);
	oci_spec_free(spec);
	oci_buf_release(&told.text);
}

static void check_bad(const char *folder, const char *name)
{
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;
	struct oci_spec *spec;
	struct oci_error err = {0};
	struct told told;
	char path[512], *wanted;

	told_init(&told, BAD);
	options.report = tell;
	options.report_data = &told;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(oci_spec_open(&spec, path, &options, &err),
			 OCI_E_INVALID);
	assert_null(spec);
	memcpy(path + strlen(path) - 5, ".err", 5);
	wanted = read_file(path);
	assert_string_equal(told.text.data, wanted);
	free(wanted);
	oci_buf_release(&told.text);
}

static void test_good(void **state)
{
	(void)state;
	assert_true(each_spec(GOOD, check_good) > 20);
}

static void test_bad(void **state)
{
	(void)state;
	assert_true(each_spec(BAD, check_bad) > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests_name("spec_fixtures", tests, NULL, NULL);
}
