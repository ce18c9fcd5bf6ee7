/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of an image a container is sure to use. */
#ifndef LINT_ELF_USE_H
#define LINT_ELF_USE_H

#include "lint/elf_loader.h"

struct oci_elf_use {
	struct oci_table files;		/* by their paths */
	bool all;	/* of an image without a command: any may be started */
};

/* Fails for want of memory alone. The caller releases *use in any case. */
int oci_elf_use_read(struct oci_elf_use *use, const struct oci_loader *loader,
		     struct oci_error *err);
bool oci_elf_use_has(const struct oci_elf_use *use,
		     const struct oci_rootfs_entry *entry);
void oci_elf_use_release(struct oci_elf_use *use);

#endif
