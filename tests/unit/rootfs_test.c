/* SPDX-License-Identifier: Apache-2.0 */
/* Reading an image: its documents, the tar of a layer, and its files. */
#include "images.h"

enum { BIG = 300 * 1000 };

static char big[BIG];

static void fill_lower(struct oci_tree *tree, struct oci_error *err)
{
	const struct oci_attributes attrs = OCI_ATTRIBUTES_INIT;

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * i >> 7);
	check_done(oci_tree_add_symlink(tree, "/bin", "usr/bin", &attrs, err),
		   err, "bin");
	check_done(oci_tree_add_content(tree, "/usr/bin/sh", "shell", 5,
					&attrs, err), err, "sh");
	check_done(oci_tree_add_hardlink(tree, "/usr/bin/ash", "/usr/bin/sh",
					 &attrs, err), err, "ash");
	check_done(oci_tree_add_symlink(tree, "/usr/bin/loop", "loop", &attrs,
					err), err, "loop");
	check_done(oci_tree_add_content(tree, "/old", "old", 3, &attrs, err),
		   err, "old");
	check_done(oci_tree_add_content(tree, "/etc/passwd", "one", 3, &attrs,
					err), err, "passwd");
	check_done(oci_tree_add_content(tree, "/etc/empty", "", 0, &attrs,
					err), err, "empty");
	check_done(oci_tree_add_content(tree, "/zz", big, sizeof(big), &attrs,
					err), err, "big");
	check_done(oci_tree_add_device(tree, "/dev/null",
				       OCI_ENTRY_CHARACTER_DEVICE, 1, 3,
				       &attrs, err), err, "null");
}

static void fill_upper(struct oci_tree *tree, struct oci_error *err)
{
	check_done(oci_tree_add_whiteout(tree, "/old", NULL, err), err, "old");
	check_done(oci_tree_add_content(tree, "/etc/passwd", "two", 3, NULL,
					err), err, "passwd");
}

static void add_layer(struct oci_image *image, struct oci_rootfs *below,
		      struct oci_store *store,
		      void (*fill)(struct oci_tree *, struct oci_error *))
{
	struct oci_tree *tree;
	struct oci_error err;

	check_done(oci_tree_new(&tree, NULL, &err), &err, "tree");
	fill(tree, &err);
	check_done(oci_tree_settle(tree, below, &err), &err, "settle");
	check_done(oci_image_add_layer(image, store, tree, NULL, &err), &err,
		   "layer");
	check_done(oci_rootfs_apply(below, tree, &err), &err, "apply");
	oci_tree_free(tree);
}

/* An image of two layers for linux/riscv64. */
static void make_image(struct oci_store **store, struct oci_descriptor *out)
{
	const struct oci_platform platform = { "linux", "riscv64", "", "" };
	struct oci_rootfs *below;
	struct oci_image *image;
	struct oci_error err;

	check_done(oci_layout_create(store, in_folder("image"), &err), &err,
		   "create");
	check_done(oci_image_new(&image, &platform, 0, &err), &err, "new");
	check_done(oci_rootfs_new(&below, &err), &err, "below");
	add_layer(image, below, *store, fill_lower);
	add_layer(image, below, *store, fill_upper);
	check_done(oci_image_write(out, image, *store, &err), &err, "write");
	oci_rootfs_free(below);
	oci_image_free(image);
}

struct image {
	struct oci_store *store;
	struct oci_descriptor descriptor;
	struct oci_image_documents documents;
	struct oci_rootfs *rootfs;
};

static int open_image(void **state)
{
	static struct image image;
	struct oci_error err;

	if (make_folder(state))
		return -1;
	make_image(&image.store, &image.descriptor);
	check_done(oci_image_open(&image.documents, image.store,
				  &image.descriptor, NULL, &err), &err,
		   "open");
	check_done(oci_image_rootfs(&image.rootfs, image.store,
				    &image.documents, NULL, &err), &err,
		   "rootfs");
	*state = &image;
	return 0;
}

static int close_image(void **state)
{
	struct image *image = *state;

	oci_rootfs_free(image->rootfs);
	oci_image_documents_release(&image->documents);
	oci_descriptor_release(&image->descriptor);
	oci_store_free(image->store);
	return drop_folder(state);
}

static void test_open(void **state)
{
	static const char text[] =
		"{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a/b\","
		"\"size\":2,\"digest\":\"sha256:44136fa355b3678a1146ad16f7e864"
		"9e94fb4fc21fe77e8310c060f61caaff8a\"},\"layers\":[]}";
	const struct oci_platform other = { "linux", "s390x", "", "" };
	struct oci_image_documents documents;
	struct image *image = *state;
	struct oci_descriptor artifact = image->descriptor;
	struct oci_error err;

	assert_int_equal(image->documents.manifest.layers.count, 2);
	assert_int_equal(image->documents.config.diff_id_count, 2);
	assert_string_equal(image->documents.config.platform.architecture,
			    "riscv64");
	check_failed(oci_image_open(&documents, image->store,
				    &image->descriptor, &other, &err), &err,
		     OCI_E_NOT_FOUND, "linux/s390x", "another platform");
	artifact.media_type = (char *)OCI_MEDIA_MANIFEST;
	check_done(oci_store_put(&artifact, image->store, text, strlen(text),
				 &err), &err, "put");
	check_failed(oci_image_open(&documents, image->store, &artifact, NULL,
				    &err), &err, OCI_E_UNSUPPORTED, "a/b",
		     "an artifact");
}

static void test_find(void **state)
{
	const struct image *image = *state;
	const struct oci_rootfs *rootfs = image->rootfs;
	struct oci_entry e;
	struct oci_error err;

	check_done(oci_rootfs_find(&e, rootfs, "/bin/sh", true, &err), &err,
		   "sh");
	assert_string_equal(e.path, "usr/bin/sh");
	assert_int_equal(e.size, 5);
	assert_int_equal(e.layer, 1);
	check_done(oci_rootfs_find(&e, rootfs, "bin/ash", true, &err), &err,
		   "ash");
	assert_int_equal(e.size, 5);
	check_done(oci_rootfs_find(&e, rootfs, "/bin", false, &err), &err,
		   "bin");
	assert_int_equal(e.type, OCI_ENTRY_SYMLINK);
	assert_string_equal(e.target, "usr/bin");
	check_done(oci_rootfs_find(&e, rootfs, "/etc/passwd", true, &err),
		   &err, "passwd");
	assert_int_equal(e.layer, 2);
	check_done(oci_rootfs_find(&e, rootfs, "/dev/null", true, &err), &err,
		   "null");
	assert_int_equal(e.major, 1);
	assert_int_equal(e.minor, 3);
	check_done(oci_rootfs_find(&e, rootfs, "/", true, &err), &err, "root");
	assert_string_equal(e.path, "");
	assert_int_equal(e.type, OCI_ENTRY_DIRECTORY);
	check_failed(oci_rootfs_find(&e, rootfs, "/old", true, &err), &err,
		     OCI_E_NOT_FOUND, "'/old'", "old");
	check_failed(oci_rootfs_find(&e, rootfs, "/bin/loop", true, &err),
		     &err, OCI_E_INVALID, "link", "loop");
}

struct listing {
	char text[512];
	int stop;
};

static int add_path(void *data, const struct oci_entry *e,
		    struct oci_error *err)
{
	struct listing *listing = data;
	size_t used = strlen(listing->text);

	(void)err;
	snprintf(listing->text + used, sizeof(listing->text) - used, "%s ",
		 e->path);
	return listing->stop;
}

static void list(const struct image *image, const char *path, bool recursive,
		 const char *wanted)
{
	struct listing listing = { "", 0 };
	struct oci_error err;

	check_done(oci_rootfs_each(image->rootfs, path, recursive, add_path,
				   &listing, &err), &err, path);
	assert_string_equal(listing.text, wanted);
}

static void test_each(void **state)
{
	const struct image *image = *state;
	struct listing listing = { "", 7 };
	struct oci_error err;

	list(image, "/", false, "bin dev etc usr zz ");
	list(image, "", true, "bin dev dev/null etc etc/empty etc/passwd usr "
	     "usr/bin usr/bin/ash usr/bin/loop usr/bin/sh zz ");
	list(image, "/bin/", false, "usr/bin/ash usr/bin/loop usr/bin/sh ");
	list(image, "us/../usr", false, "usr/bin ");
	assert_int_equal(oci_rootfs_each(image->rootfs, "/", true, add_path,
					 &listing, &err), 7);
	assert_string_equal(listing.text, "bin ");
	check_failed(oci_rootfs_each(image->rootfs, "/zz", true, add_path,
				     &listing, &err),
		     &err, OCI_E_INVALID, "'/zz' is not a directory", "a file");
}

static void check_file(const struct image *image, const char *path,
		       const char *data, size_t size)
{
	struct oci_source *file;
	struct oci_error err;

	check_done(oci_rootfs_open_file(&file, image->rootfs, path, &err),
		   &err, path);
	for (int again = 0; again < 2; again++) {
		size_t done = 0, got = 1;
		char part[1000];

		while (got) {
			check_done(oci_source_read(&got, file, part,
						   sizeof(part), &err), &err,
				   path);
			assert_true(got <= size - done);
			assert_memory_equal(part, data + done, got);
			done += got;
		}
		assert_int_equal(done, size);
		check_done(oci_source_rewind(file, &err), &err, "rewind");
	}
	oci_source_free(file);
}

static void test_file(void **state)
{
	const struct image *image = *state;
	struct oci_rootfs *empty;
	struct oci_source *file;
	struct oci_tree *tree;
	struct oci_error err;

	check_file(image, "/bin/sh", "shell", 5);
	check_file(image, "/bin/ash", "shell", 5);
	check_file(image, "/etc/passwd", "two", 3);
	check_file(image, "/etc/empty", "", 0);
	check_file(image, "/zz", big, sizeof(big));
	check_failed(oci_rootfs_open_file(&file, image->rootfs, "/bin", &err),
		     &err, OCI_E_INVALID, "not a regular file", "a folder");
	check_failed(oci_rootfs_open_file(&file, image->rootfs, "/old", &err),
		     &err, OCI_E_NOT_FOUND, "/old", "removed");
	/* A tree's bytes are gone with the tree. */
	check_done(oci_rootfs_new(&empty, &err), &err, "new");
	check_done(oci_tree_new(&tree, NULL, &err), &err, "tree");
	fill_lower(tree, &err);
	check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
	check_done(oci_rootfs_apply(empty, tree, &err), &err, "apply");
	check_failed(oci_rootfs_open_file(&file, empty, "/zz", &err), &err,
		     OCI_E_UNSUPPORTED, "not available", "of a tree");
	oci_tree_free(tree);
	oci_rootfs_free(empty);
}

static void test_cancel_second_read(void **state)
{
	struct oci_rootfs_options options = OCI_ROOTFS_OPTIONS_INIT;
	const struct image *image = *state;
	volatile int cancelled = 0;
	struct oci_rootfs *rootfs;
	struct oci_source *file;
	struct oci_error err;

	options.cancelled = &cancelled;
	assert_false(oci_image_rootfs(&rootfs, image->store, &image->documents,
				      &options, &err));
	cancelled = 1;
	check_failed(oci_rootfs_open_file(&file, rootfs, "/zz", &err), &err,
		     OCI_E_CANCELLED, "", "zz");
	oci_rootfs_free(rootfs);
}

static void test_layer(void **state)
{
	const struct image *image = *state;
	const struct oci_descriptor *layer =
		&image->documents.manifest.layers.items[0];
	struct oci_source *tar;
	struct oci_digest digest;
	struct oci_error err;
	char *data = malloc(1 << 20);
	size_t got = 1, size = 0;

	check_done(oci_layer_open(&tar, image->store, layer, NULL, &err), &err,
		   "open");
	while (got) {
		check_done(oci_source_read(&got, tar, data + size,
					   (1 << 20) - size, &err), &err,
			   "read");
		size += got;
	}
	check_done(oci_digest_data(&digest, data, size, &err), &err, "digest");
	assert_string_equal(digest.text,
			    image->documents.config.diff_ids[0].text);
	free(data);
	oci_source_free(tar);
}

/* A byte behind the gzip stream is no part of the tar, but of the blob. */
static void test_damaged_layer(void **state)
{
	const struct image *image = *state;
	const struct oci_descriptor *layer =
		&image->documents.manifest.layers.items[1];
	struct oci_descriptor longer = *layer;
	struct oci_source *tar;
	struct oci_error err;
	size_t got = 1;
	char data[4096];
	int rc = 0;

	longer.size++;
	check_done(oci_layer_open(&tar, image->store, &longer, NULL, &err),
		   &err, "open");
	while (!rc && got)
		rc = oci_source_read(&got, tar, data, sizeof(data), &err);
	assert_int_equal(rc, OCI_E_CORRUPT);
	oci_source_free(tar);
}

/* A document of more than 4 MiB is not read. */
static void test_large_document(void **state)
{
	const struct image *image = *state;
	struct oci_descriptor large = image->descriptor;
	struct oci_error err;
	char *text;

	large.size = OCI_DOCUMENT_MAX + 1;
	check_failed(oci_store_read(&text, image->store, &large, &err), &err,
		     OCI_E_LIMIT, "the most is 4194304", "large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_cancel_second_read),
		cmocka_unit_test(test_layer),
		cmocka_unit_test(test_damaged_layer),
		cmocka_unit_test(test_large_document),
	};

	return cmocka_run_group_tests(tests, open_image, close_image);
}
