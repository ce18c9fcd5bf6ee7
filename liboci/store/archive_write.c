/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes image archives in one pass: a blob's bytes go to their final offset,
 * after room for a header that is filled in when size and digest are known.
 * Members: oci-layout, folders, blobs in turn, index.json, manifest.json.
 */
#include <oci/archive.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "document/archive.h"
#include "io/file.h"
#include "store/docker.h"
#include "store/output.h"
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
	struct oci_output out;
	int64_t mtime;
	struct oci_platform platform;
	bool has_platform;
	bool prepared;
	bool committed;		/* or failed */
	bool creating;		/* a sink for a blob is open */
	uint64_t end;		/* offset of the next header */
	struct oci_arena arena;
	struct oci_table table;	/* digest to member */
	struct member *first;
	struct member **last;
	size_t count;
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
		       const struct oci_descriptor *descriptor,
		       struct oci_error *err)
{
	const struct oci_digest *digest = &descriptor->digest;
	struct writer *self = (struct writer *)store;
	const struct member *member = oci_table_get(&self->table, digest->text,
						    strlen(digest->text));

	if (!member)
		return oci_fail(err, OCI_E_NOT_FOUND, "no blob %s",
				digest->text);
	return oci_source_open_range(out, self->out.fd, member->offset,
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
	const struct oci_output *out = &self->owner->out;
	uint64_t offset = self->owner->end + OCI_USTAR_BLOCK + self->size;

	if (self->failed)
		return oci_fail(err, self->failed, "an earlier write failed");
	self->failed = oci_file_write_at(out->fd, data, size, offset, err);
	self->size += size;
	if (self->failed)
		return oci_wrap(err, self->failed, "'%s'", out->path);
	return 0;
}

static void blob_free(struct oci_sink *sink)
{
	struct writer_blob *self = (struct writer_blob *)sink;

	self->owner->creating = false;
	free(self);
}

static int writer_create(struct oci_sink **out, struct oci_store *store,
			 const struct oci_digest *digest, struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = blob_write, .free = blob_free,
	};
	struct writer *self = (struct writer *)store;
	struct writer_blob *blob;

	(void)digest;
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

/* Writes the header of a member whose bytes have been written after it. */
static int end_member(struct writer *self, const char *name, uint64_t size,
		      struct oci_error *err)
{
	static const char zeros[OCI_USTAR_BLOCK];
	unsigned char header[OCI_USTAR_BLOCK];
	uint64_t padding = oci_ustar_padded(size) - size;
	int rc = oci_ustar_header(header, name, size, self->mtime, err);

	if (!rc)
		rc = oci_file_write_at(self->out.fd, header, sizeof(header),
				       self->end, err);
	if (!rc)
		rc = oci_file_write_at(self->out.fd, zeros, (size_t)padding,
				       self->end + sizeof(header) + size, err);
	if (rc)
		return oci_wrap(err, rc, "'%s'", self->out.path);
	self->end += sizeof(header) + size + padding;
	return 0;
}

/* There is room for one header only, and a long name, which is known only now,
 * needs more: moves the bytes. Shortens name for the header that follows. */
static int put_long_name(struct writer *self, char *name, uint64_t size,
			 struct oci_error *err)
{
	unsigned char header[OCI_USTAR_LONG];
	int rc = oci_file_shift(self->out.fd, self->end + OCI_USTAR_BLOCK, size,
				sizeof(header), err);

	oci_ustar_long_name(header, name, self->mtime);
	if (!rc)
		rc = oci_file_write_at(self->out.fd, header, sizeof(header),
				       self->end, err);
	if (rc)
		return oci_wrap(err, rc, "'%s'", self->out.path);
	self->end += sizeof(header);
	name[OCI_USTAR_NAME] = '\0';
	return 0;
}

static int add_member(struct writer *self, const char *name, const char *text,
		      struct oci_error *err)
{
	size_t size = strlen(text);
	int rc = oci_file_write_at(self->out.fd, text, size,
				   self->end + OCI_USTAR_BLOCK, err);

	if (rc)
		return oci_wrap(err, rc, "'%s'", self->out.path);
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
	self->count++;
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
		return oci_fail(err, OCI_E_INVALID, "blob %s is not complete",
				digest->text);
	/* The archive has this blob: the next member overwrites this. */
	if (oci_table_get(&self->table, digest->text, strlen(digest->text)))
		return 0;
	oci_blob_path(name, digest);
	rc = oci_ustar_is_long(name) ? put_long_name(self, name, size, err) : 0;
	if (!rc)
		rc = remember(self, digest, size, err);
	if (!rc)
		rc = end_member(self, name, size, err);
	return rc ? rc : oci_output_pass(&self->out, self->end, err);
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
		rc = oci_file_write_at(self->out.fd, end, sizeof(end),
				       self->end, err);
	/* Removes the rest of an overwritten copy. */
	if (!rc && ftruncate(self->out.fd,
			     (off_t)(self->end + sizeof(end))) != 0)
		rc = oci_fail_errno(err, "'%s'", self->out.path);
	free(index);
	free(docker);
	return rc;
}

static int writer_prepare(struct oci_store *store, struct oci_error *err)
{
	struct writer *self = (struct writer *)store;
	int rc;

	if (self->committed)
		return oci_fail(err, OCI_E_INVALID,
				"the archive is written already");
	if (self->prepared)
		return 0;
	rc = write_documents(self, err);
	if (!rc)
		rc = oci_output_prepare(&self->out, err);
	self->committed = rc != 0;
	self->prepared = true;
	return rc;
}

static int writer_commit(struct oci_store *store, struct oci_error *err)
{
	struct writer *self = (struct writer *)store;
	int rc = writer_prepare(store, err);

	if (!rc)
		rc = oci_output_publish(&self->out, err);
	self->committed = true;
	return rc;
}

static int by_digest(const void *a, const void *b)
{
	return strcmp((*(const struct member *const *)a)->digest,
		      (*(const struct member *const *)b)->digest);
}

static int writer_blobs(struct oci_store *store, oci_blob_fn *visit,
			void *data, struct oci_error *err)
{
	struct writer *self = (struct writer *)store;
	const struct member **sorted = calloc(self->count + 1,
					      sizeof(*sorted));
	struct oci_digest digest;
	size_t n = 0;
	int rc = 0;

	if (!sorted)
		return oci_fail_nomem(err);
	for (struct member *m = self->first; m; m = m->next)
		sorted[n++] = m;
	qsort(sorted, n, sizeof(*sorted), by_digest);
	for (size_t i = 0; !rc && i < n; i++) {
		rc = oci_digest_parse(&digest, sorted[i]->digest, err);
		if (!rc)
			rc = visit(data, &digest, sorted[i]->size, err);
	}
	free(sorted);
	return rc;
}

static void writer_free(struct oci_store *store)
{
	struct writer *self = (struct writer *)store;

	oci_output_release(&self->out);
	oci_table_release(&self->table);
	oci_arena_release(&self->arena);
	free(self);
}

static const struct oci_store_ops ops = {
	.has = writer_has,
	.open = writer_open,
	.create = writer_create,
	.add = writer_add,
	.prepare = writer_prepare,
	.commit = writer_commit,
	.blobs = writer_blobs,
	.free = writer_free,
	.one_at_a_time = true,
};

static int start(struct writer *self, const char *path,
		 const struct oci_archive_options *options,
		 struct oci_error *err)
{
	int rc;

	if (options->mtime < 0 || options->mtime > OCI_TIME_MAX)
		return oci_fail(err, OCI_E_INVALID,
				"the mtime is not between 1970 and 9999");
	self->mtime = options->mtime;
	self->has_platform = options->platform != NULL;
	if (options->platform)
		self->platform = *options->platform;
	rc = oci_text_set(&self->base.index.media_type, OCI_MEDIA_INDEX, err);
	if (!rc)
		rc = oci_output_open(&self->out, path, options->temp_dir, err);
	if (!rc)
		rc = add_member(self, OCI_LAYOUT_FILE, OCI_LAYOUT_TEXT, err);
	if (!rc)
		rc = end_member(self, "blobs/", 0, err);
	if (!rc)
		rc = end_member(self, "blobs/sha256/", 0, err);
	return rc;
}

static int create(struct oci_store **out, const char *path,
		  struct oci_sink *sink,
		  const struct oci_archive_options *options,
		  struct oci_error *err)
{
	static const struct oci_archive_options usual =
		OCI_ARCHIVE_OPTIONS_INIT;
	struct writer *self = calloc(1, sizeof(*self));
	struct oci_archive_options o;
	int rc;

	*out = NULL;
	if (!self) {
		oci_sink_free(sink);
		return oci_fail_nomem(err);
	}
	oci_options_read(&o, sizeof(o), &usual, options);
	self->base.ops = &ops;
	self->out = (struct oci_output)OCI_OUTPUT_INIT;
	self->out.sink = sink;
	self->last = &self->first;
	rc = start(self, path, &o, err);
	if (rc)
		oci_store_free(&self->base);
	else
		*out = &self->base;
	return rc;
}

int oci_archive_create(struct oci_store **out, const char *path,
		       const struct oci_archive_options *options,
		       struct oci_error *err)
{
	return create(out, path, NULL, options, err);
}

int oci_archive_stream(struct oci_store **out, struct oci_sink *sink,
		       const struct oci_archive_options *options,
		       struct oci_error *err)
{
	return create(out, "archive", sink, options, err);
}
