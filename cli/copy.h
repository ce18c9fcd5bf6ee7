/* SPDX-License-Identifier: Apache-2.0 */
/* What copy, push and pull are asked for, and how they name a copy. */
#ifndef CLI_COPY_H
#define CLI_COPY_H

#include "remote.h"

enum copy_verb { COPY, PUSH, PULL };

struct copy_command {
	enum copy_verb verb;
	const char *name;
	const char *help;
	struct remote_options remote;
	struct oci_platform *platforms;
	size_t platform_count;
	bool quiet;
	bool referrers;
	const char *output;
	struct oci_strings tags; /* -t: whole names for what is written here */
};

/* One destination, opened to write. */
struct copy_target {
	struct oci_registry *registry;
	struct oci_store *store;
	struct oci_reference name;
	bool named;		/* the name has a tag, or is to get some */
	bool by_digest;		/* REPO@: the copy gets no tag */
	bool archive;
};

/* copy_names.c: names the copy in target: as -t or the destination says, else
 * as the command line named the source, else with all names of the image. */
int copy_name(const struct copy_target *target, const struct oci_strings *tags,
	      const struct opened *from, const struct oci_descriptor *copy,
	      struct oci_error *err);
/* Says that an archive has no whole name, if it has none: docker load with the
 * containerd image store cannot use such an image. */
void copy_say_names(const struct copy_target *target, const char *text);

/* copy_platforms.c: copies the platforms of the command as a new index, which
 * keeps the annotations of the old one. The caller releases *out. */
int copy_platforms(struct oci_descriptor *out, struct oci_store *to,
		   const struct opened *from,
		   const struct copy_command *command,
		   const struct oci_copy_options *options,
		   struct oci_error *err);

#endif
