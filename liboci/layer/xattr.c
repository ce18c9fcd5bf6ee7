/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of the extended attributes of a source, an image keeps file capabilities and,
 * if the source is an archive, user attributes. The others belong to the
 * machine of the source.
 */
#include "layer/xattr.h"

#include <string.h>
#include <sys/xattr.h>

#include "base/error.h"

enum {
	VALUE_MAX = 64 * 1024, /* Linux's XATTR_SIZE_MAX */
	COUNT_MAX = 1000,      /* of one member */
};

static bool is_kept(const char *name)
{
	return strcmp(name, "security.capability") == 0 ||
	       strncmp(name, "user.", 5) == 0;
}

/* Adds an attribute to the sorted list, or replaces the one of that name. */
static int add(struct oci_xattr **at, struct oci_arena *arena, const char *name,
	       const void *value, size_t size, struct oci_error *err)
{
	struct oci_xattr *attr;

	if (size > VALUE_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"the attribute '%s' has more than %d bytes",
				name, VALUE_MAX);
	attr = oci_arena_alloc(arena, sizeof(*attr));
	if (!attr)
		return oci_fail_nomem(err);
	attr->name = oci_arena_text(arena, name);
	attr->value = oci_arena_copy(arena, value, size);
	attr->size = size;
	if (!attr->name || !attr->value)
		return oci_fail_nomem(err);
	while (*at && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	/* bsdtar writes each attribute twice, in two notations. */
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
		rc = add(out, arena, from->name, from->value, from->size, err);
	return rc;
}

static bool is_of_image(const char *name)
{
	return strncmp(name, "trusted.overlay.", 16) != 0;
}

/* Engines recreate overlay attributes, and cannot read names with '='. */
static bool is_of_directory(const char *name)
{
	return is_of_image(name) && !strchr(name, '=');
}

/* *bytes: size of all attributes that were read, including replaced ones. */
static int read_where(struct oci_xattr **list, uint64_t *bytes,
		      struct oci_arena *arena, struct archive_entry *entry,
		      bool (*wanted)(const char *name), struct oci_error *err)
{
	const char *name;
	const void *value;
	size_t size;
	int count = 0, rc = 0;

	*bytes = 0;
	archive_entry_xattr_reset(entry);
	while (!rc && archive_entry_xattr_next(entry, &name, &value, &size) ==
			      ARCHIVE_OK) {
		if (!name || !wanted(name))
			continue;
		/* libarchive loses a value for which it has no memory; an empty
		 * one is not NULL. */
		if (!value)
			return oci_fail_nomem(err);
		if (++count > COUNT_MAX)
			return oci_fail(err, OCI_E_LIMIT,
					"a member has more than %d extended "
					"attributes", COUNT_MAX);
		*bytes += strlen(name) + size;
		rc = add(list, arena, name, value, size, err);
	}
	return rc;
}

int oci_xattr_read_lower(struct oci_xattr **list, uint64_t *bytes,
			 struct oci_arena *arena, struct archive_entry *entry,
			 struct oci_error *err)
{
	return read_where(list, bytes, arena, entry, is_of_directory, err);
}

static bool is_plain(unsigned char byte)
{
	return byte > ' ' && byte <= '~' && byte != '%' && byte != '=';
}

/* Returns whether text is libarchive's encoding of a name: '%' and two
 * hexadecimal digits for each byte that is not plain. */
static bool is_encoded(const char *text, const char *name)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *name; name++) {
		unsigned char byte = (unsigned char)*name;
		char code[] = { '%', digits[byte >> 4], digits[byte & 15] };
		size_t n = is_plain(byte) ? 1 : sizeof(code);

		if (strncmp(text, is_plain(byte) ? name : code, n) != 0)
			return false;
		text += n;
	}
	return !*text;
}

/* Returns whether libarchive does not encode a byte of the name. */
static bool has_plain_name(const struct oci_xattr *attr)
{
	return is_encoded(attr->name, attr->name);
}

/* bsdtar encodes the name in both notations, and libarchive decodes only one:
 * drops the attribute with the encoded name and the same value. */
static void drop_encoded(struct oci_xattr **list)
{
	for (const struct oci_xattr *attr = *list; attr; attr = attr->next) {
		struct oci_xattr **at = list;

		if (has_plain_name(attr))
			continue;
		while (*at && !is_encoded((*at)->name, attr->name))
			at = &(*at)->next;
		if (*at && (*at)->size == attr->size &&
		    memcmp((*at)->value, attr->value, attr->size) == 0)
			*at = (*at)->next;
	}
}

int oci_xattr_read_all(struct oci_xattr **list, uint64_t *bytes,
		       struct oci_arena *arena, struct archive_entry *entry,
		       struct oci_error *err)
{
	int rc = read_where(list, bytes, arena, entry, is_of_image, err);

	if (!rc && *bytes)
		drop_encoded(list);
	return rc;
}

bool oci_xattr_same(const struct oci_xattr *a, const struct oci_xattr *b)
{
	while (a && b && strcmp(a->name, b->name) == 0 && a->size == b->size &&
	       memcmp(a->value, b->value, a->size) == 0) {
		a = a->next;
		b = b->next;
	}
	return !a && !b;
}

/* The key of a record in a layer's tar ends at the first '='. */
static int check_names(const struct oci_xattr *attr,
		       struct archive_entry *entry, struct oci_error *err)
{
	while (attr && !strchr(attr->name, '='))
		attr = attr->next;
	if (!attr)
		return 0;
	return oci_fail(err, OCI_E_UNSUPPORTED,
			"member '%s' has the extended attribute '%s', and a "
			"layer cannot hold a name with '=': pack the archive "
			"again without it, or exclude the member",
			archive_entry_pathname(entry), attr->name);
}

int oci_xattr_add_from_archive(struct oci_node *node, struct oci_tree *tree,
			       struct archive_entry *entry,
			       struct oci_error *err)
{
	uint64_t bytes;
	int rc = read_where(&node->xattrs, &bytes, &tree->arena, entry,
			    is_kept, err);

	if (rc || !bytes)
		return rc;
	drop_encoded(&node->xattrs);
	rc = check_names(node->xattrs, entry, err);
	return rc ? rc : oci_tree_spend(tree, (size_t)bytes, false, err);
}

/* struct vfs_ns_cap_data of linux/capability.h: its third revision appends the
 * root of a user namespace of this machine. */
enum { CAPABILITY_SIZE = 20, CAPABILITY_ROOM = 24, REVISION = 3, SECOND = 2 };

int oci_xattr_add_from_disk(struct oci_node *node, struct oci_tree *tree,
			    const char *path, struct oci_error *err)
{
	unsigned char value[CAPABILITY_ROOM];
	ssize_t size =
		getxattr(path, "security.capability", value, sizeof(value));

	if (size < CAPABILITY_SIZE)
		return 0;
	value[REVISION] = SECOND;
	return add(&node->xattrs, &tree->arena, "security.capability", value,
		   CAPABILITY_SIZE, err);
}

int oci_xattr_set(struct oci_node *node, struct oci_tree *tree,
		  const struct oci_attributes *attrs, struct oci_error *err)
{
	size_t count = attrs ? attrs->extended_count : 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++) {
		const struct oci_extended *e = &attrs->extended[i];
		bool user = strncmp(e->name, "user.", 5) == 0 && e->name[5];

		if (!is_kept(e->name) || (!user && e->name[0] == 'u'))
			return oci_fail(
				err, OCI_E_INVALID,
				"the extended attribute '%s' is neither "
				"user.NAME nor "
				"security.capability",
				e->name);
		if (user || node->type == OCI_ENTRY_FILE)
			rc = add(&node->xattrs, &tree->arena, e->name, e->value,
				 e->size, err);
	}
	return rc;
}
