/* SPDX-License-Identifier: Apache-2.0 */
/* The files of an image that a container is sure to use. */
#ifndef LINT_ELF_USE_H
#define LINT_ELF_USE_H

#include "lint/elf_loader.h"

struct oci_elf_use {
	struct oci_table files; /* keys are paths */
	bool all; /* the image has no command: any file may be used */
};

/* Errors: OCI_E_NOMEM only. The caller releases *use in any case. */
int oci_elf_use_read(struct oci_elf_use *use, const struct oci_loader *loader,
		     struct oci_error *err);
bool oci_elf_use_has(const struct oci_elf_use *use,
		     const struct oci_rootfs_entry *entry);
void oci_elf_use_release(struct oci_elf_use *use);

#endif
