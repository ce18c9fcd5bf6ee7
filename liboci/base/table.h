/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash table from byte strings to pointers. Keys are borrowed and have to
 * outlive the table; values belong to the caller. A table that is not empty
 * must not be moved, because its address is part of the hashes.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include <oci/error.h>

struct oci_table_slot {
	const char *key;	/* NULL: free */
	size_t size;
	uint64_t hash;
	void *value;		/* NULL: removed */
};

struct oci_table {
	struct oci_table_slot *slots;
	size_t capacity;	/* a power of two, or 0 */
	size_t used;		/* slots with a key, removed ones too */
};

void *oci_table_get(const struct oci_table *table, const char *key,
		    size_t size);
/* Sets or replaces; value is not NULL. */
int oci_table_set(struct oci_table *table, const char *key, size_t size,
		  void *value, struct oci_error *err);
void oci_table_remove(struct oci_table *table, const char *key, size_t size);
void oci_table_release(struct oci_table *table);

#endif
