/* SPDX-License-Identifier: Apache-2.0 */
/* Folders into trees, and files that change. */
#include "helpers.h"

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>

#include "layer/node.h"

static void describe(struct oci_buf *out, const struct oci_tree *tree)
{
	static const char letters[] = "?fdlhcbp-";
	struct oci_entry e;

	for (size_t i = 0; i < oci_tree_count(tree); i++) {
		oci_tree_get(&e, tree, i);
		oci_buf_format(out, NULL, "%s%s %c%o", i ? " " : "",
			       e.path[0] ? e.path : "/", letters[e.type],
			       e.mode);
		if (e.target)
			oci_buf_format(out, NULL, ">%s", e.target);
	}
}

static int scan(struct oci_buf *out, const char *from, const char *include,
		const char *exclude, const struct oci_attributes *attrs,
		struct oci_error *err)
{
	char *in_item = (char *)include, *ex_item = (char *)exclude;
	struct oci_strings in = { &in_item, 1, 1 }, ex = { &ex_item, 1, 1 };
	struct oci_filter filter = { .include = include ? &in : NULL,
				     .exclude = exclude ? &ex : NULL };
	struct oci_tree *tree;
	int rc;

	check_done(oci_tree_new(&tree, NULL, err), err, "new");
	rc = oci_tree_add_folder(tree, "/x", from, &filter, attrs, err);
	if (!rc)
		rc = oci_tree_settle(tree, NULL, err);
	if (!rc)
		describe(out, tree);
	oci_tree_free(tree);
	return rc;
}

static void fill(void)
{
	assert_int_equal(mkdir(in_folder("s"), 0700), 0);
	assert_int_equal(mkdir(in_folder("s/d"), 0700), 0);
	assert_int_equal(mkdir(in_folder("s/e"), 0700), 0);
	write_text("s/a", "x");
	write_text("s/d/b.o", "y");
	write_text("s/d/run", "y");
	assert_int_equal(chmod(in_folder("s/a"), 0600), 0);
	assert_int_equal(chmod(in_folder("s/d/b.o"), 0666), 0);
	assert_int_equal(chmod(in_folder("s/d/run"), 0711), 0);
	assert_int_equal(symlink("d", in_folder("s/l")), 0);
	assert_int_equal(symlink("/etc", in_folder("s/etc")), 0);
	assert_int_equal(mkfifo(in_folder("s/p"), 0600), 0);
	assert_int_equal(link(in_folder("s/a"), in_folder("s/h")), 0);
}

static void test_folder(void **state)
{
	static const struct {
		const char *include, *exclude, *expected;
	} cases[] = {
		{ NULL, NULL,
		  "x d755 x/a f644 x/d d755 x/d/b.o f644 x/d/run f755 "
		  "x/e d755 x/etc l777>/etc x/h f644 x/l l777>d x/p p644" },
		{ "d", NULL, "x d755 x/d d755 x/d/b.o f644 x/d/run f755" },
		{ "**/*.o", NULL, "x d755 x/d d755 x/d/b.o f644" },
		{ "e", NULL, "x d755 x/e d755" },
		{ "*", "d",
		  "x d755 x/a f644 x/e d755 x/etc l777>/etc x/h f644 "
		  "x/l l777>d x/p p644" },
		{ "d/**", "**/*.o", "x d755 x/d d755 x/d/run f755" },
		{ NULL, "**", "" },
	};
	struct oci_error err;

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oci_buf text;

		oci_buf_init(&text, 65536);
		check_done(scan(&text, in_folder("s"), cases[i].include,
				cases[i].exclude, NULL, &err), &err, "scan");
		assert_string_equal(text.data ? text.data : "",
				    cases[i].expected);
		oci_buf_release(&text);
	}
	check_failed(scan(NULL, in_folder("s"), "*.x", NULL, NULL, &err),
		     &err, OCI_E_NOT_FOUND, "nothing in", "*.x");
}

static void test_modes(void **state)
{
	struct oci_attributes attrs = OCI_ATTRIBUTES_INIT;
	struct oci_error err;
	struct oci_buf text;

	(void)state;
	oci_buf_init(&text, 65536);
	attrs.mode = 0640;
	check_done(scan(&text, in_folder("s"), "d", NULL, &attrs, &err), &err,
		   "0640");
	assert_string_equal(text.data, "x d755 x/d d750 x/d/b.o f640 "
				       "x/d/run f640");
	text.len = 0;
	attrs.mode = OCI_KEEP;
	check_done(scan(&text, in_folder("s"), "d", NULL, &attrs, &err), &err,
		   "keep");
	assert_string_equal(text.data, "x d755 x/d d700 x/d/b.o f666 "
				       "x/d/run f711");
	oci_buf_release(&text);
}

static void test_refused(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct oci_error err;
	struct oci_buf text;

	(void)state;
	oci_buf_init(&text, 65536);
	check_failed(scan(NULL, in_folder("absent"), NULL, NULL, NULL, &err),
		     &err, OCI_E_NOT_FOUND, "absent", "absent");
	check_failed(scan(NULL, in_folder("s/a"), NULL, NULL, NULL, &err),
		     &err, OCI_E_NOT_FOUND, "s/a", "a file");
	assert_int_equal(mkdir(in_folder("t"), 0700), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%st/sock",
		 folder);
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	close(fd);
	check_failed(scan(NULL, in_folder("t"), NULL, NULL, NULL, &err), &err,
		     OCI_E_INVALID, "socket", "socket");
	check_done(scan(&text, in_folder("t"), NULL, "sock", NULL, &err), &err,
		   "excluded");
	unlink(in_folder("t/sock"));
	write_text("t/.wh.x", "");
	check_failed(scan(NULL, in_folder("t"), NULL, NULL, NULL, &err), &err,
		     OCI_E_INVALID, ".wh.", ".wh.");
	check_done(scan(&text, in_folder("t"), NULL, ".wh.*", NULL, &err),
		   &err, "excluded");
	unlink(in_folder("t/.wh.x"));
	write_text("t/caf\xe9", "");
	check_failed(scan(NULL, in_folder("t"), NULL, NULL, NULL, &err), &err,
		     OCI_E_INVALID, "UTF-8", "a name");
	unlink(in_folder("t/caf\xe9"));
	assert_int_equal(symlink("\xff", in_folder("t/l")), 0);
	check_failed(scan(NULL, in_folder("t"), NULL, NULL, NULL, &err), &err,
		     OCI_E_INVALID, "UTF-8", "a target");
	unlink(in_folder("t/l"));
	oci_buf_release(&text);
}

/* Makes `count` nested folders. */
static void make_deep(const char *name, int count)
{
	int dir, next;

	assert_int_equal(mkdir(in_folder(name), 0700), 0);
	dir = open(in_folder(name), O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < count; i++) {
		assert_int_equal(mkdirat(dir, "a", 0700), 0);
		next = openat(dir, "a", O_RDONLY | O_DIRECTORY);
		close(dir);
		dir = next;
	}
	close(dir);
}

/* Folders may be nested as deep as paths are long: 4095 bytes. */
static void test_depth(void **state)
{
	struct oci_error err;
	struct oci_buf text;
	char name[203];
	int fds[22];

	(void)state;
	oci_buf_init(&text, 1 << 20);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	make_deep("z", 600);
	check_done(scan(&text, in_folder("z"), NULL, NULL, NULL, &err), &err,
		   "600 folders");
	assert_int_equal(mkdir(in_folder("long"), 0700), 0);
	fds[0] = open(in_folder("long"), O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 21; i++) {
		assert_int_equal(mkdirat(fds[i], name, 0700), 0);
		fds[i + 1] = openat(fds[i], name, O_RDONLY | O_DIRECTORY);
	}
	check_failed(scan(&text, in_folder("long"), NULL, NULL, NULL, &err),
		     &err, OCI_E_LIMIT, "too long", "4095 bytes");
	for (int i = 21; i-- > 0;) {
		close(fds[i + 1]);
		assert_int_equal(unlinkat(fds[i], name, AT_REMOVEDIR), 0);
	}
	close(fds[0]);
	oci_buf_release(&text);
}

static void test_file(void **state)
{
	struct oci_tree *tree;
	struct oci_error err;
	struct oci_entry e;

	(void)state;
	check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
	check_failed(oci_tree_add_file(tree, "/a", in_folder("s/p"), NULL,
				       &err), &err, OCI_E_INVALID,
		     "not a regular file", "fifo");
	check_failed(oci_tree_add_file(tree, "/a", in_folder("s/d"), NULL,
				       &err), &err, OCI_E_INVALID,
		     "not a regular file", "folder");
	check_failed(oci_tree_add_file(tree, "/a", "/dev/null", NULL, &err),
		     &err, OCI_E_INVALID, "not a regular file", "device");
	check_failed(oci_tree_add_file(tree, "/a", in_folder("none"), NULL,
				       &err), &err, OCI_E_NOT_FOUND, "open",
		     "absent");
	assert_int_equal(symlink("s/a", in_folder("link")), 0);
	check_done(oci_tree_add_file(tree, "/a", in_folder("link"), NULL,
				     &err), &err, "link");
	check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
	assert_int_equal(oci_tree_count(tree), 1);
	oci_tree_get(&e, tree, 0);
	assert_int_equal(e.type, OCI_ENTRY_FILE);
	assert_int_equal(e.size, 1);
	oci_tree_free(tree);
}

static void longer(void)
{
	write_text("c", "longer than before");
}

static void shorter(void)
{
	write_text("c", "s");
}

static void same_size(void)
{
	struct timespec times[2] = { { 0, 0 }, { 0, 0 } };

	write_text("c", "CONTENT");
	utimensat(AT_FDCWD, in_folder("c"), times, 0);
}

static void other_file(void)
{
	write_text("c2", "content");
	rename(in_folder("c2"), in_folder("c"));
}

static void to_link(void)
{
	unlink(in_folder("c"));
	write_text("c2", "content");
	assert_int_equal(symlink("c2", in_folder("c")), 0);
}

static void to_fifo(void)
{
	unlink(in_folder("c"));
	assert_int_equal(mkfifo(in_folder("c"), 0600), 0);
}

/* A file that is not what it was when it was added. */
static void test_changes(void **state)
{
	static void (*const changes[])(void) = {
		longer, shorter, same_size, other_file, to_link, to_fifo,
	};
	struct oci_error err;

	(void)state;
	for (int empty = 0; empty < 2; empty++)
		for (size_t i = 0; i < 6; i++) {
			struct memory_sink out = MEMORY_SINK;
			struct oci_tree *tree;
			struct oci_layer layer;

			unlink(in_folder("c"));
			write_text("c", empty ? "" : "content");
			check_done(oci_tree_new(&tree, NULL, &err), &err,
				   "new");
			check_done(oci_tree_add_file(tree, "/c",
						     in_folder("c"), NULL,
						     &err), &err, "add");
			check_done(oci_tree_settle(tree, NULL, &err), &err,
				   "settle");
			changes[i]();
			check_failed(oci_layer_write(&layer, tree, &out.base,
						     NULL, &err), &err,
				     OCI_E_CHANGED, "'/c'", "change");
			oci_tree_free(tree);
			free(out.data);
			unlink(in_folder("c"));
		}
}

/* What the tree recorded of a file is compared, each number by itself. */
static void test_record(void **state)
{
	enum { DEVICE, INODE, MTIME, CTIME, SIZE, SAME };
	struct oci_error err;

	(void)state;
	write_text("record", "content");
	for (int change = DEVICE; change <= SAME; change++) {
		struct memory_sink out = MEMORY_SINK;
		struct oci_disk_file disk;
		struct oci_layer layer;
		struct oci_tree *tree;
		int rc;

		check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
		check_done(oci_tree_add_file(tree, "/c", in_folder("record"),
					     NULL, &err), &err, "add");
		check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
		disk = *tree->nodes[0]->at.disk;
		disk.device += change == DEVICE;
		disk.inode += change == INODE;
		disk.mtime.tv_nsec ^= change == MTIME;
		disk.ctime.tv_nsec ^= change == CTIME;
		tree->nodes[0]->at.disk = &disk;
		tree->nodes[0]->size -= change == SIZE;
		rc = oci_layer_write(&layer, tree, &out.base, NULL, &err);
		assert_int_equal(rc, change == SAME ? 0 : OCI_E_CHANGED);
		oci_tree_free(tree);
		free(out.data);
	}
}

/* One of many small files, which are read ahead: the right one is named. */
static void test_one_of_many(void **state)
{
	enum { FILES = 400, SIZE = 2000, CHANGED = 300 };
	struct memory_sink out = MEMORY_SINK;
	struct oci_layer layer;
	struct oci_tree *tree;
	struct oci_error err;
	char name[32], text[SIZE + 1];

	(void)state;
	memset(text, 'x', SIZE);
	text[SIZE] = '\0';
	assert_int_equal(mkdir(in_folder("m"), 0700), 0);
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "m/%03d", i);
		/* Empty ones among them. */
		write_text(name, i % 7 ? text : "");
	}
	check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
	check_done(oci_tree_add_folder(tree, "/", in_folder("m"), NULL, NULL,
				       &err), &err, "add");
	check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
	check_done(oci_layer_write(&layer, tree, &out.base, NULL, &err), &err,
		   "write");
	snprintf(name, sizeof(name), "m/%03d", CHANGED);
	write_text(name, "y");
	check_failed(oci_layer_write(&layer, tree, &out.base, NULL, &err),
		     &err, OCI_E_CHANGED, "'/300'", "changed");
	oci_tree_free(tree);
	free(out.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_one_of_many),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
