/* SPDX-License-Identifier: Apache-2.0 */
/* The options of index, and the index that it reads and writes. */
#ifndef CLI_INDEX_H
#define CLI_INDEX_H

#include "remote.h"
#include "results.h"
#include "values.h"

enum index_verb { INDEX_CREATE, INDEX_APPEND, INDEX_REMOVE };

/* One --annotation. */
struct index_note {
	bool descriptor;   /* for descriptors of images; otherwise for the index
			    */
	bool has_platform; /* only for this platform */
	struct oci_platform platform;
	char *key;
	const char *value;
};

struct index_command {
	enum index_verb verb;
	const char *name;		/* "index create" */
	struct remote_options remote;
	const char *output;
	struct results results;
	struct platforms platforms;
	struct index_note *notes;
	size_t note_count;
	bool no_attestations;
	bool referrers;
};

/* index_options.c: takes --annotation; the target is a struct index_command. */
int index_take_annotation(void *target, const struct parse *parse,
			  const char *value);
void index_release_options(struct index_command *command);
/* Adds the annotations of the command to the join. */
int index_annotate(struct oci_join *join, const struct index_command *command,
		   struct oci_error *err);

/* The index that is changed, and the one that is written. */
struct index_target {
	struct opened now;	       /* the present index; not for create */
	struct oci_registry *registry; /* of the new index */
	struct oci_repository *repository; /* of store; or NULL */
	struct oci_store *store;
	struct oci_reference name; /* its tag may be empty */
};

/* index_target.c: opens the present index. */
int index_target_read(struct index_target *target, const char *text,
		      struct index_command *command, struct oci_error *err);
/* Opens the target for writing. OCI_E_CHANGED: another run replaced the index
 * that was read. */
int index_target_open(struct index_target *target, const char *text,
		      struct index_command *command, struct oci_error *err);
/* Gives the new index the names of the old one. */
int index_target_name(struct index_target *target,
		      const struct oci_descriptor *index,
		      struct oci_error *err);
void index_target_release(struct index_target *target);

/* The images to join; they stay open while their blobs may be read. */
struct index_images {
	struct opened *items; /* NULL for remove */
	char **names;
	size_t count;
};

/* index_make.c: makes or changes the index at text, and prints the result. If
 * other runs change it at the same time, repeats a limited number of times:
 * OCI_E_CHANGED. */
int index_make(struct index_command *command, const char *text,
	       const struct index_images *images, struct oci_error *err);

#endif
