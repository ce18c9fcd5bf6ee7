/* SPDX-License-Identifier: Apache-2.0 */
/* The names of local images on the command line. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "cli.h"
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

static bool ends_in(const char *text, const char *tail)
{
	size_t size = strlen(text), n = strlen(tail);

	return size > n && strcmp(text + size - n, tail) == 0;
}

char *real_folder(const char *path)
{
	char *copy = strdup(path), *slash, *real;

	if (!copy)
		return NULL;
	for (size_t n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = '\0';
	slash = strrchr(copy, '/');
	if (slash == copy)
		slash[1] = '\0';
	else if (slash)
		*slash = '\0';
	real = realpath(slash ? copy : ".", NULL);
	free(copy);
	return real;
}

/* Whether path names a file: an existing one, or a future archive. */
static bool names_file(const char *path)
{
	return strcmp(path, "-") == 0 || is_file(path) ||
	       (!is_folder(path) &&
		(ends_in(path, ".tar") || ends_in(path, ".tar.gz") ||
		 ends_in(path, ".tgz") || ends_in(path, ".tar.zst")));
}

/* Finds the colon of FILE.tar:NAME, if FILE.tar exists. */
static char *find_name(char *path)
{
	for (char *colon = path; (colon = strchr(colon, ':')); colon++) {
		bool found;

		*colon = '\0';
		found = is_file(path);
		*colon = ':';
		if (found && colon[1])
			return colon;
	}
	return NULL;
}

int image_name_parse(struct image_name *out, const char *text,
		     struct oci_error *err)
{
	bool layout = strncmp(text, "oci:", 4) == 0;
	char *colon;

	*out = (struct image_name){ .dir = strncmp(text, "dir:", 4) == 0 };
	if (layout || out->dir)
		text += 4;
	out->path = strdup(text);
	if (!out->path)
		return fail_nomem(err);
	out->layout = !out->dir && (layout || !names_file(out->path));
	colon = layout ? strrchr(out->path, ':') : NULL;
	if (colon && strchr(colon, '/'))
		colon = NULL;
	if (!layout && out->layout && !is_folder(out->path))
		colon = find_name(out->path);
	if (colon && !layout)
		out->layout = false;
	if (colon) {
		*colon = '\0';
		out->tag = strdup(colon + 1);
		if (!out->tag) {
			image_name_release(out);
			return fail_nomem(err);
		}
	}
	if (out->path[0])
		return 0;
	image_name_release(out);
	return oci_error_set(err, OCI_E_INVALID,
			     "the name of an image has no path");
}

void image_name_release(struct image_name *name)
{
	free(name->path);
	free(name->tag);
	*name = (struct image_name){0};
}

int image_name_check_output(const struct image_name *name,
			    struct oci_error *err)
{
	if (name->dir)
		return oci_error_set(err, OCI_E_INVALID,
				     "dir:DIR is for images to read: write a "
				     "layout instead, as oci:%s",
				     name->path);
	if (name->tag && !name->layout)
		return oci_error_set(err, OCI_E_INVALID,
				     "'%s' is a file: FILE.tar:NAME is for "
				     "images to read",
				     name->path);
	return check_output_name(name->path, err);
}

static int open_store(struct oci_store **store, const struct image_name *name,
		      struct oci_error *err)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;

	if (name->dir)
		return oci_dir_open(store, name->path, err);
	if (name->layout)
		return oci_layout_open(store, name->path, err);
	options.temp_dir = temp_dir();
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	return oci_archive_open(store, name->path, &options, err);
}

int image_open_scratch(struct oci_store **store, struct oci_error *err)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	int rc;

	options.temp_dir = temp_dir();
	rc = oci_archive_create(store, "-", &options, err);
	if (!rc)
		oci_store_watch(*store, interrupted_flag());
	return rc;
}

int image_open_store(struct oci_store **store, const struct image_name *name,
		     struct oci_error *err)
{
	struct oci_store *opened;
	int rc = open_store(&opened, name, err);

	if (rc && !name->dir)
		add_image_hint(name->path, err);
	if (rc)
		return rc;
	oci_store_progress(opened, progress_record, NULL);
	*store = opened;
	return rc;
}

int image_open(struct oci_store **store, struct oci_descriptor *image,
	       const struct image_name *name, struct oci_error *err)
{
	int rc;

	*image = (struct oci_descriptor){0};
	rc = image_open_store(store, name, err);
	if (rc)
		return rc;
	rc = oci_store_resolve(image, *store, name->tag, err);
	if (rc) {
		oci_store_free(*store);
		*store = NULL;
	}
	return rc;
}

const char *image_entry_name(const struct oci_descriptor *entry)
{
	const char *name =
		oci_pairs_get(&entry->annotations, OCI_ANNOTATION_IMAGE_NAME);

	return name ? name
		    : oci_pairs_get(&entry->annotations,
				    OCI_ANNOTATION_REF_NAME);
}
