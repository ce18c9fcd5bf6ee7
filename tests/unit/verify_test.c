/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying: damage of every kind gives a finding. */
#include "images.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* A store of one image, under name, as a layout or an archive. */
static void make_store(const char *name, bool layout, bool index)
{
	struct oci_store *store;
	struct oci_error err;
	const char *path = in_folder(name);

	check_done(layout ? oci_layout_create(&store, path, &err) :
			    oci_archive_create(&store, path, NULL, &err),
		   &err, name);
	check_done(put_image(store, "x:1", "content of the file", index,
			     &err), &err, "put");
	check_done(oci_store_commit(store, &err), &err, "commit");
	oci_store_free(store);
}

static void test_good(void **state)
{
	struct findings found;
	struct oci_error err;

	(void)state;
	make_store("a", true, false);
	make_store("b", true, true);
	make_store("a.tar", false, false);
	make_store("b.tar", false, true);
	assert_int_equal(verify_path(in_folder("a"), true, &found, &err), 0);
	assert_int_equal(verify_path(in_folder("b"), true, &found, &err), 0);
	assert_int_equal(verify_path(in_folder("a.tar"), false, &found, &err),
			 0);
	assert_int_equal(verify_path(in_folder("b.tar"), false, &found, &err),
			 0);
}

/* Every byte of every blob: each flip is found, and so is each cut. */
static void test_blobs(void **state)
{
	const struct dirent *entry;
	struct findings found;
	struct oci_error err;
	char path[1024];
	DIR *dir = opendir(in_folder("b/blobs/sha256"));
	int blobs = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		unsigned char *data;
		size_t size;

		if (entry->d_name[0] == '.')
			continue;
		blobs++;
		snprintf(path, sizeof(path), "b/blobs/sha256/%s",
			 entry->d_name);
		data = read_bytes(in_folder(path), &size);
		for (size_t i = 0; i < size; i += 3) {
			data[i] ^= 4;
			write_bytes(path, data, size);
			data[i] ^= 4;
			if (verify_path(in_folder("b"), true, &found,
					&err) == 0)
				fail_msg("%s: byte %zu", path, i);
			write_bytes(path, data, i);
			if (verify_path(in_folder("b"), true, &found,
					&err) == 0)
				fail_msg("%s: cut to %zu", path, i);
		}
		unlink(in_folder(path));
		assert_true(verify_path(in_folder("b"), true, &found, &err) >
			    0);
		data[size] = 'x';
		write_bytes(path, data, size + 1);
		assert_true(verify_path(in_folder("b"), true, &found, &err) >
			    0);
		write_bytes(path, data, size);
		free(data);
	}
	closedir(dir);
	assert_int_equal(blobs, 6);
	assert_int_equal(verify_path(in_folder("b"), true, &found, &err), 0);
}

/* Every byte of an archive that holds something: paddings, times and names of
 * images have no sum that could tell. */
static void test_archive(void **state)
{
	struct findings found;
	struct oci_error err;
	unsigned char *data;
	size_t size, silent = 0;

	(void)state;
	data = read_bytes(in_folder("a.tar"), &size);
	for (size_t i = 0; i < size; i += 7) {
		if (!data[i])
			continue;
		data[i] ^= 4;
		write_bytes("c.tar", data, size);
		silent += verify_path(in_folder("c.tar"), false, &found,
				      &err) == 0;
		data[i] ^= 4;
	}
	/* The names in index.json and manifest.json, and no more. */
	if (silent > 60)
		fail_msg("%zu silent changes", silent);
	free(data);
}

/* A blob that nothing names is checked, too. */
static void test_unnamed(void **state)
{
	struct findings found;
	struct oci_error err;

	(void)state;
	write_text("a/blobs/sha256/" HEX, "");
	assert_int_equal(verify_path(in_folder("a"), true, &found, &err), 0);
	write_text("a/blobs/sha256/" HEX, "x");
	assert_int_equal(verify_path(in_folder("a"), true, &found, &err), 1);
	assert_non_null(strstr(found.all, HEX));
	unlink(in_folder("a/blobs/sha256/" HEX));
	write_text("a/blobs/sha256/README", "not a blob");
	assert_int_equal(verify_path(in_folder("a"), true, &found, &err), 0);
	unlink(in_folder("a/blobs/sha256/README"));
}

/* A layout made of documents: what they say does not fit together. */
struct story {
	const char *name;
	const char *platform;		/* in the index */
	const char *layer_type;
	const char *diff_id;		/* NULL: the right one */
	const char *config;		/* format with the diff_id */
	const char *type;		/* of the manifest's descriptor */
	uint64_t wrong_size;
	const char *finding;		/* NULL: none */
};

#define CONFIG_OF(platform) \
	"{" platform "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
#define RISCV "\"architecture\":\"riscv64\",\"os\":\"linux\","

static void put(struct oci_descriptor *out, struct oci_store *store,
		const char *type, const char *text)
{
	struct oci_error err;

	*out = (struct oci_descriptor){0};
	out->media_type = strdup(type);
	check_done(oci_store_put(out, store, text, strlen(text), &err), &err,
		   text);
}

static void tell(struct oci_store *store, const struct story *s)
{
	struct oci_descriptor layer, config, manifest, index;
	struct oci_manifest m = {0};
	struct oci_index i = {0};
	struct oci_digest diff_id;
	struct oci_error err;
	char text[1024], *json;

	put(&layer, store, s->layer_type ? s->layer_type : OCI_MEDIA_LAYER,
	    "a layer");
	check_done(oci_digest_data(&diff_id, "a layer", 7, &err), &err, "d");
	snprintf(text, sizeof(text), s->config ? s->config : CONFIG_OF(RISCV),
		 s->diff_id ? s->diff_id : diff_id.text);
	put(&config, store, OCI_MEDIA_CONFIG, text);
	m.config = config;
	m.layers = (struct oci_descriptors){ &layer, 1, 1 };
	layer.size += s->wrong_size;
	check_done(oci_manifest_format(&json, &m, &err), &err, "manifest");
	put(&manifest, store, s->type ? s->type : OCI_MEDIA_MANIFEST, json);
	free(json);
	if (s->platform) {
		check_done(oci_platform_parse(&manifest.platform, s->platform,
					      &err), &err, s->platform);
		manifest.has_platform = true;
	}
	i.manifests = (struct oci_descriptors){ &manifest, 1, 1 };
	check_done(oci_index_format(&json, &i, &err), &err, "index");
	put(&index, store, OCI_MEDIA_INDEX, json);
	free(json);
	check_done(tag_image(store, "x:1", &index, &err), &err, "tag");
	oci_descriptor_release(&layer);
	oci_descriptor_release(&config);
	oci_descriptor_release(&manifest);
	oci_descriptor_release(&index);
}

static void test_stories(void **state)
{
	static const struct story stories[] = {
		{ .name = "good" },
		{ .name = "platform", .platform = "linux/riscv64" },
		{ .name = "wrong platform", .platform = "linux/amd64",
		  .finding = "the index says linux/amd64" },
		{ .name = "wrong diff_id", .diff_id = "sha256:" HEX,
		  .finding = "has the diff_id" },
		{ .name = "wrong size", .wrong_size = 1,
		  .finding = "ends after 7 of 8 bytes" },
		{ .name = "gzip that is none",
		  .layer_type = OCI_MEDIA_LAYER_GZIP,
		  .finding = "is not compressed, its media type says gzip" },
		{ .name = "zstd that is none",
		  .layer_type = OCI_MEDIA_LAYER_ZSTD,
		  .finding = "media type says zstd" },
		{ .name = "in-toto", .layer_type = "application/json" },
		{ .name = "no platform", .config = CONFIG_OF(""),
		  .finding = "no os or architecture" },
		{ .name = "no diff_ids", .config = "{" RISCV "\"rootfs\":{}}",
		  .finding = "1 layers, its config 0 diff_ids" },
		{ .name = "two diff_ids",
		  .config = "{" RISCV "\"rootfs\":{\"diff_ids\":[\"%s\","
			    "\"sha256:" HEX "\"]}}",
		  .finding = "1 layers, its config 2 diff_ids" },
		{ .name = "history",
		  .config = "{" RISCV "\"rootfs\":{\"diff_ids\":[\"%s\"]},"
			    "\"history\":[{\"empty_layer\":true}]}",
		  .finding = "history of its config has 0 layers" },
		{ .name = "bad config", .config = "{\"rootfs\":1}",
		  .finding = "config: member 'rootfs'" },
		{ .name = "not a manifest", .type = OCI_MEDIA_INDEX,
		  .finding = "cannot have 'layers'" },
		{ .name = "no such type",
		  .type = "application/vnd.oci.image.manifest.v1+jsom",
		  .finding = "which is no image's" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		const char *path = in_folder("story");
		struct findings found;
		struct oci_store *store;
		struct oci_error err;
		int count;

		remove_all(path);
		check_done(oci_layout_create(&store, path, &err), &err, path);
		tell(store, &stories[i]);
		check_done(oci_store_commit(store, &err), &err, "commit");
		oci_store_free(store);
		count = verify_path(path, true, &found, &err);
		if (count != (stories[i].finding != NULL) ||
		    (count && !strstr(found.all, stories[i].finding)))
			fail_msg("%s: %d findings: %s", stories[i].name, count,
				 found.all);
	}
}

static void test_empty(void **state)
{
	struct findings found;
	struct oci_store *store;
	struct oci_error err;

	(void)state;
	check_done(oci_layout_create(&store, in_folder("e"), &err), &err, "e");
	check_done(oci_store_commit(store, &err), &err, "commit");
	oci_store_free(store);
	assert_int_equal(verify_path(in_folder("e"), true, &found, &err), 1);
	assert_non_null(strstr(found.all, "names no image"));
}

/* Indexes that name each other's members thousands of times, ten levels of
 * them: each is read once. */
static void test_bomb(void **state)
{
	enum { LEVELS = 8, WIDTH = 500 };
	struct oci_descriptor at;
	struct findings found;
	struct oci_store *store;
	struct oci_error err;

	(void)state;
	check_done(oci_layout_create(&store, in_folder("z"), &err), &err, "z");
	check_done(add_image(&at, store, "linux/riscv64", "x", &err), &err,
		   "x");
	for (int level = 0; level < LEVELS; level++) {
		struct oci_descriptors list = {0};
		struct oci_descriptor index;

		for (int i = 0; i < WIDTH; i++)
			check_done(oci_descriptors_add(&list, &at, &err), &err,
				   "add");
		check_done(oci_image_write_index(&index, &list, NULL, store,
						 &err), &err, "index");
		oci_descriptors_release(&list);
		oci_descriptor_release(&at);
		at = index;
	}
	check_done(tag_image(store, "x:1", &at, &err), &err, "tag");
	check_done(oci_store_commit(store, &err), &err, "commit");
	oci_store_free(store);
	oci_descriptor_release(&at);
	assert_int_equal(verify_path(in_folder("z"), true, &found, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_blobs),
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_unnamed),
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
