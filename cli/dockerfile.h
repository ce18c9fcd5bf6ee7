/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the instructions of a Dockerfile: lines that continue, comments, the
 * escape directive and here-documents. Dockerfile reference, "Format", "Parser
 * directives", "Here-Documents".
 */
#ifndef CLI_DOCKERFILE_H
#define CLI_DOCKERFILE_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/error.h>
#include <oci/text.h>

enum { HEREDOCS_MAX = 16 };

struct dockerfile_line {
	unsigned number; /* of its first line, from 1 */
	char *name;	 /* in upper case: "COPY" */
	char *rest;	 /* its words, without the blanks around them */
	/* Texts of here-documents, in order; quoted: without variables. */
	char *heredocs[HEREDOCS_MAX];
	bool quoted[HEREDOCS_MAX];
	size_t heredoc_count;
};

struct dockerfile {
	struct dockerfile_line *lines;
	size_t count;
	char escape;
};

/* Parses text, which is changed. The caller releases *out in any case. Errors:
 * OCI_E_INVALID, with the number of the line; OCI_E_LIMIT. */
int dockerfile_parse(struct dockerfile *out, char *text, struct oci_error *err);
void dockerfile_release(struct dockerfile *file);

#endif
