/* SPDX-License-Identifier: Apache-2.0 */
/* Collects what differs between two images, and prints it. */
#ifndef CLI_DIFF_H
#define CLI_DIFF_H

#include "cli.h"
#include "packages.h"
#include "remote.h"

/* A package that differs; a or b is NULL if that image does not have it. */
struct diff_package {
	const struct package *a, *b;
};

struct diff_report {
	bool json;
	bool text;
	struct oci_diff result;
	/* Lines for fields and files, printed when all were read. */
	FILE *fields, *files;
	char *field_text, *file_text;
	size_t field_size, file_size;
	size_t field_count, file_count;
	struct packages packages[2]; /* of A and B, in databases that differ */
	struct diff_package *pairs;
	size_t pair_count;
	char *patch; /* of the file that is reported next; or NULL */
	size_t patch_bytes, patches_left_out;
};

/* The aspects of files, and their names in the order of the output. */
enum { DIFF_ASPECTS = 9 };
extern const struct diff_aspect {
	unsigned bit; /* of enum oci_file_aspect */
	const char *name;
} diff_aspects[DIFF_ASPECTS];

/* diff_file.c: writes the extended attributes of a file as a JSON object. */
void diff_say_xattrs(FILE *out, const struct oci_entry *e);
/* Writes a sentence that tells why the digests differ. */
void diff_say_summary(FILE *out, const struct oci_diff *diff);

/* diff_file.c: an oci_file_difference_fn whose data is a struct diff_report. */
int diff_add_file(void *data, const struct oci_entry *a,
		  const struct oci_entry *b, unsigned aspects,
		  struct oci_error *err);

/* diff_packages.c: adds the packages of a database at path. */
int diff_add_packages(struct diff_report *report, const char *path,
		      const struct oci_file_bytes *a,
		      const struct oci_file_bytes *b, struct oci_error *err);
/* Makes the pairs, once all packages were added. */
int diff_pair_packages(struct diff_report *report, struct oci_error *err);
void diff_say_packages(FILE *out, const struct diff_report *report);
/* Writes the items of a JSON array. */
void diff_json_packages(FILE *out, const struct diff_report *report);
void diff_release_packages(struct diff_report *report);

/* Files of more bytes are only named. */
enum { DIFF_TEXT_MAX = 256 << 10 };

/* diff_text.c: with --text, makes the patch of a file if both are texts. */
int diff_add_text(struct diff_report *report, const struct oci_file_bytes *a,
		  const struct oci_file_bytes *b, struct oci_error *err);
/* Writes the patch, if there is one, and frees it. */
void diff_say_text(FILE *out, struct diff_report *report, const char *path);
/* Writes how many patches were not made. */
void diff_say_left_out(FILE *out, const struct diff_report *report);

/* One of the images. */
struct diff_side {
	struct oci_store *store;
	const struct oci_image_documents *image;
};

/* Opens the report and compares the images. The caller closes the report in any
 * case. */
int diff_read(struct diff_report *report, const struct diff_side *a,
	      const struct diff_side *b, struct oci_error *err);
/* Writes the sentence and the lines; writes nothing if a part of them was lost
 * for lack of memory. */
int diff_print(FILE *out, struct diff_report *report,
	       const struct oci_image_documents *a,
	       const struct oci_image_documents *b, struct oci_error *err);
void diff_close(struct diff_report *report);

enum { DIFF_PLATFORM = OCI_PLATFORM_TEXT + OCI_DIGEST_TEXT };

/* diff_indexes.c: A and B if both are indexes. All zero: empty. */
struct diff_indexes {
	bool json;
	bool text;
	const struct opened *from[2]; /* borrowed */
	struct oci_descriptors lists[2];
	size_t differing; /* platforms */
};

/* Lists the images of both, if both are indexes. *several: one of them has more
 * than one image. The caller closes *out in any case. */
int diff_open_indexes(bool *several, struct diff_indexes *out,
		      const struct opened *a, const struct opened *b,
		      struct oci_error *err);
/* Compares and prints. *same is whether the indexes have one digest. */
int diff_compare_indexes(bool *same, struct diff_indexes *indexes,
			 struct oci_error *err);
void diff_close_indexes(struct diff_indexes *indexes);

#endif
