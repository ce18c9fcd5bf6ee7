/* SPDX-License-Identifier: Apache-2.0 */
/* Joining: what comes in, what gives way, and what an index may not be. */
#include "images.h"

struct notes {
	size_t count;
	char last[512];
};

static void take_note(void *data, const char *note)
{
	struct notes *notes = data;

	notes->count++;
	snprintf(notes->last, sizeof(notes->last), "%s", note);
}

static struct oci_store *new_layout(const char *name)
{
	struct oci_store *store;
	struct oci_error err;

	check_done(oci_layout_create(&store, in_folder(name), &err), &err,
		   name);
	return store;
}

static void add(struct oci_join *join, struct oci_store *store,
		const char *platform, const char *content)
{
	struct oci_descriptor d;
	struct oci_error err;

	check_done(add_image(&d, store, platform, content, &err), &err,
		   platform);
	check_done(oci_join_add(join, store, &d, content, &err), &err,
		   platform);
	oci_descriptor_release(&d);
}

/* Writes the join, names it, and says its platforms. */
static void written(char *out, size_t room, struct oci_join *join,
		    struct oci_store *to)
{
	struct oci_descriptor d;
	struct oci_index index;
	struct oci_error err;
	char *text;

	check_done(oci_join_write(&d, join, to, NULL, &err), &err, "write");
	check_done(tag_image(to, "x:1", &d, &err), &err, "tag");
	check_done(oci_store_read(&text, to, &d, &err), &err, "read");
	check_done(oci_index_parse(&index, text, (size_t)d.size, d.media_type,
				   &err), &err, "parse");
	out[0] = '\0';
	for (size_t i = 0; i < index.manifests.count; i++) {
		char platform[OCI_PLATFORM_TEXT];
		size_t used = strlen(out);

		oci_platform_format(platform,
				    &index.manifests.items[i].platform);
		snprintf(out + used, room - used, "%s%s", i ? " " : "",
			 platform);
	}
	free(text);
	oci_index_release(&index);
	oci_descriptor_release(&d);
}

static void test_create(void **state)
{
	struct oci_store *from = new_layout("a"), *to = new_layout("b");
	struct oci_platform riscv = { "linux", "riscv64", "", "" };
	struct findings found;
	struct oci_join *join;
	struct oci_error err;
	char has[256];

	(void)state;
	check_done(oci_join_new(&join, NULL, &err), &err, "new");
	add(join, from, "linux/amd64", "one");
	add(join, from, "linux/riscv64", "two");
	check_done(oci_pairs_set(oci_join_annotations(join), "k", "v", &err),
		   &err, "annotate");
	check_done(oci_join_annotate(join, &riscv, "k", "v", &err), &err,
		   "annotate");
	riscv.architecture[0] = 'x';
	check_failed(oci_join_annotate(join, &riscv, "k", "v", &err), &err,
		     OCI_E_NOT_FOUND, "the index has no member linux/xiscv64",
		     "annotate");
	written(has, sizeof(has), join, to);
	assert_string_equal(has, "linux/amd64 linux/riscv64");
	check_done(oci_store_commit(to, &err), &err, "commit");
	oci_join_free(join);
	oci_store_free(from);
	oci_store_free(to);
	assert_int_equal(verify_path(in_folder("b"), true, &found, &err), 0);
}

static void test_conflict(void **state)
{
	struct oci_store *from = new_layout("c");
	struct oci_descriptor d;
	struct oci_join *join;
	struct oci_error err;

	(void)state;
	check_done(oci_join_new(&join, NULL, &err), &err, "new");
	check_failed(oci_join_write(&d, join, from, NULL, &err), &err,
		     OCI_E_INVALID, "the index would have no image", "write");
	add(join, from, "linux/arm64", "one");
	check_done(add_image(&d, from, "linux/arm64", "two", &err), &err,
		   "two");
	check_failed(oci_join_add(join, from, &d, "two", &err), &err,
		     OCI_E_CONFLICT, "'one' and 'two' both have", "two");
	check_failed(oci_join_start(join, from, &d, &err), &err, OCI_E_INVALID,
		     "the join has members already", "start");
	oci_descriptor_release(&d);
	d = (struct oci_descriptor){ .media_type = (char *)"text/plain" };
	check_failed(oci_join_add(join, from, &d, "three", &err), &err,
		     OCI_E_UNSUPPORTED,
		     "'three': 'text/plain' is not the media type", "three");
	oci_join_free(join);
	oci_store_free(from);
}

static void test_replace(void **state)
{
	struct oci_join_options options = OCI_JOIN_OPTIONS_INIT;
	struct oci_store *store = new_layout("d");
	struct notes notes = {0};
	struct oci_descriptor d;
	struct oci_join *join;
	struct oci_error err;
	char has[256];

	(void)state;
	check_done(put_image(store, "x:1", "old", true, &err), &err, "put");
	check_done(oci_store_resolve(&d, store, "x:1", &err), &err, "find");
	options.note = take_note;
	options.note_data = &notes;
	check_done(oci_join_new(&join, &options, &err), &err, "new");
	check_done(oci_join_start(join, store, &d, &err), &err, "start");
	add(join, store, "linux/riscv64", "new");
	assert_int_equal(notes.count, 1);
	assert_non_null(strstr(notes.last, "linux/riscv64: sha256:"));
	add(join, store, "linux/s390x", "more");
	assert_int_equal(notes.count, 1);
	written(has, sizeof(has), join, store);
	assert_string_equal(has, "linux/riscv64 linux/arm64 linux/s390x");
	check_done(oci_join_remove(join, "linux/riscv64", &err), &err, "out");
	check_failed(oci_join_remove(join, "linux/riscv64", &err), &err,
		     OCI_E_NOT_FOUND, "the index has no member", "again");
	check_failed(oci_join_remove(join, "riscv64", &err), &err,
		     OCI_E_INVALID, "'riscv64' is no platform", "no platform");
	written(has, sizeof(has), join, store);
	assert_string_equal(has, "linux/arm64 linux/s390x");
	oci_join_free(join);
	oci_descriptor_release(&d);
	oci_store_free(store);
}

static void test_untag(void **state)
{
	struct oci_store *store = new_layout("e");
	struct oci_descriptor d;
	struct oci_error err;

	(void)state;
	check_done(put_image(store, "x:1", "one", false, &err), &err, "one");
	check_done(put_image(store, "x:2", "one", false, &err), &err, "one");
	check_done(put_image(store, "x:3", "two", false, &err), &err, "two");
	check_done(oci_store_resolve(&d, store, "x:1", &err), &err, "find");
	check_done(oci_store_untag(store, &d.digest, &err), &err, "untag");
	assert_int_equal(oci_store_names(store)->count, 1);
	check_done(oci_store_untag(store, &d.digest, &err), &err, "untag");
	assert_int_equal(oci_store_names(store)->count, 1);
	oci_descriptor_release(&d);
	oci_store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_conflict),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_untag),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
