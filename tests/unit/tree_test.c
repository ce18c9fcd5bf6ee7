/* SPDX-License-Identifier: Apache-2.0 */
/* Trees: links under a path, parents that nobody named, attributes. */
#include "examples.h"

static const struct example links[] = {
	{ "absolute", { { { "l", "/lib", "/usr/lib" },
			  { "f", "/lib/x", NULL } } },
	  "lib l>/usr/lib usr d usr/lib d usr/lib/x f", 0 },
	{ "relative", { { { "l", "/a/lib", "../b/./lib" },
			  { "f", "/a/lib/x", NULL } } },
	  "a d a/lib l>../b/./lib b d b/lib d b/lib/x f", 0 },
	{ "chained", { { { "l", "/a", "b" }, { "l", "/b", "c" },
			 { "f", "/a/x", NULL } } },
	  "a l>b b l>c c d c/x f", 0 },
	{ "a link under a link", { { { "l", "/a", "b" },
				     { "l", "/a/c", "/d" },
				     { "f", "/a/c/x", NULL } } },
	  "a l>b b d b/c l>/d d d d/x f", 0 },
	{ "out of the root", { { { "l", "/a", "../../../b" },
				 { "f", "/a/x", NULL } } },
	  "a l>../../../b b d b/x f", 0 },
	{ "the link itself", { { { "l", "/a", "b" } } }, "a l>b", 0 },
	{ "a loop nobody enters", { { { "l", "/a", "b" },
				      { "l", "/b", "a" } } },
	  "a l>b b l>a", 0 },
	{ "a loop", { { { "l", "/a", "b" }, { "l", "/b", "a" },
			{ "f", "/a/x", NULL } } },
	  "more than 40 links", OCI_E_INVALID },
	{ "itself", { { { "l", "/a", "a" }, { "f", "/a/x", NULL } } },
	  "more than 40 links", OCI_E_INVALID },
	{ "grows", { { { "l", "/a", "a/b" }, { "f", "/a/x", NULL } } },
	  NULL, OCI_E_INVALID },
	{ "from below", { { { "l", "/lib", "usr/lib" },
			    { "d", "/usr/lib", NULL } },
			  { { "f", "/lib/x", NULL } } },
	  "usr d usr/lib d usr/lib/x f", 0 },
	{ "two layers below", { { { "l", "/a", "b" } },
				{ { "l", "/b", "c" } },
				{ { "f", "/a/x", NULL } } },
	  "c d c/x f", 0 },
	{ "docker-init", { { { "l", "/sbin", "usr/sbin" },
			     { "f", "/usr/sbin/init", NULL } },
			   { { "l", "/sbin/docker-init",
			       "/usr/bin/tini" } } },
	  "usr d usr/sbin d usr/sbin/docker-init l>/usr/bin/tini", 0 },
	{ "docker-init, one layer",
	  { { { "l", "/sbin", "usr/sbin" }, { "d", "/usr/sbin", "7" },
	      { "l", "/sbin/docker-init", "/usr/bin/tini" } } },
	  "sbin l>usr/sbin usr d usr/sbin d:700 "
	  "usr/sbin/docker-init l>/usr/bin/tini", 0 },
	{ "a directory goes along", { { { "l", "/lib", "usr/lib" },
					{ "d", "/lib", "7" } } },
	  "lib l>usr/lib usr d usr/lib d:700", 0 },
	{ "a directory over a link from below",
	  { { { "l", "/lib", "usr/lib" }, { "d", "/usr/lib", NULL } },
	    { { "d", "/lib", "7" } } }, "usr d usr/lib d:700", 0 },
	{ "a link over a link from below",
	  { { { "l", "/a", "b" }, { "d", "/b", NULL },
	      { "d", "/c", NULL } },
	    { { "l", "/a", "c" }, { "f", "/a/x", NULL } } },
	  "a l>c c d c/x f", 0 },
	{ "a link to a file", { { { "l", "/a", "b" },
				  { "f", "/b", NULL },
				  { "f", "/a/x", NULL } } },
	  "lies under '/b', which is a file", OCI_E_CONFLICT },
	{ "a link to a whiteout's name",
	  { { { "l", "/a", ".wh.b" }, { "f", "/a/x", NULL } } },
	  ".wh.", OCI_E_INVALID },
};

static void test_links(void **state)
{

	(void)state;
	CHECK_BOTH(links);
}

static void test_long_chain(void **state)
{
	struct oci_error err;

	(void)state;
	for (int count = 39; count < 43; count++) {
		struct oci_tree *tree;
		char from[16], to[16];
		int rc;

		check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
		for (int i = 0; i < count; i++) {
			snprintf(from, sizeof(from), "/l%d", i);
			snprintf(to, sizeof(to), "l%d", i + 1);
			check_done(oci_tree_add_symlink(tree, from, to, NULL,
							&err), &err, from);
		}
		check_done(oci_tree_add_content(tree, "/l0/x", "", 0, NULL,
						&err), &err, "x");
		rc = oci_tree_settle(tree, NULL, &err);
		assert_int_equal(rc, count <= 40 ? 0 : OCI_E_INVALID);
		oci_tree_free(tree);
	}
}

static const struct example implied[] = {
	{ "nobody has them", { { { "f", "/a/b/c", NULL } } },
	  "a d a/b d a/b/c f", 0 },
	{ "the lower layer has one", { { { "d", "/a", "7" } },
				       { { "f", "/a/b/c", NULL } } },
	  "a d:700 a/b d a/b/c f", 0 },
	{ "an entry decides", { { { "f", "/a/b", NULL },
				  { "d", "/a", "7" } } },
	  "a d:700 a/b f", 0 },
	{ "an entry over a lower one", { { { "d", "/a", NULL } },
					 { { "d", "/a", "7" },
					   { "f", "/a/b", NULL } } },
	  "a d:700 a/b f", 0 },
	{ "again after removal", { { { "f", "/a/x", NULL } },
				   { { "-", "/a", NULL } },
				   { { "f", "/a/y", NULL } } },
	  "a d a/y f", 0 },
	{ "the root", { { { "d", "/", "7" }, { "f", "/x", NULL } } },
	  "/ d:700 x f", 0 },
	{ "sorted by bytes", { { { "f", "/a/b", NULL },
				 { "f", "/a.b", NULL },
				 { "f", "/a-b", NULL },
				 { "f", "/ab", NULL } } },
	  "a d a-b f a.b f a/b f ab f", 0 },
};

static void test_implied(void **state)
{

	(void)state;
	CHECK_BOTH(implied);
}

static const struct oci_attributes bad_attributes[] = {
	{ 0, 010000, -1, -1, -1, false, NULL, NULL, 0 },
	{ 0, -3, -1, -1, -1, false, NULL, NULL, 0 },
	{ 0, -1, INT64_C(0xffffffff), -1, -1, false, NULL, NULL, 0 },
	{ 0, -1, -1, -5, -1, false, NULL, NULL, 0 },
	{ 0, -1, -1, -1, INT64_C(253402300800), false, NULL, NULL, 0 },
	{ 0, OCI_KEEP, -1, -1, -1, false, NULL, NULL, 0 },
	{ 0, -1, -1, -1, OCI_KEEP, false, NULL, NULL, 0 },
};

enum {
	BAD_ATTRIBUTES = sizeof(bad_attributes) / sizeof(bad_attributes[0])
};

/* Attributes: ranges, defaults, and that a failed call adds nothing. */
static void test_attributes(void **state)
{
	struct oci_attributes most = {
		.mode = 07777,
		.uid = INT64_C(0xfffffffe),
		.gid = INT64_C(0xfffffffe),
		.mtime = INT64_C(253402300799),
	};
	struct oci_tree_options options = OCI_TREE_OPTIONS_INIT;
	struct oci_tree *tree;
	struct oci_entry e;
	struct oci_error err;

	(void)state;
	options.epoch = 77;
	check_done(oci_tree_new(&tree, &options, &err), &err, "new");
	for (size_t i = 0; i < BAD_ATTRIBUTES; i++)
		check_failed(oci_tree_add_content(tree, "/a", "", 0,
						  &bad_attributes[i], &err),
			     &err, OCI_E_INVALID, NULL, "attributes");
	check_failed(oci_tree_add_content(tree, "/", "", 0, NULL, &err), &err,
		     OCI_E_INVALID, "the root", "/");
	check_failed(oci_tree_add_content(tree, "/.wh.a", "", 0, NULL, &err),
		     &err, OCI_E_INVALID, "'.wh.'", ".wh.");
	check_failed(oci_tree_add_content(tree, "/.wh.a/b", "", 0, NULL, &err),
		     &err, OCI_E_INVALID, "'.wh.'", ".wh./b");
	check_failed(oci_tree_add_symlink(tree, "/a", "", NULL, &err), &err,
		     OCI_E_INVALID, "target", "no target");
	check_failed(oci_tree_add_symlink(tree, "/b", "\xff", NULL, &err),
		     &err, OCI_E_INVALID, "UTF-8", "target");
	check_failed(oci_tree_add_device(tree, "/a", OCI_ENTRY_FILE, 1, 2,
					 NULL, &err), &err, OCI_E_INVALID,
		     "not a device", "device");
	oci_tree_free(tree);
	check_done(oci_tree_new(&tree, &options, &err), &err, "new");
	check_done(oci_tree_add_content(tree, "/a", "", 0, NULL, &err), &err,
		   "a");
	check_done(oci_tree_add_content(tree, "/b", "", 0, &most, &err), &err,
		   "b");
	check_done(oci_tree_add_symlink(tree, "/c", "x", &most, &err), &err,
		   "c");
	check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
	check_done(oci_tree_settle(tree, NULL, &err), &err, "again");
	check_failed(oci_tree_add_directory(tree, "/x", NULL, &err), &err,
		     OCI_E_INVALID, "settled", "settled");
	assert_int_equal(oci_tree_count(tree), 3);
	oci_tree_get(&e, tree, 0);
	assert_int_equal(e.mode, 0644);
	assert_int_equal(e.mtime, 77);
	oci_tree_get(&e, tree, 1);
	assert_int_equal(e.mode, 07777);
	assert_int_equal(e.uid, 0xfffffffe);
	assert_int_equal(e.mtime, INT64_C(253402300799));
	oci_tree_get(&e, tree, 2);
	assert_int_equal(e.mode, 0777);
	oci_tree_free(tree);
	options.epoch = -2;
	check_failed(oci_tree_new(&tree, &options, &err), &err, OCI_E_INVALID,
		     "epoch", "epoch");
	assert_null(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_long_chain),
		cmocka_unit_test(test_implied),
		cmocka_unit_test(test_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
