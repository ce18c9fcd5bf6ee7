/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the checks: the image, and functions that report findings. */
#ifndef LINT_LINT_H
#define LINT_LINT_H

#include <oci/lint.h>

#include "base/path.h"
#include "base/watch.h"
#include "layer/rootfs.h"

enum { OCI_LINT_STARTED = 16 };

struct oci_lint {
	const struct oci_lint_subject *subject;
	const struct oci_lint_options *options;
	struct oci_lint_result *result;
	char platform[OCI_PLATFORM_TEXT];
	/* All entries, sorted by the bytes of their paths. */
	const struct oci_rootfs_entry **entries;
	size_t count;
	struct oci_watch watch;
	/* The programs that the container starts first, with the interpreters
	 * of scripts. */
	const struct oci_rootfs_entry *started[OCI_LINT_STARTED];
	size_t started_count;
	bool doubtful; /* report errors as warnings, because the container may
			* never use the present file */
};

/* Reports a finding of the rule called name, at entry (may be NULL). */
void oci_lint_report(struct oci_lint *lint, const char *name,
		     const struct oci_rootfs_entry *entry, const char *fmt,
		     ...) OCI_PRINTF(4, 5);
/* The same, with a remedy that replaces the rule's. */
void oci_lint_report_with(struct oci_lint *lint, const char *name,
			  const struct oci_rootfs_entry *entry,
			  const char *remedy, const char *fmt, ...)
	OCI_PRINTF(5, 6);
/* The same, as a warning: for a rule of level error that cannot be sure. */
void oci_lint_warn(struct oci_lint *lint, const char *name,
		   const struct oci_rootfs_entry *entry, const char *fmt, ...)
	OCI_PRINTF(4, 5);

/*
 * Finds the entry of a path, with or without a leading "/", and follows
 * symlinks. Returns NULL if there is none, if links form a loop, or if the root
 * has no entry.
 */
const struct oci_rootfs_entry *oci_lint_find(const struct oci_lint *lint,
					     const char *path);
/* Reads up to max bytes of a file, and appends a NUL; the caller frees *out.
 * Empty if its bytes were not kept. */
int oci_lint_load(char **out, size_t *size,
		  const struct oci_rootfs_entry *entry, size_t max,
		  struct oci_error *err);

/* The checks. They return an error only if memory runs out or a file cannot be
 * read. */
typedef int oci_lint_check_fn(struct oci_lint *lint, struct oci_error *err);

oci_lint_check_fn oci_lint_accounts;	/* accounts.c */
oci_lint_check_fn oci_lint_buildkit;	/* buildkit.c */
oci_lint_check_fn oci_lint_certificates;	/* certificates.c */
oci_lint_check_fn oci_lint_duplicates;		/* duplicates.c */
oci_lint_check_fn oci_lint_elf;		/* elf.c */
oci_lint_check_fn oci_lint_entrypoint;	/* entrypoint.c */
oci_lint_check_fn oci_lint_health;		/* health.c */
oci_lint_check_fn oci_lint_paths;	/* paths.c */
oci_lint_check_fn oci_lint_secrets;	/* secrets.c */
oci_lint_check_fn oci_lint_size;	/* size.c */

#endif
