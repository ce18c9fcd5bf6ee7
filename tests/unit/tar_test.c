/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a layer's tar: pinned, and read back by another reader. */
#include "helpers.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include "layer/node.h"

/* The last second of the year 9999. */
#define LATEST INT64_C(253402300799)

/* Changes with the format alone: see "Output changes" in CHANGELOG.md. */
#define GOLDEN \
	"sha256:a34a3a19ae8aa1b33974568208624ab4" \
	"9cacaf96368804f1afa33738625d8a24"

#define PART50 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
#define LONG100 "/" PART50 "/" PART50
#define LONG300 LONG100 LONG100 LONG100

static void add_all(struct oci_tree *tree)
{
	struct oci_attributes attrs = OCI_ATTRIBUTES_INIT;
	struct oci_error err;

	check_done(oci_tree_add_content(tree, LONG100 "/f", "1", 1, NULL,
					&err), &err, "100");
	check_done(oci_tree_add_content(tree, LONG300 "/f", "22", 2, NULL,
					&err), &err, "300");
	check_done(oci_tree_add_content(tree, "/caf\xc3\xa9", "x", 1, NULL,
					&err), &err, "non-ASCII");
	check_done(oci_tree_add_symlink(tree, "/link", LONG300, NULL, &err),
		   &err, "link");
	check_done(oci_tree_add_symlink(tree, "/euro", "\xe2\x82\xac", NULL,
					&err), &err, "euro");
	check_done(oci_tree_add_hardlink(tree, "/hard", "/caf\xc3\xa9", NULL,
					 &err), &err, "hard");
	attrs.uid = 3000000000;
	attrs.gid = INT64_C(0xfffffffe);
	attrs.mode = 06755;
	attrs.mtime = LATEST;
	check_done(oci_tree_add_content(tree, "/big", "", 0, &attrs, &err),
		   &err, "big");
	attrs = (struct oci_attributes)OCI_ATTRIBUTES_INIT;
	attrs.mode = 0666;
	check_done(oci_tree_add_device(tree, "/dev/fuse",
				       OCI_ENTRY_CHARACTER_DEVICE, 10, 229,
				       &attrs, &err), &err, "fuse");
	check_done(oci_tree_add_device(tree, "/dev/sda",
				       OCI_ENTRY_BLOCK_DEVICE, 8, 0, &attrs,
				       &err), &err, "sda");
	check_done(oci_tree_add_device(tree, "/fifo", OCI_ENTRY_FIFO, 0, 0,
				       NULL, &err), &err, "fifo");
	attrs.mode = 01777;
	check_done(oci_tree_add_directory(tree, "/tmp", &attrs, &err), &err,
		   "tmp");
	check_done(oci_tree_add_directory(tree, "/", NULL, &err), &err,
		   "root");
}

static void write_tar(struct memory_sink *out, struct oci_layer *layer,
		      const struct oci_tree *tree)
{
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct oci_error err;

	options.compression = OCI_COMPRESSION_NONE;
	check_done(oci_layer_write(layer, tree, &out->base, &options, &err),
		   &err, "write");
	assert_int_equal(out->size, layer->size);
	assert_int_equal(out->size, layer->tar_size);
	assert_int_equal(out->size % 512, 0);
	assert_string_equal(layer->digest.text, layer->diff_id.text);
}

static void make_tar(struct memory_sink *out, struct oci_layer *layer)
{
	struct oci_error err;
	struct oci_tree *tree;

	check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
	add_all(tree);
	check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
	write_tar(out, layer, tree);
	oci_tree_free(tree);
}

static void test_golden(void **state)
{
	static const char *const locales[] = { "C", "C.UTF-8", "POSIX" };
	struct oci_layer layer;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct memory_sink out = MEMORY_SINK;
		locale_t locale = newlocale(LC_ALL_MASK, locales[i], NULL);
		locale_t before = uselocale(locale);

		make_tar(&out, &layer);
		assert_string_equal(layer.diff_id.text, GOLDEN);
		assert_ptr_equal(uselocale(before), locale);
		freelocale(locale);
		free(out.data);
	}
}

/* The fields of every header in the tar, as libarchive reads them. */
static const struct {
	const char *path;
	unsigned type;
	unsigned perm;
	int64_t size;
} headers[] = {
	{ "./", AE_IFDIR, 0755, 0 },
	{ PART50 "/", AE_IFDIR, 0755, 0 },
	{ PART50 "/" PART50 "/", AE_IFDIR, 0755, 0 },
	{ PART50 "/" PART50 "/" PART50 "/", AE_IFDIR, 0755, 0 },
	{ PART50 LONG100 "/" PART50 "/", AE_IFDIR, 0755, 0 },
	{ PART50 LONG100 LONG100 "/", AE_IFDIR, 0755, 0 },
	{ PART50 LONG100 LONG100 "/" PART50 "/", AE_IFDIR, 0755, 0 },
	{ PART50 LONG100 LONG100 "/" PART50 "/f", AE_IFREG, 0644, 2 },
	{ PART50 "/" PART50 "/f", AE_IFREG, 0644, 1 },
	{ "big", AE_IFREG, 06755, 0 },
	{ "caf\xc3\xa9", AE_IFREG, 0644, 1 },
	{ "dev/", AE_IFDIR, 0755, 0 },
	{ "dev/fuse", AE_IFCHR, 0666, 0 },
	{ "dev/sda", AE_IFBLK, 0666, 0 },
	{ "euro", AE_IFLNK, 0777, 0 },
	{ "fifo", AE_IFIFO, 0644, 0 },
	{ "hard", AE_IFREG, 0644, 0 },
	{ "link", AE_IFLNK, 0777, 0 },
	{ "tmp/", AE_IFDIR, 01777, 0 },
};

enum { HEADERS = sizeof(headers) / sizeof(headers[0]) };

static void test_fields(void **state)
{
	struct memory_sink out = MEMORY_SINK;
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	struct oci_layer layer;
	size_t i = 0;

	(void)state;
	make_tar(&out, &layer);
	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_memory(a, out.data, out.size), 0);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		assert_true(i < HEADERS);
		assert_string_equal(archive_entry_pathname(e),
				    headers[i].path);
		if (!archive_entry_hardlink(e))
			assert_int_equal(archive_entry_filetype(e),
					 headers[i].type);
		assert_int_equal(archive_entry_perm(e), headers[i].perm);
		assert_int_equal(archive_entry_size(e), headers[i].size);
		assert_false(archive_entry_atime_is_set(e));
		assert_false(archive_entry_ctime_is_set(e));
		assert_false(archive_entry_birthtime_is_set(e));
		assert_int_equal(archive_entry_mtime_nsec(e), 0);
		assert_true(!archive_entry_uname(e) ||
			    !*archive_entry_uname(e));
		assert_int_equal(archive_entry_xattr_count(e), 0);
		if (i == 9) {
			assert_int_equal(archive_entry_uid(e), 3000000000);
			assert_int_equal(archive_entry_gid(e), 0xfffffffe);
			/* libarchive cuts it if time_t has 32 bits. */
			if (sizeof(time_t) == sizeof(int64_t))
				assert_int_equal(archive_entry_mtime(e),
						 LATEST);
		} else {
			assert_int_equal(archive_entry_uid(e), 0);
			assert_int_equal(archive_entry_mtime(e), 0);
		}
		if (i == 12) {
			assert_int_equal(archive_entry_rdevmajor(e), 10);
			assert_int_equal(archive_entry_rdevminor(e), 229);
		}
		if (i == 16)
			assert_string_equal(archive_entry_hardlink(e),
					    "caf\xc3\xa9");
		i++;
	}
	assert_int_equal(i, HEADERS);
	archive_read_free(a);
	free(out.data);
}

/* Whiteouts keep their whole name, however long it is. */
static void test_whiteout(void **state)
{
	char name[300], wanted[320];
	struct memory_sink out = MEMORY_SINK;
	struct oci_rootfs *rootfs;
	struct oci_layer layer;
	struct oci_error err;
	struct archive *a = archive_read_new();
	struct archive_entry *e;

	(void)state;
	memset(name, 'n', 256);
	name[0] = '/';
	name[256] = '\0';
	check_done(oci_rootfs_new(&rootfs, &err), &err, "rootfs");
	for (int i = 0; i < 2; i++) {
		struct oci_tree *tree;

		check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
		if (i)
			check_done(oci_tree_add_whiteout(tree, name, NULL,
							 &err), &err, "-");
		else
			check_done(oci_tree_add_content(tree, name, "", 0,
							NULL, &err), &err,
				   "f");
		check_done(oci_tree_settle(tree, rootfs, &err), &err,
			   "settle");
		check_done(oci_rootfs_apply(rootfs, tree, &err), &err,
			   "apply");
		if (i)
			write_tar(&out, &layer, tree);
		oci_tree_free(tree);
	}
	oci_rootfs_free(rootfs);
	snprintf(wanted, sizeof(wanted), ".wh.%s", name + 1);
	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_memory(a, out.data, out.size), 0);
	assert_int_equal(archive_read_next_header(a, &e), ARCHIVE_OK);
	assert_string_equal(archive_entry_pathname(e), wanted);
	assert_int_equal(archive_entry_size(e), 0);
	archive_read_free(a);
	free(out.data);
}

static void test_empty(void **state)
{
	struct memory_sink out = MEMORY_SINK;
	struct oci_layer layer;
	struct oci_error err;
	struct oci_tree *tree;

	(void)state;
	check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
	check_failed(oci_layer_write(&layer, tree, &out.base, NULL, &err),
		     &err, OCI_E_INVALID, "not settled", "early");
	check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
	write_tar(&out, &layer, tree);
	assert_int_equal(out.size, 1024);
	oci_tree_free(tree);
	free(out.data);
}

struct stop {
	int left, cancelled; /* reports until then, and whether it came */
};

static void stop(void *data, const struct oci_progress *progress)
{
	struct stop *at = data;

	(void)progress;
	at->cancelled = at->left-- <= 0;
}

/* A layer that is cancelled at a report ends with OCI_E_CANCELLED. */
static void test_cancel(void **state)
{
	static char content[5 << 20];
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct oci_layer layer;
	struct oci_error err;
	struct oci_tree *tree;

	(void)state;
	check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
	check_done(oci_tree_add_content(tree, "/a", content, sizeof(content),
					NULL, &err), &err, "a");
	check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
	options.progress = stop;
	for (int after = 0; after < 20; after++) {
		struct memory_sink out = MEMORY_SINK;
		struct stop at = { after, 0 };
		int rc;

		options.progress_data = &at;
		options.cancelled = &at.cancelled;
		rc = oci_layer_write(&layer, tree, &out.base, &options, &err);
		free(out.data);
		if (!rc)
			break;
		check_failed(rc, &err, OCI_E_CANCELLED, "cancelled", "stop");
		assert_true(after < 10);
	}
	oci_tree_free(tree);
}

/* A sink that fails: its own error comes out. */
static void test_failing_sink(void **state)
{
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct oci_layer layer;
	struct oci_error err;
	struct oci_tree *tree;

	(void)state;
	options.compression = OCI_COMPRESSION_NONE;
	check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
	add_all(tree);
	check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
	for (size_t at = 1; at < 20000; at += 512) {
		struct memory_sink out = MEMORY_SINK;
		int rc;

		out.fail_at = at;
		rc = oci_layer_write(&layer, tree, &out.base, &options, &err);
		if (rc)
			check_failed(rc, &err, OCI_E_SYSTEM, "no room",
				     "sink");
		assert_int_equal(out.calls_after, 0);
		free(out.data);
	}
	oci_tree_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_whiteout),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_failing_sink),
	};

	uselocale(newlocale(LC_ALL_MASK, "C.UTF-8", NULL));
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
