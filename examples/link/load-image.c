/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the image of an archive or a layout into Docker, under a name, and
 * prints what Docker says that it loaded.
 *
 *   cc load-image.c $(pkg-config --cflags --libs liboci) -o load-image
 *   ./load-image app.tar example.com/app:1
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <oci/oci.h>

/* The library reads no environment by itself. */
static const char *variable(void *data, const char *name)
{
	(void)data;
	return getenv(name);
}

static int open_image(struct oci_store **out, const char *path,
		      struct oci_error *err)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode)
		       ? oci_layout_open(out, path, err)
		       : oci_archive_open(out, path, NULL, err);
}

/* Docker loads at the commit. */
static int load(struct oci_store *to, const struct oci_reference *name,
		struct oci_store *from, struct oci_error *err)
{
	struct oci_descriptor image = { 0 }, copied = { 0 };
	int rc = oci_store_resolve(&image, from, NULL, err);

	if (!rc)
		rc = oci_store_copy(&copied, to, from, &image, NULL, err);
	if (!rc)
		rc = oci_store_tag(to, name, &copied, err);
	if (!rc)
		rc = oci_store_commit(to, err);
	oci_descriptor_release(&copied);
	oci_descriptor_release(&image);
	return rc;
}

int main(int argc, char **argv)
{
	struct oci_engine_options options = OCI_ENGINE_OPTIONS_INIT;
	struct oci_store *from = NULL, *to = NULL;
	struct oci_engine *engine = NULL;
	struct oci_reference name;
	struct oci_error err;
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: %s FILE.tar|DIR NAME:TAG\n", argv[0]);
		return 2;
	}
	options.variable = variable;
	rc = oci_reference_parse(&name, argv[2], &err);
	if (!rc)
		rc = open_image(&from, argv[1], &err);
	if (!rc)
		rc = oci_engine_open(&engine, &options, &err);
	if (!rc)
		rc = oci_engine_load(&to, engine, NULL, &err);
	if (!rc)
		rc = load(to, &name, from, &err);
	for (size_t i = 0; !rc && i < oci_engine_loaded(engine)->count; i++)
		puts(oci_engine_loaded(engine)->items[i]);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	oci_store_free(to);
	oci_engine_free(engine);
	oci_store_free(from);
	return rc ? 1 : 0;
}
