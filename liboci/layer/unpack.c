/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adds archives to trees. An archive is read once, from start to end. The bytes
 * of its files go to the tree's spool, because the layer needs them in another
 * order. Names are not trusted before they are cleaned.
 */
#include "layer/unpack.h"

#include <string.h>

#include "base/error.h"
#include "base/table.h"
#include "layer/content.h"
#include "layer/filter.h"
#include "layer/node.h"
#include "layer/rootfs.h"
#include "layer/xattr.h"

#define OWNER_MAX INT64_C(0xfffffffe)

struct unpack {
	struct oci_tree *tree;
	struct oci_reader *reader;
	const char *path;
	const char *source;
	const struct oci_filter *filter;
	const struct oci_attributes *attrs;
	struct oci_table files;		/* member path to node: hard links */
	size_t first;			/* the tree's count at the start */
	size_t taken;			/* members that matched the filter */
};

/* Cleans a member's name and drops `strip` parts. out may become empty. */
static int member_path(char out[OCI_PATH_MAX], const char *name,
		       unsigned strip, struct oci_error *err)
{
	const char *rest;
	int rc;

	if (!name)
		return oci_fail(err, OCI_E_INVALID,
				"a member's name is not UTF-8: pack the "
				"archive again with UTF-8 names");
	if (name[0] == '/')
		return oci_fail(err, OCI_E_INVALID,
				"member '%s' has an absolute name: pack the "
				"archive again with relative names", name);
	rc = oci_path_clean(out, name, err);
	if (rc) {
		oci_advise(err, rc, "pack the archive again without it");
		return oci_wrap(err, rc, "member '%s'", name);
	}
	rest = out;
	for (; strip && *rest; strip--) {
		rest += strcspn(rest, "/");
		rest += *rest == '/';
	}
	memmove(out, rest, strlen(rest) + 1);
	return 0;
}

/* Returns whether an id is valid, or replaced by the entry's owner. */
static bool is_owner(int64_t id, const struct oci_attributes *attrs,
		     int64_t given)
{
	return (id >= 0 && id <= OWNER_MAX) || (attrs && given >= 0);
}

static int check_owner(const struct unpack *u, const char *member,
		       struct archive_entry *entry, struct oci_error *err)
{
	const struct oci_attributes *attrs = u->attrs;
	int64_t uid = archive_entry_uid(entry);
	int64_t gid = archive_entry_gid(entry);

	if (is_owner(uid, attrs, attrs ? attrs->uid : 0) &&
	    is_owner(gid, attrs, attrs ? attrs->gid : 0))
		return 0;
	return oci_fail(err, OCI_E_INVALID,
			"member '%s' has the owner %lld:%lld, which is not 0 "
			"to 4294967294: set 'owner' in the entry, such as "
			"owner: 0:0",
			member, (long long)uid, (long long)gid);
}

/* The times in a zip depend on the time zone, so they are not used. */
static int64_t mtime_of(const struct unpack *u, struct archive_entry *entry)
{
	if (!oci_reader_is_zip(u->reader))
		return archive_entry_mtime(entry);
	return u->tree->epoch >= 0 ? u->tree->epoch : 0;
}

static int add_member(struct oci_node **out, struct unpack *u,
		      const char *member, enum oci_entry_type type,
		      struct archive_entry *entry, struct oci_error *err)
{
	struct oci_source_attributes source = {
		.mode = archive_entry_perm(entry) & 07777,
		.uid = (uint32_t)archive_entry_uid(entry),
		.gid = (uint32_t)archive_entry_gid(entry),
		.mtime = mtime_of(u, entry),
		.keep = true,
		.timeless = oci_reader_is_zip(u->reader),
	};
	char path[OCI_PATH_MAX];
	int rc = check_owner(u, member, entry, err);

	if (!rc)
		rc = oci_path_join(path, u->path, member, err);
	if (!rc)
		rc = oci_node_add(out, u->tree, path, type, u->attrs, err);
	if (rc)
		return rc;
	(*out)->rank = OCI_RANK_BROUGHT;
	(*out)->source = u->source;
	(*out)->within = u->path;
	oci_node_attributes(*out, u->tree, u->attrs, &source);
	rc = oci_xattr_add_from_archive(*out, u->tree, entry, err);
	return rc ? rc : oci_xattr_set(*out, u->tree, u->attrs, err);
}

/* Returns a node's path inside the archive. */
static const char *member_of(const struct unpack *u,
			     const struct oci_node *node)
{
	return node->wanted + (u->path[0] ? strlen(u->path) + 1 : 0);
}

/* Records a node for the hard links that follow. */
static int record_member(struct unpack *u, struct oci_node *node,
			 struct oci_error *err)
{
	const char *member = member_of(u, node);

	return oci_table_set(&u->files, member, strlen(member), node, err);
}

static int add_file(struct unpack *u, const char *member,
		    struct archive_entry *entry, struct oci_error *err)
{
	struct oci_node *node;
	int rc = add_member(&node, u, member, OCI_ENTRY_FILE, entry, err);

	if (!rc)
		rc = oci_content_spool(node, u->tree, u->reader, entry, err);
	return rc ? rc : record_member(u, node, err);
}

static int add_symlink(struct unpack *u, const char *member,
		       struct archive_entry *entry, struct oci_error *err)
{
	const char *target = archive_entry_symlink(entry);
	struct oci_node *node;
	int rc;

	if (!target)
		return oci_fail(err, OCI_E_INVALID,
				"member '%s' is a symlink without a target "
				"that can be used", member);
	rc = add_member(&node, u, member, OCI_ENTRY_SYMLINK, entry, err);
	if (!rc)
		rc = oci_node_symlink(node, u->tree, target, err);
	return rc ? rc : record_member(u, node, err);
}

/* Finds a hard link's earlier member, also through the archive's symlinks. */
static int find_linked(struct oci_node **out, const struct unpack *u,
		       const char *target, struct oci_error *err)
{
	const struct oci_view view = { .own = &u->files };
	char path[OCI_PATH_MAX];
	int rc;

	*out = oci_table_get(&u->files, target, strlen(target));
	if (*out)
		return 0;
	rc = oci_view_resolve(path, NULL, &view, target, false, NULL, err);
	if (!rc)
		*out = oci_table_get(&u->files, path, strlen(path));
	return rc;
}

/* Adds a copy of a member that is not a file, for a hard link to it. */
static int add_again(struct unpack *u, const char *member,
		     const struct oci_node *first, struct archive_entry *entry,
		     struct oci_error *err)
{
	struct oci_node *node;
	int rc = add_member(&node, u, member, (enum oci_entry_type)first->type,
			    entry, err);

	if (rc)
		return rc;
	node->mode = first->mode;
	node->uid = first->uid;
	node->gid = first->gid;
	node->mtime = first->mtime;
	node->xattrs = first->xattrs;
	node->target = first->target;
	node->major = first->major;
	node->minor = first->minor;
	return record_member(u, node, err);
}

static int add_hardlink(struct unpack *u, const char *member,
			const char *name, struct archive_entry *entry,
			struct oci_error *err)
{
	unsigned strip = u->filter ? u->filter->strip : 0;
	char target[OCI_PATH_MAX];
	struct oci_node *node, *file = NULL;
	int rc = member_path(target, name, strip, err);

	if (!rc)
		rc = find_linked(&file, u, target, err);
	if (rc)
		return rc;
	if (!file)
		return oci_fail(err, OCI_E_INVALID,
				"member '%s' is a hard link to '%s', which is "
				"not an earlier file that is included: include "
				"the file, or exclude the link",
				member, name);
	/* GNU tar writes a file that is listed twice as a link to itself. */
	if (strcmp(member_of(u, file), member) == 0)
		return 0;
	if (file->type != OCI_ENTRY_FILE && file->type != OCI_ENTRY_HARDLINK)
		return add_again(u, member, file, entry, err);
	rc = add_member(&node, u, member, OCI_ENTRY_HARDLINK, entry, err);
	if (rc)
		return rc;
	node->target = file->wanted;
	node->linked = file->linked ? file->linked : file;
	return record_member(u, node, err);
}

static int add_device(struct unpack *u, const char *member,
		      enum oci_entry_type type, struct archive_entry *entry,
		      struct oci_error *err)
{
	struct oci_node *node;
	int rc = add_member(&node, u, member, type, entry, err);

	if (rc)
		return rc;
	if (type != OCI_ENTRY_FIFO) {
		node->major = (uint32_t)archive_entry_rdevmajor(entry);
		node->minor = (uint32_t)archive_entry_rdevminor(entry);
	}
	return record_member(u, node, err);
}

/* Adds one member by its type. */
static int add(struct unpack *u, const char *member,
	       struct archive_entry *entry, struct oci_error *err)
{
	const char *hardlink = archive_entry_hardlink(entry);

	u->taken++;
	if (hardlink)
		return add_hardlink(u, member, hardlink, entry, err);
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return add_file(u, member, entry, err);
	case AE_IFLNK:
		return add_symlink(u, member, entry, err);
	case AE_IFCHR:
		return add_device(u, member, OCI_ENTRY_CHARACTER_DEVICE, entry,
				  err);
	case AE_IFBLK:
		return add_device(u, member, OCI_ENTRY_BLOCK_DEVICE, entry,
				  err);
	case AE_IFIFO:
		return add_device(u, member, OCI_ENTRY_FIFO, entry, err);
	default:
		return oci_fail(err, OCI_E_INVALID,
				"member '%s' is of a type that an image "
				"cannot hold: exclude it", member);
	}
}

static int add_entry(struct unpack *u, struct archive_entry *entry,
		     struct oci_error *err)
{
	unsigned strip = u->filter ? u->filter->strip : 0;
	char member[OCI_PATH_MAX];
	struct oci_node *node;
	int rc = member_path(member, archive_entry_pathname(entry), strip,
			     err);

	if (rc || !member[0])
		return rc;
	oci_filter_mark(u->filter, member, u->tree->seen);
	if (archive_entry_filetype(entry) == AE_IFDIR &&
	    !archive_entry_hardlink(entry)) {
		if (oci_filter_enters(u->filter, member))
			rc = add_member(&node, u, member, OCI_ENTRY_DIRECTORY,
					entry, err);
		u->taken += oci_filter_matches(u->filter, member);
		return rc;
	}
	if (oci_filter_matches(u->filter, member))
		rc = add(u, member, entry, err);
	return rc;
}

/*
 * Drops directories that were added only because something below them might
 * match, if nothing did.
 */
static int drop_empty(struct unpack *u, struct oci_error *err)
{
	struct oci_table used = {0};
	size_t before = 0;
	int rc = 0;

	for (size_t i = u->tree->count; !rc && i-- > u->first;) {
		struct oci_node *node = u->tree->nodes[i];
		const char *member = member_of(u, node);
		size_t size = strlen(member);

		if (node->type == OCI_ENTRY_DIRECTORY &&
		    !oci_filter_matches(u->filter, member))
			continue;
		while (!rc && size) {
			rc = oci_table_set(&used, member, size, node, err);
			if (!rc && used.used > before)
				rc = oci_tree_spend(u->tree, size, true, err);
			before = used.used;
			while (size && member[size - 1] != '/')
				size--;
			size -= size > 0;
		}
	}
	for (size_t i = u->first; !rc && i < u->tree->count; i++) {
		struct oci_node *node = u->tree->nodes[i];
		const char *member = member_of(u, node);

		if (!oci_table_get(&used, member, strlen(member)))
			node->type = 0;
	}
	oci_table_release(&used);
	return rc;
}

int oci_unpack(struct oci_tree *tree, struct oci_reader *reader,
	       const char *path, const char *source,
	       const struct oci_filter *filter,
	       const struct oci_attributes *attrs, struct oci_error *err)
{
	struct unpack u = {
		.tree = tree, .reader = reader, .source = source,
		.filter = filter, .attrs = attrs, .first = tree->count,
	};
	bool partial = filter && filter->include && filter->include->count;
	struct archive_entry *entry;
	int rc = oci_node_text(&u.path, tree, path, err);

	oci_reader_watch(reader, &tree->watch);
	do {
		if (!rc)
			rc = oci_reader_next(&entry, reader, err);
		if (!rc && entry)
			rc = add_entry(&u, entry, err);
	} while (!rc && entry);
	if (!rc && partial && !u.taken)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "nothing in it matches the include patterns: "
			      "check them");
	if (!rc && partial)
		rc = drop_empty(&u, err);
	oci_table_release(&u.files);
	return rc;
}
