/* SPDX-License-Identifier: Apache-2.0 */
#include "store/walk.h"

#include <string.h>

#include "base/error.h"

enum { DOCUMENTS_MAX = 10 * 1000, BYTES_MAX = 64 * 1024 * 1024 };

int oci_walk_first(bool *first, struct oci_walk *walk,
		   const struct oci_digest *digest, struct oci_error *err)
{
	size_t size = strlen(digest->text);
	const char *key;

	*first = !oci_table_get(&walk->seen, digest->text, size);
	if (!*first)
		return 0;
	key = oci_arena_text(&walk->arena, digest->text);
	if (!key)
		return oci_fail_nomem(err);
	return oci_table_set(&walk->seen, key, size, walk, err);
}

int oci_walk_count(struct oci_walk *walk,
		   const struct oci_descriptor *descriptor,
		   struct oci_error *err)
{
	size_t documents =
		walk->max_documents ? walk->max_documents : DOCUMENTS_MAX;
	uint64_t bytes = walk->max_bytes ? walk->max_bytes : BYTES_MAX;
	/* A larger document is not read. */
	uint64_t size =
		descriptor->size > OCI_DOCUMENT_MAX ? 0 : descriptor->size;

	if (walk->documents == documents)
		return oci_fail(err, OCI_E_LIMIT,
				"it leads to more than %zu "
				"documents, the most that are read",
				documents);
	if (size > bytes - walk->bytes)
		return oci_fail(err, OCI_E_LIMIT,
				"its documents have more "
				"than %llu MiB, the most that are read",
				(unsigned long long)(bytes >> 20));
	walk->documents++;
	walk->bytes += size;
	return oci_watch_check(walk->watch, err);
}

int oci_walk_read(char **out, struct oci_walk *walk, struct oci_store *store,
		  const struct oci_descriptor *descriptor,
		  struct oci_error *err)
{
	int rc = oci_walk_count(walk, descriptor, err);

	*out = NULL;
	return rc ? rc : oci_store_read(out, store, descriptor, err);
}

int oci_walk_depth(int depth, struct oci_error *err)
{
	if (depth <= OCI_NESTING_MAX)
		return 0;
	return oci_fail(err, OCI_E_LIMIT,
			"indexes are nested more than %d "
			"deep",
			OCI_NESTING_MAX);
}

void oci_walk_release(struct oci_walk *walk)
{
	oci_table_release(&walk->seen);
	oci_arena_release(&walk->arena);
}
