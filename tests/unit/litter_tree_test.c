/* SPDX-License-Identifier: Apache-2.0 */
/* The removal of whole trees that killed processes left. */
#define _GNU_SOURCE /* flock, unshare */
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "helpers.h"
#include "io/litter.h"
#include "io/temp.h"

#define LITTER ".a.unpack.1-0.tmp"
#define NAME "a.unpack"

enum { DEPTH = 3000, ANOTHER = 65534 };

static void need_locks(void)
{
	int fd = open(folder, O_RDONLY | O_CLOEXEC);
	bool local = oci_fd_is_local(fd);

	close(fd);
	if (!local)
		skip();
}

static bool is_there(const char *name)
{
	struct stat st;

	return lstat(in_folder(name), &st) == 0;
}

static void make_directory(const char *name)
{
	assert_int_equal(mkdir(in_folder(name), 0755), 0);
}

/* Files, names that the removal itself gives, links, a fifo, and folders that
 * nobody may enter. */
static void make_tree(void)
{
	static const char *const folders[] = {
		LITTER,		 LITTER "/0",	  LITTER "/0/1",
		LITTER "/0/1/1", LITTER "/b",	  LITTER "/b/c",
		LITTER "/b/c/0", LITTER "/empty", LITTER "/b/c/d",
	};
	const size_t count = sizeof(folders) / sizeof(folders[0]);

	for (size_t i = 0; i < count; i++)
		make_directory(folders[i]);
	write_text(LITTER "/1", "");
	write_text(LITTER "/0/1/1/file", "text");
	write_text(LITTER "/b/c/0/file", "text");
	write_text(LITTER "/b/c/2", "");
	assert_int_equal(mkfifo(in_folder(LITTER "/b/fifo"), 0600), 0);
	assert_int_equal(chmod(in_folder(LITTER "/b/c/0"), 0), 0);
	assert_int_equal(chmod(in_folder(LITTER "/b/c"), 0), 0);
	assert_int_equal(chmod(in_folder(LITTER "/b"), 0500), 0);
}

static void test_tree(void **state)
{
	int fd;

	(void)state;
	need_locks();
	make_tree();
	write_text("kept", "");
	oci_litter_remove_trees(folder, "a");
	oci_litter_remove(folder, NULL);
	assert_true(is_there(LITTER "/1"));
	fd = open(in_folder(LITTER), O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	oci_litter_remove_trees(folder, NAME);
	assert_true(is_there(LITTER "/1"));
	close(fd);
	oci_litter_remove_trees(folder, NAME);
	assert_false(is_there(LITTER));
	assert_true(is_there("kept"));
	unlink(in_folder("kept"));
}

/* The same by a user whom modes concern. */
static void test_modes(void **state)
{
	int status;
	pid_t child;

	(void)state;
	need_locks();
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(folder, ANOTHER, ANOTHER), 0);
	child = fork();
	if (child == 0) {
		if (setgid(ANOTHER) != 0 || setuid(ANOTHER) != 0)
			_exit(2);
		make_tree();
		oci_litter_remove_trees(folder, NAME);
		_exit(is_there(LITTER));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chown(folder, 0, 0), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* What a link leads to stays, and a link is no litter. */
static void test_links(void **state)
{
	(void)state;
	need_locks();
	make_directory("outside");
	write_text("outside/file", "text");
	make_directory(LITTER);
	make_directory(LITTER "/b");
	assert_int_equal(symlink("../outside", in_folder(LITTER "/0")), 0);
	assert_int_equal(
		symlink(in_folder("outside"), in_folder(LITTER "/b/link")), 0);
	assert_int_equal(symlink("outside", in_folder(".a.unpack.1-1.tmp")), 0);
	oci_litter_remove_trees(folder, NAME);
	assert_false(is_there(LITTER));
	assert_true(is_there("outside/file"));
	assert_true(is_there(".a.unpack.1-1.tmp"));
	unlink(in_folder(".a.unpack.1-1.tmp"));
	remove_all(in_folder("outside"));
}

/* Deeper than a path can be, and than there may be open files. */
static void test_deep(void **state)
{
	int dir;

	(void)state;
	need_locks();
	make_directory(LITTER);
	dir = open(in_folder(LITTER), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < DEPTH; i++) {
		int below;

		assert_int_equal(mkdirat(dir, "d", 0700), 0);
		below = openat(dir, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(below >= 0);
		close(dir);
		dir = below;
	}
	close(dir);
	oci_litter_remove_trees(folder, NAME);
	assert_false(is_there(LITTER));
}

/* Other users could have renamed a folder of this user, or it is theirs. */
static void test_others(void **state)
{
	(void)state;
	need_locks();
	make_directory(LITTER);
	assert_int_equal(chmod(folder, 0777), 0);
	oci_litter_remove_trees(folder, NAME);
	assert_true(is_there(LITTER));
	/* Several users may have the same primary group, and the group's bits
	 * may be those of an ACL. */
	assert_int_equal(chmod(folder, 0775), 0);
	oci_litter_remove_trees(folder, NAME);
	assert_true(is_there(LITTER));
	if (geteuid() == 0) {
		assert_int_equal(chmod(folder, 0755), 0);
		assert_int_equal(chown(folder, ANOTHER, 0), 0);
		oci_litter_remove_trees(folder, NAME);
		assert_true(is_there(LITTER));
		assert_int_equal(chown(folder, 0, ANOTHER), 0);
		assert_int_equal(chmod(folder, 0775), 0);
		oci_litter_remove_trees(folder, NAME);
		assert_true(is_there(LITTER));
		assert_int_equal(chmod(folder, 01777), 0);
		assert_int_equal(chown(in_folder(LITTER), ANOTHER, 0), 0);
		oci_litter_remove_trees(folder, NAME);
		assert_true(is_there(LITTER));
		assert_int_equal(chown(in_folder(LITTER), 0, 0), 0);
		assert_int_equal(chown(folder, 0, 0), 0);
	}
	assert_int_equal(chmod(folder, 01777), 0);
	oci_litter_remove_trees(folder, NAME);
	assert_false(is_there(LITTER));
	assert_int_equal(chmod(folder, 0700), 0);
}

/* A folder of the same file system that is mounted below, and a file. */
static void test_mounts(void **state)
{
	(void)state;
	need_locks();
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		skip();
	make_directory("outside");
	write_text("outside/file", "text");
	make_directory(LITTER);
	make_directory(LITTER "/top");
	make_directory(LITTER "/b");
	make_directory(LITTER "/b/mount");
	write_text(LITTER "/b/file", "");
	write_text(LITTER "/b/gone", "");
	assert_int_equal(mount(in_folder("outside"), in_folder(LITTER "/top"),
			       NULL, MS_BIND, NULL),
			 0);
	assert_int_equal(mount(in_folder("outside"),
			       in_folder(LITTER "/b/mount"), NULL, MS_BIND,
			       NULL),
			 0);
	assert_int_equal(mount(in_folder("outside/file"),
			       in_folder(LITTER "/b/file"), NULL, MS_BIND,
			       NULL),
			 0);
	oci_litter_remove_trees(folder, NAME);
	assert_true(is_there("outside/file"));
	assert_true(is_there(LITTER "/top/file"));
	assert_true(is_there(LITTER "/b/mount/file"));
	assert_false(is_there(LITTER "/b/gone"));
	assert_int_equal(umount(in_folder(LITTER "/top")), 0);
	assert_int_equal(umount(in_folder(LITTER "/b/mount")), 0);
	assert_int_equal(umount(in_folder(LITTER "/b/file")), 0);
	oci_litter_remove_trees(folder, NAME);
	assert_false(is_there(LITTER));
	remove_all(in_folder("outside"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),   cmocka_unit_test(test_modes),
		cmocka_unit_test(test_links),  cmocka_unit_test(test_deep),
		cmocka_unit_test(test_others), cmocka_unit_test(test_mounts),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
