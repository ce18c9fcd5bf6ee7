/* SPDX-License-Identifier: Apache-2.0 */
/* The files of an image on the command line: what ls and cat have in common. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "remote.h"
#include "values.h"

struct files_options {
	struct platforms platform;
	struct remote_options remote;
	bool recursive;
	bool json;
};

/* Opened for one platform. An all-zero struct may be released. */
struct files {
	struct opened from;
	struct oci_image_documents image;
	bool has_image;
	struct oci_rootfs *rootfs;
};

/* Opens the image and applies its layers. Fails if the image is for several
 * platforms and --platform chooses none of them. The caller releases *out in
 * any case. */
int files_open(struct files *out, const char *name,
	       struct files_options *options, struct oci_error *err);
void files_release(struct files *files);

/* Parses the options of a command with the operands IMAGE and PATH, of which
 * least to most are there, and calls work. Returns the exit status. */
int files_run(const struct command *command, int least, int most,
	      int (*work)(const struct files *files, const char *path,
			  const struct files_options *options,
			  struct oci_error *err),
	      int argc, char **argv);

/* --platform; the target is a struct files_options. */
extern const struct option_group files_platform;

#endif
