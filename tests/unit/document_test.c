/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests, indexes and configs: round trips and hostile documents. */
#include "helpers.h"

#include "document/archive.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DIGEST "sha256:" HEX
#define BLOB(type) \
	"{\"mediaType\":\"" type "\",\"digest\":\"" DIGEST "\",\"size\":3}"
#define CONFIG BLOB("application/vnd.oci.image.config.v1+json")
#define LAYER BLOB("application/vnd.oci.image.layer.v1.tar+gzip")
#define HEAD "{\"schemaVersion\":2,"
#define MANIFEST_TYPE \
	"\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\""
#define INDEX_TYPE "\"mediaType\":\"application/vnd.oci.image.index.v1+json\""
#define MANIFEST \
	HEAD MANIFEST_TYPE ",\"config\":" CONFIG ",\"layers\":[" LAYER "]}"
#define DEEP10(x) x x x x x x x x x x
#define DEEP(x) DEEP10(DEEP10(DEEP10(DEEP10(x))))

struct bad {
	const char *json, *message;
};

static void test_manifest(void **state)
{
	static const char full[] =
		HEAD MANIFEST_TYPE ",\"artifactType\":\"a/b\",\"config\":"
		CONFIG ",\"layers\":[" LAYER "," LAYER "],\"subject\":" CONFIG
		",\"annotations\":{\"a\":\"1\",\"b\":\"caf\xc3\xa9\"}}";
	struct oci_manifest m;
	struct oci_error err;
	char *text;

	(void)state;
	check_done(oci_manifest_parse(&m, full, strlen(full),
				      OCI_MEDIA_MANIFEST, &err), &err, "full");
	assert_int_equal(m.layers.count, 2);
	assert_int_equal(m.layers.items[1].size, 3);
	assert_true(m.has_subject);
	check_done(oci_manifest_format(&text, &m, &err), &err, "format");
	assert_string_equal(text, full);
	free(text);
	oci_manifest_release(&m);
	oci_manifest_release(&m);
}

static void test_index(void **state)
{
	static const char full[] =
		HEAD INDEX_TYPE ",\"manifests\":[{\"mediaType\":"
		"\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
		DIGEST "\",\"size\":9223372036854775807,\"annotations\":{"
		"\"x\":\"y\"},\"platform\":{\"architecture\":\"amd64\","
		"\"os\":\"windows\",\"os.version\":\"10.0\",\"variant\":\"v3\""
		"}}]}";
	struct oci_index index;
	struct oci_error err;
	char *text;

	(void)state;
	check_done(oci_index_parse(&index, full, strlen(full), NULL, &err),
		   &err, "full");
	assert_true(index.manifests.items[0].has_platform);
	check_done(oci_index_format(&text, &index, &err), &err, "format");
	assert_string_equal(text, full);
	free(text);
	oci_index_release(&index);
}

/* Members that have no field come back behind those that have one. */
static void test_rest(void **state)
{
	static const char full[] =
		HEAD INDEX_TYPE ",\"manifests\":[{\"mediaType\":\"a/b\","
		"\"digest\":\"" DIGEST "\",\"size\":3,\"platform\":{"
		"\"architecture\":\"amd64\",\"os\":\"windows\","
		"\"os.features\":[\"win32k\"],\"x\":null},\"urls\":["
		"\"https://example.org/\"],\"data\":\"e30=\",\"y\":{\"z\":"
		"[1,2.5,true]}}]}";
	struct oci_index index;
	struct oci_descriptor copy;
	struct oci_error err;
	char *text;

	(void)state;
	check_done(oci_index_parse(&index, full, strlen(full), NULL, &err),
		   &err, "full");
	check_done(oci_descriptor_copy(&copy, &index.manifests.items[0], &err),
		   &err, "copy");
	oci_descriptor_release(&index.manifests.items[0]);
	index.manifests.items[0] = copy;
	check_done(oci_index_format(&text, &index, &err), &err, "format");
	assert_string_equal(text, full);
	free(text);
	/* Without a platform there is no place for what it had. */
	index.manifests.items[0].has_platform = false;
	check_done(oci_index_format(&text, &index, &err), &err, "format");
	assert_null(strstr(text, "win32k"));
	assert_non_null(strstr(text, "urls"));
	free(text);
	oci_index_release(&index);
}

static void test_config(void **state)
{
	static const char full[] =
		"{\"created\":\"1970-01-01T00:00:00Z\",\"author\":\"me\","
		"\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\","
		"\"config\":{\"User\":\"1:2\",\"ExposedPorts\":{\"1/tcp\":{}},"
		"\"Env\":[\"A=1\",\"B=\"],\"Entrypoint\":[\"/a\",\"\"],"
		"\"Cmd\":[\"b\"],\"Volumes\":{\"/v\":{}},\"WorkingDir\":\"/w\","
		"\"Labels\":{\"l\":\"\"},\"StopSignal\":\"SIGTERM\","
		"\"Healthcheck\":{\"Test\":[\"NONE\"],\"Interval\":1,"
		"\"Timeout\":2,\"StartPeriod\":3,\"StartInterval\":4,"
		"\"Retries\":5}},\"rootfs\":{\"type\":\"layers\","
		"\"diff_ids\":[\"" DIGEST "\"]},\"history\":[{\"created\":"
		"\"1970-01-01T00:00:00Z\",\"created_by\":\"x\",\"author\":"
		"\"a\",\"comment\":\"c\"},{\"empty_layer\":true}]}";
	struct oci_config c;
	struct oci_error err;
	char *text;

	(void)state;
	check_done(oci_config_parse(&c, full, strlen(full), &err), &err,
		   "full");
	check_done(oci_config_format(&text, &c, &err), &err, "format");
	assert_string_equal(text, full);
	free(text);
	oci_config_release(&c);
	oci_config_release(&c);
}

/* null stands for absent, and unknown members are passed over. */
static void test_lenient(void **state)
{
	static const char config[] =
		"{\"os\":null,\"config\":null,\"rootfs\":{\"diff_ids\":null},"
		"\"history\":null,\"unknown\":[1,2,{\"x\":1.5e300}]}";
	static const char index[] = HEAD "\"manifests\":null}";
	struct oci_config c;
	struct oci_index i;
	struct oci_error err;

	(void)state;
	check_done(oci_config_parse(&c, config, strlen(config), &err), &err,
		   "config");
	oci_config_release(&c);
	check_done(oci_index_parse(&i, index, strlen(index), OCI_MEDIA_INDEX,
				   &err), &err, "index");
	oci_index_release(&i);
}

static const struct bad bad_manifests[] = {
	{ "", "not JSON" }, { "{", "not JSON" }, { "[]", "object" },
	{ "1", NULL }, { "null", NULL }, { "{}", "schemaVersion" },
	{ HEAD "\"x\":1}", "config" },
	{ "{\"schemaVersion\":1}", "schemaVersion" },
	{ "{\"schemaVersion\":\"2\"}", "an integer" },
	{ "{\"schemaVersion\":2.0}", "an integer" },
	{ "{\"schemaVersion\":99999999999999999999}", "not JSON" },
	{ HEAD "\"schemaVersion\":2}", "duplicate" },
	{ HEAD "\"a\":\"\\u0000\"}", "not JSON" },
	{ HEAD "\"a\":\"\xff\"}", "not JSON" },
	{ MANIFEST "x", "not JSON" },
	{ HEAD "\"config\":" CONFIG ",\"layers\":[],\"manifests\":[]}",
	  "cannot have 'manifests'" },
	{ HEAD "\"config\":" CONFIG ",\"manifests\":null}",
	  "cannot have 'manifests'" },
	{ HEAD INDEX_TYPE ",\"config\":" CONFIG "}", "mediaType" },
	{ HEAD "\"mediaType\":1,\"config\":" CONFIG "}", "a string" },
	{ HEAD "\"config\":1}", "config" },
	{ HEAD "\"config\":{}}", "mediaType" },
	{ HEAD "\"config\":{\"mediaType\":\"a\"}}", "digest" },
	{ HEAD "\"config\":{\"mediaType\":\"a\",\"digest\":1}}",
	  "digest" },
	{ HEAD "\"config\":{\"mediaType\":\"a\",\"digest\":\"sha256:"
	  "../x\"}}", "digest" },
	{ HEAD "\"config\":{\"mediaType\":\"a\",\"digest\":\"" DIGEST
	  "\"}}", "size" },
	{ HEAD "\"config\":{\"mediaType\":\"a\",\"digest\":\"" DIGEST
	  "\",\"size\":-1}}", "size" },
	{ HEAD "\"config\":{\"mediaType\":\"a\",\"digest\":\"" DIGEST
	  "\",\"size\":1.5}}", "an integer" },
	{ HEAD "\"config\":" CONFIG ",\"layers\":{}}", "an array" },
	{ HEAD "\"config\":" CONFIG ",\"layers\":[1]}", "layers[0]" },
	{ HEAD "\"config\":" CONFIG ",\"annotations\":[]}",
	  "an object" },
	{ HEAD "\"config\":" CONFIG ",\"annotations\":{\"a\":1}}",
	  "object of strings" },
	{ HEAD "\"config\":" CONFIG ",\"subject\":[]}", "an object" },
	{ DEEP("["), "not JSON" },
	{ HEAD "\"a\":" DEEP("{\"a\":"), "not JSON" },
};

enum { BAD_MANIFESTS = sizeof(bad_manifests) / sizeof(bad_manifests[0]) };

static void test_bad_manifest(void **state)
{
	struct oci_manifest m;
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < BAD_MANIFESTS; i++) {
		const struct bad *bad = &bad_manifests[i];
		int rc = oci_manifest_parse(&m, bad->json, strlen(bad->json),
					    NULL, &err);

		check_failed(rc, &err, OCI_E_INVALID, bad->message, bad->json);
		assert_null(m.layers.items);
		oci_manifest_release(&m);
	}
	check_failed(oci_manifest_parse(&m, MANIFEST, strlen(MANIFEST),
					OCI_MEDIA_DOCKER_MANIFEST, &err),
		     &err, OCI_E_INVALID, "was expected", "media type");
	/* Cut anywhere, and with a NUL anywhere. */
	for (size_t i = 0; i < strlen(MANIFEST); i++) {
		char text[] = MANIFEST;

		check_failed(oci_manifest_parse(&m, text, i, NULL, &err), &err,
			     OCI_E_INVALID, NULL, "cut");
		text[i] = '\0';
		check_failed(oci_manifest_parse(&m, text, strlen(MANIFEST),
						NULL, &err), &err,
			     OCI_E_INVALID, NULL, "NUL");
	}
}

static void test_bad_index(void **state)
{
	static const struct bad cases[] = {
		{ HEAD "\"manifests\":[],\"layers\":[]}",
		  "cannot have 'layers'" },
		{ HEAD MANIFEST_TYPE ",\"manifests\":[]}", "mediaType" },
		{ HEAD "\"manifests\":[{}]}", "manifests[0]" },
		{ HEAD "\"manifests\":\"x\"}", "an array" },
		{ HEAD "\"manifests\":[{\"mediaType\":\"a\",\"digest\":\""
		  DIGEST "\",\"size\":1,\"platform\":{\"os\":\"aaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}}]}", "31 bytes" },
		{ HEAD "\"manifests\":[{\"mediaType\":\"a\",\"digest\":\""
		  DIGEST "\",\"size\":1,\"platform\":[]}]}", "an object" },
	};
	struct oci_index index;
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_failed(oci_index_parse(&index, cases[i].json,
					     strlen(cases[i].json), NULL,
					     &err), &err, OCI_E_INVALID,
			     cases[i].message, cases[i].json);
}

static void test_bad_config(void **state)
{
	static const struct bad cases[] = {
		{ "{}", "rootfs" }, { "{\"rootfs\":[]}", "an object" },
		{ "{\"rootfs\":{\"diff_ids\":[1]}}", "array of strings" },
		{ "{\"rootfs\":{\"diff_ids\":[\"x\"]}}", "digest" },
		{ "{\"os\":1,\"rootfs\":{}}", "a string" },
		{ "{\"config\":{\"Env\":\"A=1\"},\"rootfs\":{}}", "an array" },
		{ "{\"config\":{\"Volumes\":[]},\"rootfs\":{}}", "an object" },
		{ "{\"config\":{\"Labels\":{\"a\":null}},\"rootfs\":{}}",
		  "object of strings" },
		{ "{\"config\":{\"Healthcheck\":{\"Retries\":\"1\"}},"
		  "\"rootfs\":{}}", "an integer" },
		{ "{\"rootfs\":{},\"history\":[1]}", NULL },
		{ "{\"rootfs\":{},\"history\":[{\"empty_layer\":1}]}",
		  "true or false" },
	};
	struct oci_config c;
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_failed(oci_config_parse(&c, cases[i].json,
					      strlen(cases[i].json), &err),
			     &err, OCI_E_INVALID, cases[i].message,
			     cases[i].json);
}

/* What is not UTF-8 must not be written, and is not "out of memory". */
static void test_write_utf8(void **state)
{
	struct oci_config c = {0};
	struct oci_manifest m = {0};
	struct oci_error err;
	char *text;

	(void)state;
	check_done(oci_strings_add(&c.env, "A=\xff", &err), &err, "add");
	check_failed(oci_config_format(&text, &c, &err), &err, OCI_E_INVALID,
		     "'Env' would not be UTF-8", "Env");
	assert_null(text);
	oci_config_release(&c);
	check_done(oci_strings_add(&c.volumes, "/\xff", &err), &err, "add");
	check_failed(oci_config_format(&text, &c, &err), &err, OCI_E_INVALID,
		     "key of member 'Volumes'", "Volumes");
	oci_config_release(&c);
	check_done(oci_pairs_set(&m.annotations, "a\xff", "b", &err), &err,
		   "set");
	check_failed(oci_manifest_format(&text, &m, &err), &err,
		     OCI_E_INVALID, "key of member 'annotations'", "key");
	oci_manifest_release(&m);
}

static void test_layout_file(void **state)
{
	static const struct {
		const char *json;
		int status;
	} cases[] = {
		{ OCI_LAYOUT_TEXT, 0 },
		{ "{\"imageLayoutVersion\":\"1.0.0\",\"x\":1}", 0 },
		{ "{\"imageLayoutVersion\":\"1.0.1\"}", OCI_E_UNSUPPORTED },
		{ "{}", OCI_E_UNSUPPORTED },
		{ "{\"imageLayoutVersion\":1}", OCI_E_INVALID },
		{ "", OCI_E_INVALID }, { "[]", OCI_E_INVALID },
	};
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(oci_layout_check(cases[i].json,
						  strlen(cases[i].json), &err),
				 cases[i].status);
}

static void test_docker_images(void **state)
{
	static const char full[] =
		"[{\"Config\":\"c\",\"RepoTags\":[\"x:1\",\"x:2\"],\"Layers\":"
		"[\"l\"]},{\"Config\":\"d\",\"RepoTags\":null,\"Layers\":[]}]";
	static const struct bad cases[] = {
		{ "{}", "array" }, { "null", "array" }, { "[1]", "object" },
		{ "[{}]", "no Config" }, { "[{\"Config\":1}]", "a string" },
		{ "[{\"Config\":\"c\",\"Layers\":\"l\"}]", "an array" },
		{ "[{\"Config\":\"c\",\"RepoTags\":[1]}]", "strings" },
		{ "[", "JSON" },
	};
	struct oci_docker_images images;
	struct oci_error err;
	char *text;

	(void)state;
	check_done(oci_docker_images_parse(&images, full, strlen(full), &err),
		   &err, "full");
	assert_int_equal(images.count, 2);
	check_done(oci_docker_images_format(&text, &images, &err), &err,
		   "format");
	assert_string_equal(text, full);
	free(text);
	oci_docker_images_release(&images);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_failed(oci_docker_images_parse(&images, cases[i].json,
						     strlen(cases[i].json),
						     &err), &err,
			     OCI_E_INVALID, cases[i].message, cases[i].json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manifest),
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_lenient),
		cmocka_unit_test(test_bad_manifest),
		cmocka_unit_test(test_bad_index),
		cmocka_unit_test(test_bad_config),
		cmocka_unit_test(test_write_utf8),
		cmocka_unit_test(test_layout_file),
		cmocka_unit_test(test_docker_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
