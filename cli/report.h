/* SPDX-License-Identifier: Apache-2.0 */
/* The data of oci-pack report, and the page that shows it. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <limits.h>

#include "files.h"
#include "findings.h"
#include "packages.h"

/* The value of struct report_file's `by` for a file that a later layer
 * deletes. */
#define REPORT_DELETED UINT_MAX

enum { REPORT_HASH = 32 };

/* A regular file that a layer ships. Hard links of one file are one. */
struct report_file {
	char *path;
	uint64_t size;
	unsigned layer; /* from 1 */
	unsigned by;	/* the layer that replaces it, or REPORT_DELETED; 0: a
			 * container sees it */
	unsigned char hash[REPORT_HASH]; /* sha256 */
};

/* An image, and what was read of its layers. All zero: empty. */
struct report_image {
	struct files files;
	const char *name; /* on the command line */
	char *manifest;	  /* the documents, as they are */
	char *config;
	struct report_file *items; /* by layer, then by path */
	size_t count;
	size_t capacity;
	struct packages packages;
	struct findings findings;
};

void report_image_release(struct report_image *image);

/* report_fetch.c: makes a copy of an image in a registry its store. Does
 * nothing for other images. */
int report_fetch(struct files *files, struct oci_error *err);

/* report_layers.c: reads the files of each layer, and the packages. */
int report_read_layers(struct report_image *image, struct oci_error *err);

/* report_tree.c: writes the folders and files of a layer as a JSON array. Files
 * below `least` bytes are summed up. */
void report_say_tree(FILE *out, const struct report_image *image,
		     unsigned layer, uint64_t least);
/* The size from which on a file is shown by itself. *ok is false without
 * memory. */
uint64_t report_least_size(const struct report_image *image, bool *ok);

/* report_waste.c: writes members of a JSON object about bytes that are shipped
 * in vain: duplicates, and files that a later layer hides. */
int report_say_waste(FILE *out, const struct report_image *image,
		     struct oci_error *err);

/* report_image.c: writes the JSON object of an image. With `whole` it has the
 * contents of the layers, too. */
int report_say_image(FILE *out, const struct report_image *image, bool whole,
		     struct oci_error *err);

/* report_diff.c: compares a and b, and writes the JSON object of what
 * differs. *differs gets whether anything does. */
int report_say_diff(FILE *out, const struct report_image *a,
		    const struct report_image *b, struct oci_error *err);

/* report_page.c: makes the page for a JSON document. The caller frees *out. */
int report_page(char **out, size_t *size, const char *json, size_t json_size,
		struct oci_error *err);

/* The byte that two hexadecimal digits of a digest give. */
static inline unsigned char report_hex_byte(const char *digits)
{
	unsigned byte = 0;

	for (int i = 0; i < 2; i++)
		byte = byte << 4 |
		       (unsigned)(digits[i] <= '9' ? digits[i] - '0'
						   : digits[i] - 'a' + 10);
	return (unsigned char)byte;
}

#endif
