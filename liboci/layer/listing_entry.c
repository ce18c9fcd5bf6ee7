/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/listing_entry.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"

int oci_listing_entry_new(struct oci_listing_entry **out,
			  struct oci_arena *arena, const char *path,
			  size_t name, const struct stat *st,
			  struct oci_error *err)
{
	struct oci_listing_entry *entry =
		oci_arena_alloc(arena, sizeof(*entry));
	const char *copy = entry ? oci_arena_text(arena, path) : NULL;

	if (!copy)
		return oci_fail_nomem(err);
	entry->file = (struct oci_disk_file){
		copy, st->st_dev, st->st_ino, st->st_mtim, st->st_ctim,
	};
	entry->name = copy + name;
	entry->size = (uint64_t)st->st_size;
	entry->rdev = st->st_rdev;
	entry->mode = st->st_mode;
	entry->uid = st->st_uid;
	entry->gid = st->st_gid;
	*out = entry;
	return 0;
}

int oci_listing_entry_target(struct oci_listing_entry *entry,
			     struct oci_arena *arena, int dir,
			     struct oci_error *err)
{
	char target[OCI_PATH_MAX];
	ssize_t n = readlinkat(dir, entry->name, target, sizeof(target));

	if (n < 0)
		return oci_fail_errno(err, "read link '%s'", entry->file.path);
	if (n == 0 || (size_t)n >= sizeof(target))
		return oci_fail(err, OCI_E_INVALID,
				"link '%s' is empty or too long",
				entry->file.path);
	entry->target = oci_arena_copy(arena, target, (size_t)n);
	return entry->target ? 0 : oci_fail_nomem(err);
}

int oci_listing_entry_fingerprint(struct oci_fingerprint *fingerprint,
				  const struct oci_listing_entry *l,
				  const struct stat *st, struct oci_error *err)
{
	int rc = oci_fingerprint_text(fingerprint, l->name, err);

	if (rc)
		return rc;
	if (S_ISREG(st->st_mode))
		return oci_fingerprint_stat(fingerprint, st, err);
	rc = oci_fingerprint_attributes(fingerprint, st, err);
	if (rc || S_ISDIR(st->st_mode))
		return rc;
	if (l->target)
		return oci_fingerprint_text(fingerprint, l->target, err);
	return oci_fingerprint_number(fingerprint, (int64_t)st->st_rdev, err);
}
