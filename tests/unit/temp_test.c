/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary files, and the removal of those that killed processes left. */
#define _DEFAULT_SOURCE /* flock */
#include <sys/file.h>

#include "helpers.h"
#include "io/litter.h"
#include "io/temp.h"

static bool is_there(const char *name)
{
	struct stat st;

	return lstat(in_folder(name), &st) == 0;
}

static bool is_local(void)
{
	int fd = open(folder, O_RDONLY | O_CLOEXEC);
	bool is = oci_fd_is_local(fd);

	close(fd);
	return is;
}

static int hold(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

static void open_temp(struct oci_temp *temp, const char *name)
{
	struct oci_error err;

	check_done(oci_temp_open(temp, folder, name, 0640, &err), &err, "open");
	assert_int_equal(write(temp->fd, name, strlen(name)), strlen(name));
}

static void check_text(const char *name, const char *wanted)
{
	size_t size;
	unsigned char *data = read_bytes(in_folder(name), &size);

	assert_int_equal(size, strlen(wanted));
	assert_memory_equal(data, wanted, size);
	free(data);
}

static void test_names(void **state)
{
	struct oci_temp temp;
	struct oci_error err;
	struct stat st;

	(void)state;
	if (!is_local())
		skip();
	open_temp(&temp, "a");
	assert_int_equal(count_names(folder), 0);
	assert_true(oci_temp_link(&temp, in_folder("a")));
	assert_int_equal(count_names(folder), 1);
	oci_temp_release(&temp);
	check_text("a", "a");
	assert_int_equal(stat(in_folder("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);

	open_temp(&temp, "b");
	assert_false(oci_temp_link(&temp, in_folder("a")));
	check_done(oci_temp_name(&temp, &err), &err, "name");
	assert_int_equal(count_names(folder), 2);
	check_done(oci_temp_place(&temp, in_folder("a"), &err), &err, "place");
	oci_temp_release(&temp);
	check_text("a", "b");
	assert_int_equal(count_names(folder), 1);

	/* A new name needs no temporary one; an existing one does. */
	open_temp(&temp, "c");
	check_done(oci_temp_place(&temp, in_folder("c"), &err), &err, "place");
	oci_temp_release(&temp);
	open_temp(&temp, "d");
	check_done(oci_temp_place(&temp, in_folder("c"), &err), &err, "place");
	oci_temp_release(&temp);
	check_text("c", "d");
	assert_int_equal(count_names(folder), 2);
	unlink(in_folder("a"));
	unlink(in_folder("c"));
}

static void test_held(void **state)
{
	struct oci_temp temp;
	struct oci_temp_folder run;
	struct oci_error err;

	(void)state;
	open_temp(&temp, "a");
	check_done(oci_temp_name(&temp, &err), &err, "name");
	check_done(oci_temp_folder_open(&run, folder, "run", 0777, &err), &err,
		   "folder");
	assert_int_equal(count_names(folder), 2);
	oci_litter_remove(folder, NULL);
	assert_int_equal(count_names(folder), 2);
	oci_temp_release(&temp);
	oci_temp_folder_release(&run);
	assert_int_equal(count_names(folder), 0);
}

static void test_litter(void **state)
{
	static const char *const kept[] = {
		".a.1-2.tmp.txt", "a.1-2.tmp",	".a.1-.tmp",
		".a.-2.tmp",	  ".a.1.2.tmp", "..1-2.tmp",
		".1-2.tmp",	  ".a.1-x.tmp", ".a1-2.tmp",
	};
	const size_t count = sizeof(kept) / sizeof(kept[0]);
	int fd;

	(void)state;
	if (!is_local())
		skip();
	for (size_t i = 0; i < count; i++)
		write_text(kept[i], "");
	write_text(".a.1-2.tmp", "");
	write_text(".a.b.12345-67.tmp", "");
	fd = hold(write_text(".a.1-0.tmp", ""));
	oci_litter_remove(folder, "b");
	assert_int_equal(count_names(folder), count + 3);
	oci_litter_remove(folder, "a.b");
	assert_false(is_there(".a.b.12345-67.tmp"));
	oci_litter_remove(folder, NULL);
	assert_false(is_there(".a.1-2.tmp"));
	assert_true(is_there(".a.1-0.tmp"));
	close(fd);
	oci_litter_remove(folder, "a");
	assert_int_equal(count_names(folder), count);
	for (size_t i = 0; i < count; i++)
		unlink(in_folder(kept[i]));
}

static void test_long_name(void **state)
{
	char name[251], entry[OCI_LITTER_NAME + 32];
	struct oci_temp temp;
	struct oci_error err;

	(void)state;
	if (!is_local())
		skip();
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	open_temp(&temp, name);
	check_done(oci_temp_name(&temp, &err), &err, "name");
	snprintf(entry, sizeof(entry), ".%.*s.1-0.tmp", OCI_LITTER_NAME, name);
	write_text(entry, "");
	assert_int_equal(count_names(folder), 2);
	oci_litter_remove(folder, name);
	assert_int_equal(count_names(folder), 1);
	oci_temp_release(&temp);
	assert_int_equal(count_names(folder), 0);
}

/* A symlink, a fifo, and what belongs to another user. */
static void test_foreign(void **state)
{
	const char *target = write_text("target", "");

	(void)state;
	assert_int_equal(symlink(target, in_folder(".a.1-0.tmp")), 0);
	assert_int_equal(mkfifo(in_folder(".a.1-1.tmp"), 0600), 0);
	write_text(".a.1-2.tmp", "");
	if (geteuid() != 0 || chown(in_folder(".a.1-2.tmp"), 65534, 65534) != 0)
		unlink(in_folder(".a.1-2.tmp"));
	oci_litter_remove(folder, NULL);
	assert_true(is_there("target"));
	assert_true(is_there(".a.1-0.tmp"));
	assert_true(is_there(".a.1-1.tmp"));
	assert_int_equal(is_there(".a.1-2.tmp"), geteuid() == 0);
	unlink(target);
	unlink(in_folder(".a.1-0.tmp"));
	unlink(in_folder(".a.1-1.tmp"));
	unlink(in_folder(".a.1-2.tmp"));
}

static void make_run(const char *name, const char *file)
{
	char path[300];

	assert_int_equal(mkdir(in_folder(name), 0755), 0);
	snprintf(path, sizeof(path), "%s/%s", name, file);
	write_text(path, "");
}

/* A folder goes with its litter, and stays with anything else. */
static void test_folders(void **state)
{
	int fd;

	(void)state;
	if (!is_local())
		skip();
	make_run(".run.1-0.tmp", ".blob-0.1-0.tmp");
	make_run(".run.1-1.tmp", "file");
	make_run(".run.1-2.tmp", ".blob-0.1-0.tmp");
	fd = hold(in_folder(".run.1-2.tmp"));
	oci_litter_remove(folder, NULL);
	assert_false(is_there(".run.1-0.tmp"));
	assert_true(is_there(".run.1-1.tmp/file"));
	assert_true(is_there(".run.1-2.tmp/.blob-0.1-0.tmp"));
	close(fd);
	oci_litter_remove(folder, NULL);
	assert_false(is_there(".run.1-2.tmp"));
	remove_all(in_folder(".run.1-1.tmp"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_litter),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_folders),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
