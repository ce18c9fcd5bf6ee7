/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells programs what a command wrote: --json on standard output, and the files
 * of --metadata-file and --iidfile, which have the keys and the content that
 * docker buildx gives them. docs/json.md.
 */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include <stdio.h>

#include <oci/oci.h>

#include "command.h"
#include "sandbox.h"

/* An image at one destination. */
struct result {
	const char *destination;	/* as on the command line; borrowed */
	struct oci_strings names;	/* its full names there */
	struct oci_descriptor image;
	struct oci_digest config;	/* empty if the image is an index */
	struct oci_repository *repository; /* borrowed until
					    * results_publish; NULL: none */
	struct oci_push_result pushed;	/* after results_publish */
};

struct results {
	bool json;
	const char *metadata_path;	/* or NULL */
	const char *iid_path;		/* or NULL */
	struct result *items;
	size_t count;
	struct oci_sink *metadata, *iid; /* after results_prepare */
};

/* The target is a struct results. */
extern const struct option_group results_options;

/* Returns whether an option is given. */
bool results_wanted(const struct results *results);
/* Refuses FILE options that are empty, or name the same file as each other or
 * as output, which may be NULL. Returns a status, or -1 to go on. */
int results_check(const struct results *results, const char *command,
		  const char *output);
/* Adds the files of the options to what a sandbox allows. */
int results_add_to_sandbox(const struct results *results,
			   struct sandbox *sandbox, struct oci_error *err);
/*
 * Adds an image that store has and that is named, before the commit. name is
 * the repository, if the store is one. Does nothing if no option is given.
 */
int results_add(struct results *results, const char *destination,
		struct oci_store *store, struct oci_repository *repository,
		const struct oci_reference *name,
		const struct oci_descriptor *image, struct oci_error *err);
/* Writes the files under temporary names, before the commit: what can fail
 * fails here. */
int results_prepare(struct results *results, struct oci_error *err);
/* Gives the files their names, after the commit. */
int results_publish(struct results *results, struct oci_error *err);
/* Prints the JSON of --json. */
void results_print(const struct results *results, FILE *out);
/* Forgets all images, and removes files that were not published. */
void results_release(struct results *results);

#endif
