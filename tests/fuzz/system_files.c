/* SPDX-License-Identifier: Apache-2.0 */
/* Files of an image's system: ld.so.conf and what it includes, the folders of
 * musl's loader, users and groups. Each file is a part of the input. */
#include "base/text.h"
#include "lint/command.h"
#include "lint/elf_conf.h"
#include "rootfs.h"

static const char *const paths[] = {
	"etc/ld.so.conf",
	"etc/passwd",
	"etc/group",
	"etc/ld-musl-riscv64.path",
	"etc/ld.so.conf.d/a.conf",
	"etc/ld.so.conf.d/b.conf",
};

static void check_folders(const struct oci_strings *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		target_check(folders->items[i][0] == '/');
}

static void try_all(struct oci_lint *lint)
{
	struct oci_strings glibc = { 0 }, musl = { 0 };
	struct oci_account account;

	target_check(!oci_conf_glibc(&glibc, lint, NULL));
	check_folders(&glibc);
	oci_strings_release(&glibc);
	target_check(!oci_conf_musl(&musl, lint, "riscv64", NULL));
	check_folders(&musl);
	oci_strings_release(&musl);
	target_check(!oci_account_read(&account, lint, NULL));
	target_check(account.more_count <= OCI_GROUPS);
	target_check(!oci_lint_accounts(lint, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const users[] = {
		"app", "7", "app:staff", "7:staff", "nobody:9", "",
	};
	struct oci_lint_options options = OCI_LINT_OPTIONS_INIT;
	struct oci_lint_result result = { 0 };
	struct oci_config config = { 0 };
	struct oci_lint_subject subject = { .config = &config };
	struct oci_lint lint = {
		.subject = &subject,
		.options = &options,
		.result = &result,
	};
	struct oci_rootfs *rootfs;

	if (!size)
		return 0;
	target_check(!oci_rootfs_new(&rootfs, NULL));
	rootfs_fill(rootfs, paths, sizeof(paths) / sizeof(paths[0]), data + 1,
		    size - 1);
	rootfs_put(rootfs, "etc/ld.so.cache", data, 0);
	subject.rootfs = rootfs;
	config.user = (char *)users[data[0] % 6];
	target_check(!oci_rootfs_sort(&lint.entries, &lint.count, rootfs, "",
				      true, NULL));
	try_all(&lint);
	free(lint.entries);
	oci_rootfs_free(rootfs);
	return 0;
}
