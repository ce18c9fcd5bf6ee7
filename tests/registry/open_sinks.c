/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pushes blobs whose sinks are open at the same time, over one thread: they
 * end in the opposite order, and the first one is never added.
 *
 *   ./open_sinks HOST/REPOSITORY
 */
#include <stdio.h>
#include <string.h>

#include <oci/oci.h>

enum { SINKS = 4, SIZE = 3 * 1024 * 1024 };

static char bytes[SIZE];

static int open_and_write(struct oci_sink **sinks, struct oci_store *store,
			  struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < SINKS; i++)
		rc = oci_store_create(&sinks[i], store, err);
	for (size_t i = 0; !rc && i < SINKS; i++) {
		memset(bytes, 'a' + (int)i, SIZE);
		rc = oci_sink_write(sinks[i], bytes, SIZE, err);
	}
	return rc;
}

static int push(struct oci_store *store, struct oci_error *err)
{
	struct oci_sink *sinks[SINKS] = { 0 };
	struct oci_digest digest;
	int late, rc = open_and_write(sinks, store, err);

	for (size_t i = SINKS; !rc && --i > 0;) {
		memset(bytes, 'a' + (int)i, SIZE);
		rc = oci_digest_data(&digest, bytes, SIZE, err);
		if (!rc)
			rc = oci_store_add(store, sinks[i], &digest, SIZE, err);
	}
	if (!rc)
		rc = oci_store_commit(store, err);
	if (!rc) {
		late = oci_sink_write(sinks[0], bytes, SIZE, err);
		printf("late: %s\n", late ? err->message : "taken");
	}
	for (size_t i = 0; i < SINKS; i++)
		oci_sink_free(sinks[i]);
	return rc;
}

int main(int argc, char **argv)
{
	struct oci_registry_options options = OCI_REGISTRY_OPTIONS_INIT;
	struct oci_repository *repository = NULL;
	struct oci_registry *registry = NULL;
	struct oci_push_result result;
	struct oci_reference name;
	struct oci_error err;
	int rc;

	if (argc != 2)
		return 2;
	options.jobs = 1;
	rc = oci_reference_parse(&name, argv[1], &err);
	if (!rc)
		rc = oci_registry_new(&registry, &options, &err);
	if (!rc)
		rc = oci_repository_create(&repository, registry, &name, NULL,
					   &err);
	if (!rc)
		rc = push(oci_repository_store(repository), &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	if (!rc) {
		result = oci_repository_result(repository);
		printf("uploaded: %d\n", (int)result.uploaded);
	}
	if (repository)
		oci_store_free(oci_repository_store(repository));
	oci_registry_free(registry);
	return rc ? 1 : 0;
}
