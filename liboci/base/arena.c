/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of blocks. A piece larger than a block gets its own block. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct oci_arena_block {
	struct oci_arena_block *older;
	size_t used;
	size_t size;
	alignas(max_align_t) char data[];
};

static struct oci_arena_block *block_new(size_t size)
{
	struct oci_arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (block) {
		block->older = NULL;
		block->used = 0;
		block->size = size;
	}
	return block;
}

void *oci_arena_alloc(struct oci_arena *arena, size_t size)
{
	struct oci_arena_block *block = arena->newest;
	size_t align = alignof(max_align_t);
	void *piece;

	if (size > SIZE_MAX - align)
		return NULL;
	size = (size + align - 1) / align * align;
	if (!block || block->size - block->used < size) {
		block = block_new(size > BLOCK_SIZE ? size : BLOCK_SIZE);
		if (!block)
			return NULL;
		block->older = arena->newest;
		arena->newest = block;
	}
	piece = block->data + block->used;
	block->used += size;
	return memset(piece, 0, size);
}

char *oci_arena_copy(struct oci_arena *arena, const char *text, size_t size)
{
	char *copy = size < SIZE_MAX ? oci_arena_alloc(arena, size + 1) : NULL;

	if (copy && size)
		memcpy(copy, text, size);
	return copy;
}

char *oci_arena_text(struct oci_arena *arena, const char *text)
{
	return oci_arena_copy(arena, text, strlen(text));
}

/* The newest block stays first, because it has room. */
void oci_arena_join(struct oci_arena *arena, struct oci_arena *other)
{
	struct oci_arena_block *last = other->newest;

	if (!last)
		return;
	while (last->older)
		last = last->older;
	if (arena->newest) {
		last->older = arena->newest->older;
		arena->newest->older = other->newest;
	} else {
		arena->newest = other->newest;
	}
	other->newest = NULL;
}

void oci_arena_release(struct oci_arena *arena)
{
	struct oci_arena_block *block = arena->newest;

	while (block) {
		struct oci_arena_block *older = block->older;

		free(block);
		block = older;
	}
	arena->newest = NULL;
}
