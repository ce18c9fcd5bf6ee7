/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks share: the image that is looked at, and how to report. */
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
	/* All that is there, sorted by the bytes of the path. */
	const struct oci_rootfs_entry **entries;
	size_t count;
	struct oci_watch watch;
	/* What the container starts first: programs, and the interpreters of
	 * scripts among them. */
	const struct oci_rootfs_entry *started[OCI_LINT_STARTED];
	size_t started_count;
	bool doubtful; /* rules of level error warn: the container may
			* never use what is looked at */
};

/* Reports a finding of the rule called name; entry (may be NULL) is where. */
void oci_lint_report(struct oci_lint *lint, const char *name,
		     const struct oci_rootfs_entry *entry, const char *fmt,
		     ...) OCI_PRINTF(4, 5);
/* The same, with a remedy that fits the image better than the rule's. */
void oci_lint_report_with(struct oci_lint *lint, const char *name,
			  const struct oci_rootfs_entry *entry,
			  const char *remedy, const char *fmt, ...)
	OCI_PRINTF(5, 6);
/* The same, as a warning, where a rule of level error cannot be sure. */
void oci_lint_warn(struct oci_lint *lint, const char *name,
		   const struct oci_rootfs_entry *entry, const char *fmt, ...)
	OCI_PRINTF(4, 5);

/*
 * What a path of the image leads to, links followed; "/usr/bin/x" and
 * "usr/bin/x" are the same. NULL where there is nothing, or the links lead in
 * circles. The root without an entry of its own is NULL as well.
 */
const struct oci_rootfs_entry *oci_lint_find(const struct oci_lint *lint,
					     const char *path);
/* The same without following a link at the end of the path. */
const struct oci_rootfs_entry *oci_lint_lookup(const struct oci_lint *lint,
					       const char *path);
/* Up to max bytes of a file, with a NUL behind them; the caller frees *out.
 * Empty where its bytes are not kept. */
int oci_lint_load(char **out, size_t *size,
		  const struct oci_rootfs_entry *entry, size_t max,
		  struct oci_error *err);

/* The checks, each in a file of its own. They fail only for want of memory or
 * where a file cannot be read. */
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
