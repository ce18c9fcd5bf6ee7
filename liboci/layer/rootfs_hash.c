/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes the files of a root file system for a comparison, and keeps the bytes
 * of some. */
#include <string.h>

#include "base/error.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/temp.h"
#include "layer/reader.h"
#include "layer/rootfs.h"

enum { HASH_ROOM = 32 * 1024 };

/* Prepares to keep the bytes of an entry, if they are wanted. *out is NULL
 * otherwise. */
static int begin(struct oci_lint_file **out, const struct oci_rootfs_entry *e,
		 struct oci_rootfs *rootfs, struct oci_error *err)
{
	struct oci_lint_files *files = &rootfs->lint_files;
	int rc = 0;

	*out = NULL;
	if (!files->on || !rootfs->keep(rootfs->keep_data, e->path, e->size))
		return 0;
	if (files->spool < 0)
		rc = oci_file_temporary(&files->spool, files->temp_dir, err);
	if (rc)
		return rc;
	*out = oci_arena_alloc(&rootfs->arena, sizeof(**out));
	if (!*out)
		return oci_fail_nomem(err);
	**out = (struct oci_lint_file){
		.fd = files->spool,
		.offset = files->spool_size,
		.whole = e->size,
	};
	return 0;
}

/* Keeps the next bytes of a file. */
static int keep(struct oci_lint_file *kept, struct oci_lint_files *files,
		const char *data, size_t size, struct oci_error *err)
{
	int rc = oci_file_spool(kept->fd, data, size, files->spool_size, err);

	kept->size += size;
	files->spool_size += size;
	return rc;
}

static int read_all(struct oci_digester *digester, struct oci_lint_file *kept,
		    struct oci_rootfs *rootfs, struct oci_reader *reader,
		    struct oci_error *err)
{
	char data[HASH_ROOM];
	size_t got = 1;
	int rc = 0;

	while (!rc && got) {
		rc = oci_reader_read(&got, reader, data, sizeof(data), err);
		if (!rc && got)
			rc = oci_digester_add(digester, data, got, err);
		if (!rc && got && kept)
			rc = keep(kept, &rootfs->lint_files, data, got, err);
	}
	return rc;
}

int oci_rootfs_hash(struct oci_rootfs_entry *e, struct oci_rootfs *rootfs,
		    struct oci_reader *reader, struct oci_error *err)
{
	struct oci_digester *digester;
	struct oci_lint_file *kept;
	struct oci_digest digest;
	int rc = begin(&kept, e, rootfs, err);

	if (!rc)
		rc = oci_digester_new(&digester, NULL, err);
	if (rc)
		return rc;
	rc = read_all(digester, kept, rootfs, reader, err);
	if (!rc && kept)
		rc = oci_file_extend(kept->fd, rootfs->lint_files.spool_size,
				     err);
	if (!rc)
		rc = oci_digester_end(&digest, digester, err);
	oci_digester_free(digester);
	if (rc)
		return rc;
	e->kept = kept;
	e->digest = oci_arena_text(&rootfs->arena, digest.text);
	return e->digest ? 0 : oci_fail_nomem(err);
}
