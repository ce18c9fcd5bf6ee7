/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the manifest and the config of the first image of an archive. With a
 * digest, the manifest has to have it.
 *
 *   cc show-image.c $(pkg-config --cflags --libs liboci) -o show-image
 *   ./show-image app.tar
 *   ./show-image app.tar sha256:...
 */
#include <stdio.h>

#include <oci/oci.h>

static void show_manifest(const struct oci_manifest *manifest)
{
	const struct oci_descriptors *layers = &manifest->layers;

	for (size_t i = 0; i < layers->count; i++)
		printf("layer %zu: %s, %llu bytes\n", i + 1,
		       layers->items[i].digest.text,
		       (unsigned long long)layers->items[i].size);
}

static void show_config(const struct oci_config *config)
{
	char platform[OCI_PLATFORM_TEXT];

	oci_platform_format(platform, &config->platform);
	printf("platform: %s\nuser: %s\n", platform,
	       config->user ? config->user : "root");
	for (size_t i = 0; i < config->entrypoint.count; i++)
		printf("entrypoint: %s\n", config->entrypoint.items[i]);
	for (size_t i = 0; i < config->env.count; i++)
		printf("env: %s\n", config->env.items[i]);
}

static int show(struct oci_store *store, const char *wanted,
		struct oci_error *err)
{
	struct oci_image_documents image = { 0 };
	struct oci_descriptor index = { 0 };
	struct oci_digest digest;
	int rc = oci_store_resolve(&index, store, NULL, err);

	if (!rc)
		rc = oci_image_open(&image, store, &index, NULL, err);
	if (!rc && wanted)
		rc = oci_digest_parse(&digest, wanted, err);
	if (!rc && wanted &&
	    !oci_digest_equal(&digest, &image.descriptor.digest))
		rc = oci_error_set(err, OCI_E_CONFLICT, "the digest is %s",
				   image.descriptor.digest.text);
	if (!rc) {
		show_manifest(&image.manifest);
		show_config(&image.config);
	}
	oci_image_documents_release(&image);
	oci_descriptor_release(&index);
	return rc;
}

int main(int argc, char **argv)
{
	struct oci_store *store = NULL;
	struct oci_error err;
	int rc;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: %s FILE.tar [DIGEST], with liboci %s\n",
			argv[0], oci_version());
		return 2;
	}
	rc = oci_archive_open(&store, argv[1], NULL, &err);
	if (!rc)
		rc = show(store, argv[2], &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	oci_store_free(store);
	return rc ? 1 : 0;
}
