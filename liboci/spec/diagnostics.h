/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The errors of one spec, collected so that a user sees all of them at once,
 * in the order of the file. The spec is decoded once a platform, so the same
 * error may arrive several times: it is kept once.
 */
#ifndef SPEC_DIAGNOSTICS_H
#define SPEC_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/spec.h>

#include "base/arena.h"
#include "base/table.h"
#include "spec/node.h"

/* More errors than this are counted out, not shown. */
#define OCI_DIAGNOSTICS_MAX 200

struct oci_diagnostic {
	unsigned line;
	unsigned column;
	const char *text;	/* "FILE:LINE:COL: ..." */
};

struct oci_diagnostics {
	const char *file;	/* borrowed */
	struct oci_diagnostic *items;
	size_t count;
	size_t capacity;
	struct oci_table seen;
	struct oci_arena arena;
	unsigned hints;		/* suggestions looked for */
	bool full;		/* later errors are dropped */
	bool nomem;		/* memory ran out: outweighs all the others */
};

void oci_diagnostics_init(struct oci_diagnostics *report, const char *file);
void oci_diagnostics_release(struct oci_diagnostics *report);

/* Notes an error at a place; returns false, for `return oci_diagnose(...)`. */
bool oci_diagnose_at(struct oci_diagnostics *report, unsigned line,
		     unsigned column, const char *fmt, ...) OCI_PRINTF(4, 5);
bool oci_diagnose(struct oci_diagnostics *report, const struct oci_yaml *at,
		  const char *fmt, ...) OCI_PRINTF(3, 4);
/* Notes that memory ran out; returns false. */
bool oci_diagnose_nomem(struct oci_diagnostics *report);
/*
 * Whether a suggestion may still be looked for: a hostile spec does not get to
 * ask for millions of them.
 */
bool oci_diagnostics_hint(struct oci_diagnostics *report);

bool oci_diagnostics_clean(const struct oci_diagnostics *report);
/*
 * Hands out every error in the order of the file. Returns 0 when there was
 * none, else *err is the first with the number of the others.
 */
int oci_diagnostics_finish(struct oci_diagnostics *report,
			   oci_diagnostic_fn *tell, void *data,
			   struct oci_error *err);

#endif
