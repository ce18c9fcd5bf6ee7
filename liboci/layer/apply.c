/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applies the tar of a layer to a root file system; it keeps the headers, not
 * the bytes. The tar may have what engines accept and this library never
 * writes: names that are not UTF-8, missing parents, an end without zeros. OCI
 * Image Specification, layer.md, "Whiteouts".
 */
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "io/ahead.h"
#include "io/file.h"
#include "io/inflate.h"
#include "layer/node.h"
#include "layer/reader.h"
#include "layer/rootfs.h"
#include "layer/xattr.h"

static const char opaque[] = ".wh..wh..opq";
static const char reserved[] = ".wh..wh.";

/* Cleans a member's name: "./usr//bin/" becomes "usr/bin". A name with ".." is
 * refused, because engines do not agree on what it means. */
static int clean(char out[OCI_PATH_MAX], const char *path,
		 struct oci_error *err)
{
	size_t used = 0;

	if (!path || strlen(path) >= OCI_PATH_MAX)
		return oci_fail(err, OCI_E_INVALID,
				"a member's name is too long or unreadable");
	while (*path) {
		size_t size = strcspn(path, "/");

		if (size == 2 && memcmp(path, "..", 2) == 0)
			return oci_fail(err, OCI_E_INVALID,
					"a member's name has a '..' part");
		if (size && !(size == 1 && *path == '.')) {
			if (used)
				out[used++] = '/';
			memcpy(out + used, path, size);
			used += size;
		}
		path += size + (path[size] == '/');
	}
	out[used] = '\0';
	return 0;
}

static enum oci_entry_type type_of(struct archive_entry *member)
{
	switch (archive_entry_filetype(member)) {
	case AE_IFDIR:
		return OCI_ENTRY_DIRECTORY;
	case AE_IFLNK:
		return OCI_ENTRY_SYMLINK;
	case AE_IFCHR:
		return OCI_ENTRY_CHARACTER_DEVICE;
	case AE_IFBLK:
		return OCI_ENTRY_BLOCK_DEVICE;
	case AE_IFIFO:
		return OCI_ENTRY_FIFO;
	default:
		return OCI_ENTRY_FILE;
	}
}

static void set_attributes(struct oci_rootfs_entry *e,
			   struct archive_entry *member)
{
	e->mode = archive_entry_perm(member) & 07777;
	e->uid = (uint32_t)archive_entry_uid(member);
	e->gid = (uint32_t)archive_entry_gid(member);
	e->mtime = archive_entry_mtime(member);
	e->xattrs = NULL;
	if (e->type == OCI_ENTRY_CHARACTER_DEVICE ||
	    e->type == OCI_ENTRY_BLOCK_DEVICE) {
		e->at.device.major = (uint32_t)archive_entry_rdevmajor(member);
		e->at.device.minor = (uint32_t)archive_entry_rdevminor(member);
	}
}

/* Gives a hard link the type, attributes and bytes of its file. */
static int put_hard_link(struct oci_rootfs *rootfs,
			 struct oci_rootfs_entry *e,
			 struct archive_entry *member, struct oci_error *err)
{
	const struct oci_view view = { .lower = rootfs,
				       .budget = &rootfs->budget };
	const struct oci_rootfs_entry *file;
	char name[OCI_PATH_MAX], path[OCI_PATH_MAX];
	int rc = clean(name, archive_entry_hardlink(member), err);

	if (!rc)
		rc = oci_view_resolve(path, NULL, &view, name, false, NULL,
				      err);
	if (rc)
		return rc;
	file = oci_rootfs_get(rootfs, path, strlen(path));
	if (file == e) {
		/* A lower layer may have what the path was before. */
		e->dangling = rootfs->partial;
		return 0;
	}
	/* Lower layers may have the attributes of a directory. */
	if (file && file->type == OCI_ENTRY_DIRECTORY && rootfs->partial)
		file = NULL;
	oci_rootfs_set_type(e, file ? file->type : OCI_ENTRY_FILE);
	set_attributes(e, member);
	e->dangling = !file;
	if (file) {
		e->mode = file->mode;
		e->uid = file->uid;
		e->gid = file->gid;
		e->mtime = file->mtime;
		e->target = file->target;
		e->kept = file->kept;
		e->xattrs = rootfs->hashes ? file->xattrs : NULL;
		e->digest = file->digest;
		e->at = file->at;
		e->unread = file->unread;
	}
	return 0;
}

/* Directories may be written again. A comparison needs those of all types. */
static int read_xattrs(struct oci_rootfs_entry *e, struct oci_rootfs *rootfs,
		       struct archive_entry *member, struct oci_error *err)
{
	uint64_t bytes = 0;
	int rc = 0;

	if (rootfs->hashes)
		rc = oci_xattr_read_all(&e->xattrs, &bytes, &rootfs->arena,
					member, err);
	else if (e->type == OCI_ENTRY_DIRECTORY)
		rc = oci_xattr_read_lower(&e->xattrs, &bytes, &rootfs->arena,
					  member, err);
	return rc ? rc : oci_rootfs_spend(rootfs, (size_t)bytes, err);
}

static int put(struct oci_rootfs *rootfs, const char *path,
	       struct archive_entry *member, struct oci_reader *reader,
	       struct oci_error *err)
{
	struct oci_rootfs_entry *e;
	const char *target;
	int rc = oci_rootfs_put(&e, rootfs, path, err);

	if (rc)
		return rc;
	if (archive_entry_hardlink(member))
		return put_hard_link(rootfs, e, member, err);
	oci_rootfs_set_type(e, type_of(member));
	set_attributes(e, member);
	rc = read_xattrs(e, rootfs, member, err);
	if (rc)
		return rc;
	if (e->type == OCI_ENTRY_FILE) {
		e->size = (uint64_t)archive_entry_size(member);
		e->at.content = (struct oci_content_at){
			rootfs->layer,
			rootfs->member,
			e->size,
		};
		if (rootfs->hashes)
			return oci_rootfs_hash(e, rootfs, reader, err);
		return oci_lint_files_add_member(e, rootfs, reader, e->size,
						 err);
	}
	if (e->type != OCI_ENTRY_SYMLINK)
		return 0;
	target = archive_entry_symlink(member);
	if (!target || strlen(target) >= OCI_PATH_MAX)
		return oci_fail(err, OCI_E_INVALID, "link '/%s' has a target "
				"that is too long or unreadable", path);
	return oci_rootfs_set_target(e, rootfs, target, err);
}

/* Records duplicate names of a layer, which some engines refuse. A member whose
 * path leads through a link has another name than its entry, and is not
 * compared. */
static void record_member(struct oci_rootfs *rootfs, const char *path,
			  const char *name, bool absolute)
{
	struct oci_rootfs_entry *e =
		oci_table_get(&rootfs->table, path, strlen(path));
	unsigned named = rootfs->layer * 2 + absolute;

	if (!e || strcmp(path, name) != 0)
		return;
	if (e->named == named)
		e->twice = rootfs->layer;
	e->named = named;
}

static void record_whiteout(struct oci_rootfs *rootfs, const char *path)
{
	struct oci_rootfs_entry *e =
		oci_table_get(&rootfs->table, path, strlen(path));

	if (!e)
		return;
	if (e->whited == rootfs->layer)
		e->twice = rootfs->layer;
	e->whited = rootfs->layer;
}

static int whiteout(struct oci_rootfs *rootfs, char *path, const char *name,
		    struct oci_error *err)
{
	char gone[OCI_PATH_MAX];
	size_t parent = oci_path_parent(path);
	int rc;

	path[parent] = '\0';
	if (strcmp(name, opaque) == 0) {
		oci_rootfs_empty(rootfs, path);
		return 0;
	}
	/* aufs's own files. */
	if (strncmp(name, reserved, strlen(reserved)) == 0)
		return 0;
	name += strlen(OCI_WHITEOUT_PREFIX);
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return oci_fail(err, OCI_E_INVALID,
				"a whiteout in '/%s' removes '%s'", path,
				name);
	rc = oci_path_join(gone, path, name, err);
	if (rc)
		return rc;
	record_whiteout(rootfs, gone);
	return oci_rootfs_remove(rootfs, gone, err);
}

static int apply(struct oci_rootfs *rootfs, struct archive_entry *member,
		 struct oci_reader *reader, struct oci_error *err)
{
	const char *last, *whole = archive_entry_pathname(member);
	char path[OCI_PATH_MAX], name[OCI_PATH_MAX];
	bool absolute = whole && *whole == '/';
	int rc = clean(name, whole, err);

	if (!rc)
		rc = oci_rootfs_resolve_parent(path, rootfs, name, err);
	if (rc)
		return rc;
	last = oci_path_name(path);
	if (strncmp(last, OCI_WHITEOUT_PREFIX, strlen(OCI_WHITEOUT_PREFIX)) ==
	    0) {
		memmove(name, last, strlen(last) + 1);
		return whiteout(rootfs, path, name, err);
	}
	/* Engines ignore a root that is no directory, such as a symlink. */
	if (!*path && (archive_entry_hardlink(member) ||
		       type_of(member) != OCI_ENTRY_DIRECTORY))
		return 0;
	rc = put(rootfs, path, member, reader, err);
	if (!rc)
		record_member(rootfs, path, name, absolute);
	return rc;
}

int oci_rootfs_apply_tar(struct oci_rootfs *rootfs, struct oci_source *tar,
			 struct oci_error *err)
{
	struct archive_entry *member;
	struct oci_reader *reader;
	int rc = oci_reader_open_source(&reader, tar, OCI_READER_LAYER, err);

	if (rc)
		return rc;
	oci_reader_watch(reader, rootfs->watch);
	rootfs->layer++;
	rootfs->budget = OCI_WALK_BUDGET;
	rootfs->member = 0;
	do {
		rc = oci_reader_next(&member, reader, err);
		rootfs->member++;
		if (!rc && member)
			rc = apply(rootfs, member, reader, err);
	} while (!rc && member);
	oci_reader_free(reader);
	return rc;
}

int oci_rootfs_apply_blob(struct oci_rootfs *rootfs, struct oci_source *blob,
			  struct oci_error *err)
{
	struct oci_source *inflate, *tar = NULL;
	int rc = oci_inflate_open(&inflate, blob, err);

	if (rc)
		return rc;
	oci_inflate_watch(inflate, rootfs->watch);
	rc = oci_ahead_open(&tar, inflate, err);
	if (!rc)
		rc = oci_rootfs_apply_tar(rootfs, tar, err);
	if (!rc)
		rc = oci_source_drain(tar, err);
	oci_source_free(tar);
	oci_source_free(inflate);
	return rc ? rc : oci_source_drain(blob, err);
}
