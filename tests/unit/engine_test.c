/* SPDX-License-Identifier: Apache-2.0 */
/* An archive that is written to a sink, and the documents of engines. */
#define _GNU_SOURCE /* memmem */

#include "images.h"

#include "document/engine.h"

/* A sink that keeps bytes, and fails once it has `room` of them. */
struct keeper {
	struct oci_sink base;
	struct oci_buf *out;
	size_t room;
	bool *finished;
	unsigned *freed;
};

static int keeper_write(struct oci_sink *sink, const void *data, size_t size,
			struct oci_error *err)
{
	struct keeper *self = (struct keeper *)sink;

	if (self->out->len + size > self->room)
		return oci_error_set(err, OCI_E_SYSTEM, "no room");
	return oci_buf_add(self->out, data, size, err);
}

static int keeper_finish(struct oci_sink *sink, struct oci_error *err)
{
	(void)err;
	*((struct keeper *)sink)->finished = true;
	return 0;
}

static void keeper_free(struct oci_sink *sink)
{
	++*((struct keeper *)sink)->freed;
}

static const struct oci_sink_ops keeper_ops = {
	.write = keeper_write,
	.finish = keeper_finish,
	.free = keeper_free,
};

/* What a test of a stream looks at. */
struct stream {
	struct keeper keeper;
	struct oci_buf out;
	bool finished;
	unsigned freed;
	struct oci_store *store;
};

static int open_stream(struct stream *s, size_t room,
		       const struct oci_archive_options *options,
		       struct oci_error *err)
{
	*s = (struct stream){ 0 };
	oci_buf_init(&s->out, 1024 * 1024);
	s->keeper = (struct keeper){
		{ &keeper_ops }, &s->out, room, &s->finished, &s->freed
	};
	return oci_archive_stream(&s->store, &s->keeper.base, options, err);
}

static bool has(const struct stream *s, const char *text)
{
	return memmem(s->out.data, s->out.len, text, strlen(text)) != NULL;
}

static void test_stream(void **state)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_store *file;
	struct oci_error err;
	struct stream s;
	unsigned char *wanted;
	size_t size;

	(void)state;
	options.mtime = 7;
	check_done(
		oci_archive_create(&file, in_folder("a.tar"), &options, &err),
		&err, "file");
	check_done(put_image(file, "a", "content", true, &err), &err, "image");
	check_done(oci_store_commit(file, &err), &err, "commit");
	oci_store_free(file);
	wanted = read_bytes(in_folder("a.tar"), &size);

	check_done(open_stream(&s, SIZE_MAX, &options, &err), &err, "stream");
	assert_int_equal(s.out.len, 0);
	check_done(put_image(s.store, "a", "content", true, &err), &err,
		   "image");
	assert_true(has(&s, "blobs/sha256/"));
	check_done(oci_store_prepare(s.store, &err), &err, "prepare");
	assert_false(has(&s, "index.json"));
	assert_false(has(&s, "manifest.json"));
	assert_false(s.finished);
	check_done(oci_store_commit(s.store, &err), &err, "commit");
	assert_true(s.finished);
	assert_int_equal(s.out.len, size);
	assert_memory_equal(s.out.data, wanted, size);
	check_failed(oci_store_commit(s.store, &err), &err, OCI_E_INVALID,
		     "written already", "twice");
	assert_int_equal(s.freed, 0);
	oci_store_free(s.store);
	assert_int_equal(s.freed, 1);
	oci_buf_release(&s.out);
	free(wanted);
}

static void test_stream_without_commit(void **state)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_error err;
	struct stream s;

	(void)state;
	check_done(open_stream(&s, SIZE_MAX, NULL, &err), &err, "stream");
	check_done(put_image(s.store, "a", "content", false, &err), &err,
		   "image");
	oci_store_free(s.store);
	assert_false(s.finished);
	assert_int_equal(s.freed, 1);
	oci_buf_release(&s.out);
	options.mtime = -1;
	check_failed(open_stream(&s, SIZE_MAX, &options, &err), &err,
		     OCI_E_INVALID, "mtime", "mtime");
	assert_int_equal(s.freed, 1);
	options.mtime = 0;
	options.temp_dir = in_folder("no/such");
	assert_int_not_equal(open_stream(&s, SIZE_MAX, &options, &err), 0);
	assert_int_equal(s.freed, 1);
}

static void test_stream_that_fails(void **state)
{
	struct oci_error err;
	struct stream s;

	(void)state;
	check_done(open_stream(&s, 0, NULL, &err), &err, "stream");
	check_failed(put_image(s.store, "a", "content", false, &err), &err,
		     OCI_E_SYSTEM, "no room", "blob");
	oci_store_free(s.store);
	/* Enough for the blobs, and not for the documents. */
	check_done(open_stream(&s, SIZE_MAX, NULL, &err), &err, "stream");
	check_done(put_image(s.store, "a", "content", false, &err), &err,
		   "image");
	s.keeper.room = s.out.len + 1;
	check_failed(oci_store_commit(s.store, &err), &err, OCI_E_SYSTEM,
		     "no room", "commit");
	assert_false(s.finished);
	oci_store_free(s.store);
	oci_buf_release(&s.out);
}

static void check_version(const char *text, bool podman, const char *libpod,
			  const char *platform)
{
	struct oci_engine_version version;
	char got[OCI_PLATFORM_TEXT] = "";

	assert_int_equal(
		oci_engine_version_parse(&version, text, strlen(text), NULL),
		0);
	if (*version.platform.os)
		oci_platform_format(got, &version.platform);
	assert_int_equal(version.podman, podman);
	assert_string_equal(version.libpod, libpod);
	assert_string_equal(got, platform);
}

static void test_versions(void **state)
{
	static const char form[] =
		"{\"Os\":\"linux\",\"Arch\":\"%s\",\"Components\":[1,{},"
		"{\"Name\":\"%s\",\"Details\":{\"APIVersion\":\"%s\"}}]}";
	char text[512];

	(void)state;
	check_version("{}", false, "", "");
	check_version("{\"Os\":1,\"Arch\":[],\"Components\":{}}", false, "",
		      "");
	snprintf(text, sizeof(text), form, "riscv64", "Engine", "1.41");
	check_version(text, false, "", "linux/riscv64");
	snprintf(text, sizeof(text), form, "amd64", "Podman Engine", "5.4.2");
	check_version(text, true, "5.4.2", "linux/amd64");
	snprintf(text, sizeof(text), form, "no-such", "Podman Engine",
		 "1/../x?y");
	check_version(text, true, "", "");
	snprintf(text, sizeof(text), form, "amd64", "Podman Engine",
		 "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15");
	check_version(text, true, "", "linux/amd64");
}

static void test_info(void **state)
{
	static const struct {
		const char *text;
		bool containerd;
	} cases[] = {
		{ "{}", false },
		{ "{\"DriverStatus\":null}", false },
		{ "{\"DriverStatus\":[[\"Backing Filesystem\",\"extfs\"]]}",
		  false },
		{ "{\"DriverStatus\":[1,[],[\"driver-type\"],[1,2],"
		  "[\"driver-type\",\"x\"]]}",
		  false },
		{ "{\"DriverStatus\":[[\"driver-type\","
		  "\"io.containerd.snapshotter.v1\"]]}",
		  true },
	};
	bool got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(oci_engine_info_parse(&got, cases[i].text,
						       strlen(cases[i].text),
						       NULL),
				 0);
		assert_int_equal(got, cases[i].containerd);
	}
	assert_int_equal(oci_engine_info_parse(&got, "[]", 2, NULL),
			 OCI_E_INVALID);
}

static void test_answers(void **state)
{
	static const struct {
		const char *text;
		int status;
		const char *said; /* the name, or a part of the message */
	} cases[] = {
		{ "{\"stream\":\"Loaded image: a:b\\n\"}", 0, "a:b" },
		{ "{\"stream\":\"Loaded image ID: sha256:0\\n\"}", 0,
		  "sha256:0" },
		{ "{\"Names\":[\"a:b\"]}", 0, "a:b" },
		{ "{\"stream\":\"Importing\"}", 0, NULL },
		{ "{\"status\":\"Loading layer\",\"id\":\"x\"}", 0, NULL },
		{ "{\"stream\":1,\"Names\":{}}", 0, NULL },
		{ "{\"error\":\"no space\"}", OCI_E_SYSTEM, "no space" },
		{ "{\"errorDetail\":{\"message\":\"a\\nb\"},\"error\":\"c\"}",
		  OCI_E_SYSTEM, "a b" },
		{ "{\"errorDetail\":{}}", OCI_E_SYSTEM, "without a message" },
		{ "{\"stream\":", OCI_E_CORRUPT, "'{" },
		{ "", OCI_E_CORRUPT, "''" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oci_strings loaded = { 0 };
		struct oci_error err;
		const char *text = cases[i].text;

		assert_int_equal(oci_engine_answer_parse(&loaded, text,
							 strlen(text), &err),
				 cases[i].status);
		if (cases[i].status)
			assert_non_null(strstr(err.message, cases[i].said));
		assert_int_equal(loaded.count,
				 !cases[i].status && cases[i].said);
		if (loaded.count)
			assert_string_equal(loaded.items[0], cases[i].said);
		oci_strings_release(&loaded);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_stream_without_commit),
		cmocka_unit_test(test_stream_that_fails),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
