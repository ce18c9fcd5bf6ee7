/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of the linter: collected, and printed in four formats. */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include "cli.h"

enum findings_format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_SARIF,
	FORMAT_GITHUB
};

struct finding {
	const struct oci_lint_rule *rule;
	enum oci_lint_level level;
	char *platform;
	char *path;			/* or NULL */
	char *message;
	char *remedy;
	unsigned layer;
	struct oci_digest digest;	/* of the layer; empty: none */
};

struct findings {
	struct finding *items;
	size_t count;
	size_t capacity;
	bool nomem;
	struct oci_lint_result result;
	struct oci_lint_exception *exceptions;
	size_t exception_count;
};

/* The most that code scanning accepts of one run; more are only counted. */
enum { FINDINGS_MAX = 25000 };

/* OCI_E_NOMEM if a finding could not be stored: nothing is printed then. */
int findings_complete(const struct findings *findings, struct oci_error *err);
/* An oci_lint_fn; data is a struct findings. */
void findings_add(void *data, const struct oci_lint_finding *finding);
/* Sets another level for a rule. Returns -1 to go on, or an exit status. */
int findings_except(struct findings *findings, const char *command,
		    const char *rule, const char *path,
		    enum oci_lint_level level);
bool findings_format(enum findings_format *out, const char *text);
/* Prints all findings; name is the image. */
void findings_print(const struct findings *findings, FILE *out,
		    enum findings_format format, const char *name);
void findings_release(struct findings *findings);

/* Whether a rule of that name exists. */
bool is_lint_rule(const char *name);

#endif
