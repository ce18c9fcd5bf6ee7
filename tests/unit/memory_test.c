/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running out of memory: a whole pack into a layout and into an archive, with
 * the first allocation failing, then the second, and so on. Each time the
 * pack says so, what was allocated is freed, and nothing is left on disk.
 *
 * The allocator of this program is its own, so sanitizers cannot be there:
 * with them the test packs once. It fails what the library itself asks for:
 * libarchive does not survive all of its own failures.
 */
#include "saved.h"

#include <pthread.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FAILING 1
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void __libc_free(void *old);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void free(void *old);

/* The program's own code, from the linker. */
extern const char __executable_start, etext;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long left = -1;		/* allocations until one fails; -1: none */
static long live;		/* allocations that were not freed */

/* Whether this one fails; counts it otherwise. */
static bool runs_out(bool fresh, const char *caller)
{
	bool ours = caller >= &__executable_start && caller < &etext;
	bool out;

	pthread_mutex_lock(&lock);
	out = ours && left == 0;
	if (ours && left > 0)
		left--;
	if (out)
		left = -1;
	live += !out && fresh;
	pthread_mutex_unlock(&lock);
	if (out)
		errno = ENOMEM;
	return out;
}

void *malloc(size_t size)
{
	return runs_out(true, __builtin_return_address(0)) ?
		        NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return runs_out(true, __builtin_return_address(0)) ?
		        NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return runs_out(!old, __builtin_return_address(0)) ?
		        NULL : __libc_realloc(old, size);
}

void free(void *old)
{
	if (old) {
		pthread_mutex_lock(&lock);
		live--;
		pthread_mutex_unlock(&lock);
	}
	__libc_free(old);
}
#else
#define FAILING 0
static long left = -1, live;
#endif

/* One letter each: files on disk, an archive, a package's worth of links. */
static int fill_tree(struct oci_tree *tree, struct oci_error *err)
{
	int rc = oci_tree_add_folder(tree, "/opt", in_folder("in"), NULL,
				     NULL, err);

	if (!rc)
		rc = oci_tree_add_archive(tree, "/arc", in_folder("in.tar"),
					  NULL, NULL, err);
	if (!rc)
		rc = oci_tree_add_symlink(tree, "/lib", "usr/lib", NULL, err);
	if (!rc)
		rc = oci_tree_add_content(tree, "/lib/caf\xc3\xa9", "x", 1,
					  NULL, err);
	if (!rc)
		rc = oci_tree_add_hardlink(tree, "/a", "/lib/caf\xc3\xa9",
					   NULL, err);
	return rc ? rc : oci_tree_settle(tree, NULL, err);
}

static int pack(struct oci_store *store, struct oci_error *err)
{
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct oci_tree_options tree_options = OCI_TREE_OPTIONS_INIT;
	struct oci_descriptor out = {0};
	struct oci_platform p = { "linux", "riscv64", "", "" };
	struct oci_image *image = NULL;
	struct oci_tree *tree = NULL;
	struct oci_rootfs *rootfs = NULL;
	int rc = oci_image_new(&image, &p, 0, err);

	tree_options.temp_dir = folder;
	options.jobs = 2;
	if (!rc)
		rc = oci_tree_new(&tree, &tree_options, err);
	if (!rc)
		rc = fill_tree(tree, err);
	if (!rc)
		rc = oci_rootfs_new(&rootfs, err);
	if (!rc)
		rc = oci_rootfs_apply(rootfs, tree, err);
	if (!rc)
		rc = oci_image_add_layer(image, store, tree, &options, err);
	if (!rc)
		rc = oci_image_write(&out, image, store, err);
	if (!rc)
		rc = tag_image(store, "x:1", &out, err);
	if (!rc)
		rc = oci_store_commit(store, err);
	oci_descriptor_release(&out);
	oci_rootfs_free(rootfs);
	oci_tree_free(tree);
	oci_image_free(image);
	return rc;
}

/* An index of the image, in a layout beside it. */
static int join(struct oci_store *from, struct oci_error *err)
{
	struct oci_descriptor image = {0}, index = {0};
	struct oci_store *to = NULL;
	struct oci_join *join = NULL;
	int rc = oci_store_resolve(&image, from, NULL, err);

	if (!rc)
		rc = oci_join_new(&join, NULL, err);
	if (!rc)
		rc = oci_join_add(join, from, &image, "image", err);
	if (!rc)
		rc = oci_join_annotate(join, NULL, "key", "value", err);
	if (!rc)
		rc = oci_layout_create(&to, in_folder("joined"), err);
	if (!rc)
		rc = oci_join_write(&index, join, to, NULL, err);
	if (!rc)
		rc = oci_store_tag(to, NULL, &index, err);
	oci_descriptor_release(&image);
	oci_descriptor_release(&index);
	oci_join_free(join);
	oci_store_free(to);
	return rc;
}

/* Packs, verifies and joins; leaves nothing allocated. */
static int run(bool layout, struct oci_error *err)
{
	struct oci_store *store;
	size_t findings = 0;
	char path[128];
	int rc;

	snprintf(path, sizeof(path), "%s%s", folder,
		 layout ? "out" : "out.tar");
	rc = layout ? oci_layout_create(&store, path, err) :
			  oci_archive_create(&store, path, NULL, err);

	if (!rc)
		rc = pack(store, err);
	oci_store_free(store);
	if (rc)
		return rc;
	rc = layout ? oci_layout_open(&store, path, err) :
		      oci_archive_open(&store, path, NULL, err);
	if (!rc)
		rc = oci_image_verify(&findings, store, NULL, err);
	if (!rc)
		rc = join(store, err);
	oci_store_free(store);
	return rc;
}

static int run_layout(struct oci_error *err)
{
	return run(true, err);
}

static int run_archive(struct oci_error *err)
{
	return run(false, err);
}

/* Opens and verifies what docker save wrote. */
static int run_saved(struct oci_error *err)
{
	struct oci_store *store;
	size_t findings = 0;
	char path[128];
	int rc;

	snprintf(path, sizeof(path), "%ssaved.tar", folder);
	rc = oci_archive_open(&store, path, NULL, err);
	if (!rc)
		rc = oci_image_verify(&findings, store, NULL, err);
	assert_int_equal(findings, 0);
	oci_store_free(store);
	return rc;
}

static void check_failing(int (*run_once)(struct oci_error *err),
			  const char *output)
{
	char path[128];
	struct oci_error err;
	long before, leaks = 0;
	bool ended = !FAILING;
	int names, rc;
	long at;

	snprintf(path, sizeof(path), "%s%s", folder, output);
	/* Once before, for what libraries keep for themselves. */
	check_done(run_once(&err), &err, path);
	remove_all(path);
	unlink(path);
	names = count_names(folder);
	for (at = 0; !ended; at++) {
		before = live;
		left = at;
		rc = run_once(&err);
		ended = left >= 0;
		left = -1;
		leaks += live - before;
		if (rc != (ended ? 0 : OCI_E_NOMEM))
			fail_msg("allocation %ld: %s: %s", at,
				 oci_status_name(rc), rc ? err.message : "");
		if (live - before > 2)
			fail_msg("allocation %ld: %ld leaks, '%s'", at,
				 live - before, rc ? err.message : "");
		/* A commit that came before the failure stays. */
		remove_all(path);
		unlink(path);
		if (count_names(folder) != names)
			fail_msg("allocation %ld leaves files", at);
		assert_true(at < 100000);
	}
	if (leaks > 8)
		fail_msg("%ld leaks over %ld runs", leaks, at);
	print_message("%ld failures, %ld kept by libraries\n", at, leaks);
}

static void test_layout(void **state)
{
	(void)state;
	check_failing(run_layout, "out");
}

static void test_archive(void **state)
{
	(void)state;
	check_failing(run_archive, "out.tar");
}

static void test_saved(void **state)
{
	(void)state;
	check_failing(run_saved, "none");
}

static int setup(void **state)
{
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct memory_sink out = MEMORY_SINK;
	struct oci_tree *tree;
	struct oci_layer layer;
	struct oci_error err;

	if (make_folder(state))
		return -1;
	mkdir(in_folder("in"), 0755);
	mkdir(in_folder("in/d"), 0755);
	write_text("in/f", "file");
	write_text("in/d/g", "other");
	options.compression = OCI_COMPRESSION_GZIP;
	if (oci_tree_new(&tree, NULL, &err) ||
	    oci_tree_add_folder(tree, "/", in_folder("in"), NULL, NULL,
				&err) ||
	    oci_tree_settle(tree, NULL, &err) ||
	    oci_layer_write(&layer, tree, &out.base, &options, &err))
		return -1;
	write_bytes("in.tar", out.data, out.size);
	save_image("saved.tar", out.data, out.size, &layer.diff_id);
	free(out.data);
	oci_tree_free(tree);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_saved),
	};

	return cmocka_run_group_tests(tests, setup, drop_folder);
}
