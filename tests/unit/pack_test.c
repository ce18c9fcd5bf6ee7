/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packing specs into a layout: every fixture under spec/good, twice; what a
 * config gets; and where errors say they come from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <unistd.h>

#include <oci/config.h>
#include <oci/layout.h>
#include <oci/spec.h>

#define GOOD FIXTURES "/spec/good"

/* A folder of its own, with a layout that is never committed. */
struct bench {
	char folder[64];
	char spec[128];
	struct oci_store *store;
};

static void bench_init(struct bench *bench)
{
	char layout[128];
	struct oci_error err = {0};

	snprintf(bench->folder, sizeof(bench->folder),
		 "/tmp/pack_test.XXXXXX");
	assert_non_null(mkdtemp(bench->folder));
	snprintf(bench->spec, sizeof(bench->spec), "%s/a.spec",
		 bench->folder);
	snprintf(layout, sizeof(layout), "%s/layout", bench->folder);
	if (oci_layout_create(&bench->store, layout, &err))
		fail_msg("%s", err.message);
}

/* Also that a store which was not committed leaves nothing. */
static void bench_release(struct bench *bench)
{
	oci_store_free(bench->store);
	unlink(bench->spec);
	assert_int_equal(rmdir(bench->folder), 0);
}

static int pack(struct oci_descriptor *out, struct bench *bench,
		const char *path, unsigned jobs, struct oci_error *err)
{
	struct oci_pack_options options = OCI_PACK_OPTIONS_INIT;
	struct oci_spec *spec;
	int rc = oci_spec_open(&spec, path, NULL, err);

	if (rc)
		fail_msg("%s", err->message);
	options.epoch = 1700000000;
	options.jobs = jobs;
	options.temp_dir = bench->folder;
	rc = oci_spec_pack(out, spec, bench->store, &options, err);
	oci_spec_free(spec);
	return rc;
}

static void check_twice(const char *path)
{
	struct oci_descriptor first = {0}, second = {0};
	struct oci_error err = {0};
	struct bench bench;

	bench_init(&bench);
	if (pack(&first, &bench, path, 1, &err) ||
	    pack(&second, &bench, path, 4, &err))
		fail_msg("%s", err.message);
	assert_true(oci_digest_equal(&first.digest, &second.digest));
	oci_descriptor_release(&first);
	oci_descriptor_release(&second);
	bench_release(&bench);
}

static void test_good(void **state)
{
	DIR *dir = opendir(GOOD);
	struct dirent *entry;
	char path[512];

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!strstr(entry->d_name, ".spec"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", GOOD, entry->d_name);
		check_twice(path);
	}
	closedir(dir);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Errors start with the entry that they are about. */
static void test_origins(void **state)
{
	static const struct {
		const char *head;
		const char *layers;
		const char *place;
		int status;
	} cases[] = {
		{ "", "[{entries: [{path: /a, content: x},\n"
		      "  {path: /a, content: y}]}]", "3:3", OCI_E_CONFLICT },
		{ "", "[{entries: [\n  {path: /a, hardlink: /b}]}]", "3:3",
		  OCI_E_INVALID },
		{ "", "[{entries: [\n  {path: /a, archive: a.spec}]}]", "3:3",
		  OCI_E_CORRUPT },
		{ "", "[{debs:\n  [a.spec]}]", "3:4", OCI_E_CORRUPT },
		{ "platforms: [linux/mips]\n", "[{debs:\n  [a.spec]}]", "4:4",
		  OCI_E_INVALID },
		{ "", "[{entries: [\n  {path: /a, remove: true}]}]", "3:3",
		  OCI_E_NOT_FOUND },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oci_descriptor descriptor = {0};
		struct oci_error err = {0};
		struct bench bench;
		char text[512];
		int rc;

		bench_init(&bench);
		snprintf(text, sizeof(text), "version: 1\n%slayers: %s\n",
			 cases[i].head, cases[i].layers);
		write_file(bench.spec, text);
		rc = pack(&descriptor, &bench, bench.spec, 1, &err);
		snprintf(text, sizeof(text), "%s:%s: ", bench.spec,
			 cases[i].place);
		if (strncmp(err.message, text, strlen(text)) != 0 ||
		    rc != cases[i].status || strstr(err.message + 1, text))
			fail_msg("case %zu: %d %s", i, rc, err.message);
		bench_release(&bench);
	}
}

/* The config document of a packed spec. */
static void test_config(void **state)
{
	struct oci_descriptor descriptor = {0};
	struct oci_manifest manifest;
	struct oci_config config;
	struct oci_error err = {0};
	struct bench bench;
	char *json;

	(void)state;
	bench_init(&bench);
	assert_int_equal(pack(&descriptor, &bench, GOOD "/config.spec", 1,
			      &err), 0);
	assert_int_equal(oci_store_read(&json, bench.store, &descriptor, &err),
			 0);
	assert_int_equal(oci_manifest_parse(&manifest, json, descriptor.size,
					    NULL, &err), 0);
	free(json);
	assert_int_equal(oci_store_read(&json, bench.store, &manifest.config,
					&err), 0);
	assert_int_equal(oci_config_parse(&config, json, manifest.config.size,
					  &err), 0);
	free(json);
	assert_string_equal(config.created, "2023-11-14T22:13:20Z");
	assert_string_equal(config.user, "0:0");
	assert_string_equal(config.env.items[0], "PATH=/usr/bin:/bin");
	assert_string_equal(config.entrypoint.items[2], "app");
	assert_string_equal(config.cmd.items[0], "--port");
	assert_string_equal(config.working_dir, "/srv");
	assert_int_equal(config.exposed_ports.count, 3);
	assert_string_equal(config.volumes.items[0], "/var/lib/app");
	assert_string_equal(config.stop_signal, "SIGTERM");
	assert_string_equal(oci_pairs_get(&config.labels, "answer"), "42");
	assert_int_equal(config.healthcheck.retries, 3);
	assert_int_equal(config.healthcheck.start_period, 500000000);
	oci_config_release(&config);
	oci_manifest_release(&manifest);
	oci_descriptor_release(&descriptor);
	bench_release(&bench);
}

/* What differs by platform stays off the index. */
static void test_index(void **state)
{
	struct oci_descriptor descriptor = {0};
	struct oci_index index;
	struct oci_error err = {0};
	struct bench bench;
	char *json;

	(void)state;
	bench_init(&bench);
	write_file(bench.spec, "version: 1\n"
		   "platforms: [linux/amd64, linux/arm64/v8]\n"
		   "annotations: {same: x, other: '${arch}'}\n"
		   "layers: [{entries: [{path: /a, content: '${arch}'}]}]\n");
	assert_int_equal(pack(&descriptor, &bench, bench.spec, 1, &err), 0);
	assert_int_equal(oci_store_read(&json, bench.store, &descriptor, &err),
			 0);
	assert_int_equal(oci_index_parse(&index, json, descriptor.size,
					 descriptor.media_type, &err), 0);
	assert_int_equal(index.manifests.count, 2);
	assert_string_equal(index.manifests.items[1].platform.architecture,
			    "arm64");
	assert_int_equal(index.annotations.count, 1);
	assert_string_equal(oci_pairs_get(&index.annotations, "same"), "x");
	free(json);
	oci_index_release(&index);
	oci_descriptor_release(&descriptor);
	bench_release(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_index),
	};

	return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
