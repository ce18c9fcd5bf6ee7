/* SPDX-License-Identifier: Apache-2.0 */
/* The options of copy, push and pull, and the names of copies. */
#ifndef CLI_COPY_H
#define CLI_COPY_H

#include "engine.h"
#include "remote.h"
#include "results.h"
#include "values.h"

enum copy_verb { COPY, PUSH, PULL };

struct copy_command {
	enum copy_verb verb;
	const char *name;
	struct remote_options remote;
	struct platforms platforms;
	bool referrers;
	const char *output;
	struct results results;
	struct oci_strings tags; /* -t: full names in an archive or layout */
};

/* copy.c: reads the options, copies, and releases the command. Returns an exit
 * status. */
int copy_run(struct copy_command *c, const struct command *command, int argc,
	     char **argv);

/* One destination, opened for writing. */
struct copy_target {
	const char *text; /* as on the command line; borrowed */
	char *path;	  /* of an archive or a layout; else NULL */
	struct oci_registry *registry; /* NULL: none */
	struct oci_repository *repository; /* the same */
	struct oci_store *store;
	bool shared; /* store and repository belong to an earlier target */
	struct oci_reference name;
	bool named;		/* the name has a tag, or the copy gets tags */
	bool by_digest;		/* REPO@: the copy gets no tag */
	bool archive;
	struct engine_load load;    /* of docker-daemon: and podman: */
	struct oci_descriptor copy; /* valid after copying */
};

struct copy_targets {
	struct copy_target *items;
	size_t count;
};

/* copy_target.c: checks and opens all destinations before one is written to.
 * Targets in one layout, archive or repository share its store. texts are
 * borrowed. The caller releases *out, also after a failure. */
int copy_targets_open(struct copy_targets *out, char *const *texts,
		      size_t count, const struct opened *from,
		      struct copy_command *c, struct oci_error *err);
void copy_targets_release(struct copy_targets *targets);

/* copy_names.c: names the copy in target: by -t or the destination, otherwise
 * by the source's name on the command line, otherwise by all names of the
 * source.
 */
int copy_name(const struct copy_target *target, const struct oci_strings *tags,
	      const struct opened *from, struct oci_error *err);
/* Prints a note if an archive has no full name: docker load with the containerd
 * image store cannot use such an image. */
void copy_say_names(const struct copy_target *target);

/* copy_platforms.c: copies the platforms of the command as a new index, which
 * keeps the annotations of the old one. The caller releases *out. */
int copy_platforms(struct oci_descriptor *out, struct oci_store *to,
		   const struct opened *from,
		   const struct copy_command *command,
		   const struct oci_copy_options *options,
		   struct oci_error *err);

#endif
