/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/listed.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"

int oci_listed_new(struct oci_listed **out, struct oci_arena *arena,
		   const char *path, size_t name, const struct stat *st,
		   struct oci_error *err)
{
	struct oci_listed *listed = oci_arena_alloc(arena, sizeof(*listed));
	const char *copy = listed ? oci_arena_text(arena, path) : NULL;

	if (!copy)
		return oci_fail_nomem(err);
	listed->file = (struct oci_disk_file){
		copy, st->st_dev, st->st_ino, st->st_mtim, st->st_ctim,
	};
	listed->name = copy + name;
	listed->size = (uint64_t)st->st_size;
	listed->rdev = st->st_rdev;
	listed->mode = st->st_mode;
	listed->uid = st->st_uid;
	listed->gid = st->st_gid;
	*out = listed;
	return 0;
}

int oci_listed_target(struct oci_listed *listed, struct oci_arena *arena,
		      int dir, struct oci_error *err)
{
	char target[OCI_PATH_MAX];
	ssize_t n = readlinkat(dir, listed->name, target, sizeof(target));

	if (n < 0)
		return oci_fail_errno(err, "read link '%s'",
				      listed->file.path);
	if (n == 0 || (size_t)n >= sizeof(target))
		return oci_fail(err, OCI_E_INVALID,
				"link '%s' is empty or too long",
				listed->file.path);
	listed->target = oci_arena_copy(arena, target, (size_t)n);
	return listed->target ? 0 : oci_fail_nomem(err);
}

int oci_listed_stamp(struct oci_stamp *stamp, const struct oci_listed *l,
		     const struct stat *st, struct oci_error *err)
{
	int rc = oci_stamp_text(stamp, l->name, err);

	if (rc)
		return rc;
	if (S_ISREG(st->st_mode))
		return oci_stamp_stat(stamp, st, err);
	rc = oci_stamp_attributes(stamp, st, err);
	if (rc || S_ISDIR(st->st_mode))
		return rc;
	if (l->target)
		return oci_stamp_text(stamp, l->target, err);
	return oci_stamp_number(stamp, (int64_t)st->st_rdev, err);
}
