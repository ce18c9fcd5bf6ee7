/* SPDX-License-Identifier: Apache-2.0 */
/* Archives into trees. */
#include "archives.h"

#include "layer/node.h"

struct example {
	const char *name;
	struct item items[ITEMS];
	const char *include, *exclude;
	unsigned strip;
	const char *expected;	/* or a part of the message */
	int status;
};

static int unpack(struct oci_buf *out, const struct example *e,
		  const char *path, struct oci_error *err)
{
	char *include = (char *)e->include, *exclude = (char *)e->exclude;
	struct oci_strings in = { &include, 1, 1 }, ex = { &exclude, 1, 1 };
	struct oci_filter filter = {
		.include = include ? &in : NULL,
		.exclude = exclude ? &ex : NULL,
		.strip = e->strip,
	};
	struct oci_tree *tree;
	int rc;

	check_done(oci_tree_new(&tree, NULL, err), err, "new");
	rc = oci_tree_add_archive(tree, "/x", path, &filter, NULL, err);
	if (!rc)
		rc = oci_tree_settle(tree, NULL, err);
	if (!rc)
		describe(out, tree);
	oci_tree_free(tree);
	return rc;
}

static void check(const struct example *e)
{
	const char *path = make_archive("a.tar", e->items,
					archive_write_set_format_pax);
	struct oci_error err;
	struct oci_buf text;
	int rc;

	oci_buf_init(&text, 65536);
	rc = unpack(&text, e, path, &err);
	if (e->status)
		check_failed(rc, &err, e->status, e->expected, e->name);
	else
		check_done(rc, &err, e->name);
	if (!rc && strcmp(text.data ? text.data : "", e->expected) != 0)
		fail_msg("%s: '%s', expected '%s'", e->name, text.data,
			 e->expected);
	oci_buf_release(&text);
}

static void test_members(void **state)
{
	static const struct example examples[] = {
		{ .name = "all types", .items = {
			{ 'd', "./", NULL }, { 'd', "d/", NULL },
			{ 'f', "./d/f", "abc" }, { 'l', "d/l", "f" },
			{ 'h', "d/h", "./d/f" }, { 'p', "p", NULL },
			{ 'c', "c", NULL } },
		  .expected = "x d x/c c x/d d x/d/f f=3 x/d/h h>x/d/f "
			      "x/d/l l>f x/p p" },
		{ .name = "empty", .items = { { 0, NULL, NULL } },
		  .expected = "" },
		{ .name = "absolute", .items = { { 'f', "/etc/x", "a" } },
		  .expected = "absolute", .status = OCI_E_INVALID },
		{ .name = "dots", .items = { { 'f', "a/../../x", "a" } },
		  .expected = "'..'", .status = OCI_E_INVALID },
		{ .name = "hard link to nothing", .items = {
			{ 'h', "a", "b" }, { 'f', "b", "x" } },
		  .expected = "hard link to 'b'", .status = OCI_E_INVALID },
		{ .name = "hard link outside", .items = {
			{ 'h', "a", "../etc/passwd" } },
		  .expected = "'..'", .status = OCI_E_INVALID },
		{ .name = "absolute hard link", .items = {
			{ 'h', "a", "/etc/passwd" } },
		  .expected = "absolute", .status = OCI_E_INVALID },
		{ .name = "hard link to a symlink", .items = {
			{ 'l', "b", "c" }, { 'h', "a", "b" } },
		  .expected = "x d x/a l>c x/b l>c" },
		{ .name = "hard link to itself", .items = {
			{ 'f', "a", "x" }, { 'h', "a", "./a" } },
		  .expected = "x d x/a f=1" },
		{ .name = "whiteout", .items = { { 'f', "a/.wh.b", "" } },
		  .expected = ".wh.", .status = OCI_E_INVALID },
		{ .name = "twice", .items = {
			{ 'f', "a", "x" }, { 'f', "a", "yy" } },
		  .expected = "x d x/a f=2" },
		{ .name = "non-ASCII", .items = {
			{ 'f', "caf\xc3\xa9/\xe2\x82\xac", "x" },
			{ 'l', "\xc3\xa9", "caf\xc3\xa9" } },
		  .expected = "x d x/caf\xc3\xa9 d x/caf\xc3\xa9/\xe2\x82\xac "
			      "f=1 x/\xc3\xa9 l>caf\xc3\xa9" },
		{ .name = "sparse", .items = { { 'f', "sparse", "" } },
		  .expected = "x d x/sparse f=1048576" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		check(&examples[i]);
}

/* Links of the archive itself may not lead its members out of its folder. */
static void test_escapes(void **state)
{
	static const struct example examples[] = {
		{ .name = "inside", .items = {
			{ 'l', "l", "d" }, { 'f', "l/a", "x" } },
		  .expected = "x d x/d d x/d/a f=1 x/l l>d" },
		{ .name = "absolute", .items = {
			{ 'l', "l", "/etc" }, { 'f', "l/a", "x" } },
		  .expected = "outside of", .status = OCI_E_INVALID },
		{ .name = "dots", .items = {
			{ 'l', "l", "../etc" }, { 'f', "l/a", "x" } },
		  .expected = "outside of", .status = OCI_E_INVALID },
		{ .name = "out and in again", .items = {
			{ 'l', "l", "../x/d" }, { 'f', "l/a", "x" } },
		  .expected = "x d x/d d x/d/a f=1 x/l l>../x/d" },
		{ .name = "in two steps", .items = {
			{ 'l', "a", "b/.." }, { 'l', "b", ".." },
			{ 'f', "a/etc/passwd", "x" } },
		  .expected = "outside of", .status = OCI_E_INVALID },
		{ .name = "a directory", .items = {
			{ 'l', "l", "/etc" }, { 'd', "l", NULL } },
		  .expected = "outside of", .status = OCI_E_INVALID },
		{ .name = "later", .items = {
			{ 'f', "l/a", "x" }, { 'l', "l", "/etc" } },
		  .expected = "outside of", .status = OCI_E_INVALID },
		{ .name = "a whiteout's name", .items = {
			{ 'l', "l", ".wh.etc" }, { 'f', "l/a", "x" } },
		  .expected = ".wh.", .status = OCI_E_INVALID },
		{ .name = "nobody goes there", .items = {
			{ 'l', "l", "/etc" } }, .expected = "x d x/l l>/etc" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		check(&examples[i]);
}

/* A member goes through the link that is there when it comes: which one, is
 * clear if all links of that name have one target. */
static void test_links_twice(void **state)
{
	static const struct example examples[] = {
		{ .name = "two targets",
		  .items = { { 'l', "l", "a" },
			     { 'f', "l/1", "x" },
			     { 'l', "l", "b" },
			     { 'f', "l/2", "x" } },
		  .expected = "member '/x/l/1' leads through the symlink "
			      "'/x/l', which the archive has with more than "
			      "one target",
		  .status = OCI_E_UNSUPPORTED },
		{ .name = "only behind the last",
		  .items = { { 'l', "l", "a" },
			     { 'l', "l", "b" },
			     { 'f', "k/2", "x" },
			     { 'l', "k", "l" } },
		  .expected = "'/x/k/2' leads through the symlink '/x/l'",
		  .status = OCI_E_UNSUPPORTED },
		{ .name = "back to the first",
		  .items = { { 'l', "l", "a" },
			     { 'l', "l", "b" },
			     { 'l', "l", "a" },
			     { 'f', "l/1", "x" } },
		  .expected = "'/x/l/1' leads through the symlink '/x/l'",
		  .status = OCI_E_UNSUPPORTED },
		{ .name = "nothing goes through",
		  .items = { { 'l', "l", "a" }, { 'l', "l", "b" } },
		  .expected = "x d x/l l>b" },
		{ .name = "one target",
		  .items = { { 'l', "l", "a" },
			     { 'f', "l/1", "x" },
			     { 'l', "l", "a" },
			     { 'f', "l/2", "x" } },
		  .expected = "x d x/a d x/a/1 f=1 x/a/2 f=1 x/l l>a" },
		{ .name = "a file last",
		  .items = { { 'l', "l", "a" },
			     { 'f', "l/1", "x" },
			     { 'f', "l", "x" } },
		  .expected = "x d x/a d x/a/1 f=1 x/l f=1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		check(&examples[i]);
}

#define SAMPLE \
	.items = { { 'd', "p/", NULL }, { 'f', "p/a.c", "1" }, \
		   { 'd', "p/q/", NULL }, { 'f', "p/q/b.o", "22" }, \
		   { 'h', "p/q/c.c", "p/a.c" }, { 'd', "p/r/", NULL } }

static void test_filters(void **state)
{
	static const struct example examples[] = {
		{ .name = "strip", SAMPLE, .strip = 1,
		  .expected = "x d x/a.c f=1 x/q d x/q/b.o f=2 "
			      "x/q/c.c h>x/a.c x/r d" },
		{ .name = "strip all", SAMPLE, .strip = 9, .expected = "" },
		{ .name = "include", SAMPLE, .include = "**/*.o",
		  .expected = "x d x/p d x/p/q d x/p/q/b.o f=2" },
		{ .name = "include after strip", SAMPLE, .strip = 1,
		  .include = "q/b.o",
		  .expected = "x d x/q d x/q/b.o f=2" },
		{ .name = "include a folder", SAMPLE, .include = "p/r",
		  .expected = "x d x/p d x/p/r d" },
		{ .name = "include a link without its file", SAMPLE,
		  .include = "p/q",
		  .expected = "hard link to 'p/a.c'",
		  .status = OCI_E_INVALID },
		{ .name = "include nothing", SAMPLE, .include = "*.x",
		  .expected = "nothing in it", .status = OCI_E_NOT_FOUND },
		{ .name = "exclude", SAMPLE, .exclude = "p/q",
		  .expected = "x d x/p d x/p/a.c f=1 x/p/r d" },
		{ .name = "exclude wins", SAMPLE, .include = "p/**",
		  .exclude = "**/*.c",
		  .expected = "x d x/p d x/p/q d x/p/q/b.o f=2 x/p/r d" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		check(&examples[i]);
}

/* Modes, owners, seconds and attributes come from the member. */
static void test_attributes(void **state)
{
	static const struct item items[ITEMS] = {
		{ 'f', "caps", "x" }, { 'h', "a", "caps" },
		{ 'd', "d", NULL },
	};
	struct oci_tree_options options = OCI_TREE_OPTIONS_INIT;
	struct oci_attributes attrs = OCI_ATTRIBUTES_INIT;
	const char *path;
	struct oci_tree *tree;
	struct oci_error err;
	struct oci_entry e;

	(void)state;
	path = make_archive("a.tar", items, archive_write_set_format_pax);
	options.epoch = 500;
	for (int i = 0; i < 2; i++) {
		check_done(oci_tree_new(&tree, &options, &err), &err, "new");
		if (i) {
			attrs.mode = 0640;
			attrs.uid = 7;
			attrs.mtime = 2000;
		}
		check_done(oci_tree_add_archive(tree, "/", path, NULL, &attrs,
						&err), &err, "add");
		check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
		assert_int_equal(oci_tree_count(tree), 3);
		oci_tree_get(&e, tree, 0);
		assert_int_equal(e.mode, i ? 0640 : 04711);
		assert_int_equal(e.uid, i ? 7 : 12);
		assert_int_equal(e.gid, 3000000000u);
		assert_int_equal(e.mtime, i ? 2000 : 500);
		oci_tree_get(&e, tree, 1);
		assert_string_equal(e.path, "caps");
		assert_int_equal(e.type, OCI_ENTRY_HARDLINK);
		/* The link, too, names the capabilities. */
		for (int n = 0; n < 2; n++) {
			const struct oci_xattr *x = tree->nodes[n]->xattrs;

			assert_non_null(x);
			assert_string_equal(x->name, "security.capability");
			assert_int_equal(x->size, 7);
			assert_string_equal(x->next->name, "user.a");
			assert_null(x->next->next);
		}
		oci_tree_get(&e, tree, 2);
		assert_int_equal(e.mode, 0750);
		oci_tree_free(tree);
	}
}

static void test_zip(void **state)
{
	static const struct item items[ITEMS] = {
		{ 'd', "d/", NULL }, { 'f', "d/caf\xc3\xa9", "abc" },
		{ 'l', "l", "d" },
	};
	static const struct example none;
	struct oci_error err;
	struct oci_buf text;

	(void)state;
	make_archive("a.zip", items, archive_write_set_format_zip);
	oci_buf_init(&text, 65536);
	check_done(unpack(&text, &none, in_folder("a.zip"), &err), &err,
		   "zip");
	assert_string_equal(text.data, "x d x/d d x/d/caf\xc3\xa9 f=3 x/l l>d");
	oci_buf_release(&text);
}

/* Cut anywhere, an archive is refused; a byte changed, it does not crash. */
static void test_damage(void **state)
{
	static const struct item items[ITEMS] = {
		{ 'd', "d/", NULL }, { 'f', "d/f", "abc" },
		{ 'h', "d/h", "d/f" }, { 'l', "l", "d" },
	};
	static const struct example none;
	static int (*const formats[])(struct archive *) = {
		archive_write_set_format_pax, archive_write_set_format_zip,
		archive_write_set_format_gnutar,
	};
	struct oci_error err;
	struct oci_buf text;

	(void)state;
	oci_buf_init(&text, 1 << 20);
	for (int f = 0; f < 3; f++) {
		unsigned char *data;
		size_t size, end;

		/* zip has no hard links. */
		data = read_bytes(make_archive("a", f == 1 ? items + 3 : items,
					       formats[f]), &size);
		end = size;
		while (f != 1 && end && !data[end - 1])
			end--;
		for (size_t cut = 0; cut < end; cut += f == 1 ? 1 : 37) {
			write_bytes("b", data, cut);
			if (!unpack(&text, &none, in_folder("b"), &err))
				fail_msg("format %d cut to %zu", f, cut);
		}
		for (size_t i = 0; i < end; i += f == 1 ? 1 : 11) {
			data[i] ^= 1;
			write_bytes("b", data, size);
			unpack(&text, &none, in_folder("b"), &err);
			data[i] ^= 1;
		}
		free(data);
	}
	oci_buf_release(&text);
}

static void test_not_archives(void **state)
{
	static const struct example none;
	struct oci_error err;
	struct oci_buf text;

	(void)state;
	oci_buf_init(&text, 1 << 20);
	check_failed(unpack(&text, &none, in_folder("absent"), &err), &err,
		     OCI_E_NOT_FOUND, "open", "absent");
	check_failed(unpack(&text, &none, write_text("t", "hello"), &err),
		     &err, OCI_E_CORRUPT, "not an archive", "text");
	check_failed(unpack(&text, &none, write_text("e", ""), &err), &err,
		     OCI_E_CORRUPT, "not an archive", "empty");
	check_failed(unpack(&text, &none, folder, &err), &err, OCI_E_SYSTEM,
		     "directory", "a folder");
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_int_not_equal(unpack(&text, &none, in_folder("fifo"), &err),
			     0);
	oci_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_links_twice),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_zip),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_not_archives),
	};

	uselocale(newlocale(LC_ALL_MASK, "C.UTF-8", NULL));
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
