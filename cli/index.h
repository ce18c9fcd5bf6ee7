/* SPDX-License-Identifier: Apache-2.0 */
/* What oci-pack index is asked for, and where its index goes. */
#ifndef CLI_INDEX_H
#define CLI_INDEX_H

#include "remote.h"
#include "values.h"

enum index_verb { INDEX_CREATE, INDEX_APPEND, INDEX_REMOVE };

/* --annotation, as it was given. */
struct index_note {
	bool descriptor;	/* of images; else of the index */
	bool has_platform;	/* of this platform's alone */
	struct oci_platform platform;
	char *key;
	const char *value;
};

struct index_command {
	enum index_verb verb;
	const char *name;		/* "index create" */
	struct remote_options remote;
	const char *output;
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
/* Puts the annotations that were asked for into the join. */
int index_annotate(struct oci_join *join, const struct index_command *command,
		   struct oci_error *err);

/* The place of the index. */
struct index_target {
	struct opened now;		/* what is there; not of create */
	struct oci_registry *registry;	/* of the new one */
	struct oci_repository *repository; /* store, if it is one */
	struct oci_store *store;
	struct oci_reference name;	/* the tag; empty where it has none */
};

/* index_target.c: reads what is there. */
int index_target_read(struct index_target *target, const char *text,
		      struct index_command *command, struct oci_error *err);
/* Opens it to write; OCI_E_CHANGED where what was read is there no more. */
int index_target_open(struct index_target *target, const char *text,
		      struct index_command *command, struct oci_error *err);
/* Names the new index as the old one was named, and commits. */
int index_target_commit(struct index_target *target,
			const struct oci_descriptor *index,
			struct oci_error *err);
void index_target_release(struct index_target *target);

/* Images to join, opened as long as their blobs may be asked for. */
struct index_images {
	struct opened *items;		/* NULL: names are to be removed */
	char **names;
	size_t count;
};

/* index_make.c: makes the index at text, or changes the one there, and says so.
 * Other runs that change it too are waited for, but not for ever:
 * OCI_E_CHANGED. */
int index_make(struct index_command *command, const char *text,
	       const struct index_images *images, struct oci_error *err);

#endif
