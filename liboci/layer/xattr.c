/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of a member's extended attributes an image keeps file capabilities and the
 * user's own; the others belong to the machine where the archive was made.
 */
#include "layer/xattr.h"

#include <string.h>

#include "base/error.h"

enum { VALUE_MAX = 64 * 1024 };		/* Linux' XATTR_SIZE_MAX */

static bool is_kept(const char *name)
{
	return strcmp(name, "security.capability") == 0 ||
	       strncmp(name, "user.", 5) == 0;
}

int oci_xattr_put(struct oci_xattr **list, struct oci_arena *arena,
		  const char *name, const void *value, size_t size,
		  struct oci_error *err)
{
	struct oci_xattr *attr = oci_arena_alloc(arena, sizeof(*attr));
	struct oci_xattr **at = list;

	if (size > VALUE_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"the attribute '%s' has more than %d bytes",
				name, VALUE_MAX);
	if (!attr)
		return oci_fail_nomem(err);
	attr->name = oci_arena_text(arena, name);
	attr->value = oci_arena_copy(arena, value, size);
	attr->size = size;
	if (!attr->name || !attr->value)
		return oci_fail_nomem(err);
	while (*at && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	/* bsdtar writes each twice, in two notations. */
	if (*at && strcmp((*at)->name, name) == 0)
		*at = (*at)->next;
	attr->next = *at;
	*at = attr;
	return 0;
}

int oci_xattr_copy(struct oci_xattr **out, struct oci_arena *arena,
		   const struct oci_xattr *from, struct oci_error *err)
{
	int rc = 0;

	*out = NULL;
	for (; !rc && from; from = from->next)
		rc = oci_xattr_put(out, arena, from->name, from->value,
				   from->size, err);
	return rc;
}

int oci_xattr_read_lower(struct oci_rootfs_entry *entry,
			 struct oci_rootfs *rootfs,
			 struct archive_entry *member, struct oci_error *err)
{
	const char *name;
	const void *value;
	size_t size;
	int rc = 0;

	archive_entry_xattr_reset(member);
	while (!rc && archive_entry_xattr_next(member, &name, &value, &size) ==
			      ARCHIVE_OK) {
		/* Of an overlay, which its engine makes anew. */
		if (!name || strncmp(name, "trusted.overlay.", 16) == 0)
			continue;
		rc = oci_rootfs_spend(rootfs, strlen(name) + size, err);
		if (!rc)
			rc = oci_xattr_put(&entry->xattrs, &rootfs->arena, name,
					   value, size, err);
	}
	return rc;
}

int oci_xattr_read(struct oci_node *node, struct oci_tree *tree,
		   struct archive_entry *entry, struct oci_error *err)
{
	const char *name;
	const void *value;
	size_t size;
	int rc = 0;

	archive_entry_xattr_reset(entry);
	while (!rc && archive_entry_xattr_next(entry, &name, &value, &size) ==
		      ARCHIVE_OK)
		if (name && is_kept(name))
			rc = oci_xattr_put(&node->xattrs, &tree->arena, name,
					   value, size, err);
	return rc;
}

void oci_xattr_write(struct archive_entry *entry, const struct oci_node *node)
{
	const struct oci_xattr *attr = node->xattrs;

	for (; attr; attr = attr->next)
		archive_entry_xattr_add_entry(entry, attr->name, attr->value,
					      attr->size);
}
