/* SPDX-License-Identifier: Apache-2.0 */
/* The options of build, and the names and checks of its image. */
#ifndef CLI_BUILD_H
#define CLI_BUILD_H

#include "bases.h"
#include "engine.h"
#include "findings.h"
#include "results.h"
#include "values.h"

enum build_lint_mode { LINT_ERROR, LINT_WARN, LINT_OFF };

/* The checks of the packed image, and their findings. */
struct build_lint {
	enum build_lint_mode mode;
	struct findings findings;
	uint64_t budget;		/* bytes of all layers; 0: none */
	struct oci_cache *cache;	/* records clean images; or NULL */
};

struct build_options {
	const char *spec;
	const char *output;		/* -o, or NULL */
	struct oci_strings pushes;	/* --push; "": the name in the spec */
	bool by_digest;			/* no tag is set */
	struct build_load {
		bool wanted; /* --load */
		enum oci_engine_kind kind;
	} load;
	struct remote_options remote;
	struct bases bases;
	struct build_lint lint;
	struct results results;
	const char *folder;
	struct oci_strings names;	/* -t */
	struct oci_pairs vars;
	struct platforms platforms;
	struct compression compression;
	unsigned jobs;
};

/* build.c: the run function of the command. */
int run_build(int argc, char **argv);

/* Fills *out. Returns -1 to go on, or an exit status after a message. The
 * caller releases *out in either case. */
int build_options_parse(struct build_options *out, int argc, char **argv);
void build_options_release(struct build_options *options);

/* The names of the image. */
struct build_names {
	struct oci_reference *items;
	size_t count;
};

/* Makes them from -t, otherwise from the spec. */
int build_names_make(struct build_names *out,
		     const struct build_options *options,
		     const struct oci_spec *spec, struct oci_error *err);
/* Makes them from one --push; without a tag if it is pushed by its digest. */
int build_names_push(struct build_names *out,
		     const struct build_options *options, const char *reference,
		     const struct oci_spec *spec, struct oci_error *err);
void build_names_release(struct build_names *names);

/* Reads the checks of the spec. */
int build_lint_open(struct build_lint *lint, const struct oci_spec *spec,
		    struct oci_error *err);
/* An oci_image_check_fn; data is a struct build_lint. */
int build_lint_check(void *data, const struct oci_rootfs *rootfs,
		     const struct oci_config *config,
		     const struct oci_descriptors *layers,
		     struct oci_error *err);
/* An oci_image_checked_fn: whether the cache records that the image had neither
 * errors nor warnings. */
bool build_lint_checked(void *data, const struct oci_config *config,
			const struct oci_descriptors *layers);
/* Whether the findings end the build. */
bool build_lint_refuses(const struct build_lint *lint);
void build_lint_say(const struct build_lint *lint, const char *spec,
		    bool quiet);
bool build_lint_mode(enum build_lint_mode *out, const char *text);

/* Refuses an output that is an input, or is in a folder that is one. */
int build_check_output(const char *output, const struct oci_spec *spec,
		       const char *spec_path, struct oci_error *err);

#endif
