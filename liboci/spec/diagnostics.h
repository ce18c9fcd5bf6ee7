/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The errors of one spec, collected so that the user sees all of them at once,
 * in the order of the file. A spec is decoded once for each platform; an error
 * that is reported several times is kept once.
 */
#ifndef SPEC_DIAGNOSTICS_H
#define SPEC_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/spec.h>

#include "base/arena.h"
#include "base/table.h"
#include "spec/node.h"

/* Most errors that are kept. */
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
	unsigned hints; /* number of suggestions so far */
	bool full;	/* further errors are dropped */
	bool nomem;	/* memory ran out: the only error that is
			 * returned */
};

void oci_diagnostics_init(struct oci_diagnostics *report, const char *file);
void oci_diagnostics_release(struct oci_diagnostics *report);

/* Adds an error with its position; returns false, for `return
 * oci_diagnose(...)`. */
bool oci_diagnose_at(struct oci_diagnostics *report, unsigned line,
		     unsigned column, const char *fmt, ...) OCI_PRINTF(4, 5);
bool oci_diagnose(struct oci_diagnostics *report, const struct oci_yaml *at,
		  const char *fmt, ...) OCI_PRINTF(3, 4);
/* Records that memory ran out; returns false. */
bool oci_diagnose_nomem(struct oci_diagnostics *report);
/*
 * Returns whether another suggestion may be searched; their number is limited,
 * because a hostile spec may have millions of errors.
 */
bool oci_diagnostics_hint(struct oci_diagnostics *report);

bool oci_diagnostics_clean(const struct oci_diagnostics *report);
/*
 * Calls tell for every error, in the order of the file. Returns 0 if there is
 * none; otherwise *err is the first one and the number of the others.
 */
int oci_diagnostics_finish(struct oci_diagnostics *report,
			   oci_diagnostic_fn *tell, void *data,
			   struct oci_error *err);

#endif
