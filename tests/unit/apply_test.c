/* SPDX-License-Identifier: Apache-2.0 */
/* Names of a layer's members that engines treat in their own ways. */
#include "helpers.h"

#include "archives.h"

/* Applies a layer to an empty root file system; the caller frees *out. */
static int apply_items(struct oci_rootfs **out, const struct item *items,
		       struct oci_error *err)
{
	const char *path =
		make_archive("layer.tar", items, archive_write_set_format_pax);
	struct oci_source *tar;
	int rc;

	check_done(oci_source_open_file(&tar, path, err), err, "open");
	check_done(oci_rootfs_new(out, err), err, "new");
	rc = oci_rootfs_apply_tar(*out, tar, err);
	oci_source_free(tar);
	return rc;
}

/* Engines do not agree on what ".." in a layer is. */
static void test_names(void **state)
{
	static const char *const names[] = { "../a", "a/../b", "a/.." };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct item items[] = { { 'f', names[i], "x" }, { 0 } };
		struct oci_rootfs *rootfs;
		struct oci_error err;

		check_failed(apply_items(&rootfs, items, &err), &err,
			     OCI_E_INVALID, "'..' part", names[i]);
		oci_rootfs_free(rootfs);
	}
}

/* As engines do, a member that would replace the root is ignored. */
static void test_root(void **state)
{
	static const char types[] = "flhcp";

	(void)state;
	for (size_t i = 0; types[i]; i++) {
		const struct item items[] = {
			{ 'f', "a", "x" },
			{ types[i], ".", "a" },
			{ 0 },
		};
		struct oci_rootfs *rootfs;
		struct oci_entry found;
		struct oci_error err;

		check_done(apply_items(&rootfs, items, &err), &err, "apply");
		check_done(oci_rootfs_find(&found, rootfs, "/", true, &err),
			   &err, "root");
		assert_int_equal(found.type, OCI_ENTRY_DIRECTORY);
		check_done(oci_rootfs_find(&found, rootfs, "/a", true, &err),
			   &err, "a");
		oci_rootfs_free(rootfs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_root),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
