/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and lists the files of a root file system. */
#include <oci/rootfs.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "layer/rootfs.h"

static const char *without_slash(const char *path)
{
	return path + strspn(path, "/");
}

void oci_rootfs_describe(struct oci_entry *out,
			 const struct oci_rootfs_entry *e)
{
	bool device = e->type == OCI_ENTRY_CHARACTER_DEVICE ||
		      e->type == OCI_ENTRY_BLOCK_DEVICE;

	*out = (struct oci_entry){
		.path = e->path,
		.type = e->type,
		.mode = e->mode,
		.uid = e->uid,
		.gid = e->gid,
		.mtime = e->mtime,
		.size = e->type == OCI_ENTRY_FILE ? e->at.content.size : 0,
		.target = e->target,
		.major = device ? e->at.device.major : 0,
		.minor = device ? e->at.device.minor : 0,
		.layer = e->layer,
	};
}

int oci_rootfs_locate(char resolved[OCI_PATH_MAX],
		      const struct oci_rootfs_entry **out,
		      const struct oci_rootfs *rootfs, const char *path,
		      bool follow, struct oci_error *err)
{
	const struct oci_view view = { .lower = rootfs };
	int rc = oci_view_resolve(resolved, NULL, &view, path, follow, NULL,
				  err);

	if (rc)
		return rc;
	*out = oci_rootfs_get(rootfs, resolved, strlen(resolved));
	if (*out || !resolved[0])
		return 0;
	return oci_fail(err, OCI_E_NOT_FOUND, "the image has no '/%s'",
			without_slash(path));
}

int oci_rootfs_find(struct oci_entry *out, const struct oci_rootfs *rootfs,
		    const char *path, bool follow, struct oci_error *err)
{
	/* A layer need not have an entry for the root. */
	static const struct oci_entry root = {
		.path = "",
		.type = OCI_ENTRY_DIRECTORY,
		.mode = 0755,
	};
	const struct oci_rootfs_entry *e;
	char resolved[OCI_PATH_MAX];
	int rc = oci_rootfs_locate(resolved, &e, rootfs, path, follow, err);

	if (rc)
		return rc;
	*out = root;
	if (e)
		oci_rootfs_describe(out, e);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	const struct oci_rootfs_entry *const *left = a, *const *right = b;

	return strcmp((*left)->path, (*right)->path);
}

int oci_rootfs_sort(const struct oci_rootfs_entry ***out, size_t *count,
		    const struct oci_rootfs *rootfs, const char *below,
		    bool recursive, struct oci_error *err)
{
	const size_t skip = strlen(below);

	*count = 0;
	*out = malloc((rootfs->count + 1) * sizeof(**out));
	if (!*out)
		return oci_fail_nomem(err);
	for (size_t i = 0; i < rootfs->table.capacity; i++) {
		const struct oci_rootfs_entry *e = rootfs->table.slots[i].value;
		const char *rest;

		if (!e || e->removed || strncmp(e->path, below, skip) != 0)
			continue;
		rest = e->path + skip;
		if (skip && *rest++ != '/')
			continue;
		if (*rest && (recursive || !strchr(rest, '/')))
			(*out)[(*count)++] = e;
	}
	qsort(*out, *count, sizeof(**out), by_path);
	return 0;
}

int oci_rootfs_each(const struct oci_rootfs *rootfs, const char *path,
		    bool recursive, oci_entry_fn *visit, void *data,
		    struct oci_error *err)
{
	const struct oci_rootfs_entry *e, **list;
	char resolved[OCI_PATH_MAX];
	struct oci_entry entry;
	size_t count;
	int rc = oci_rootfs_locate(resolved, &e, rootfs, path, true, err);

	if (!rc && e && e->type != OCI_ENTRY_DIRECTORY)
		return oci_fail(err, OCI_E_INVALID, "'/%s' is not a directory",
				without_slash(path));
	if (!rc)
		rc = oci_rootfs_sort(&list, &count, rootfs, resolved, recursive,
				     err);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < count; i++) {
		oci_rootfs_describe(&entry, list[i]);
		rc = visit(data, &entry, err);
	}
	free(list);
	return rc;
}
