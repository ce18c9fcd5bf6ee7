/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a layer's tar for every kind of entry, and for values at and
 * beyond the limits of the header's fields. A hash changes with the format
 * alone: see "Output changes" in CHANGELOG.md.
 */
#include "tar_nodes.h"

enum { NAME_ROOM = 700, TARGET_ROOM = 5000 };

static char *name_of(size_t size, size_t slash, char fill)
{
	static char name[NAME_ROOM];

	memset(name, fill, size);
	for (size_t i = 0; i < size; i++)
		if (fill == 'a')
			name[i] = (char)('a' + i % 26);
	if (slash)
		name[slash] = '/';
	name[size] = '\0';
	return name;
}

static void add_name(struct oci_tree *tree, size_t size, size_t slash)
{
	const char *name = name_of(size, slash, 'a');

	add_node(tree, OCI_ENTRY_FILE, name);
	add_node(tree, OCI_ENTRY_DIRECTORY, name);
}

static void add_lengths(struct oci_tree *tree)
{
	add_node(tree, OCI_ENTRY_DIRECTORY, "");
	for (size_t size = 1; size <= 600; size++)
		add_name(tree, size, 0);
}

/* One slash, at each place of a name whose length is near a limit. */
static void add_splits(struct oci_tree *tree)
{
	static const size_t sizes[] = {
		3,   50,  88,  89,  90,	 97,  98,  99,	100, 101, 102,
		103, 110, 154, 155, 156, 157, 158, 199, 200, 201, 254,
		255, 256, 257, 258, 259, 300, 355, 356, 357, 600,
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t at = 1; at + 1 < sizes[i]; at++)
			add_name(tree, sizes[i], at);
}

/* Slashes at equal distances. */
static void add_deep(struct oci_tree *tree)
{
	for (size_t size = 90; size <= 600; size += 3)
		for (size_t step = 2; step < 200; step += 1 + step / 5) {
			char *name = name_of(size, 0, 'a');

			for (size_t at = step; at + 1 < size; at += step)
				name[at] = '/';
			add_node(tree, OCI_ENTRY_FILE, name);
			add_node(tree, OCI_ENTRY_DIRECTORY, name);
		}
}

/* Names in UTF-8 of one to four bytes a character, and one that another
 * normalization form would change. */
static void add_utf8(struct oci_tree *tree)
{
	static const char *const letters[] = {
		"\xc3\xa9",  "\xe2\x82\xac", "\xf0\x9f\x90\xa7",
		"e\xcc\x81", "\x7f",	     "\x01",
		"\n",	     "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf",
		"=",
	};

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		for (size_t size = 5; size <= 300; size += 5) {
			char *name = name_of(size, size / 2, 'x');
			size_t n = strlen(letters[i]);

			memcpy(name + (size % 10 ? 0 : size - n), letters[i],
			       n);
			add_node(tree, OCI_ENTRY_FILE, name);
			add_node(tree, OCI_ENTRY_DIRECTORY, name);
			add_link(tree, OCI_ENTRY_SYMLINK, name);
			add_link(tree, OCI_ENTRY_HARDLINK, name);
		}
}

static void add_targets(struct oci_tree *tree)
{
	static const size_t sizes[] = { 1,   2,	  98,  99,   100,
					101, 102, 255, 4000, 4095 };
	static char target[TARGET_ROOM];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (int utf8 = 0; utf8 < 2; utf8++) {
			size_t size = sizes[i];

			memset(target, 't', size);
			target[size] = '\0';
			if (utf8 && size > 1)
				memcpy(target + size - 2, "\xc3\xa9", 2);
			add_link(tree, OCI_ENTRY_SYMLINK, target);
			add_link(tree, OCI_ENTRY_HARDLINK, target);
			add_link(tree, OCI_ENTRY_HARDLINK, target)->path =
				oci_arena_text(&tree->arena,
					       name_of(300, 0, 'a'));
		}
}

static void add_content(struct oci_tree *tree)
{
	static unsigned char data[300000];
	static const size_t sizes[] = { 0,	1,	511,	512,   513,
					131071, 131072, 131073, 300000 };

	fill_noise(data, sizeof(data), 7);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct oci_node *node = add_node(tree, OCI_ENTRY_FILE, "f");

		node->content = OCI_CONTENT_MEMORY;
		node->at.data = data;
		node->size = sizes[i];
	}
}

static void add_times(struct oci_tree *tree)
{
	static const int64_t times[] = {
		0,
		1,
		-1,
		-2,
		INT32_MAX - 1,
		INT32_MAX,
		INT64_C(1) << 31,
		(INT64_C(1) << 32) - 1,
		INT64_C(1) << 32,
		(INT64_C(1) << 33) - 1,
		INT64_C(1) << 33,
		INT64_C(253402300799),
		INT64_C(1) << 36,
		INT64_MAX,
		INT64_MIN,
		INT64_MIN + 1,
		-(INT64_C(1) << 33),
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		add_node(tree, OCI_ENTRY_FILE, "t")->mtime = times[i];
		add_node(tree, OCI_ENTRY_DIRECTORY, name_of(300, 9, 'a'))
			->mtime = times[i];
	}
}

static void add_numbers(struct oci_tree *tree)
{
	static const uint32_t numbers[] = {
		0,	    1,		0777,	    262143,   262144,
		2097151,    2097152,	16777215,   16777216, INT32_MAX,
		3000000000, 0xfffffffe, UINT32_MAX,
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct oci_node *node;

		add_node(tree, OCI_ENTRY_FILE, "u")->uid = numbers[i];
		add_node(tree, OCI_ENTRY_FIFO, "g")->gid = numbers[i];
		node = add_node(tree, OCI_ENTRY_DIRECTORY,
				name_of(150, 0, 'a'));
		node->uid = numbers[i];
		node->gid = numbers[i] / 2;
		node = add_node(tree, OCI_ENTRY_CHARACTER_DEVICE, "c");
		node->major = numbers[i];
		node = add_node(tree, OCI_ENTRY_BLOCK_DEVICE, "b");
		node->minor = numbers[i];
		node = add_node(tree, OCI_ENTRY_BLOCK_DEVICE, "dev/both");
		node->major = node->minor = numbers[i];
		node->uid = node->gid = numbers[i];
	}
}

static void add_modes(struct oci_tree *tree)
{
	for (unsigned type = OCI_ENTRY_FILE; type <= OCI_ENTRY_WHITEOUT; type++)
		for (uint32_t mode = 0; mode <= 07777; mode += 1 + mode / 7)
			for (int i = 0; i < 2; i++) {
				struct oci_node *node = add_node(
					tree, (enum oci_entry_type)type,
					name_of(i ? 120 : 3, 0, 'a'));

				node->mode = mode;
				if (type == OCI_ENTRY_SYMLINK ||
				    type == OCI_ENTRY_HARDLINK)
					node->target = "to";
			}
}

static void add_xattrs(struct oci_tree *tree, const char *path)
{
	static unsigned char value[70000];
	static const struct {
		const char *name, *value;
		size_t size;
	} items[] = {
		{ "security.capability",
		  "\1\0\0\2\0 \0\0\0\0\0\0\0\0\0\0\0\0\0", 20 },
		{ "user.a", "", 0 },
		{ "user.a b", "x", 1 },
		{ "user.a%20b", "y", 1 },
		{ "user.\xc3\xa9", "utf-8", 5 },
		{ "user.\xff\x01\x7f", "\0\n\xff", 3 },
		{ "user.lines", "1\n2\n=\n", 6 },
		{ "", "empty", 5 },
		{ "user.", "z", 1 },
	};
	enum { ITEMS = sizeof(items) / sizeof(items[0]) };
	struct oci_node *all = add_node(tree, OCI_ENTRY_FILE, path);
	struct oci_node *node;

	fill_noise(value, sizeof(value), 3);
	for (size_t i = 0; i < ITEMS; i++) {
		add_xattr(tree, all, items[i].name, items[i].value,
			  items[i].size);
		node = add_node(tree, OCI_ENTRY_DIRECTORY, path);
		add_xattr(tree, node, items[i].name, items[i].value,
			  items[i].size);
	}
	/* Around each length at which a record's length gets a digit more. */
	for (size_t size = 0; size < 1000; size += 1 + size / 300) {
		node = add_node(tree, OCI_ENTRY_FILE, path);
		add_xattr(tree, node, "user.x", value, size);
		add_xattr(tree, node, "user.x y", value, size);
	}
	for (size_t size = 9960; size < 9990; size++)
		add_xattr(tree, add_node(tree, OCI_ENTRY_FILE, path), "user.x",
			  value, size);
	node = add_node(tree, OCI_ENTRY_FILE, path);
	add_xattr(tree, node, "user.large", value, 65536);
	node->uid = node->gid = 3000000;
	node->mtime = INT32_MAX;
	node = add_link(tree, OCI_ENTRY_SYMLINK, name_of(101, 0, 'a'));
	add_xattr(tree, node, "user.long/name", value, 5);
}

static void add_short_xattrs(struct oci_tree *tree)
{
	add_xattrs(tree, "x");
}

static void add_long_xattrs(struct oci_tree *tree)
{
	add_xattrs(tree, name_of(300, 200, 'a'));
}

static void add_many_xattrs(struct oci_tree *tree)
{
	for (int plain = 0; plain < 2; plain++) {
		struct oci_node *node = add_node(tree, OCI_ENTRY_FILE, "many");

		for (int i = 0; i < 1000; i++) {
			char name[300];

			snprintf(name, sizeof(name), "user.%04d%c%0*d", i,
				 plain ? '.' : ' ', i % 2 ? 240 : 10, i);
			add_xattr(tree, node, name, name, strlen(name));
		}
	}
}

static const struct {
	const char *name;
	void (*add)(struct oci_tree *tree);
	uint64_t hash;
	size_t size;
} groups[] = {
	{ "lengths", add_lengths, UINT64_C(0x6bd6d4bacd195cc7), 1741824 },
	{ "splits", add_splits, UINT64_C(0x24b38daaecc36618), 15288320 },
	{ "deep", add_deep, UINT64_C(0x173bf942060af77e), 9736192 },
	{ "UTF-8", add_utf8, UINT64_C(0x9a461b7d08ffa52a), 3195904 },
	{ "targets", add_targets, UINT64_C(0x7be508b42322895e), 129024 },
	{ "content", add_content, UINT64_C(0xee7ae6278aafbf5b), 701952 },
	{ "times", add_times, UINT64_C(0x4f30e4cae59ef5c0), 50176 },
	{ "numbers", add_numbers, UINT64_C(0x6b6ea6a3eae4df2a), 94208 },
	{ "modes", add_modes, UINT64_C(0x482ae280f5f04905), 852992 },
	{ "attributes", add_short_xattrs, UINT64_C(0x16d5d8a886c618a9),
	  1614336 },
	{ "attributes, long names", add_long_xattrs,
	  UINT64_C(0x2d0a329627fd8df8), 1799168 },
	{ "many attributes", add_many_xattrs, UINT64_C(0xda2732e769080865),
	  580608 },
};

static void test_groups(void **state)
{
	bool same = true;

	(void)state;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		struct oci_tree *tree = new_tree();
		struct memory_sink out;
		struct oci_error err;
		uint64_t hash;

		groups[i].add(tree);
		check_done(write_nodes(&out, tree, &err), &err, groups[i].name);
		hash = hash_bytes(FNV_START, out.data, out.size);
		if (hash != groups[i].hash || out.size != groups[i].size) {
			same = false;
			print_error("%s: 0x%016llx, %zu\n", groups[i].name,
				    (unsigned long long)hash, out.size);
		}
		free(out.data);
		oci_tree_free(tree);
	}
	assert_true(same);
}

/* Headers of files that are larger than a test can write: they have no content,
 * which is reported after the header has been written. */
static void test_sizes(void **state)
{
	static const uint64_t sizes[] = {
		1,
		511,
		UINT64_C(1) << 31,
		(UINT64_C(1) << 33) - 1,
		UINT64_C(1) << 33,
		(UINT64_C(1) << 36) - 1,
		UINT64_C(1) << 36,
		UINT64_C(1) << 40,
		INT64_MAX,
	};
	uint64_t hash = FNV_START, offsets[2];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct oci_tree *tree = new_tree();
		struct memory_sink out;
		struct oci_error err;

		add_node(tree, OCI_ENTRY_FILE, "large")->size = sizes[i];
		check_failed(write_nodes(&out, tree, &err), &err, OCI_E_CHANGED,
			     "its size changed", "large");
		assert_int_equal(out.size, sizes[i] >> 33 ? 1536 : 512);
		hash = hash_bytes(hash, out.data, out.size);
		check_done(oci_tar_measure(offsets, tree, &err), &err,
			   "measure");
		assert_int_equal(offsets[1],
				 out.size + (sizes[i] + 511) / 512 * 512);
		free(out.data);
		oci_tree_free(tree);
	}
	if (hash != UINT64_C(0x8daee00cc1abc70b))
		fail_msg("sizes: 0x%016llx", (unsigned long long)hash);
}

/* A name that is not UTF-8 is refused before a tar is written. */
static void test_invalid(void **state)
{
	static const char *const names[] = {
		"/\xff",
		"/a\xc3",
		"/\xed\xa0\x80",
		"/\xf4\x90\x80\x80",
	};
	struct oci_tree *tree;
	struct oci_error err;

	(void)state;
	check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		check_failed(
			oci_tree_add_content(tree, names[i], "", 0, NULL, &err),
			&err, OCI_E_INVALID, "UTF-8", names[i]);
		check_failed(
			oci_tree_add_symlink(tree, "/l", names[i], NULL, &err),
			&err, OCI_E_INVALID, "UTF-8", names[i]);
		check_failed(
			oci_tree_add_hardlink(tree, "/h", names[i], NULL, &err),
			&err, OCI_E_INVALID, "UTF-8", names[i]);
	}
	oci_tree_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
