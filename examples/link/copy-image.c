/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies an image, all its platforms included, from one registry to another,
 * and tells what is copied.
 *
 *   cc copy-image.c $(pkg-config --cflags --libs liboci) -o copy-image
 *   ./copy-image docker.io/library/debian:trixie ghcr.io/owner/debian:trixie
 */
#include <stdio.h>

#include "registry.h"

/* Called once for each blob, when its transfer starts. */
static void on_progress(void *data, const struct oci_progress *progress)
{
	(void)data;
	fprintf(stderr, "copying %s, %llu bytes\n", progress->what,
		(unsigned long long)progress->total);
}

static int copy(struct oci_store *to, const struct oci_reference *name,
		struct oci_store *from, struct oci_error *err)
{
	struct oci_copy_options options = OCI_COPY_OPTIONS_INIT;
	struct oci_descriptor image = { 0 }, copied = { 0 };
	int rc = oci_store_resolve(&image, from, NULL, err);

	options.progress = on_progress;
	if (!rc)
		rc = oci_store_copy(&copied, to, from, &image, &options, err);
	if (!rc)
		rc = oci_store_tag(to, name, &copied, err);
	if (!rc)
		rc = oci_store_commit(to, err);
	if (!rc)
		printf("%s\n", copied.digest.text);
	oci_descriptor_release(&copied);
	oci_descriptor_release(&image);
	return rc;
}

int main(int argc, char **argv)
{
	struct oci_repository *from = NULL, *to = NULL;
	struct oci_registry *registry = NULL;
	struct oci_strings files = { 0 };
	struct oci_reference source, target;
	struct oci_error err;
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: %s SOURCE TARGET\n", argv[0]);
		return 2;
	}
	rc = oci_reference_parse(&source, argv[1], &err);
	if (!rc)
		rc = oci_reference_parse(&target, argv[2], &err);
	if (!rc)
		rc = open_registry(&registry, &files, &err);
	if (!rc)
		rc = oci_repository_open(&from, registry, &source, &err);
	if (!rc)
		rc = oci_repository_create(&to, registry, &target, NULL, &err);
	if (!rc)
		rc = copy(oci_repository_store(to), &target,
			  oci_repository_store(from), &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	if (to)
		oci_store_free(oci_repository_store(to));
	if (from)
		oci_store_free(oci_repository_store(from));
	oci_registry_free(registry);
	oci_strings_release(&files);
	return rc ? 1 : 0;
}
