/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders into trees. Folders are opened relative to each other and never
 * through symlinks, so that nothing outside of the folder is reached. The
 * order of names does not matter: the tree is sorted when it is settled.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/error.h"
#include "layer/content.h"
#include "layer/filter.h"
#include "layer/node.h"

enum { DEPTH_MAX = 256 };	/* open folders at a time */

struct scan {
	struct oci_tree *tree;
	const struct oci_filter *filter;
	const struct oci_attributes *attrs;
	const char *origin;
	unsigned depth;
	char from[OCI_PATH_MAX];	/* on disk */
	char path[OCI_PATH_MAX];	/* in the image */
	char below[OCI_PATH_MAX];	/* from the folder's top */
};

static int scan_folder(struct scan *scan, int fd, bool *taken,
		       struct oci_error *err);

static int add_node(struct oci_node **out, struct scan *scan,
		    enum oci_entry_type type, const struct stat *st,
		    struct oci_error *err)
{
	struct oci_source_attributes source = {
		.mode = st->st_mode & 07777,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.mtime = st->st_mtim.tv_sec,
	};
	int rc = oci_node_add(out, scan->tree, scan->path, type, scan->attrs,
			      err);

	if (rc)
		return rc;
	(*out)->rank = OCI_RANK_BROUGHT;
	(*out)->source = scan->origin;
	oci_node_attributes(*out, scan->tree, scan->attrs, &source);
	return 0;
}

static int add_symlink(struct scan *scan, int dir, const char *name,
		       const struct stat *st, struct oci_error *err)
{
	char target[OCI_PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));
	struct oci_node *node;
	int rc;

	if (n < 0)
		return oci_fail_errno(err, "read link '%s'", scan->from);
	if (n == 0 || (size_t)n >= sizeof(target))
		return oci_fail(err, OCI_E_INVALID,
				"link '%s' is empty or too long", scan->from);
	target[n] = '\0';
	rc = add_node(&node, scan, OCI_ENTRY_SYMLINK, st, err);
	return rc ? rc : oci_node_symlink(node, scan->tree, target, err);
}

static int add_file(struct scan *scan, const struct stat *st,
		    struct oci_error *err)
{
	struct oci_node *node;
	int rc = oci_node_add(&node, scan->tree, scan->path, OCI_ENTRY_FILE,
			      scan->attrs, err);

	if (rc)
		return rc;
	node->rank = OCI_RANK_BROUGHT;
	return oci_content_set_disk(node, scan->tree, scan->from, st,
				    scan->attrs, err);
}

static int add_device(struct scan *scan, enum oci_entry_type type,
		      const struct stat *st, struct oci_error *err)
{
	struct oci_node *node;
	int rc = add_node(&node, scan, type, st, err);

	if (rc || type == OCI_ENTRY_FIFO)
		return rc;
	node->major = major(st->st_rdev);
	node->minor = minor(st->st_rdev);
	return 0;
}

static int add_folder(struct scan *scan, int dir, const char *name,
		      const struct stat *st, bool *taken,
		      struct oci_error *err)
{
	struct oci_node *node;
	bool wanted = oci_filter_takes(scan->filter, scan->below);
	bool inside = false;
	int fd, rc;

	if (!oci_filter_enters(scan->filter, scan->below))
		return 0;
	if (scan->depth >= DEPTH_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"folder '%s' is more than %d folders deep",
				scan->from, DEPTH_MAX);
	fd = openat(dir, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return oci_fail_errno(err, "open folder '%s'", scan->from);
	rc = add_node(&node, scan, OCI_ENTRY_DIRECTORY, st, err);
	if (rc) {
		close(fd);
		return rc;
	}
	rc = scan_folder(scan, fd, &inside, err);
	if (!wanted && !inside)
		node->type = 0;
	*taken = *taken || wanted || inside;
	return rc;
}

/* One name of a folder; the paths in scan name it already. */
static int add_name(struct scan *scan, int dir, const char *name, bool *taken,
		    struct oci_error *err)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return oci_fail_errno(err, "stat '%s'", scan->from);
	if (S_ISDIR(st.st_mode))
		return add_folder(scan, dir, name, &st, taken, err);
	if (!oci_filter_takes(scan->filter, scan->below))
		return 0;
	*taken = true;
	if (S_ISREG(st.st_mode))
		return add_file(scan, &st, err);
	if (S_ISLNK(st.st_mode))
		return add_symlink(scan, dir, name, &st, err);
	if (S_ISCHR(st.st_mode))
		return add_device(scan, OCI_ENTRY_CHARACTER_DEVICE, &st, err);
	if (S_ISBLK(st.st_mode))
		return add_device(scan, OCI_ENTRY_BLOCK_DEVICE, &st, err);
	if (S_ISFIFO(st.st_mode))
		return add_device(scan, OCI_ENTRY_FIFO, &st, err);
	return oci_fail(err, OCI_E_INVALID,
			"'%s' is a socket, which an image cannot hold: "
			"exclude it", scan->from);
}

/* Appends name to the three paths, visits, and takes it off again. */
static int visit(struct scan *scan, int dir, const char *name, bool *taken,
		 struct oci_error *err)
{
	size_t from = strlen(scan->from), path = strlen(scan->path);
	size_t below = strlen(scan->below);
	int rc = oci_path_join(scan->from, scan->from, name, err);

	if (!rc)
		rc = oci_path_join(scan->path, scan->path, name, err);
	if (!rc)
		rc = oci_path_join(scan->below, scan->below, name, err);
	if (!rc)
		rc = add_name(scan, dir, name, taken, err);
	scan->from[from] = '\0';
	scan->path[path] = '\0';
	scan->below[below] = '\0';
	return rc;
}

/* Takes fd over. */
static int scan_folder(struct scan *scan, int fd, bool *taken,
		       struct oci_error *err)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	int rc = 0;

	if (!dir) {
		rc = oci_fail_errno(err, "read folder '%s'", scan->from);
		close(fd);
		return rc;
	}
	scan->depth++;
	for (errno = 0; !rc && (entry = readdir(dir)); errno = 0) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		rc = visit(scan, fd, entry->d_name, taken, err);
	}
	if (!rc && errno)
		rc = oci_fail_errno(err, "read folder '%s'", scan->from);
	scan->depth--;
	closedir(dir);
	return rc;
}

int oci_tree_add_folder(struct oci_tree *tree, const char *path,
			const char *from, const struct oci_filter *filter,
			const struct oci_attributes *attrs,
			struct oci_error *err)
{
	struct scan scan = {
		.tree = tree, .filter = filter, .attrs = attrs,
	};
	bool taken = false;
	int fd, rc = oci_path_clean(scan.path, path, err);

	if (!rc)
		rc = oci_path_join(scan.from, from, "", err);
	if (!rc)
		rc = oci_node_text(&scan.origin, tree, from, err);
	if (rc)
		return rc;
	fd = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return oci_fail_errno(err, "open folder '%s'", from);
	rc = scan_folder(&scan, fd, &taken, err);
	if (!rc && !taken && filter && filter->include &&
	    filter->include->count)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "nothing in '%s' matches the include patterns: "
			      "check them",
			      from);
	return rc;
}
