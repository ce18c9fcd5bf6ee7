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

/* Puts it into the node's list, which is sorted by name. */
static int add(struct oci_node *node, struct oci_tree *tree, const char *name,
	       const void *value, size_t size, struct oci_error *err)
{
	struct oci_xattr *attr = oci_arena_alloc(&tree->arena, sizeof(*attr));
	struct oci_xattr **at = &node->xattrs;

	if (size > VALUE_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"the attribute '%s' has more than %d bytes",
				name, VALUE_MAX);
	if (!attr)
		return oci_fail_nomem(err);
	attr->name = oci_arena_text(&tree->arena, name);
	attr->value = oci_arena_copy(&tree->arena, value, size);
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
			rc = add(node, tree, name, value, size, err);
	return rc;
}

void oci_xattr_write(struct archive_entry *entry, const struct oci_node *node)
{
	const struct oci_xattr *attr = node->xattrs;

	for (; attr; attr = attr->next)
		archive_entry_xattr_add_entry(entry, attr->name, attr->value,
					      attr->size);
}
