/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the instructions of a Dockerfile as parts of a spec. */
#ifndef CLI_CONVERT_H
#define CLI_CONVERT_H

#include <stdio.h>

#include "cli.h"
#include "dockerfile.h"
#include "dockerwords.h"

/* All texts are texts of a spec: variables are ${NAME}. */
struct conversion {
	const char *name;	/* of the Dockerfile, for comments */
	const char *folder;	/* of the Dockerfile: the context */
	struct dockerwords words;
	struct oci_strings ignore; /* of .dockerignore */
	char *base;		   /* NULL: scratch */
	char *user, *stop_signal;
	char *folder_inside;	/* WORKDIR; NULL: / */
	struct oci_strings shell, entrypoint, cmd, ports, volumes;
	bool has_entrypoint, has_cmd;
	bool cmd_here;		/* CMD is of the present stage */
	struct oci_pairs labels;
	struct oci_pairs health; /* keys of healthcheck but test */
	struct oci_strings health_test;
	FILE *entries;		/* lines of YAML, comments included */
	char *entries_text;
	size_t entries_size;
	size_t entry_count;
	size_t left_out;	/* instructions that were not converted */
};

/* convert.c: writes an instruction, or a part of it, as a comment with the
 * reason. */
void conversion_leave_out(struct conversion *c,
			  const struct dockerfile_line *line, const char *why);
/* convert_stages.c: takes all instructions of the last stage. */
int conversion_run(struct conversion *c, const struct dockerfile *file,
		   struct oci_error *err);
/* convert_copy.c: COPY and ADD. */
int conversion_copy(struct conversion *c, const struct dockerfile_line *line,
		    struct oci_error *err);
/* convert_config.c: the other instructions but FROM and ARG. Sets *known. */
int conversion_configure(bool *known, struct conversion *c,
			 const struct dockerfile_line *line,
			 struct oci_error *err);
/* convert_write.c: writes the spec. */
void conversion_write(FILE *out, const struct conversion *c,
		      const char *image);

/* Joins a path of the image with the WORKDIR; the caller frees *out. */
int conversion_path(char **out, const struct conversion *c, const char *path,
		    struct oci_error *err);

#endif
