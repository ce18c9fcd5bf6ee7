/* SPDX-License-Identifier: Apache-2.0 */
/* Archives made of tables, by libarchive. Comes after helpers.h. */
#ifndef TESTS_ARCHIVES_H
#define TESTS_ARCHIVES_H

#include "helpers.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <sys/sysmacros.h>

/* One member: 'f' file, 'd' directory, 'l' symlink, 'h' hard link, 'p' fifo,
 * 'c' device. */
struct item {
	char type;
	const char *name, *text;	/* content or target */
};

enum { ITEMS = 8 };

UNUSED static void add_item(struct archive *a, const struct item *item)
{
	static const struct {
		char letter;
		unsigned type;
	} types[] = {
		{ 'f', AE_IFREG }, { 'd', AE_IFDIR }, { 'l', AE_IFLNK },
		{ 'h', AE_IFREG }, { 'p', AE_IFIFO }, { 'c', AE_IFCHR },
	};
	struct archive_entry *e = archive_entry_new();
	size_t size = item->type == 'f' ? strlen(item->text) : 0;

	archive_entry_set_pathname(e, item->name);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].letter == item->type)
			archive_entry_set_filetype(e, types[i].type);
	archive_entry_set_perm(e, item->type == 'd' ? 0750 : 04711);
	archive_entry_set_uid(e, 12);
	archive_entry_set_gid(e, 3000000000);
	archive_entry_set_mtime(e, 1000, 999999999);
	archive_entry_set_size(e, (la_int64_t)size);
	if (item->type == 'l')
		archive_entry_set_symlink(e, item->text);
	if (item->type == 'h')
		archive_entry_set_hardlink(e, item->text);
	if (item->type == 'c')
		archive_entry_set_rdev(e, makedev(10, 229));
	if (item->type == 'f' && strcmp(item->name, "caps") == 0) {
		archive_entry_xattr_add_entry(e, "security.capability",
					      "\1\0\0\2abc", 7);
		archive_entry_xattr_add_entry(e, "security.selinux", "x", 1);
		archive_entry_xattr_add_entry(e, "user.a", "b", 1);
	}
	if (item->type == 'f' && strcmp(item->name, "sparse") == 0) {
		size = 1 << 20;
		archive_entry_set_size(e, 1 << 20);
		archive_entry_sparse_add_entry(e, 4096, 3);
	}
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	if (size == 1 << 20) {
		char *data = calloc(1, size);

		memcpy(data + 4096, "abc", 3);
		assert_true(archive_write_data(a, data, size) > 0);
		free(data);
	} else if (size) {
		assert_int_equal(archive_write_data(a, item->text, size),
				 size);
	}
	archive_entry_free(e);
}

UNUSED static const char *make_archive(const char *name,
				       const struct item *items,
				       int (*format)(struct archive *))
{
	struct archive *a = archive_write_new();
	const char *path = in_folder(name);

	assert_int_equal(format(a), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	for (int i = 0; i < ITEMS && items[i].name; i++)
		add_item(a, &items[i]);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	return path;
}

UNUSED static void describe(struct oci_buf *out, const struct oci_tree *tree)
{
	static const char letters[] = "?fdlhcbp-";
	struct oci_entry e;

	for (size_t i = 0; i < oci_tree_count(tree); i++) {
		oci_tree_get(&e, tree, i);
		oci_buf_format(out, NULL, "%s%s %c", i ? " " : "", e.path,
			       letters[e.type]);
		if (e.target)
			oci_buf_format(out, NULL, ">%s", e.target);
		if (e.type == OCI_ENTRY_FILE && e.size)
			oci_buf_format(out, NULL, "=%d", (int)e.size);
	}
}

#endif
