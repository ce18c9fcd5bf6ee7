/* SPDX-License-Identifier: Apache-2.0 */
/* Layers of blocks that were written before: the same bytes, whatever was
 * known. And a sha256 that goes on half-way. */
#include "helpers.h"

#include "io/digest.h"
#include "layer/reuse.h"

enum { FILES = 9, MIB = 1 << 20, ROOM = 2 * MIB };

static const size_t usual[FILES] = {
	0, 5, 700000, 100000, 511, MIB + 9, 4096, 600000, 300000,
};

struct layer {
	struct oci_tree *tree;
	struct oci_layer made;
	struct memory_sink out;
	struct oci_blocks blocks;
};

static void make_tree(struct oci_tree **out, const size_t sizes[FILES],
		      const uint32_t seeds[FILES])
{
	static unsigned char data[ROOM];
	struct oci_error err;

	check_done(oci_tree_new(out, NULL, &err), &err, "tree");
	for (int i = 0; i < FILES; i++) {
		char path[] = "/a";

		path[1] = (char)('a' + i);
		fill_noise(data, sizes[i], seeds[i]);
		check_done(oci_tree_add_content(*out, path, data, sizes[i],
						NULL, &err), &err, path);
	}
	check_done(oci_tree_settle(*out, NULL, &err), &err, "settle");
}

static void write_layer(struct layer *layer, enum oci_compression compression,
			const struct oci_layer_before *before)
{
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct oci_error err;

	options.compression = compression;
	options.jobs = 2;
	options.level = compression == OCI_COMPRESSION_NONE ? 0 : 1;
	layer->out = (struct memory_sink)MEMORY_SINK;
	layer->blocks = (struct oci_blocks){0};
	check_done(oci_layer_write_blocks(&layer->made, &layer->blocks,
					  layer->tree, &layer->out.base,
					  &options, before, &err), &err,
		   "write");
}

static void drop_written(struct layer *layer)
{
	oci_blocks_release(&layer->blocks);
	free(layer->out.data);
	layer->out.data = NULL;
}

static void drop_layer(struct layer *layer)
{
	drop_written(layer);
	oci_tree_free(layer->tree);
}

static int open_blob(const struct layer *layer)
{
	int fd = open(write_bytes("blob", layer->out.data, layer->out.size),
		      O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void check_same(const struct layer *a, const struct layer *b)
{
	assert_string_equal(a->made.digest.text, b->made.digest.text);
	assert_string_equal(a->made.diff_id.text, b->made.diff_id.text);
	assert_int_equal(a->made.size, b->made.size);
	assert_int_equal(a->made.tar_size, b->made.tar_size);
	assert_int_equal(a->out.size, b->out.size);
	assert_memory_equal(a->out.data, b->out.data, a->out.size);
	assert_int_equal(a->blocks.count, b->blocks.count);
	for (size_t i = 0; i < a->blocks.count; i++) {
		const struct oci_block *x = &a->blocks.items[i];
		const struct oci_block *y = &b->blocks.items[i];

		assert_string_equal(x->id.text, y->id.text);
		assert_int_equal(x->in_size, y->in_size);
		assert_int_equal(x->out_size, y->out_size);
		assert_string_equal(x->end.text, y->end.text);
		assert_memory_equal(&x->in, &y->in, sizeof(x->in));
		assert_memory_equal(&x->out, &y->out, sizeof(x->out));
	}
}

static size_t prefix_of(const struct layer *layer,
			enum oci_compression compression,
			const struct oci_layer_before *before)
{
	const struct oci_codec *codec =
		compression == OCI_COMPRESSION_GZIP ? &oci_codec_gzip :
						      &oci_codec_zstd;
	struct oci_reuse reuse;
	struct oci_error err;
	size_t prefix;

	check_done(oci_reuse_open(&reuse, layer->tree, codec, before, &err),
		   &err, "compare");
	prefix = reuse.prefix;
	oci_reuse_release(&reuse);
	return prefix;
}

/* One file of another content or size: which, and what stays before it. */
static void try_change(const struct layer *old, int fd, int file, size_t size,
		       enum oci_compression compression)
{
	const struct oci_layer_before before = { &old->blocks, fd };
	size_t sizes[FILES];
	uint32_t seeds[FILES] = {0};
	struct layer anew, again;

	memcpy(sizes, usual, sizeof(sizes));
	sizes[file] = size;
	seeds[file] = 77;
	make_tree(&anew.tree, sizes, seeds);
	again.tree = anew.tree;
	write_layer(&anew, compression, NULL);
	write_layer(&again, compression, &before);
	check_same(&anew, &again);
	/* zstd's blocks are twice as long. */
	if (compression == OCI_COMPRESSION_GZIP && file == FILES - 1)
		assert_true(prefix_of(&again, compression, &before) > 1);
	if (compression == OCI_COMPRESSION_ZSTD && file == FILES - 1)
		assert_true(prefix_of(&again, compression, &before) > 0);
	if (file == 1)
		assert_int_equal(prefix_of(&again, compression, &before), 0);
	drop_written(&anew);
	drop_layer(&again);
}

static void test_changes(void **state)
{
	static const enum oci_compression all[] = {
		OCI_COMPRESSION_GZIP, OCI_COMPRESSION_ZSTD,
		OCI_COMPRESSION_NONE,
	};
	static const uint32_t seeds[FILES] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct layer old;
		int fd;

		make_tree(&old.tree, usual, seeds);
		write_layer(&old, all[i], NULL);
		fd = open_blob(&old);
		for (int file = 0; file < FILES; file += i ? 4 : 1)
			try_change(&old, fd, file, file % 2 ? 600 : usual[file],
				   all[i]);
		close(fd);
		drop_layer(&old);
	}
}

/* What is said of the blocks, or the blob, is wrong: the bytes are right. */
static void test_damage(void **state)
{
	static const uint32_t seeds[FILES] = {0};
	struct layer old, again;

	(void)state;
	make_tree(&old.tree, usual, seeds);
	write_layer(&old, OCI_COMPRESSION_GZIP, NULL);
	for (size_t i = 0; i < old.blocks.count * 5; i += 4) {
		struct oci_layer_before before = { &old.blocks, -1 };
		struct oci_block *b = &old.blocks.items[i / 5];
		const struct oci_block good = *b;

		b->in_size += i % 5 == 0 ? 512 : 0;
		b->out_size = i % 5 == 1 ? UINT32_MAX : b->out_size;
		if (i % 5 == 2)
			b->end.text[9] ^= 1;
		/* Of the block where writing goes on. */
		if (i % 5 == 3 && i / 5 == old.blocks.count - 1)
			b->out.size += OCI_DIGEST_BLOCK;
		if (i % 5 == 4)
			old.out.data[old.out.size / old.blocks.count *
				     (i / 5) + 20] ^= 1;
		before.fd = open_blob(&old);
		if (i % 5 == 4)
			old.out.data[old.out.size / old.blocks.count *
				     (i / 5) + 20] ^= 1;
		again.tree = old.tree;
		write_layer(&again, OCI_COMPRESSION_GZIP, &before);
		*b = good;
		check_same(&old, &again);
		drop_written(&again);
		close(before.fd);
	}
	drop_layer(&old);
}

static void test_states(void **state)
{
	static unsigned char data[1000];
	struct oci_digester *first, *second;
	struct oci_digest_state kept, same;
	struct oci_digest whole, found;
	struct oci_error err;

	(void)state;
	fill_noise(data, sizeof(data), 4);
	check_done(oci_digest_data(&whole, data, sizeof(data), &err), &err,
		   "digest");
	for (size_t at = 0; at <= sizeof(data); at++) {
		size_t from;

		check_done(oci_digester_new(&first, NULL, &err), &err, "new");
		check_done(oci_digester_new(&second, NULL, &err), &err, "new");
		oci_digester_add(first, data, at, &err);
		oci_digester_save(&kept, first);
		from = (size_t)kept.size;
		assert_int_equal(from, at / OCI_DIGEST_BLOCK *
					       OCI_DIGEST_BLOCK);
		/* Whatever it was at. */
		oci_digester_add(second, data, at / 3, &err);
		oci_digester_restore(second, &kept);
		oci_digester_save(&same, second);
		assert_memory_equal(&kept, &same, sizeof(kept));
		oci_digester_add(second, data + from, sizeof(data) - from,
				 &err);
		oci_digester_end(&found, second, &err);
		assert_string_equal(found.text, whole.text);
		oci_digester_free(first);
		oci_digester_free(second);
	}
}

/* The count of bits is in two words. */
static void test_sizes(void **state)
{
	static const uint64_t sizes[] = {
		0, 64, (1u << 29) - 64, 1u << 29, (1ull << 32) + 64,
		(1ull << 61) - 64,
	};
	struct oci_digester *digester;
	struct oci_digest_state kept = { .words = {1, 2, 3} }, same;
	struct oci_error err;

	(void)state;
	check_done(oci_digester_new(&digester, NULL, &err), &err, "new");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		kept.size = sizes[i];
		oci_digester_restore(digester, &kept);
		oci_digester_save(&same, digester);
		assert_memory_equal(&kept, &same, sizeof(kept));
	}
	oci_digester_free(digester);
}

/* A block that has more bytes than there is room for is not read. */
static void test_room(void **state)
{
	static const uint32_t seeds[FILES] = { 0 };
	static char out[ROOM];
	struct oci_old_block place;
	struct layer layer;
	size_t size;
	int fd;

	(void)state;
	make_tree(&layer.tree, usual, seeds);
	write_layer(&layer, OCI_COMPRESSION_GZIP, NULL);
	fd = open_blob(&layer);
	place.block = &layer.blocks.items[0];
	place.offset = layer.blocks.start;
	size = (size_t)place.block->out_size;
	assert_true(size > 1 && size <= sizeof(out));
	assert_true(oci_block_fetch(out, size, fd, &place));
	assert_false(oci_block_fetch(out, size - 1, fd, &place));
	close(fd);
	drop_layer(&layer);
}

/* A file that is younger than two seconds may change once more within the same
 * times: what was made of it is not known by them. */
static void test_young(void **state)
{
	struct layer layer;
	struct oci_error err;

	(void)state;
	check_done(oci_tree_new(&layer.tree, NULL, &err), &err, "tree");
	check_done(oci_tree_add_file(layer.tree, "/a", write_text("a", "text"),
				     NULL, &err), &err, "add");
	check_done(oci_tree_settle(layer.tree, NULL, &err), &err, "settle");
	write_layer(&layer, OCI_COMPRESSION_GZIP, NULL);
	assert_int_equal(layer.blocks.count, 1);
	assert_string_equal(layer.blocks.items[0].id.text, "");
	drop_written(&layer);
	oci_tree_free(layer.tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes), cmocka_unit_test(test_damage),
		cmocka_unit_test(test_states),	cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_room),	cmocka_unit_test(test_young),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
