/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares the tars of pseudo-random entries with those of libarchive's writer.
 * `tar_libarchive_test SEED COUNT` compares others than the test does.
 *
 * Left out, because libarchive writes something else: names of extended
 * attributes that it encodes; times after 2038, which 3.7 writes without a
 * record up to 2242; and device numbers outside 31 bits, which 3.6 takes for
 * negative.
 */
#include "tar_nodes.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include "base/time.h"
#include "io/ustar.h"

enum { NAME_ROOM = 4200 };

static uint64_t seed = 1;
static unsigned long count = 4000;

/* An xorshift generator: Marsaglia, 2003. */
static uint32_t pick(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % below;
}

/* A number near a power of two. */
static uint64_t pick_number(unsigned bits)
{
	uint64_t number = UINT64_C(1) << pick(bits);

	switch (pick(4)) {
	case 0:
		return number - 1;
	case 1:
		return number;
	case 2:
		return number + pick(3);
	default:
		return number + (seed & (number - 1));
	}
}

static size_t pick_size(void)
{
	static const size_t limits[] = { 1,   88,  99,	100, 155,
					 200, 255, 256, 300, 4000 };
	size_t size = limits[pick(10)] + pick(5);

	switch (pick(3)) {
	case 0:
		return size > 3 ? size - 3 : 1;
	case 1:
		return 1 + pick(400);
	default:
		return 1 + pick(20);
	}
}

/* A relative path of UTF-8 without empty parts and without "." and "..". */
static const char *pick_name(void)
{
	static const char *const letters[] = {
		"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\xa7",
		"\xcc\x81", "\xea\xb0\x80", "\xe1\x84\x80\xe1\x85\xa1",
		" ",	    "\n",	    "%",
		"=",	    "..",	    "\x7f",
	};
	static char name[NAME_ROOM];
	size_t want = pick_size(), size = 0;
	uint32_t slashes = 1 + pick(pick(2) ? 200 : 8);
	bool ascii = pick(3);

	while (size < want) {
		bool inside = size && name[size - 1] != '/';
		const char *letter = letters[pick(12)];

		if (inside && size + 1 < want && !pick(slashes))
			name[size++] = '/';
		else if (inside && !pick(20) &&
			 (!ascii || (unsigned char)*letter < 0x80))
			size += (size_t)snprintf(name + size, 8, "%s", letter);
		else
			name[size++] = (char)('a' + pick(26));
	}
	name[size] = '\0';
	return name;
}

static void pick_xattrs(struct oci_tree *tree, struct oci_node *node)
{
	static unsigned char value[70000];
	uint32_t attributes = pick(4) ? 0 : 1 + pick(4);

	fill_noise(value, 4096, (uint32_t)seed);
	for (uint32_t i = 0; i < attributes; i++) {
		char name[300];
		int fill = (int)(pick(8) ? pick(20) : pick(250));

		snprintf(name, sizeof(name), "user.%02u%0*d", i, fill, 7);
		add_xattr(tree, node, name, value,
			  pick(8) ? pick(120) : pick(sizeof(value)));
	}
}

static struct oci_node *pick_node(struct oci_tree *tree)
{
	static const char data[3000];
	enum oci_entry_type type = (enum oci_entry_type)(1 + pick(8));
	struct oci_node *node;

	node = add_node(tree, type, "");
	if (type != OCI_ENTRY_DIRECTORY || pick(20))
		node->path = oci_arena_text(&tree->arena, pick_name());
	if (type == OCI_ENTRY_SYMLINK || type == OCI_ENTRY_HARDLINK)
		node->target = oci_arena_text(&tree->arena, pick_name());
	if (type == OCI_ENTRY_FILE) {
		node->content = OCI_CONTENT_MEMORY;
		node->at.data = data;
		node->size = pick(2) ? pick(3) * 512 : pick(sizeof(data));
	}
	if (type == OCI_ENTRY_CHARACTER_DEVICE ||
	    type == OCI_ENTRY_BLOCK_DEVICE) {
		node->major = (uint32_t)pick_number(31) & INT32_MAX;
		node->minor = (uint32_t)pick_number(31) & INT32_MAX;
	}
	node->mode = pick(2) ? pick(010000) : 0644;
	node->uid = pick(2) ? (uint32_t)pick_number(32) : 0;
	node->gid = pick(2) ? (uint32_t)pick_number(32) : 0;
	node->mtime = (int64_t)(pick_number(31) % INT32_MAX);
	pick_xattrs(tree, node);
	return node;
}

static la_ssize_t take(struct archive *archive, void *client, const void *data,
		       size_t size)
{
	(void)archive;
	return oci_sink_write(client, data, size, NULL) ? -1 : (la_ssize_t)size;
}

static void set_entry(struct archive_entry *e, const struct oci_node *node)
{
	static const unsigned types[] = {
		0,	  AE_IFREG, AE_IFDIR, AE_IFLNK, AE_IFREG,
		AE_IFCHR, AE_IFBLK, AE_IFIFO, AE_IFREG,
	};
	const struct oci_xattr *x;

	archive_entry_set_pathname(e, node->path[0] ? node->path : ".");
	archive_entry_set_filetype(e, types[node->type]);
	archive_entry_set_perm(e, (__LA_MODE_T)node->mode);
	archive_entry_set_uid(e, node->uid);
	archive_entry_set_gid(e, node->gid);
	archive_entry_set_mtime(e, (time_t)node->mtime, 0);
	archive_entry_set_size(e, (la_int64_t)node->size);
	if (node->type == OCI_ENTRY_SYMLINK)
		archive_entry_set_symlink(e, node->target);
	if (node->type == OCI_ENTRY_HARDLINK)
		archive_entry_set_hardlink(e, node->target);
	if (node->type == OCI_ENTRY_CHARACTER_DEVICE ||
	    node->type == OCI_ENTRY_BLOCK_DEVICE) {
		archive_entry_set_rdevmajor(e, node->major);
		archive_entry_set_rdevminor(e, node->minor);
	}
	for (x = node->xattrs; x; x = x->next)
		archive_entry_xattr_add_entry(e, x->name, x->value, x->size);
}

static void write_by_libarchive(struct memory_sink *out,
				const struct oci_node *node)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();

	*out = (struct memory_sink)MEMORY_SINK;
	assert_int_equal(archive_write_set_format_pax_restricted(a), 0);
	assert_int_equal(archive_write_set_format_option(
				 a, "pax", "xattrheader", "SCHILY"),
			 0);
	archive_write_set_bytes_per_block(a, 0);
	archive_write_set_bytes_in_last_block(a, 1);
	archive_write_open(a, &out->base, NULL, take, NULL);
	set_entry(e, node);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	if (node->size)
		assert_int_equal(archive_write_data(a, node->at.data,
						    (size_t)node->size),
				 node->size);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_entry_free(e);
	archive_write_free(a);
}

static void compare(unsigned long i, const struct oci_node *node,
		    const struct memory_sink *ours,
		    const struct memory_sink *theirs)
{
	size_t at = 0;

	while (at < ours->size && at < theirs->size &&
	       ours->data[at] == theirs->data[at])
		at++;
	if (at == ours->size && at == theirs->size)
		return;
	fail_msg("entry %lu, type %d, path '%s', target '%s', uid %u, gid %u, "
		 "major %u, minor %u, mtime %lld: %zu and %zu bytes, which "
		 "differ at byte %zu",
		 i, node->type, node->path, node->target ? node->target : "",
		 node->uid, node->gid, node->major, node->minor,
		 (long long)node->mtime, ours->size, theirs->size, at);
}

static void test_random(void **state)
{
	(void)state;
	for (unsigned long i = 0; i < count; i++) {
		struct oci_tree *tree = new_tree();
		const struct oci_node *node = pick_node(tree);
		struct memory_sink ours, theirs;
		struct oci_error err;

		check_done(write_nodes(&ours, tree, &err), &err, node->path);
		write_by_libarchive(&theirs, node);
		compare(i, node, &ours, &theirs);
		free(ours.data);
		free(theirs.data);
		oci_tree_free(tree);
	}
}

/* Adds attributes whose records have `size` bytes, with a name that needs one
 * more record. */
static void add_records(struct oci_tree *tree, size_t size)
{
	static char value[65536];
	struct oci_node *node = add_node(tree, OCI_ENTRY_FILE, "\xc3\xa9");
	char name[] = "user.a";

	size -= oci_ustar_record_size("path", "", 2);
	while (size) {
		size_t all = oci_ustar_record_size("SCHILY.xattr.", name, 0);
		size_t most = size < 60000 ? size - all : 60000;

		while (oci_ustar_record_size("SCHILY.xattr.", name, most) >
		       size)
			most--;
		add_xattr(tree, node, name, value, most);
		size -= oci_ustar_record_size("SCHILY.xattr.", name, most);
		name[5]++;
	}
}

static int write_records(struct memory_sink *out, size_t size,
			 struct oci_error *err)
{
	struct oci_tree *tree = new_tree();
	int rc;

	add_records(tree, size);
	rc = write_nodes(out, tree, err);
	oci_tree_free(tree);
	return rc;
}

/* Returns the files of one layer. */
static struct oci_rootfs *apply(const struct memory_sink *layer)
{
	struct oci_rootfs *rootfs;
	struct oci_source *source;
	struct oci_error err;

	check_done(oci_rootfs_new(&rootfs, &err), &err, "new");
	check_done(
		oci_source_open_memory(&source, layer->data, layer->size, &err),
		&err, "open");
	check_done(oci_rootfs_apply_tar(rootfs, source, &err), &err, "apply");
	oci_source_free(source);
	return rootfs;
}

/* A layer never has more records than can be read again. */
static void test_most_records(void **state)
{
	const size_t most = OCI_USTAR_RECORDS_MAX - 64;
	struct memory_sink out;
	struct oci_error err;

	(void)state;
	check_done(write_records(&out, most, &err), &err, "most");
	oci_rootfs_free(apply(&out));
	free(out.data);
	check_failed(write_records(&out, most + 1, &err), &err, OCI_E_LIMIT,
		     "engines read no more", "too many");
	free(out.data);
}

/* Reads the mtime of the one member of a tar. */
static int64_t read_time(const struct memory_sink *tar)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	int64_t mtime;

	assert_int_equal(archive_read_support_format_tar(a), ARCHIVE_OK);
	assert_int_equal(archive_read_open_memory(a, tar->data, tar->size),
			 ARCHIVE_OK);
	assert_int_equal(archive_read_next_header(a, &e), ARCHIVE_OK);
	mtime = archive_entry_mtime(e);
	archive_read_free(a);
	return mtime;
}

/* The tar of a root file system has no time that readers refuse. */
static void test_far_times(void **state)
{
	static const struct {
		int64_t given, wanted;
	} times[] = {
		{ -1, -1 },
		{ OCI_TIME_MAX, OCI_TIME_MAX },
		{ OCI_TIME_MAX + 1, OCI_TIME_MAX },
		{ INT64_MAX, OCI_TIME_MAX },
		{ INT64_MIN, -OCI_TIME_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct memory_sink layer, tar = MEMORY_SINK;
		struct oci_tree *tree = new_tree();
		struct oci_rootfs *rootfs;
		struct oci_error err;

		/* libarchive reads times into the host's time_t, which may
		 * have 32 bits. */
		if ((time_t)times[i].wanted != times[i].wanted) {
			oci_tree_free(tree);
			continue;
		}
		add_node(tree, OCI_ENTRY_FILE, "a")->mtime = times[i].given;
		check_done(write_nodes(&layer, tree, &err), &err, "layer");
		rootfs = apply(&layer);
		check_done(oci_rootfs_write_tar(rootfs, "/", &tar.base, &err),
			   &err, "write");
		assert_int_equal(read_time(&tar), times[i].wanted);
		oci_rootfs_free(rootfs);
		oci_tree_free(tree);
		free(layer.data);
		free(tar.data);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_most_records),
		cmocka_unit_test(test_far_times),
	};

	if (argc > 2) {
		seed = strtoull(argv[1], NULL, 10) | 1;
		count = strtoul(argv[2], NULL, 10);
	}
	/* libarchive converts names by the thread's locale. */
	uselocale(newlocale(LC_ALL_MASK, "C.UTF-8", NULL));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
