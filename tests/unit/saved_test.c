/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives of Docker's and folders of skopeo's as stores; tests/cli has more,
 * in saved_archives.bats and saved_dirs.bats.
 */
#include "saved.h"

static unsigned char layer[10240];	/* zeros: a tar with nothing in it */
static struct oci_digest diff_id;

static int setup(void **state)
{
	if (make_folder(state) ||
	    oci_digest_data(&diff_id, layer, sizeof(layer), NULL))
		return -1;
	save_image("x.tar", layer, sizeof(layer), &diff_id);
	return 0;
}

struct seen {
	char last[OCI_DIGEST_TEXT];
	int count;
};

static int see(void *data, const struct oci_digest *digest, uint64_t size,
	       struct oci_error *err)
{
	struct seen *seen = data;

	(void)err;
	assert_true(size > 0);
	assert_true(strcmp(seen->last, digest->text) < 0);
	snprintf(seen->last, sizeof(seen->last), "%s", digest->text);
	seen->count++;
	return 0;
}

static void test_store(void **state)
{
	struct seen seen = { .last = "" };
	struct oci_descriptor image, none = {0};
	struct oci_source *source;
	struct oci_store *store;
	struct oci_error err;
	struct oci_sink *sink;
	bool has;

	(void)state;
	check_done(oci_archive_open(&store, in_folder("x.tar"), NULL, &err),
		   &err, "open");
	check_done(oci_store_resolve(&image, store, "x:1", &err), &err, "x");
	assert_string_equal(image.media_type, OCI_MEDIA_MANIFEST);
	assert_false(image.has_platform);
	assert_string_equal(oci_pairs_get(&image.annotations,
					  OCI_ANNOTATION_IMAGE_NAME),
			    "docker.io/library/x:1");
	check_done(oci_store_has(&has, store, &diff_id, &err), &err, "has");
	assert_true(has);
	check_done(oci_store_blobs(store, see, &seen, &err), &err, "blobs");
	assert_int_equal(seen.count, 3);
	check_done(oci_digest_data(&none.digest, "x", 1, &err), &err, "x");
	check_done(oci_store_has(&has, store, &none.digest, &err), &err, "x");
	assert_false(has);
	check_failed(oci_store_open(&source, store, &none, &err), &err,
		     OCI_E_NOT_FOUND, "has no blob", "open");
	check_failed(oci_store_create(&sink, store, &err), &err,
		     OCI_E_UNSUPPORTED, "read-only", "create");
	oci_descriptor_release(&image);
	oci_store_free(store);
}

static void test_wrong(void **state)
{
	struct oci_digest other;
	struct oci_store *store;
	struct oci_error err;

	(void)state;
	check_done(oci_digest_data(&other, "x", 1, &err), &err, "digest");
	save_image("wrong.tar", layer, sizeof(layer), &other);
	check_failed(
		oci_archive_open(&store, in_folder("wrong.tar"), NULL, &err),
		&err, OCI_E_CORRUPT, "image 1: layer 1, 'l.tar': its digest is",
		"wrong");
	assert_null(store);
}

/* Bytes that change behind the store's back do not pass. */
static void test_changed(void **state)
{
	struct oci_descriptor d = { .digest = diff_id, .size = sizeof(layer) };
	char data[sizeof(layer) + 1];
	struct oci_source *source;
	struct oci_store *store;
	struct oci_error err;
	size_t got = 1;
	FILE *file;
	int rc = 0;

	(void)state;
	save_image("c.tar", layer, sizeof(layer), &diff_id);
	check_done(oci_archive_open(&store, in_folder("c.tar"), NULL, &err),
		   &err, "open");
	file = fopen(in_folder("c.tar"), "r+b");
	assert_int_equal(fseek(file, 600, SEEK_SET), 0);
	assert_int_equal(fwrite("x", 1, 1, file), 1);
	fclose(file);
	check_done(oci_store_open(&source, store, &d, &err), &err, "blob");
	while (!rc && got)
		rc = oci_source_read(&got, source, data, sizeof(data), &err);
	check_failed(rc, &err, OCI_E_CORRUPT, NULL, "read");
	oci_source_free(source);
	oci_store_free(store);
}

/* Each byte of it: the archive is refused, has findings, or has other names
 * or another config, both of which no digest is known for. */
static void test_flips(void **state)
{
	unsigned char *data;
	struct findings found;
	struct oci_error err;
	size_t size, silent = 0;

	(void)state;
	data = read_bytes(in_folder("x.tar"), &size);
	for (size_t i = 0; i < size; i++) {
		if (!data[i])
			continue;
		data[i] ^= 4;
		write_bytes("flip.tar", data, size);
		silent += verify_path(in_folder("flip.tar"), false, &found,
				      &err) == 0;
		data[i] ^= 4;
	}
	if (silent > 60)
		fail_msg("%zu silent changes", silent);
	for (size_t cut = 0; cut < size - 1024; cut += 61) {
		write_bytes("flip.tar", data, cut);
		assert_int_not_equal(verify_path(in_folder("flip.tar"), false,
						 &found, &err), 0);
	}
	free(data);
}

/* A folder of skopeo's with this for a manifest, and nothing else. */
static void test_dir(void **state)
{
	static const struct {
		const char *manifest, *kind;
		int status;
		const char *part;
	} cases[] = {
		{ "{\"manifests\":[]}", OCI_MEDIA_INDEX, 0, NULL },
		{ "{\"config\":{}}", OCI_MEDIA_MANIFEST, 0, NULL },
		{ "{\"schemaVersion\":2,\"config\":{},\"mediaType\":"
		  "\"" OCI_MEDIA_DOCKER_MANIFEST "\"}",
		  OCI_MEDIA_DOCKER_MANIFEST, 0, NULL },
		{ "{\"mediaType\":\"" OCI_MEDIA_DOCKER_INDEX "\"}",
		  OCI_MEDIA_DOCKER_INDEX, 0, NULL },
		{ "{\"schemaVersion\":1,\"fsLayers\":[]}", NULL,
		  OCI_E_UNSUPPORTED, "schema 1" },
		{ "{\"mediaType\":\"" OCI_MEDIA_CONFIG "\"}", NULL,
		  OCI_E_UNSUPPORTED, "is not that of an image" },
		{ "{\"layers\":[]}", NULL, OCI_E_INVALID, "neither a" },
		{ "{\"config\":[]}", NULL, OCI_E_INVALID, "neither a" },
		{ "{\"schemaVersion\":\"1\"}", NULL, OCI_E_INVALID,
		  "schemaVersion" },
		{ "", NULL, OCI_E_INVALID, "not JSON" },
	};

	(void)state;
	mkdir(in_folder("dir"), 0755);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct oci_descriptors *names;
		struct seen seen = { .last = "" };
		struct oci_store *store;
		struct oci_error err;
		int rc;

		write_text("dir/manifest.json", cases[i].manifest);
		rc = oci_dir_open(&store, in_folder("dir"), &err);
		if (cases[i].status) {
			check_failed(rc, &err, cases[i].status, cases[i].part,
				     cases[i].manifest);
			assert_null(store);
			continue;
		}
		check_done(rc, &err, cases[i].manifest);
		names = oci_store_names(store);
		assert_int_equal(names->count, 1);
		assert_string_equal(names->items[0].media_type, cases[i].kind);
		assert_int_equal(names->items[0].annotations.count, 0);
		check_done(oci_store_blobs(store, see, &seen, &err), &err,
			   "blobs");
		assert_int_equal(seen.count, 1);
		assert_string_equal(seen.last, names->items[0].digest.text);
		oci_store_free(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_dir),
	};

	return cmocka_run_group_tests(tests, setup, drop_folder);
}
