/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the image that build packs, and the check that an output is not
 * an input. */
#define _XOPEN_SOURCE 700	/* realpath */

#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int add(struct build_names *out, const struct oci_reference *name,
	       struct oci_error *err)
{
	struct oci_reference *items;

	for (size_t i = 0; i < out->count; i++)
		if (memcmp(&out->items[i], name, sizeof(*name)) == 0)
			return 0;
	items = realloc(out->items, (out->count + 1) * sizeof(*items));
	if (!items)
		return fail_nomem(err);
	out->items = items;
	items[out->count++] = *name;
	return 0;
}

/* Adds a name that has a tag, or one name for each of tags, or "latest". */
static int add_tags(struct build_names *out, const char *text,
		    const struct oci_strings *tags, struct oci_error *err)
{
	struct oci_reference name;
	int rc = oci_reference_parse(&name, text, err);

	if (rc || name.tag[0])
		return rc ? rc : add(out, &name, err);
	if (!tags->count) {
		snprintf(name.tag, sizeof(name.tag), "latest");
		return add(out, &name, err);
	}
	for (size_t i = 0; !rc && i < tags->count; i++) {
		memset(name.tag, 0, sizeof(name.tag));
		snprintf(name.tag, sizeof(name.tag), "%s", tags->items[i]);
		rc = add(out, &name, err);
	}
	return rc;
}

int build_names_make(struct build_names *out,
		     const struct build_options *options,
		     const struct oci_spec *spec, struct oci_error *err)
{
	const struct oci_strings *tags = oci_spec_tags(spec);
	const char *image = oci_spec_image(spec);
	int rc = 0;

	*out = (struct build_names){0};
	for (size_t i = 0; !rc && i < options->names.count; i++)
		rc = add_tags(out, options->names.items[i], tags, err);
	if (!rc && !out->count && image)
		rc = add_tags(out, image, tags, err);
	return rc;
}

/* Adds REPO or REPO@ without a tag. */
static int add_bare(struct build_names *out, const char *text,
		    struct oci_error *err)
{
	size_t size = strlen(text);
	char *repository = strndup(text, size - (text[size - 1] == '@'));
	struct oci_reference name;
	int rc;

	if (!repository)
		return fail_nomem(err);
	rc = oci_reference_parse(&name, repository, err);
	free(repository);
	if (rc)
		return rc;
	memset(name.tag, 0, sizeof(name.tag));
	return add(out, &name, err);
}

int build_names_push(struct build_names *out,
		     const struct build_options *options, const char *reference,
		     const struct oci_spec *spec, struct oci_error *err)
{
	*out = (struct build_names){0};
	if (!*reference)
		reference = oci_spec_image(spec);
	if (!reference)
		return oci_error_set(
			err, OCI_E_INVALID,
			"--push needs a name: the spec has no image");
	if (options->by_digest || reference[strlen(reference) - 1] == '@')
		return add_bare(out, reference, err);
	return add_tags(out, reference, oci_spec_tags(spec), err);
}

void build_names_release(struct build_names *names)
{
	free(names->items);
	*names = (struct build_names){0};
}

static int refuse(const char *output, const char *input, bool inside,
		  struct oci_error *err)
{
	return oci_error_set(
		err, OCI_E_INVALID,
		"output '%s' %s '%s', which is an input: write it elsewhere",
		output, inside ? "lies in" : "is", input);
}

static bool is_within(const char *path, const char *folder)
{
	size_t size = strlen(folder);

	return strncmp(path, folder, size) == 0 &&
	       (path[size] == '/' || path[size] == '\0' ||
		strcmp(folder, "/") == 0);
}

static int check_input(const char *output, const char *folder,
		       const char *input, struct oci_error *err)
{
	struct stat in, out;
	char *real;
	int rc = 0;

	if (stat(input, &in) != 0)
		return 0;
	if (stat(output, &out) == 0 && in.st_dev == out.st_dev &&
	    in.st_ino == out.st_ino)
		return refuse(output, input, false, err);
	if (!S_ISDIR(in.st_mode) || !folder)
		return 0;
	real = realpath(input, NULL);
	if (real && is_within(folder, real))
		rc = refuse(output, input, true, err);
	free(real);
	return rc;
}

int build_check_output(const char *output, const struct oci_spec *spec,
		       const char *spec_path, struct oci_error *err)
{
	const struct oci_strings *inputs = oci_spec_inputs(spec);
	char *folder;
	int rc = 0;

	if (strcmp(output, "-") == 0)
		return 0;
	folder = real_folder(output);
	rc = check_input(output, NULL, spec_path, err);
	for (size_t i = 0; !rc && i < inputs->count; i++)
		rc = check_input(output, folder, inputs->items[i], err);
	free(folder);
	return rc;
}
