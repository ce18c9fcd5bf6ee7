/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a sink writes whole or not at all. */
#include "helpers.h"

static void write_file(const char *path, const char *text, bool finish)
{
	struct oci_sink *sink;
	struct oci_error err;

	check_done(oci_sink_create_file(&sink, path, &err), &err, "create");
	check_done(oci_sink_write(sink, text, strlen(text), &err), &err,
		   "write");
	if (finish)
		check_done(oci_sink_finish(sink, &err), &err, "finish");
	oci_sink_free(sink);
}

static void check_text(const char *path, const char *wanted)
{
	size_t size;
	unsigned char *data = read_bytes(path, &size);

	assert_int_equal(size, strlen(wanted));
	assert_memory_equal(data, wanted, size);
	free(data);
}

static void test_whole(void **state)
{
	const char *path = in_folder("a");

	(void)state;
	write_file(path, "one", false);
	assert_int_equal(count_names(folder), 0);
	write_file(path, "one", true);
	check_text(path, "one");
	write_file(path, "two", false);
	check_text(path, "one");
	write_file(path, "two", true);
	check_text(path, "two");
	assert_int_equal(count_names(folder), 1);
}

static void test_device(void **state)
{
	const char *path = in_folder("fifo");
	char text[8] = "";
	int fd;

	(void)state;
	write_file("/dev/null", "text", true);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	write_file(path, "text", true);
	assert_int_equal(read(fd, text, sizeof(text) - 1), 4);
	assert_string_equal(text, "text");
	close(fd);
	unlink(path);
}

static void test_refused(void **state)
{
	struct oci_sink *sink;
	struct oci_error err;

	(void)state;
	check_failed(oci_sink_create_file(&sink, folder, &err), &err,
		     OCI_E_CONFLICT, "is a folder", folder);
	assert_null(sink);
	check_failed(oci_sink_create_file(&sink, in_folder("none/a"), &err),
		     &err, OCI_E_NOT_FOUND, "none", "no folder");
	assert_null(sink);
}

static void test_full(void **state)
{
	struct oci_sink *sink;
	struct oci_error err;

	(void)state;
	check_done(oci_sink_create_file(&sink, "/dev/full", &err), &err,
		   "create");
	check_failed(oci_sink_write(sink, "x", 1, &err), &err, OCI_E_SYSTEM,
		     "/dev/full", "full");
	assert_int_equal(oci_sink_write(sink, "x", 1, &err), OCI_E_SYSTEM);
	assert_int_equal(oci_sink_finish(sink, &err), OCI_E_SYSTEM);
	oci_sink_free(sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, make_folder,
						drop_folder),
		cmocka_unit_test_setup_teardown(test_device, make_folder,
						drop_folder),
		cmocka_unit_test_setup_teardown(test_refused, make_folder,
						drop_folder),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
