/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by all commands: exit statuses, messages on stderr, values of options,
 * names of local images, and signals.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <oci/oci.h>

#include "say.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_FINDINGS = 3
};

/* Print a line on stderr and return an exit status. After a signal, say_error
 * prints only "oci-pack: interrupted". */
int say_error(const struct oci_error *err);
int say_usage(const char *command, const char *fmt, ...) OCI_PRINTF(2, 3);

/* Stores OCI_E_NOMEM in *err, and returns it. */
static inline int fail_nomem(struct oci_error *err)
{
	oci_error_set(err, OCI_E_NOMEM, "out of memory");
	return OCI_E_NOMEM;
}

/* The same for a lack of memory, and for a value that the library refused;
 * option is put before the message. */
int say_no_memory(void);
int say_refused(const char *command, const char *option,
		const struct oci_error *err);

/* The stream for results: stderr if output is "-", because stdout is the
 * archive then; otherwise stdout. */
FILE *result_stream(const char *output);

/* The folder for temporary files: TMPDIR, or NULL for the library's default. */
const char *temp_dir(void);
/* --max-inflated, for everything that is opened; 0: the library's defaults. */
void set_max_inflated(uint64_t bytes);
uint64_t max_inflated(void);
/* SOURCE_DATE_EPOCH, or OCI_DEFAULT. Prints a message and returns false if it
 * is malformed. */
bool read_epoch(int64_t *epoch);

/* Reads decimal digits; false if there is anything else, or beyond max. */
bool parse_number(uint64_t *out, const char *text, uint64_t max);

/* Reads a number of bytes, which may end in KiB, MiB or GiB, or in K, M or G
 * with the same meaning. */
bool parse_size(uint64_t *out, const char *text);

/* "" for 1, otherwise "s". */
const char *plural(uint64_t count);

/* "27.3 MB" in decimal units. */
#define SIZE_TEXT 16
void format_size(char out[SIZE_TEXT], uint64_t bytes);

/* The name of a local image on the command line. */
struct image_name {
	char *path;
	char *tag;		/* of oci:DIR:TAG or FILE.tar:NAME, or NULL */
	bool layout;		/* a folder; otherwise a file */
	bool dir;		/* dir:DIR; neither of the others */
};

/*
 * Reads FILE.tar, FILE.tar:NAME (if FILE.tar exists), "-", DIR,
 * oci:DIR[:TAG] or dir:DIR. The caller releases *out after a success.
 */
int image_name_parse(struct image_name *out, const char *text,
		     struct oci_error *err);
void image_name_release(struct image_name *name);
/* name_hints.c: stores in *err why text is not a name in a registry, and what
 * to write instead. Returns OCI_E_INVALID. */
int refuse_name(const char *text, struct oci_error *err);
/* name_hints.c: refuses outputs in other programs' notation, such as
 * docker://REF, or of other types, such as FILE.tar.gz. */
int check_output_name(const char *text, struct oci_error *err);
/* name_hints.c: adds to *err what a name that cannot be opened is, or what may
 * have been meant. */
void add_image_hint(const char *text, struct oci_error *err);

/* Fails if no image can be written there. */
int image_name_check_output(const struct image_name *name,
			    struct oci_error *err);
/* The folder of a path, without symlinks; the caller frees it. NULL if it does
 * not exist. */
char *real_folder(const char *path);
/* Makes an archive that is never committed: an unlinked temporary file, which
 * ends with the store. What is added can be read. */
int image_open_scratch(struct oci_store **store, struct oci_error *err);
/* Opens the store that holds the image. */
int image_open_store(struct oci_store **store, const struct image_name *name,
		     struct oci_error *err);
/* Opens the store that holds the image, and finds the image in it. */
int image_open(struct oci_store **store, struct oci_descriptor *image,
	       const struct image_name *name, struct oci_error *err);

/* The name that an entry of oci_store_names gives its image, borrowed, or NULL.
 */
const char *image_entry_name(const struct oci_descriptor *entry);

/* SIGINT, SIGTERM and SIGHUP set interrupted_flag: operations end and clean up.
 */
void catch_signals(void);
bool was_interrupted(void);
/* Ends the program by the signal that came, so that a shell sees it and ends
 * its loop. Returns if no signal came. */
void end_interrupted(void);
volatile const int *interrupted_flag(void);

#endif
