/* SPDX-License-Identifier: Apache-2.0 */
/* Image archives: members, duplicates, manifest.json, and failing. */
#include "images.h"

#include <archive.h>
#include <archive_entry.h>

#include "store/ustar.h"

static void list_members(struct oci_buf *out, const char *path)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;

	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_filename(a, path, 4096), 0);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(e);

		oci_buf_format(out, NULL, "%s%.13s", out->len ? " " : "",
			       name);
		assert_int_equal(archive_entry_mtime(e), 7);
		assert_int_equal(archive_entry_uid(e), 0);
		assert_string_equal(archive_entry_uname(e), "");
	}
	archive_read_free(a);
}

/* The bytes of a member, with a NUL; the caller frees them. */
static char *load_member(const char *path, const char *name)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	char *text = NULL;

	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_filename(a, path, 4096), 0);
	while (!text && archive_read_next_header(a, &e) == ARCHIVE_OK)
		if (strcmp(archive_entry_pathname(e), name) == 0) {
			size_t size = (size_t)archive_entry_size(e);

			text = calloc(1, size + 1);
			assert_int_equal(archive_read_data(a, text, size),
					 size);
		}
	archive_read_free(a);
	assert_non_null(text);
	return text;
}

static void write_archive(const char *path, const char *tag, bool index,
			  const char *platform)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_platform p;
	struct oci_store *store;
	struct oci_error err;

	options.mtime = 7;
	if (platform) {
		assert_int_equal(oci_platform_parse(&p, platform, NULL), 0);
		options.platform = &p;
	}
	check_done(oci_archive_create(&store, path, &options, &err), &err,
		   path);
	check_done(put_image(store, tag, "content", index, &err), &err, tag);
	check_done(oci_store_commit(store, &err), &err, "commit");
	check_failed(oci_store_commit(store, &err), &err, OCI_E_INVALID,
		     "written already", "twice");
	oci_store_free(store);
}

static void test_members(void **state)
{
	struct findings found;
	struct oci_error err;
	struct oci_buf names;

	(void)state;
	oci_buf_init(&names, 65536);
	write_archive(in_folder("a.tar"), "x:1", false, NULL);
	list_members(&names, in_folder("a.tar"));
	assert_string_equal(names.data,
			    "oci-layout blobs/ blobs/sha256/ blobs/sha256/ "
			    "blobs/sha256/ blobs/sha256/ index.json "
			    "manifest.json");
	assert_int_equal(verify_path(in_folder("a.tar"), false, &found, &err),
			 0);
	assert_int_equal(count_names(folder), 1);
	oci_buf_release(&names);
}

/* Two images of one layer: it is there once, and nothing is left of the
 * second copy, which was longer than what came after it. */
static void test_duplicates(void **state)
{
	static unsigned char noise[300000];
	struct oci_descriptor one = {0};
	struct oci_store *store;
	struct findings found;
	struct oci_error err;
	struct stat first, second;

	(void)state;
	fill_noise(noise, sizeof(noise), 9);
	for (int copies = 1; copies < 3; copies++) {
		const char *path = in_folder(copies == 1 ? "d1" : "d2");

		check_done(oci_archive_create(&store, path, NULL, &err), &err,
			   path);
		check_done(put_image(store, "x:1", "c", false, &err), &err,
			   "image");
		for (int i = 0; i < copies; i++)
			check_done(oci_store_put(&one, store, noise,
						 sizeof(noise), &err), &err,
				   "put");
		check_done(oci_store_commit(store, &err), &err, "commit");
		oci_store_free(store);
		assert_int_equal(verify_path(path, false, &found, &err), 0);
	}
	assert_int_equal(stat(in_folder("d1"), &first), 0);
	assert_int_equal(stat(in_folder("d2"), &second), 0);
	assert_int_equal(first.st_size, second.st_size);
}

static void test_docker(void **state)
{
	static const struct {
		const char *tag;
		bool index;
		const char *platform, *tags;
	} cases[] = {
		{ "x:1", false, NULL, "\"RepoTags\":[\"x:1\"]" },
		{ "ghcr.io/a/b:c", false, NULL,
		  "\"RepoTags\":[\"ghcr.io/a/b:c\"]" },
		{ NULL, false, NULL, "\"RepoTags\":null" },
		{ ":1", false, NULL, "\"RepoTags\":null" },
		{ "x:1", true, NULL, "\"RepoTags\":[\"x:1\"]" },
		{ "x:1", true, "linux/arm64", "\"RepoTags\":[\"x:1\"]" },
		{ "x:1", false, "linux/arm64", "\"RepoTags\":[\"x:1\"]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *path = in_folder("m.tar");
		bool arm = cases[i].index && cases[i].platform;
		char *text, *config;

		write_archive(path, cases[i].tag, cases[i].index,
			      cases[i].platform);
		text = load_member(path, "manifest.json");
		assert_non_null(strstr(text, cases[i].tags));
		assert_null(strstr(text, "},{"));
		assert_int_equal(strncmp(text, "[{\"Config\":\"", 12), 0);
		strchr(text + 12, '"')[0] = '\0';
		config = load_member(path, text + 12);
		assert_non_null(strstr(config, arm ? "arm64" : "riscv64"));
		free(config);
		free(text);
	}
}

static void test_no_platform(void **state)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_platform p;
	struct oci_store *store;
	struct oci_error err;

	(void)state;
	assert_int_equal(oci_platform_parse(&p, "linux/s390x", NULL), 0);
	options.platform = &p;
	check_done(oci_archive_create(&store, in_folder("p.tar"), &options,
				      &err), &err, "create");
	check_done(put_image(store, "x:1", "c", true, &err), &err, "put");
	check_failed(oci_store_commit(store, &err), &err, OCI_E_NOT_FOUND,
		     "linux/s390x", "commit");
	oci_store_free(store);
	assert_int_not_equal(access(in_folder("p.tar"), F_OK), 0);
}

static void test_abort(void **state)
{
	unsigned char *before, *after;
	struct oci_store *store;
	struct oci_sink *blob, *other;
	struct oci_error err;
	size_t size, n;
	int names;

	(void)state;
	write_archive(in_folder("b.tar"), "x:1", false, NULL);
	before = read_bytes(in_folder("b.tar"), &size);
	names = count_names(folder);
	check_done(oci_archive_create(&store, in_folder("b.tar"), NULL, &err),
		   &err, "create");
	check_done(put_image(store, "x:2", "other", false, &err), &err, "put");
	check_done(oci_store_create(&blob, store, &err), &err, "blob");
	check_failed(oci_store_create(&other, store, &err), &err,
		     OCI_E_UNSUPPORTED, "one blob", "two");
	check_done(oci_sink_write(blob, "x", 1, &err), &err, "write");
	oci_sink_free(blob);
	oci_store_free(store);
	after = read_bytes(in_folder("b.tar"), &n);
	assert_int_equal(n, size);
	assert_memory_equal(before, after, n);
	assert_int_equal(count_names(folder), names);
	free(before);
	free(after);
	check_failed(oci_archive_create(&store, folder, NULL, &err), &err,
		     OCI_E_CONFLICT, "is a folder", "folder");
	check_failed(oci_archive_create(&store, in_folder("no/such.tar"),
					NULL, &err), &err, OCI_E_NOT_FOUND,
		     NULL, "no folder");
}

static void test_full_disk(void **state)
{
	struct oci_store *store;
	struct oci_error err;

	(void)state;
	check_done(oci_archive_create(&store, "/dev/full", NULL, &err), &err,
		   "create");
	check_done(put_image(store, "x:1", "c", false, &err), &err, "put");
	check_failed(oci_store_commit(store, &err), &err, OCI_E_SYSTEM,
		     "No space left", "commit");
	oci_store_free(store);
}

/* Compressed by whatever there is, an archive is read all the same. */
static void test_compressed(void **state)
{
	static int (*const filters[])(struct archive *) = {
		archive_write_add_filter_gzip, archive_write_add_filter_xz,
		archive_write_add_filter_zstd, archive_write_add_filter_bzip2,
	};
	struct findings found;
	struct oci_error err;
	unsigned char *data;
	size_t size;

	(void)state;
	data = read_bytes(in_folder("a.tar"), &size);
	for (int i = 0; i < 4; i++) {
		struct archive *a = archive_write_new();
		struct archive_entry *e = archive_entry_new();

		archive_write_set_format_raw(a);
		filters[i](a);
		archive_write_open_filename(a, in_folder("z"));
		archive_entry_set_filetype(e, AE_IFREG);
		archive_write_header(a, e);
		assert_int_equal(archive_write_data(a, data, size), size);
		archive_write_close(a);
		archive_write_free(a);
		archive_entry_free(e);
		if (verify_path(in_folder("z"), false, &found, &err))
			fail_msg("filter %d: %s%s", i, err.message, found.all);
	}
	free(data);
}

/* An archive that was cut anywhere is refused or has findings. */
static void test_cut(void **state)
{
	struct findings found;
	struct oci_error err;
	unsigned char *data;
	size_t size;

	(void)state;
	data = read_bytes(in_folder("a.tar"), &size);
	for (size_t cut = 0; cut < size - 1024; cut += 61) {
		write_bytes("cut", data, cut);
		if (verify_path(in_folder("cut"), false, &found, &err) == 0)
			fail_msg("cut to %zu of %zu bytes", cut, size);
	}
	free(data);
}

static void test_ustar(void **state)
{
	static const struct {
		uint64_t size;
		int64_t mtime;
	} cases[] = {
		{ 0, 0 }, { 077777777777, 077777777777 },
		{ UINT64_C(0100000000000), INT64_C(0100000000000) },
		{ UINT64_C(1) << 50, INT64_C(253402300799) },
	};
	struct oci_error err;
	char name[102];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct archive *a = archive_read_new();
		unsigned char data[3 * 512] = {0};
		struct archive_entry *e;

		check_done(oci_ustar_header(data, "name", cases[i].size,
					    cases[i].mtime, &err), &err, "h");
		archive_read_support_format_tar(a);
		archive_read_open_memory(a, data, sizeof(data));
		assert_int_equal(archive_read_next_header(a, &e), ARCHIVE_OK);
		assert_int_equal(archive_entry_size(e), cases[i].size);
		assert_int_equal(archive_entry_mtime(e),
				 (time_t)cases[i].mtime);
		archive_read_free(a);
	}
	memset(name, 'n', sizeof(name));
	for (size_t size = 99; size < 102; size++) {
		unsigned char data[512];

		name[size] = '\0';
		assert_int_equal(oci_ustar_header(data, name, 0, 0, &err),
				 size > 100 ? OCI_E_LIMIT : 0);
		name[size] = 'n';
	}
	assert_int_equal(oci_ustar_padded(0), 0);
	assert_int_equal(oci_ustar_padded(1), 512);
	assert_int_equal(oci_ustar_padded(512), 512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_docker),
		cmocka_unit_test(test_no_platform),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_ustar),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
