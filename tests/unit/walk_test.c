/* SPDX-License-Identifier: Apache-2.0 */
/* oci_image_walk: the order of visits, documents that are named twice, and
 * documents that are absent. */
#include "images.h"

#include <oci/read.h>

/* A layout with an index of two images, the second of which is listed twice. */
struct nested {
	struct oci_store *store;
	struct oci_descriptor one, two, index;
};

/* Messages have a blob's digest or its path. */
static const char *hex_of(const struct oci_descriptor *d)
{
	return strchr(d->digest.text, ':') + 1;
}

/* The calls of a walk, a letter each: e(nter), r(ead), l(eave), f(ailed); the
 * depth; i(ndex) or m(anifest). */
struct told_walk {
	char text[256];
	const char *past; /* a digest that is not read */
	bool stop;	  /* at what cannot be read */
};

static void tell(struct told_walk *t, char what, const struct oci_visit *visit)
{
	size_t n = strlen(t->text);

	snprintf(t->text + n, sizeof(t->text) - n, "%c%u%c ", what,
		 visit->depth,
		 oci_media_is_index(visit->descriptor->media_type) ? 'i' : 'm');
}

static int enter(void *data, const struct oci_visit *visit,
		 struct oci_error *err)
{
	struct told_walk *t = data;

	(void)err;
	tell(t, visit->first ? 'e' : 'E', visit);
	assert_null(visit->json);
	assert_int_equal(visit->parent != NULL, visit->depth != 0);
	return t->past && strcmp(visit->descriptor->digest.text, t->past) == 0
		       ? OCI_WALK_PAST
		       : 0;
}

static int read_one(void *data, const struct oci_visit *visit,
		    struct oci_error *err)
{
	struct told_walk *t = data;

	tell(t, visit->status ? 'f' : 'r', visit);
	if (visit->status) {
		assert_non_null(
			strstr(err->message, hex_of(visit->descriptor)));
		return t->stop ? visit->status : 0;
	}
	assert_int_equal(strlen(visit->json), visit->descriptor->size);
	if (visit->index)
		assert_int_equal(visit->index->manifests.count, 3);
	else
		assert_int_equal(visit->manifest->layers.count, 1);
	return 0;
}

static int leave(void *data, const struct oci_visit *visit,
		 struct oci_error *err)
{
	(void)err;
	tell(data, 'l', visit);
	return 0;
}

static int walk(struct told_walk *t, struct nested *n, bool judges,
		struct oci_error *err)
{
	struct oci_walk_options options = OCI_WALK_OPTIONS_INIT;

	options.enter = enter;
	options.read = judges ? read_one : NULL;
	options.leave = leave;
	options.data = t;
	t->text[0] = '\0';
	return oci_image_walk(n->store, &n->index, &options, err);
}

static int set_up(void **state)
{
	static struct nested n;
	struct oci_descriptors list = { 0 };
	struct oci_error err;

	if (make_folder(state))
		return -1;
	check_done(oci_layout_create(&n.store, in_folder("nested"), &err), &err,
		   "layout");
	check_done(add_image(&n.one, n.store, "linux/riscv64", "1", &err), &err,
		   "one");
	check_done(add_image(&n.two, n.store, "linux/arm64", "2", &err), &err,
		   "two");
	check_done(oci_descriptors_add(&list, &n.one, &err), &err, "add");
	check_done(oci_descriptors_add(&list, &n.two, &err), &err, "add");
	check_done(oci_descriptors_add(&list, &n.two, &err), &err, "add");
	check_done(oci_image_write_index(&n.index, &list, NULL, n.store, &err),
		   &err, "index");
	check_done(oci_store_tag(n.store, NULL, &n.index, &err), &err, "tag");
	check_done(oci_store_commit(n.store, &err), &err, "commit");
	oci_descriptors_release(&list);
	*state = &n;
	return 0;
}

static int tear_down(void **state)
{
	struct nested *n = *state;

	oci_descriptor_release(&n->one);
	oci_descriptor_release(&n->two);
	oci_descriptor_release(&n->index);
	oci_store_free(n->store);
	return drop_folder(state);
}

static void test_order(void **state)
{
	struct told_walk t = { 0 };
	struct oci_error err;

	check_done(walk(&t, *state, true, &err), &err, "walk");
	assert_string_equal(t.text, "e0i r0i e1m r1m l1m e1m r1m l1m E1m l0i ");
}

static void test_past(void **state)
{
	struct nested *n = *state;
	struct told_walk t = { .past = n->two.digest.text };
	struct oci_error err;

	/* A document that was never read is first each time. */
	check_done(walk(&t, n, true, &err), &err, "walk");
	assert_string_equal(t.text, "e0i r0i e1m r1m l1m e1m e1m l0i ");
	t.past = n->index.digest.text;
	check_done(walk(&t, n, true, &err), &err, "walk");
	assert_string_equal(t.text, "e0i ");
}

static void test_absent(void **state)
{
	struct nested *n = *state;
	struct told_walk t = { 0 };
	struct oci_error err = { .message = "as it was" };
	char path[256];

	snprintf(path, sizeof(path), "nested/blobs/sha256/%s",
		 hex_of(&n->one));
	assert_int_equal(unlink(in_folder(path)), 0);
	/* The function decides; an error that it forgives leaves no trace. */
	check_done(walk(&t, n, true, &err), &err, "walk");
	assert_string_equal(t.text, "e0i r0i e1m f1m e1m r1m l1m E1m l0i ");
	assert_string_equal(err.message, "as it was");
	t.stop = true;
	check_failed(walk(&t, n, true, &err), &err, OCI_E_NOT_FOUND,
		     hex_of(&n->one), "absent");
	assert_string_equal(t.text, "e0i r0i e1m f1m ");
	/* Without a function it ends the walk. */
	check_failed(walk(&t, n, false, &err), &err, OCI_E_NOT_FOUND,
		     hex_of(&n->one), "absent");
	assert_string_equal(t.text, "e0i e1m ");
}

static void test_cancelled(void **state)
{
	struct nested *n = *state;
	struct oci_walk_options options = OCI_WALK_OPTIONS_INIT;
	struct oci_error err;
	int cancelled = 1;

	options.cancelled = &cancelled;
	check_failed(oci_image_walk(n->store, &n->index, &options, &err), &err,
		     OCI_E_CANCELLED, "", "cancelled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_past),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_absent),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
