/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small documents of layouts and archives: oci-layout, and manifest.json
 * as `docker save` writes it.
 */
#ifndef DOCUMENT_ARCHIVE_H
#define DOCUMENT_ARCHIVE_H

#include <stddef.h>

#include <oci/error.h>
#include <oci/text.h>

#define OCI_LAYOUT_FILE "oci-layout"
#define OCI_LAYOUT_TEXT "{\"imageLayoutVersion\":\"1.0.0\"}"

/* Checks the version, which has to be 1.0.0. */
int oci_layout_check(const char *text, size_t size, struct oci_error *err);

/*
 * One image of manifest.json. Docker Image Specification 1.2, "Combined Image
 * JSON + Filesystem Changeset Format".
 */
struct oci_docker_image {
	char *config;			/* path in the archive */
	struct oci_strings tags;	/* familiar names with tags */
	struct oci_strings layers;	/* paths in the archive */
};

struct oci_docker_images {
	struct oci_docker_image *items;
	size_t count;
	size_t capacity;
};

/* Appends an empty image; *out is borrowed until the next call. */
int oci_docker_images_add(struct oci_docker_image **out,
			  struct oci_docker_images *images,
			  struct oci_error *err);
int oci_docker_images_parse(struct oci_docker_images *out, const char *text,
			    size_t size, struct oci_error *err);
/* The caller frees *out. */
int oci_docker_images_format(char **out,
			     const struct oci_docker_images *images,
			     struct oci_error *err);
void oci_docker_images_release(struct oci_docker_images *images);

#endif
