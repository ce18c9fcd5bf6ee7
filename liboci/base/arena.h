/* SPDX-License-Identifier: Apache-2.0 */
/* Allocates the many small records of a tree or plan, all freed together. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct oci_arena {
	struct oci_arena_block *newest;
};

/* Returns zeroed memory, aligned for any type; NULL if memory ran out. */
void *oci_arena_alloc(struct oci_arena *arena, size_t size);
/* Copies size bytes, and adds a NUL; NULL if memory ran out. */
char *oci_arena_copy(struct oci_arena *arena, const char *text, size_t size);
char *oci_arena_text(struct oci_arena *arena, const char *text);
/* Moves all memory of other to arena; other is empty then. */
void oci_arena_join(struct oci_arena *arena, struct oci_arena *other);
void oci_arena_release(struct oci_arena *arena);

#endif
