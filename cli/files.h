/* SPDX-License-Identifier: Apache-2.0 */
/* The files of an image on the command line: what ls, cat and extract have in
 * common. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "remote.h"
#include "values.h"

struct files_options {
	struct platforms platform;
	struct remote_options remote;
	bool recursive;	    /* of ls */
	bool json;	    /* of ls */
	const char *output; /* of extract */
	uint64_t layer;	    /* of extract; 0: all */
};

/* Opened for one platform. An all-zero struct may be released. */
struct files {
	struct opened from;
	struct oci_image_documents image;
	bool has_image;
	struct oci_rootfs *rootfs; /* NULL before files_apply */
};

/* Opens an image, and begins to show progress; files_apply ends that. Fails if
 * the image is for several platforms and platform is NULL. The
 * caller releases *out in any case. */
int files_open(struct files *out, const char *name,
	       const struct oci_platform *platform,
	       struct remote_options *remote, struct oci_error *err);
/* The two steps of files_open: opens what has the name, and then one of its
 * images. */
int files_open_name(struct files *out, const char *name,
		    struct remote_options *remote, struct oci_error *err);
int files_choose(struct files *out, const struct oci_platform *platform,
		 struct oci_error *err);
void files_release(struct files *files);
/* Applies the layers of the image. path: of an image in a registry, as many
 * layers as decide what is at path; NULL: all of them. */
int files_apply(struct files *files, const char *path, struct oci_error *err);

/* Parses the options of a command with the operands IMAGE and PATH, of which
 * there are least to most, opens the image, and calls work. Returns the exit
 * status. */
int files_run(const struct command *command, int least, int most,
	      int (*work)(struct files *files, const char *path,
			  const struct files_options *options,
			  struct oci_error *err),
	      int argc, char **argv);

/* The type as the JSON of ls and diff has it; a hard link is a file. */
const char *entry_type_name(enum oci_entry_type type);
/* Writes the members of a JSON object that ls and diff have in common. */
void say_json_entry(FILE *out, const struct oci_entry *entry);

/* --platform; the target is a struct files_options. */
extern const struct option_group files_platform;

#endif
