/* SPDX-License-Identifier: Apache-2.0 */
/* Debian packages into trees. */
#include "archives.h"

/* A package of three members; control and data are archives in folder. */
static void make_deb(const char *control, const char *control_name,
		     const char *data_name, bool with_data)
{
	const struct item control_items[ITEMS] = {
		{ 'd', "./", NULL }, { 'f', "./control", control },
	};
	static const struct item data_items[ITEMS] = {
		{ 'd', "./", NULL }, { 'd', "./usr/", NULL },
		{ 'f', "./usr/f", "abc" }, { 'l', "./usr/l", "f" },
	};
	const char *names[] = { "debian-binary", control_name, data_name };
	struct archive *a = archive_write_new();

	make_archive("control", control_items,
		     archive_write_set_format_gnutar);
	make_archive("data", data_items, archive_write_set_format_gnutar);
	assert_int_equal(archive_write_set_format_ar_svr4(a), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(a, in_folder("a.deb")),
			 ARCHIVE_OK);
	for (int i = 0; i < 2 + with_data; i++) {
		struct archive_entry *e = archive_entry_new();
		unsigned char *bytes;
		size_t size;

		if (i)
			bytes = read_bytes(in_folder(i == 1 ? "control" :
							      "data"), &size);
		else
			bytes = (unsigned char *)strdup("2.0\n"), size = 4;
		archive_entry_set_pathname(e, names[i]);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_size(e, (la_int64_t)size);
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		assert_int_equal(archive_write_data(a, bytes, size), size);
		free(bytes);
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

static int add_deb(struct oci_buf *out, const char *path,
		   struct oci_error *err)
{
	struct oci_tree *tree;
	int rc;

	check_done(oci_tree_new(&tree, NULL, err), err, "new");
	rc = oci_tree_add_deb(tree, path, "riscv64", NULL, err);
	if (!rc)
		rc = oci_tree_settle(tree, NULL, err);
	if (!rc)
		describe(out, tree);
	oci_tree_free(tree);
	return rc;
}

#define CONTROL "Package: foo\nArchitecture: riscv64\n"

static void test_debs(void **state)
{
	static const struct {
		const char *control, *message;
		int status;
	} cases[] = {
		{ CONTROL, NULL, 0 },
		{ "Package:foo  \nVersion: 1\nArchitecture: all\n", NULL, 0 },
		{ "Package: foo\nArchitecture: amd64\n", "is for amd64",
		  OCI_E_INVALID },
		{ "Package: foo\n", "no valid", OCI_E_CORRUPT },
		{ "Package: ../foo\nArchitecture: all\n", "no valid",
		  OCI_E_CORRUPT },
		{ "Package: +f\nArchitecture: all\n", "no valid",
		  OCI_E_CORRUPT },
		{ "Package: a/b\nArchitecture: all\n", "no valid",
		  OCI_E_CORRUPT },
		{ "XPackage: foo\n Package: foo\nArchitecture: all\n",
		  "no valid", OCI_E_CORRUPT },
		{ "", "no valid", OCI_E_CORRUPT },
	};
	struct oci_error err;
	struct oci_buf text;

	(void)state;
	oci_buf_init(&text, 1 << 16);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc;

		make_deb(cases[i].control, "control.tar", "data.tar", true);
		rc = add_deb(&text, in_folder("a.deb"), &err);
		if (cases[i].status) {
			check_failed(rc, &err, cases[i].status,
				     cases[i].message, cases[i].control);
			continue;
		}
		check_done(rc, &err, cases[i].control);
		assert_non_null(strstr(text.data,
				       "usr d usr/f f=3 usr/l l>f var d"));
		assert_non_null(strstr(text.data,
				       "var/lib/dpkg/status.d/foo f="));
	}
	oci_buf_release(&text);
}

static void test_bad_debs(void **state)
{
	static const struct {
		const char *control, *data, *message;
		bool with_data;
	} cases[] = {
		{ "control.tar", "data.tar", "data.tar", false },
		{ "data.tar", "control.tar", "control.tar", true },
		{ "control.zip", "data.tar", "control.tar", true },
		{ "control.tar", "data.rpm", "data.tar", true },
	};
	struct oci_error err;
	struct oci_buf text;
	unsigned char *data;
	size_t size;

	(void)state;
	oci_buf_init(&text, 1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_deb(CONTROL, cases[i].control, cases[i].data,
			 cases[i].with_data);
		check_failed(add_deb(&text, in_folder("a.deb"), &err), &err,
			     OCI_E_CORRUPT, cases[i].message, cases[i].data);
	}
	make_deb(CONTROL, "control.tar", "data.tar", true);
	data = read_bytes(in_folder("a.deb"), &size);
	while (size && !data[size - 1])
		size--;
	for (size_t cut = 0; cut < size; cut += 53) {
		write_bytes("b.deb", data, cut);
		if (!add_deb(&text, in_folder("b.deb"), &err))
			fail_msg("cut to %zu of %zu bytes", cut, size);
	}
	free(data);
	check_failed(add_deb(&text, write_text("t", "hello"), &err), &err,
		     OCI_E_CORRUPT, "package '", "text");
	oci_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_debs),
		cmocka_unit_test(test_bad_debs),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
