/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing image archives in one pass: a blob's bytes go straight to their
 * place in the file, behind room for a header that is filled in when size and
 * digest are known. Members, in this order: oci-layout, the folders, blobs as
 * they were added, index.json, manifest.json.
 */
#include <oci/archive.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "document/archive.h"
#include "io/atomic.h"
#include "io/file.h"
#include "store/docker.h"
#include "store/store.h"
#include "store/ustar.h"

struct member {
	const char *digest;
	uint64_t offset;
	uint64_t size;
	struct member *next;	/* in the order of the archive */
};

struct writer {
	struct oci_store base;
	struct oci_atomic file;	/* where it has a name of its own */
	int spool;		/* an unlinked file, where it has none; or -1 */
	int fd;			/* one of the two */
	char *path;		/* "-" and devices are copied to */
	int64_t mtime;
	struct oci_platform platform;
	bool has_platform;
	bool committed;
	bool creating;		/* a blob is being written */
	uint64_t end;		/* offset of the next header */
	struct oci_arena arena;
	struct oci_table table;	/* digest to member */
	struct member *first;
	struct member **last;
};

static int writer_has(bool *out, struct oci_store *store,
		      const struct oci_digest *digest, struct oci_error *err)
{
	struct writer *self = (struct writer *)store;

	(void)err;
	*out = oci_table_get(&self->table, digest->text,
			     strlen(digest->text)) != NULL;
	return 0;
}

static int writer_open(struct oci_source **out, struct oci_store *store,
		       const struct oci_digest *digest, struct oci_error *err)
{
	struct writer *self = (struct writer *)store;
	const struct member *member = oci_table_get(&self->table, digest->text,
						    strlen(digest->text));

	if (!member)
		return oci_fail(err, OCI_E_NOT_FOUND, "no blob %s",
				digest->text);
	return oci_source_open_range(out, self->fd, member->offset,
				     member->size, err);
}

struct writer_blob {
	struct oci_sink base;
	struct writer *owner;
	uint64_t size;
	int failed;
};

static int blob_write(struct oci_sink *sink, const void *data, size_t size,
		      struct oci_error *err)
{
	struct writer_blob *self = (struct writer_blob *)sink;
	uint64_t offset = self->owner->end + OCI_USTAR_BLOCK + self->size;

	if (self->failed)
		return oci_fail(err, self->failed, "an earlier write failed");
	self->failed = oci_file_write_at(self->owner->fd, data, size, offset,
					 err);
	self->size += size;
	if (self->failed)
		return oci_wrap(err, self->failed, "'%s'", self->owner->path);
	return 0;
}

static void blob_free(struct oci_sink *sink)
{
	struct writer_blob *self = (struct writer_blob *)sink;

	self->owner->creating = false;
	free(self);
}

static int writer_create(struct oci_sink **out, struct oci_store *store,
			 struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = blob_write, .free = blob_free,
	};
	struct writer *self = (struct writer *)store;
	struct writer_blob *blob;

	if (self->creating)
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"an archive takes one blob at a time");
	blob = calloc(1, sizeof(*blob));
	if (!blob)
		return oci_fail_nomem(err);
	blob->base.ops = &ops;
	blob->owner = self;
	self->creating = true;
	*out = &blob->base;
	return 0;
}

/* Writes the header of a member whose bytes stand behind it already. */
static int end_member(struct writer *self, const char *name, uint64_t size,
		      struct oci_error *err)
{
	static const char zeros[OCI_USTAR_BLOCK];
	unsigned char header[OCI_USTAR_BLOCK];
	uint64_t padding = oci_ustar_padded(size) - size;
	int rc = oci_ustar_header(header, name, size, self->mtime, err);

	if (!rc)
		rc = oci_file_write_at(self->fd, header, sizeof(header),
				       self->end, err);
	if (!rc)
		rc = oci_file_write_at(self->fd, zeros, (size_t)padding,
				       self->end + sizeof(header) + size, err);
	if (rc)
		return oci_wrap(err, rc, "'%s'", self->path);
	self->end += sizeof(header) + size + padding;
	return 0;
}

static int add_member(struct writer *self, const char *name, const char *text,
		      struct oci_error *err)
{
	size_t size = strlen(text);
	int rc = oci_file_write_at(self->fd, text, size,
				   self->end + OCI_USTAR_BLOCK, err);

	if (rc)
		return oci_wrap(err, rc, "'%s'", self->path);
	return end_member(self, name, size, err);
}

static int remember(struct writer *self, const struct oci_digest *digest,
		    uint64_t size, struct oci_error *err)
{
	struct member *member = oci_arena_alloc(&self->arena, sizeof(*member));

	if (!member)
		return oci_fail_nomem(err);
	member->digest = oci_arena_text(&self->arena, digest->text);
	if (!member->digest)
		return oci_fail_nomem(err);
	member->offset = self->end + OCI_USTAR_BLOCK;
	member->size = size;
	*self->last = member;
	self->last = &member->next;
	return oci_table_set(&self->table, member->digest,
			     strlen(member->digest), member, err);
}

static int writer_add(struct oci_store *store, struct oci_sink *sink,
		      const struct oci_digest *digest, uint64_t size,
		      struct oci_error *err)
{
	struct writer *self = (struct writer *)store;
	struct writer_blob *blob = (struct writer_blob *)sink;
	char name[OCI_BLOB_PATH];
	int rc;

	if (blob->failed || blob->size != size)
		return oci_fail(err, OCI_E_INVALID, "blob %s is not whole",
				digest->text);
	/* Equal blobs are one: the next header goes over this copy. */
	if (oci_table_get(&self->table, digest->text, strlen(digest->text)))
		return 0;
	oci_blob_path(name, digest);
	rc = remember(self, digest, size, err);
	return rc ? rc : end_member(self, name, size, err);
}

static int write_documents(struct writer *self, struct oci_error *err)
{
	static const char end[2 * OCI_USTAR_BLOCK];
	char *index = NULL, *docker = NULL;
	int rc = oci_index_format(&index, &self->base.index, err);

	if (!rc)
		rc = oci_docker_describe(&docker, &self->base,
					 self->has_platform ? &self->platform :
							      NULL, err);
	if (!rc)
		rc = add_member(self, "index.json", index, err);
	if (!rc)
		rc = add_member(self, "manifest.json", docker, err);
	if (!rc)
		rc = oci_file_write_at(self->fd, end, sizeof(end), self->end,
				       err);
	/* A copy of a blob that was there already may reach further. */
	if (!rc && ftruncate(self->fd,
			     (off_t)(self->end + sizeof(end))) != 0)
		rc = oci_fail_errno(err, "'%s'", self->path);
	free(index);
	free(docker);
	return rc;
}

static int copy_out(struct writer *self, int fd, struct oci_error *err)
{
	struct oci_source *source = NULL;
	struct oci_sink *sink = NULL;
	int rc = oci_source_open_range(&source, self->fd, 0, UINT64_MAX, err);

	if (!rc)
		rc = oci_sink_open_fd(&sink, fd, err);
	if (!rc)
		rc = oci_source_copy(NULL, source, sink, err);
	oci_sink_free(sink);
	oci_source_free(source);
	return rc ? oci_wrap(err, rc, "'%s'", self->path) : 0;
}

static int publish(struct writer *self, struct oci_error *err)
{
	int fd, rc;

	if (self->spool < 0)
		return oci_atomic_commit(&self->file, err);
	if (strcmp(self->path, "-") == 0)
		return copy_out(self, STDOUT_FILENO, err);
	fd = open(self->path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return oci_fail_errno(err, "open '%s'", self->path);
	rc = copy_out(self, fd, err);
	if (close(fd) != 0 && !rc)
		rc = oci_fail_errno(err, "close '%s'", self->path);
	return rc;
}

static int writer_commit(struct oci_store *store, struct oci_error *err)
{
	struct writer *self = (struct writer *)store;
	int rc;

	if (self->committed)
		return oci_fail(err, OCI_E_INVALID,
				"the archive is written already");
	rc = write_documents(self, err);
	if (!rc)
		rc = publish(self, err);
	self->committed = true;
	return rc;
}

static int writer_blobs(struct oci_store *store, oci_blob_fn *visit,
			void *data, struct oci_error *err)
{
	struct writer *self = (struct writer *)store;
	int rc = 0;

	for (struct member *m = self->first; !rc && m; m = m->next) {
		struct oci_digest digest;

		rc = oci_digest_parse(&digest, m->digest, err);
		if (!rc)
			rc = visit(data, &digest, m->size, err);
	}
	return rc;
}

static void writer_free(struct oci_store *store)
{
	struct writer *self = (struct writer *)store;

	if (self->spool >= 0)
		close(self->spool);
	oci_atomic_release(&self->file);
	oci_table_release(&self->table);
	oci_arena_release(&self->arena);
	free(self->path);
	free(self);
}

static const struct oci_store_ops ops = {
	.has = writer_has,
	.open = writer_open,
	.create = writer_create,
	.add = writer_add,
	.commit = writer_commit,
	.blobs = writer_blobs,
	.free = writer_free,
};

/* Standard output and devices get a copy of a file without a name. */
static bool is_stream(const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return true;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

static int open_file(struct writer *self, const char *temp_dir,
		     struct oci_error *err)
{
	struct stat st;
	int rc;

	if (is_stream(self->path)) {
		rc = oci_file_temporary(&self->spool, temp_dir, err);
		self->fd = self->spool;
		return rc;
	}
	if (stat(self->path, &st) == 0 && S_ISDIR(st.st_mode))
		return oci_fail(err, OCI_E_CONFLICT, "'%s' is a folder",
				self->path);
	rc = oci_atomic_open(&self->file, self->path, err);
	self->fd = self->file.fd;
	return rc;
}

static int start(struct writer *self, const char *path,
		 const struct oci_archive_options *options,
		 struct oci_error *err)
{
	const char *temp_dir = options->temp_dir;
	int rc = oci_text_copy(&self->path, path, err);

	if (!rc && (options->mtime < 0 || options->mtime > OCI_TIME_MAX))
		rc = oci_fail(err, OCI_E_INVALID,
			      "the mtime is not between 1970 and 9999");
	self->mtime = options->mtime;
	self->has_platform = options->platform != NULL;
	if (options->platform)
		self->platform = *options->platform;
	if (!rc)
		rc = oci_text_set(&self->base.index.media_type,
				  OCI_MEDIA_INDEX, err);
	if (!rc)
		rc = open_file(self, temp_dir ? temp_dir : "/var/tmp", err);
	if (!rc)
		rc = add_member(self, OCI_LAYOUT_FILE, OCI_LAYOUT_TEXT, err);
	if (!rc)
		rc = end_member(self, "blobs/", 0, err);
	if (!rc)
		rc = end_member(self, "blobs/sha256/", 0, err);
	return rc;
}

int oci_archive_create(struct oci_store **out, const char *path,
		       const struct oci_archive_options *options,
		       struct oci_error *err)
{
	static const struct oci_archive_options usual =
		OCI_ARCHIVE_OPTIONS_INIT;
	struct writer *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->file = (struct oci_atomic)OCI_ATOMIC_INIT;
	self->fd = self->spool = -1;
	self->last = &self->first;
	rc = start(self, path, options ? options : &usual, err);
	if (rc)
		oci_store_free(&self->base);
	else
		*out = &self->base;
	return rc;
}
