/* SPDX-License-Identifier: Apache-2.0 */
/* One ELF file: its texts are of the file, and it fits a platform or not. */
#include "lint/elf.h"
#include "base/arena.h"
#include "layer/rootfs.h"
#include "target.h"

static void check_list(const struct oci_elf_list *list)
{
	for (const struct oci_elf_text *t = list->first; t; t = t->next)
		target_check(strlen(t->text) < SIZE_MAX &&
			     (!t->file || strlen(t->file) < SIZE_MAX));
}

static void check_platforms(const struct oci_elf *elf)
{
	static const char *const platforms[] = {
		"linux/riscv64/rva20u64",
		"linux/amd64",
		"linux/s390x",
		"linux/386",
		"linux/arm/v6",
		"linux/ppc64le",
		"linux/mips64le",
	};
	struct oci_platform platform;
	char text[128];

	for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++) {
		target_check(
			!oci_platform_parse(&platform, platforms[i], NULL));
		if (oci_elf_misfit(text, elf, &platform))
			target_check(text[0]);
		if (oci_elf_wants_more(text, elf, &platform))
			target_check(text[0]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_lint_file kept = {
		.data = data,
		.fd = -1,
		.size = size,
		.whole = size,
	};
	struct oci_rootfs_entry entry = {
		.type = OCI_ENTRY_FILE,
		.size = size,
		.kept = &kept,
	};
	struct oci_arena arena = { 0 };
	struct oci_elf elf;

	if (!oci_elf_read(&elf, &arena, &entry, NULL) && elf.is_elf) {
		check_list(&elf.needed);
		check_list(&elf.wants);
		check_list(&elf.has);
		check_platforms(&elf);
	}
	oci_arena_release(&arena);
	return 0;
}
