/* SPDX-License-Identifier: Apache-2.0 */
/* What a container starts, as its config says. */
#ifndef LINT_COMMAND_H
#define LINT_COMMAND_H

#include "lint/lint.h"

enum { OCI_COMMAND_WORDS = 256, OCI_GROUPS = 64 };

/* Entrypoint and Cmd in one; words are borrowed from the config. */
struct oci_command {
	const char *words[OCI_COMMAND_WORDS];
	size_t count;
	size_t payload;		/* behind an init such as tini: the program
				 * that it starts; else 0 */
};

void oci_command_read(struct oci_command *out, const struct oci_config *config);
/* A program as execvp finds it: by the PATH of the config where it has no
 * slash. NULL where it is not in the image. */
const struct oci_rootfs_entry *oci_command_find(const struct oci_lint *lint,
						const char *name);
/* The PATH of a config, or the one that engines set where it has none. */
const char *oci_command_path(const struct oci_config *config);
extern const char oci_command_usual_path[];
/* The last part of a path. */
const char *oci_command_name(const char *path);

/* accounts.c: whom a container runs as, as far as it can be told. */
struct oci_account {
	bool known;		/* uid and gid are */
	uint32_t uid;
	uint32_t gid;
	uint32_t more[OCI_GROUPS];	/* that list the user, where the config
					 * names no group */
	size_t more_count;
};

int oci_account_read(struct oci_account *out, const struct oci_lint *lint,
		     struct oci_error *err);
/* Whether that user may execute a file, or search a folder. */
bool oci_account_executes(const struct oci_account *account,
			  const struct oci_rootfs_entry *entry);

#endif
