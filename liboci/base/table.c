/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open addressing with linear probing, at most half full. The hash is FNV-1a
 * with a final mix, seeded with the table's address so that an archive cannot
 * carry names chosen to collide.
 */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static uint64_t hash_of(const struct oci_table *table, const char *key,
			size_t size)
{
	uint64_t h = 0xcbf29ce484222325u ^ ((uintptr_t)table >> 4);

	for (size_t i = 0; i < size; i++) {
		h ^= (unsigned char)key[i];
		h *= 0x100000001b3u;
		h ^= h >> 29;
	}
	h *= 0x9e3779b97f4a7c15u;
	return h ^ (h >> 32);
}

static struct oci_table_slot *find(const struct oci_table *table,
				   const char *key, size_t size, uint64_t hash)
{
	size_t mask = table->capacity - 1;

	for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
		struct oci_table_slot *slot = &table->slots[i];

		if (!slot->key)
			return slot;
		if (slot->hash == hash && slot->size == size &&
		    memcmp(slot->key, key, size) == 0)
			return slot;
	}
}

void *oci_table_get(const struct oci_table *table, const char *key,
		    size_t size)
{
	if (!table->capacity)
		return NULL;
	return find(table, key, size, hash_of(table, key, size))->value;
}

static int grow(struct oci_table *table, struct oci_error *err)
{
	struct oci_table bigger = {
		.capacity = table->capacity ? table->capacity * 2 : 64,
	};

	bigger.slots = calloc(bigger.capacity, sizeof(*bigger.slots));
	if (!bigger.slots)
		return oci_fail_nomem(err);
	for (size_t i = 0; i < table->capacity; i++) {
		const struct oci_table_slot *slot = &table->slots[i];

		if (!slot->value)
			continue;
		*find(&bigger, slot->key, slot->size, slot->hash) = *slot;
		bigger.used++;
	}
	free(table->slots);
	*table = bigger;
	return 0;
}

int oci_table_set(struct oci_table *table, const char *key, size_t size,
		  void *value, struct oci_error *err)
{
	struct oci_table_slot *slot;
	uint64_t hash;
	int rc;

	if (table->used >= table->capacity / 2) {
		rc = grow(table, err);
		if (rc)
			return rc;
	}
	hash = hash_of(table, key, size);
	slot = find(table, key, size, hash);
	if (!slot->key)
		table->used++;
	*slot = (struct oci_table_slot){key, size, hash, value};
	return 0;
}

void oci_table_remove(struct oci_table *table, const char *key, size_t size)
{
	struct oci_table_slot *slot;

	if (!table->capacity)
		return;
	slot = find(table, key, size, hash_of(table, key, size));
	slot->value = NULL;
}

void oci_table_release(struct oci_table *table)
{
	free(table->slots);
	*table = (struct oci_table){0};
}
