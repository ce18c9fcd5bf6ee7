/* SPDX-License-Identifier: Apache-2.0 */
/* Collects what differs between two images, and prints it. */
#ifndef CLI_DIFF_H
#define CLI_DIFF_H

#include "cli.h"

struct diff_report {
	bool json;
	struct oci_diff result;
	/* Lines for fields and files, printed when all were read. */
	FILE *fields, *files;
	char *field_text, *file_text;
	size_t field_size, file_size;
	size_t field_count, file_count;
};

/* The aspects of files, and their names in the order of the output. */
enum { DIFF_ASPECTS = 8 };
extern const struct diff_aspect {
	unsigned bit; /* of enum oci_file_aspect */
	const char *name;
} diff_aspects[DIFF_ASPECTS];

/* diff_file.c: writes the extended attributes of a file as a JSON object. */
void diff_say_xattrs(FILE *out, const struct oci_entry *e);
/* Writes a sentence that tells why the digests differ. */
void diff_say_summary(FILE *out, const struct oci_diff *diff);

int diff_open(struct diff_report *report, struct oci_error *err);
/* The functions of struct oci_diff_options; data is a struct diff_report. */
int diff_add_file(void *data, const struct oci_entry *a,
		  const struct oci_entry *b, unsigned aspects,
		  struct oci_error *err);
int diff_add_field(void *data, const char *field, const char *a, const char *b,
		   struct oci_error *err);
/* Prints the sentence and the lines; prints nothing if a part of them was lost
 * for lack of memory. */
int diff_print(struct diff_report *report, const struct oci_image_documents *a,
	       const struct oci_image_documents *b, struct oci_error *err);
void diff_close(struct diff_report *report);

#endif
