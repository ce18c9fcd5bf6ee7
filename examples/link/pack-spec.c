/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packs a spec into an OCI layout, with a cache in which unchanged layers are
 * found again, and with the pinned bases of SPEC.lock, if there is one.
 *
 *   cc pack-spec.c $(pkg-config --cflags --libs liboci) -o pack-spec
 *   ./pack-spec app.spec layout cache
 */
#include <stdio.h>

#include <oci/oci.h>

static void on_error(void *data, const char *text)
{
	(void)data;
	fprintf(stderr, "%s\n", text);
}

static int pack(const struct oci_spec *spec, struct oci_store *store,
		struct oci_cache *cache, struct oci_error *err)
{
	struct oci_pack_options options = OCI_PACK_OPTIONS_INIT;
	const struct oci_strings *tags = oci_spec_tags(spec);
	struct oci_descriptor image = { 0 };
	struct oci_reference name;
	char text[OCI_REFERENCE_TEXT];
	int rc;

	options.cache = cache;
	rc = oci_spec_pack(&image, spec, store, &options, err);
	for (size_t i = 0; !rc && i < tags->count; i++) {
		snprintf(text, sizeof(text), "%s:%s",
			 oci_spec_image(spec) ? oci_spec_image(spec) : "image",
			 tags->items[i]);
		rc = oci_reference_parse(&name, text, err);
		if (!rc)
			rc = oci_store_tag(store, &name, &image, err);
	}
	if (!rc)
		rc = oci_store_commit(store, err);
	if (!rc)
		printf("%s\n", image.digest.text);
	oci_descriptor_release(&image);
	return rc;
}

/* Prints what a lock file pins; it is no error if there is none. */
static int say_pins(const struct oci_spec *spec, const char *path,
		    struct oci_error *err)
{
	const struct oci_strings *bases = oci_spec_bases(spec);
	struct oci_lock lock = { 0 };
	int rc = oci_lock_load(&lock, path, err);

	for (size_t i = 0; !rc && i < bases->count; i++) {
		const struct oci_descriptor *pin =
			oci_lock_get(&lock, bases->items[i]);

		printf("%s: %s\n", bases->items[i],
		       pin ? pin->digest.text : "not pinned");
	}
	oci_lock_release(&lock);
	return rc == OCI_E_NOT_FOUND ? 0 : rc;
}

int main(int argc, char **argv)
{
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;
	struct oci_cache *cache = NULL;
	struct oci_store *store = NULL;
	struct oci_spec *spec = NULL;
	char lock[4096];
	struct oci_error err;
	int rc;

	if (argc != 4) {
		fprintf(stderr, "usage: %s SPEC LAYOUT CACHE\n", argv[0]);
		return 2;
	}
	options.report = on_error;
	rc = oci_spec_open(&spec, argv[1], &options, &err);
	snprintf(lock, sizeof(lock), "%s.lock", argv[1]);
	if (!rc)
		rc = say_pins(spec, lock, &err);
	if (!rc)
		rc = oci_cache_open(&cache, argv[3], OCI_CACHE_BYTES, &err);
	if (!rc)
		rc = oci_layout_create(&store, argv[2], &err);
	if (!rc)
		rc = pack(spec, store, cache, &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	oci_store_free(store);
	oci_cache_free(cache);
	oci_spec_free(spec);
	return rc ? 1 : 0;
}
