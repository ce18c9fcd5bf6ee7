/* SPDX-License-Identifier: Apache-2.0 */
/* The outputs of a build: a file or folder, registries, and an engine. */
#ifndef CLI_BUILD_TARGET_H
#define CLI_BUILD_TARGET_H

#include "build.h"

struct build_target {
	struct oci_store *store;
	struct build_names names;
	const char *text; /* of -o or --push; borrowed */
	char *tag; /* of oci:DIR:TAG; replaces the names */
	bool archive;
	bool silent;			   /* another target prints the names */
	struct oci_repository *repository; /* store, if it is one */
	struct engine_load load;	   /* of --load */
};

int build_target_local(struct build_target *out,
		       const struct build_options *options, int64_t epoch,
		       const struct oci_spec *spec, struct oci_error *err);
int build_target_load(struct build_target *out,
		      const struct build_options *options, int64_t epoch,
		      const struct oci_spec *spec, struct oci_error *err);
int build_target_push(struct build_target *out, struct oci_registry **registry,
		      struct build_options *options, const char *reference,
		      const struct oci_spec *spec, struct oci_error *err);
int build_target_name(struct build_target *target,
		      const struct oci_descriptor *image,
		      struct oci_error *err);
/* Adds the image, which has its names, to the results. */
int build_target_result(const struct build_target *target,
			struct results *results,
			const struct oci_descriptor *image,
			struct oci_error *err);
void build_target_say(const struct build_target *target,
		      const struct oci_descriptor *image, FILE *out);
void build_target_release(struct build_target *target);

#endif
