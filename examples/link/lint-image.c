/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks whether the images of an archive can run, for all their platforms.
 *
 *   cc lint-image.c $(pkg-config --cflags --libs liboci) -o lint-image
 *   ./lint-image app.tar
 */
#include <stdio.h>

#include <oci/oci.h>

static void print(void *data, const struct oci_lint_finding *finding)
{
	static const char *const levels[] = {
		[OCI_LINT_OFF] = "off",
		[OCI_LINT_NOTE] = "note",
		[OCI_LINT_WARNING] = "warning",
		[OCI_LINT_ERROR] = "error",
	};

	(void)data;
	printf("%s %s: %s: %s%s%s: %s\n", levels[finding->level],
	       finding->rule->name, finding->platform,
	       finding->path ? finding->path : "", finding->path ? ": " : "",
	       finding->message, finding->remedy);
}

int main(int argc, char **argv)
{
	struct oci_lint_options options = OCI_LINT_OPTIONS_INIT;
	struct oci_lint_result result = { 0 };
	struct oci_descriptor image = { 0 };
	struct oci_store *store = NULL;
	struct oci_error err;
	int rc;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FILE.tar\n", argv[0]);
		return 2;
	}
	options.report = print;
	rc = oci_archive_open(&store, argv[1], NULL, &err);
	if (!rc)
		rc = oci_store_resolve(&image, store, NULL, &err);
	if (!rc)
		rc = oci_lint_image(&result, store, &image, &options, &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	else
		printf("%zu images, %zu errors\n", result.images,
		       result.errors);
	oci_descriptor_release(&image);
	oci_store_free(store);
	return rc || result.errors ? 1 : 0;
}
