/* SPDX-License-Identifier: Apache-2.0 */
/* OCI layouts: what appears when, what stays, and what is taken back. */
#include "images.h"

static void open_layout(struct oci_store **store, const char *name)
{
	struct oci_error err;

	check_done(oci_layout_create(store, in_folder(name), &err), &err,
		   name);
}

static void write_layout(const char *name, const char *tag,
			 const char *content)
{
	struct oci_store *store;
	struct oci_error err;

	open_layout(&store, name);
	check_done(put_image(store, tag, content, false, &err), &err, tag);
	check_done(oci_store_commit(store, &err), &err, "commit");
	oci_store_free(store);
}

static size_t count_images(const char *name)
{
	struct oci_store *store;
	struct oci_error err;
	size_t count;

	check_done(oci_layout_open(&store, in_folder(name), &err), &err, name);
	count = oci_store_names(store)->count;
	oci_store_free(store);
	return count;
}

static void test_write(void **state)
{
	struct findings found;
	struct oci_error err;

	(void)state;
	write_layout("a", "x:1", "one");
	assert_int_equal(count_names(in_folder("a")), 3);
	assert_int_equal(count_names(in_folder("a/blobs/sha256")), 3);
	assert_int_equal(verify_path(in_folder("a"), true, &found, &err), 0);
	/* Another image beside it; its config and layer differ. */
	write_layout("a", "x:2", "two");
	assert_int_equal(count_images("a"), 2);
	assert_int_equal(count_names(in_folder("a/blobs/sha256")), 6);
	/* The same tag replaces, the same image twice is one. */
	write_layout("a", "x:2", "three");
	assert_int_equal(count_images("a"), 2);
	write_layout("a", "x:2", "three");
	assert_int_equal(count_images("a"), 2);
	assert_int_equal(count_names(in_folder("a/blobs/sha256")), 9);
	assert_int_equal(verify_path(in_folder("a"), true, &found, &err), 0);
	assert_int_equal(count_names(in_folder("a")), 3);
}

static void test_abort(void **state)
{
	struct oci_store *store;
	struct oci_sink *blob;
	struct oci_error err;
	struct findings found;

	(void)state;
	for (int step = 0; step < 3; step++) {
		open_layout(&store, "b");
		if (step > 0)
			check_done(put_image(store, "x:1", "1", true, &err),
				   &err, "put");
		if (step > 1) {
			check_done(oci_store_create(&blob, store, &err), &err,
				   "create");
			check_done(oci_sink_write(blob, "x", 1, &err), &err,
				   "write");
			oci_sink_free(blob);
		}
		oci_store_free(store);
		assert_int_not_equal(access(in_folder("b"), F_OK), 0);
	}
	assert_int_equal(mkdir(in_folder("b"), 0755), 0);
	open_layout(&store, "b");
	check_done(put_image(store, "x:1", "1", true, &err), &err, "put");
	oci_store_free(store);
	assert_int_equal(count_names(in_folder("b")), 0);
	/* What was there before stays, equal blobs too. */
	write_layout("b", "x:1", "1");
	open_layout(&store, "b");
	check_done(put_image(store, "x:2", "1", true, &err), &err, "put");
	check_done(put_image(store, "x:3", "3", false, &err), &err, "put");
	oci_store_free(store);
	assert_int_equal(count_names(in_folder("b/blobs/sha256")), 3);
	assert_int_equal(count_images("b"), 1);
	assert_int_equal(verify_path(in_folder("b"), true, &found, &err), 0);
	/* After a commit only what came later is taken back. */
	open_layout(&store, "b");
	check_done(put_image(store, "x:4", "4", false, &err), &err, "put");
	check_done(oci_store_commit(store, &err), &err, "commit");
	check_done(put_image(store, "x:5", "5", false, &err), &err, "put");
	oci_store_free(store);
	assert_int_equal(count_names(in_folder("b/blobs/sha256")), 6);
	assert_int_equal(count_images("b"), 2);
}

static void test_foreign(void **state)
{
	static const struct {
		const char *file, *text, *message;
		int status;
	} cases[] = {
		{ "c/notes", "x", "not an OCI layout", OCI_E_CONFLICT },
		{ "c/oci-layout", "x", "not JSON", OCI_E_INVALID },
		{ "c/oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}", "1.0.0",
		  OCI_E_UNSUPPORTED },
	};
	struct oci_store *store;
	struct oci_error err;

	(void)state;
	assert_int_equal(mkdir(in_folder("c"), 0755), 0);
	for (size_t i = 0; i < 3; i++) {
		write_text(cases[i].file, cases[i].text);
		check_failed(oci_layout_create(&store, in_folder("c"), &err),
			     &err, cases[i].status, cases[i].message,
			     cases[i].text);
		assert_null(store);
		assert_int_equal(count_names(in_folder("c")), 1);
		unlink(in_folder(cases[i].file));
	}
	write_text("c/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
	write_text("c/index.json", "{}");
	check_failed(oci_layout_create(&store, in_folder("c"), &err), &err,
		     OCI_E_INVALID, "index.json", "index");
	/* A run that was killed has no index.json yet. */
	unlink(in_folder("c/index.json"));
	write_layout("c", "x:1", "1");
	write_text("file", "x");
	assert_int_not_equal(oci_layout_create(&store, in_folder("file"),
					       &err), 0);
	check_failed(oci_layout_create(&store, in_folder("no/such"), &err),
		     &err, OCI_E_NOT_FOUND, "make folder", "no parent");
	check_failed(oci_layout_open(&store, in_folder("none"), &err), &err,
		     OCI_E_NOT_FOUND, "No such file", "none");
}

static void test_read_only(void **state)
{
	struct oci_store *store;
	struct oci_sink *blob;
	struct oci_error err;

	(void)state;
	check_done(oci_layout_open(&store, in_folder("a"), &err), &err, "a");
	check_failed(oci_store_create(&blob, store, &err), &err,
		     OCI_E_UNSUPPORTED, "read-only", "create");
	check_failed(oci_store_commit(store, &err), &err, OCI_E_UNSUPPORTED,
		     "read-only", "commit");
	oci_store_free(store);
}

static void test_names(void **state)
{
	static const struct {
		const char *name, *message;	/* NULL: found */
		int status;
	} cases[] = {
		{ "x:1", NULL, 0 },
		{ "docker.io/library/x:1", NULL, 0 },
		{ "1", NULL, 0 },
		{ "only", NULL, 0 },
		{ "y:1", "no image 'y:1'; it has ", OCI_E_NOT_FOUND },
		{ "3", "no image '3'", OCI_E_NOT_FOUND },
		{ "2", "several images", OCI_E_INVALID },
		{ NULL, "several images", OCI_E_INVALID },
	};
	struct oci_store *store;
	struct oci_descriptor found;
	struct oci_error err;

	(void)state;
	open_layout(&store, "n");
	check_failed(oci_store_resolve(&found, store, NULL, &err), &err,
		     OCI_E_NOT_FOUND, "no image", "empty");
	check_done(put_image(store, "x:1", "1", false, &err), &err, "x:1");
	check_done(oci_store_resolve(&found, store, NULL, &err), &err, "one");
	assert_false(found.has_platform);
	oci_descriptor_release(&found);
	check_done(put_image(store, "x:2", "2", false, &err), &err, "x:2");
	check_done(put_image(store, "y:2", "3", true, &err), &err, "y:2");
	check_done(put_image(store, ":only", "4", false, &err), &err, "only");
	check_done(put_image(store, NULL, "5", false, &err), &err, "none");
	check_done(put_image(store, NULL, "5", false, &err), &err, "again");
	assert_int_equal(oci_store_names(store)->count, 5);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = oci_store_resolve(&found, store, cases[i].name, &err);

		if (cases[i].status)
			check_failed(rc, &err, cases[i].status,
				     cases[i].message, "resolve");
		else
			check_done(rc, &err, cases[i].name);
		oci_descriptor_release(&found);
	}
	/* A digest is a name, too. */
	check_done(oci_store_resolve(&found, store,
				     oci_store_names(store)->items[4]
					     .digest.text, &err), &err,
		   "digest");
	oci_descriptor_release(&found);
	oci_store_free(store);
}

/* The names that the only image of each entry has, in order: "x:1 :2". */
static void check_entries(const char *name, const char *wanted)
{
	struct oci_store *store;
	struct oci_error err;
	char text[1024] = "";
	const struct oci_descriptors *list;

	check_done(oci_layout_open(&store, in_folder(name), &err), &err, name);
	list = oci_store_names(store);
	for (size_t i = 0; i < list->count; i++) {
		const struct oci_pairs *notes = &list->items[i].annotations;
		const char *tag = oci_pairs_get(notes, OCI_ANNOTATION_REF_NAME);
		const char *full =
			oci_pairs_get(notes, OCI_ANNOTATION_IMAGE_NAME);
		size_t used = strlen(text);

		snprintf(text + used, sizeof(text) - used, "%s%s%s",
			 i ? " " : "", full ? full : ":", full ? "" : tag);
	}
	assert_string_equal(text, wanted);
	oci_store_free(store);
}

/* A tag alone is each full name with that tag; full names are themselves. */
static void test_one_name(void **state)
{
	static const char x[] = "docker.io/library/x:1";
	static const char y[] = "docker.io/library/y:1";
	char both[80];

	(void)state;
	write_layout("d", "x:1", "1");
	check_entries("d", x);
	write_layout("d", ":1", "2");
	check_entries("d", ":1");
	write_layout("d", "x:1", "3");
	check_entries("d", x);
	write_layout("d", "y:1", "4");
	snprintf(both, sizeof(both), "%s %s", x, y);
	check_entries("d", both);
	/* It stays where it was. */
	write_layout("d", "docker.io/x:1", "5");
	check_entries("d", both);
	write_layout("d", ":1", "6");
	check_entries("d", ":1");
}

/* Two handles: what each of them changed is there, the later one counts. */
static void test_merge(void **state)
{
	struct oci_store *one, *two;
	struct oci_descriptor image;
	struct findings found;
	struct oci_error err;

	(void)state;
	open_layout(&one, "e");
	open_layout(&two, "e");
	check_done(put_image(one, ":1", "1", false, &err), &err, "one");
	check_done(put_image(one, ":both", "1", false, &err), &err, "one");
	check_done(put_image(two, ":2", "2", false, &err), &err, "two");
	check_done(put_image(two, ":both", "2", false, &err), &err, "two");
	check_done(oci_store_commit(one, &err), &err, "commit one");
	check_done(oci_store_commit(two, &err), &err, "commit two");
	oci_store_free(one);
	oci_store_free(two);
	check_entries("e", ":1 :both :2");
	assert_int_equal(verify_path(in_folder("e"), true, &found, &err), 0);
	/* Names that one takes away and another one gives. */
	open_layout(&one, "e");
	open_layout(&two, "e");
	check_done(oci_store_resolve(&image, one, "1", &err), &err, "1");
	check_done(oci_store_untag(one, &image.digest, &err), &err, "untag");
	oci_descriptor_release(&image);
	check_done(put_image(two, ":3", "3", false, &err), &err, "two");
	check_done(oci_store_commit(two, &err), &err, "commit two");
	check_done(oci_store_commit(one, &err), &err, "commit one");
	oci_store_free(one);
	oci_store_free(two);
	check_entries("e", ":both :2 :3");
	/* A name that another one gives the image whose names are taken. */
	open_layout(&one, "e");
	open_layout(&two, "e");
	check_done(oci_store_resolve(&image, one, "3", &err), &err, "3");
	check_done(oci_store_untag(one, &image.digest, &err), &err, "untag");
	oci_descriptor_release(&image);
	check_done(put_image(two, ":4", "3", false, &err), &err, "two");
	check_done(oci_store_commit(two, &err), &err, "commit two");
	check_done(oci_store_commit(one, &err), &err, "commit one");
	oci_store_free(one);
	oci_store_free(two);
	check_entries("e", ":both :2 :4");
}

static void test_cancelled(void **state)
{
	struct oci_store *store;
	struct oci_error err;
	int cancelled = 0;

	(void)state;
	write_layout("g", ":1", "1");
	open_layout(&store, "g");
	oci_store_watch(store, &cancelled);
	check_done(put_image(store, ":2", "2", false, &err), &err, "put");
	cancelled = 15;
	check_failed(oci_store_commit(store, &err), &err, OCI_E_CANCELLED,
		     "cancelled", "commit");
	check_entries("g", ":1");
	cancelled = 0;
	check_done(oci_store_commit(store, &err), &err, "commit");
	check_entries("g", ":1 :2");
	oci_store_free(store);
}

static void test_expect(void **state)
{
	struct oci_store *store, *other;
	struct oci_descriptor image;
	struct oci_error err;

	(void)state;
	write_layout("f", ":1", "1");
	open_layout(&store, "f");
	check_done(oci_store_resolve(&image, store, "1", &err), &err, "1");
	check_done(oci_layout_expect(store, "1", &image.digest, &err), &err,
		   "expect");
	check_done(put_image(store, ":1", "2", false, &err), &err, "put");
	write_layout("f", ":other", "3");
	check_done(oci_store_commit(store, &err), &err, "another name");
	/* Once committed, nothing is expected. */
	check_done(put_image(store, ":1", "3", false, &err), &err, "put");
	check_done(oci_store_commit(store, &err), &err, "again");
	check_done(oci_layout_expect(store, "1", &image.digest, &err), &err,
		   "expect");
	check_done(put_image(store, ":1", "4", false, &err), &err, "put");
	check_failed(oci_store_commit(store, &err), &err, OCI_E_CHANGED,
		     "changed meanwhile", "commit");
	oci_store_free(store);
	check_entries("f", ":1 :other");
	check_done(oci_layout_open(&other, in_folder("f"), &err), &err, "f");
	check_failed(oci_layout_expect(other, "1", &image.digest, &err), &err,
		     OCI_E_INVALID, "not a layout to write", "read only");
	oci_store_free(other);
	oci_descriptor_release(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		{ "faults 9: a commit looks whether it is cancelled",
		  test_cancelled, NULL, NULL, NULL },
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_names),
		{ "faults D: a name is one entry", test_one_name, NULL, NULL,
		  NULL },
		{ "faults C: two handles on one layout", test_merge, NULL, NULL,
		  NULL },
		{ "faults C: a layout that is to be as it was", test_expect,
		  NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
