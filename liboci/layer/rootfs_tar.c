/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the files of a root file system as one tar. */
#include <oci/rootfs.h>

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/time.h"
#include "io/ustar.h"
#include "layer/tar.h"
#include "layer/tar_header.h"

enum { HEADER_MAX = 1 << 20 };

struct writer {
	struct oci_sink *sink;
	struct oci_buf header;
};

static int write_padding(struct writer *w, uint64_t size, struct oci_error *err)
{
	static const char zeros[OCI_USTAR_BLOCK];

	return oci_sink_write(w->sink, zeros,
			      (size_t)(oci_ustar_padded(size) - size), err);
}

/* Go's archive/tar and GNU tar refuse the headers of times that are far away.
 */
static int64_t limit_time(int64_t mtime)
{
	if (mtime > OCI_TIME_MAX)
		return OCI_TIME_MAX;
	return mtime < -OCI_TIME_MAX ? -OCI_TIME_MAX : mtime;
}

static int write_file(void *data, const struct oci_entry *entry,
		      struct oci_source *content, struct oci_error *err)
{
	struct writer *w = data;
	const struct oci_node node = {
		.path = entry->path,
		.target = entry->target,
		.type = (unsigned char)entry->type,
		.mode = entry->mode,
		.uid = entry->uid,
		.gid = entry->gid,
		.mtime = limit_time(entry->mtime),
		.size = entry->size,
		.major = entry->major,
		.minor = entry->minor,
	};
	uint64_t copied = 0;
	int rc = oci_tar_header(&w->header, &node, err);

	if (!rc)
		rc = oci_sink_write(w->sink, w->header.data, w->header.len,
				    err);
	if (!rc && content)
		rc = oci_source_copy(&copied, content, w->sink, err);
	if (!rc && copied != entry->size)
		rc = oci_fail(err, OCI_E_CORRUPT,
			      "'/%s' has %llu bytes instead of %llu",
			      entry->path, (unsigned long long)copied,
			      (unsigned long long)entry->size);
	return rc ? rc : write_padding(w, copied, err);
}

int oci_rootfs_write_tar(const struct oci_rootfs *rootfs, const char *path,
			 struct oci_sink *sink, struct oci_error *err)
{
	static const char end[OCI_TAR_END];
	struct writer w = { .sink = sink };
	int rc;

	oci_buf_init(&w.header, HEADER_MAX);
	rc = oci_rootfs_extract(rootfs, path, write_file, &w, err);
	oci_buf_release(&w.header);
	return rc ? rc : oci_sink_write(sink, end, sizeof(end), err);
}
