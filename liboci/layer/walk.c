/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "layer/filter.h"

enum { DEPTH_MAX = 256 };	/* open folders at a time */

static int walk_open(struct oci_walk *walk, int fd, bool *taken,
		     struct oci_error *err);

static int walk_below(struct oci_walk *walk, int dir, const char *name,
		      const struct stat *st, bool *taken,
		      struct oci_error *err)
{
	bool wanted = oci_filter_takes(walk->filter, walk->below);
	bool inside = false;
	void *mark = NULL;
	int fd, rc;

	if (!oci_filter_enters(walk->filter, walk->below))
		return 0;
	if (walk->depth >= DEPTH_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"folder '%s' is more than %d folders deep",
				walk->from, DEPTH_MAX);
	fd = openat(dir, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return oci_fail_errno(err, "open folder '%s'", walk->from);
	rc = walk->enter(walk, &mark, st, err);
	if (rc) {
		close(fd);
		return rc;
	}
	rc = walk_open(walk, fd, &inside, err);
	if (!rc && walk->leave)
		walk->leave(walk, mark, wanted || inside);
	*taken = *taken || wanted || inside;
	return rc;
}

/* One name of a folder; the paths in walk name it already. */
static int walk_name(struct oci_walk *walk, int dir, const char *name,
		     bool *taken, struct oci_error *err)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return oci_fail_errno(err, "stat '%s'", walk->from);
	if (S_ISDIR(st.st_mode))
		return walk_below(walk, dir, name, &st, taken, err);
	if (!oci_filter_takes(walk->filter, walk->below))
		return 0;
	*taken = true;
	return walk->take(walk, dir, name, &st, err);
}

/* Appends name to the paths, visits, and takes it off again. */
static int visit(struct oci_walk *walk, int dir, const char *name, bool *taken,
		 struct oci_error *err)
{
	size_t from = strlen(walk->from), below = strlen(walk->below);
	int rc = oci_path_join(walk->from, walk->from, name, err);

	if (!rc)
		rc = oci_path_join(walk->below, walk->below, name, err);
	if (!rc)
		rc = walk_name(walk, dir, name, taken, err);
	walk->from[from] = '\0';
	walk->below[below] = '\0';
	return rc;
}

/* Takes fd over. */
static int walk_open(struct oci_walk *walk, int fd, bool *taken,
		     struct oci_error *err)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	int rc = 0;

	if (!dir) {
		rc = oci_fail_errno(err, "read folder '%s'", walk->from);
		close(fd);
		return rc;
	}
	walk->depth++;
	for (errno = 0; !rc && (entry = readdir(dir)); errno = 0) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		rc = visit(walk, fd, entry->d_name, taken, err);
	}
	if (!rc && errno)
		rc = oci_fail_errno(err, "read folder '%s'", walk->from);
	walk->depth--;
	closedir(dir);
	return rc;
}

int oci_walk_folder(bool *taken, struct oci_walk *walk, const char *from,
		    struct oci_error *err)
{
	int fd, rc = oci_path_join(walk->from, from, "", err);

	*taken = false;
	if (rc)
		return rc;
	fd = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return oci_fail_errno(err, "open folder '%s'", from);
	return walk_open(walk, fd, taken, err);
}

int oci_walk_link(char target[OCI_PATH_MAX], const struct oci_walk *walk,
		  int dir, const char *name, struct oci_error *err)
{
	ssize_t n = readlinkat(dir, name, target, OCI_PATH_MAX);

	if (n < 0)
		return oci_fail_errno(err, "read link '%s'", walk->from);
	if (n == 0 || n >= OCI_PATH_MAX)
		return oci_fail(err, OCI_E_INVALID,
				"link '%s' is empty or too long", walk->from);
	target[n] = '\0';
	return 0;
}
