/* SPDX-License-Identifier: Apache-2.0 */
/* The command that a container starts, from its config. */
#ifndef LINT_COMMAND_H
#define LINT_COMMAND_H

#include "lint/lint.h"

enum { OCI_COMMAND_WORDS = 256, OCI_GROUPS = 64 };

/* The words of Entrypoint and Cmd, borrowed from the config. */
struct oci_command {
	const char *words[OCI_COMMAND_WORDS];
	size_t count;
	size_t payload; /* index of the program that an init such as
			 * tini starts; 0: no init */
};

void oci_command_read(struct oci_command *out, const struct oci_config *config);
/* Finds a program as execvp does: by the config's PATH if the name has no
 * slash. Returns NULL if the image does not have it. */
const struct oci_rootfs_entry *oci_command_find(const struct oci_lint *lint,
						const char *name);
/* Returns the config's PATH, or the one that engines set by default. */
const char *oci_command_path(const struct oci_config *config);
extern const char oci_command_usual_path[];
/* Returns the last part of a path. */
const char *oci_command_name(const char *path);

/* accounts.c: the user and groups of the container's process. */
struct oci_account {
	bool known; /* uid and gid were found */
	uint32_t uid;
	uint32_t gid;
	uint32_t more[OCI_GROUPS]; /* other groups of the user, if the
				    * config names no group */
	size_t more_count;
};

int oci_account_read(struct oci_account *out, const struct oci_lint *lint,
		     struct oci_error *err);
/* Returns whether that user may execute a file or search a folder. */
bool oci_account_executes(const struct oci_account *account,
			  const struct oci_rootfs_entry *entry);

#endif
