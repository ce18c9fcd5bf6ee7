/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands share: exit statuses, talk on stderr, and the names that
 * images go by on the command line.
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

/* One line on stderr, "oci-pack: ...", which is "interrupted" alone when a
 * signal came. Both return an exit status. */
int say_error(const struct oci_error *err);
int say_usage(const char *command, const char *fmt, ...) OCI_PRINTF(2, 3);

/* Stores OCI_E_NOMEM in *err, and returns it. */
int fail_nomem(struct oci_error *err);

/* The same for what ran out of memory, and for a value that the library
 * refused; option is put before its message. */
int say_no_memory(void);
int say_refused(const char *command, const char *option,
		const struct oci_error *err);

/* Where results go: stderr, where output is "-" and an archive on stdout. */
FILE *result_stream(const char *output);

/* Where to put temporary files: TMPDIR, or NULL for the library's own. */
const char *temp_dir(void);
/* --max-inflated, for all that is opened; 0: the library's own limits. */
void set_max_inflated(uint64_t bytes);
uint64_t max_inflated(void);
/* SOURCE_DATE_EPOCH, or OCI_DEFAULT. False, and said, when it is no time. */
bool read_epoch(int64_t *epoch);

/* Decimal digits alone, at most max. */
bool parse_number(uint64_t *out, const char *text, uint64_t max);

/* Bytes, with KiB, MiB or GiB behind them, or K, M or G for the same. */
bool parse_size(uint64_t *out, const char *text);

/* The end of a noun behind a number: "" of one, "s" of others. */
const char *plural(uint64_t count);

/* "27.3 MB" in decimal units. */
#define SIZE_TEXT 16
void format_size(char out[SIZE_TEXT], uint64_t bytes);

/* What the command line calls an image. */
struct image_name {
	char *path;
	char *tag;		/* of oci:DIR:TAG or FILE.tar:NAME, or NULL */
	bool layout;		/* a folder; else a file */
	bool dir;		/* dir:DIR; neither of the others */
};

/*
 * Reads FILE.tar, FILE.tar:NAME where there is such a file, "-", DIR,
 * oci:DIR[:TAG] or dir:DIR. The caller releases *out after a success.
 */
int image_name_parse(struct image_name *out, const char *text,
		     struct oci_error *err);
void image_name_release(struct image_name *name);
/* names.c: says in *err why text is no name in a registry, and what to write
 * instead. Returns OCI_E_INVALID. */
int refuse_name(const char *text, struct oci_error *err);
/* The same file: refuses the names of other programs' transports and file types
 * for what is written, such as docker://REF and FILE.tar.gz. */
int check_output_name(const char *text, struct oci_error *err);
/* The same file: tells in the message of *err what a name that cannot be opened
 * as an image is, or may have been meant as. */
void add_image_hint(const char *text, struct oci_error *err);

/* Fails if no image can be written there. */
int image_name_check_output(const struct image_name *name,
			    struct oci_error *err);
/* Opens the store that holds the image. */
int image_open_store(struct oci_store **store, const struct image_name *name,
		     struct oci_error *err);
/* Opens the store that holds the image, and finds the image in it. */
int image_open(struct oci_store **store, struct oci_descriptor *image,
	       const struct image_name *name, struct oci_error *err);

/* Set by SIGINT, SIGTERM and SIGHUP: operations end and clean up. */
void catch_signals(void);
bool was_interrupted(void);
/* Ends the program by the signal that came, so that a shell that waits for it
 * sees that, and ends its loop. Returns where none came. */
void end_interrupted(void);
volatile const int *interrupted_flag(void);

#endif
