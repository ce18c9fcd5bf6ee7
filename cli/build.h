/* SPDX-License-Identifier: Apache-2.0 */
/* The options of build, and where its result goes. */
#ifndef CLI_BUILD_H
#define CLI_BUILD_H

#include "bases.h"

struct build_options {
	const char *spec;
	const char *output;		/* -o, or NULL */
	struct oci_strings pushes;	/* --push; "" for the spec's own */
	struct remote_options remote;
	struct bases bases;
	const char *folder;
	struct oci_strings names;	/* -t */
	struct oci_pairs vars;
	struct oci_platform *platforms;
	size_t platform_count;
	enum oci_compression compression;
	int level;
	unsigned jobs;
	bool quiet;
	bool verbose;
	bool help;
};

/* Fills *out; -1 to go on, else the exit status, and it was said why. */
int build_options_parse(struct build_options *out, int argc, char **argv);
/* --set NAME=VALUE; -1 to go on, as above. */
int build_set_variable(struct oci_pairs *out, const char *command,
		       const char *text);
void build_options_release(struct build_options *options);

/* The names of the result: -t, else the spec's own. */
struct build_names {
	struct oci_reference *items;
	size_t count;
};

/* From -t, else the spec's image. */
int build_names_make(struct build_names *out,
		     const struct build_options *options,
		     const struct oci_spec *spec, struct oci_error *err);
/* From one --push. */
int build_names_push(struct build_names *out, const char *reference,
		     const struct oci_spec *spec, struct oci_error *err);
void build_names_release(struct build_names *names);

/* Refuses an output that is an input, or lies in a folder that is one. */
int build_check_output(const char *output, const struct oci_spec *spec,
		       const char *spec_path, struct oci_error *err);

#endif
