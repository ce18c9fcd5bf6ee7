/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The blobs of Docker's archives: members of the tar, read in place, and the
 * generated manifests, in memory.
 */
#include "store/archive_docker.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/inflate.h"
#include "io/watched.h"

enum { TEXTS_MAX = 64 * 1024 * 1024 };	/* bytes of all manifests */

static struct oci_docker_blob *find_blob(const struct oci_docker_store *self,
			      const struct oci_digest *digest)
{
	return oci_table_get(&self->digests, digest->text,
			     strlen(digest->text));
}

static int docker_has(bool *out, struct oci_store *store,
		      const struct oci_digest *digest, struct oci_error *err)
{
	(void)err;
	*out = find_blob((struct oci_docker_store *)store, digest) != NULL;
	return 0;
}

static int docker_open(struct oci_source **out, struct oci_store *store,
		       const struct oci_descriptor *descriptor,
		       struct oci_error *err)
{
	struct oci_docker_store *self = (struct oci_docker_store *)store;
	const struct oci_docker_blob *blob =
		find_blob(self, &descriptor->digest);

	if (!blob)
		return oci_fail(err, OCI_E_NOT_FOUND,
				"the archive has no blob %s",
				descriptor->digest.text);
	if (blob->text)
		return oci_source_open_memory(out, blob->text,
					      (size_t)blob->size, err);
	return oci_source_open_range(out, self->members->fd,
				     blob->member->offset, blob->size, err);
}

static int by_digest(const void *a, const void *b)
{
	return strcmp((*(const struct oci_docker_blob *const *)a)->digest.text,
		      (*(const struct oci_docker_blob *const *)b)->digest.text);
}

static int docker_blobs(struct oci_store *store, oci_blob_fn *visit,
			void *data, struct oci_error *err)
{
	struct oci_docker_store *self = (struct oci_docker_store *)store;
	const struct oci_docker_blob **sorted = calloc(self->count + 1,
					    sizeof(*sorted));
	size_t n = 0;
	int rc = 0;

	if (!sorted)
		return oci_fail_nomem(err);
	for (struct oci_docker_blob *b = self->first; b; b = b->next)
		sorted[n++] = b;
	qsort(sorted, n, sizeof(*sorted), by_digest);
	for (size_t i = 0; !rc && i < n; i++)
		rc = visit(data, &sorted[i]->digest, sorted[i]->size, err);
	free(sorted);
	return rc;
}

static void docker_free(struct oci_store *store)
{
	struct oci_docker_store *self = (struct oci_docker_store *)store;

	for (struct oci_docker_blob *b = self->first; b; b = b->next)
		free(b->text);
	oci_table_release(&self->digests);
	oci_table_release(&self->hashed);
	oci_arena_release(&self->arena);
	oci_members_free(self->members);
	free(self);
}

static int hash(struct oci_docker_blob *out, struct oci_source *source,
		const struct oci_watch *watch, struct oci_error *err)
{
	struct oci_sink *measure, *watched = NULL;
	int rc = oci_measure_open(&measure, NULL, NULL, err);

	if (rc)
		return rc;
	rc = oci_watched_open(&watched, measure, watch, err);
	if (!rc)
		rc = oci_source_copy(NULL, source, watched, err);
	if (!rc)
		rc = oci_sink_finish(measure, err);
	if (!rc)
		rc = oci_measure_end(&out->digest, &out->size, measure, err);
	oci_sink_free(watched);
	oci_sink_free(measure);
	return rc;
}

int oci_docker_open_member(struct oci_source **out,
			   const struct oci_docker_store *self,
			   const struct oci_member *member,
			   struct oci_error *err)
{
	return oci_source_open_range(out, self->members->fd, member->offset,
				     member->size, err);
}

/* Finds the media type of a layer from its first bytes. */
static int find_media_type(const char **out,
			   const struct oci_docker_store *self,
			   const struct oci_member *member,
			   struct oci_error *err)
{
	static const char *const types[] = {
		[OCI_INFLATE_PLAIN] = OCI_MEDIA_LAYER,
		[OCI_INFLATE_GZIP] = OCI_MEDIA_LAYER_GZIP,
		[OCI_INFLATE_ZSTD] = OCI_MEDIA_LAYER_ZSTD,
	};
	struct oci_source *source, *inflate = NULL;
	int rc = oci_docker_open_member(&source, self, member, err);

	if (rc)
		return rc;
	rc = oci_inflate_open(&inflate, source, err);
	if (!rc)
		*out = types[oci_inflate_found(inflate)];
	oci_source_free(inflate);
	oci_source_free(source);
	return rc;
}

static int measure_member(struct oci_docker_blob *out,
			  const struct oci_docker_store *self,
			  const struct oci_member *member,
			  struct oci_error *err)
{
	struct oci_source *source;
	int rc = find_media_type(&out->media_type, self, member, err);

	out->member = member;
	if (!rc)
		rc = oci_docker_open_member(&source, self, member, err);
	if (rc)
		return rc;
	rc = hash(out, source, &self->members->watch, err);
	oci_source_free(source);
	if (!rc && out->size != member->size)
		rc = oci_fail(err, OCI_E_CORRUPT, "it is cut short");
	return rc;
}

/* Adds a blob unless the store has it. Takes ownership of blob->text. */
static int add_blob(struct oci_docker_store *self, struct oci_docker_blob *blob,
		    struct oci_error *err)
{
	int rc;

	if (find_blob(self, &blob->digest)) {
		free(blob->text);
		blob->text = NULL;
		return 0;
	}
	rc = oci_table_set(&self->digests, blob->digest.text,
			   strlen(blob->digest.text), blob, err);
	if (rc) {
		free(blob->text);
		return rc;
	}
	blob->next = self->first;
	self->first = blob;
	self->count++;
	return 0;
}

int oci_docker_find_member(const struct oci_docker_blob **out,
			   struct oci_docker_store *self, const char *name,
			   struct oci_error *err)
{
	const struct oci_member *member;
	struct oci_docker_blob *blob;
	int rc = oci_members_find(&member, self->members, name, err);

	if (rc)
		return rc;
	*out = oci_table_get(&self->hashed, member->name,
			     strlen(member->name));
	if (*out)
		return 0;
	blob = oci_arena_alloc(&self->arena, sizeof(*blob));
	if (!blob)
		return oci_fail_nomem(err);
	rc = measure_member(blob, self, member, err);
	if (rc)
		return oci_wrap(err, rc, "'%s'", member->name);
	*out = blob;
	rc = oci_table_set(&self->hashed, member->name, strlen(member->name),
			   blob, err);
	return rc ? rc : add_blob(self, blob, err);
}

int oci_docker_add_text(const struct oci_docker_blob **out,
			struct oci_docker_store *self, char *text,
			struct oci_error *err)
{
	struct oci_docker_blob *blob = oci_arena_alloc(&self->arena,
						       sizeof(*blob));
	int rc = blob ? 0 : oci_fail_nomem(err);

	if (!rc && (strlen(text) > OCI_DOCUMENT_MAX ||
		    strlen(text) > TEXTS_MAX - self->text_size))
		rc = oci_fail(err, OCI_E_LIMIT, "it has too many layers");
	if (!rc)
		rc = oci_digest_data(&blob->digest, text, strlen(text), err);
	if (rc) {
		free(text);
		return rc;
	}
	blob->text = text;
	blob->size = strlen(text);
	self->text_size += strlen(text);
	*out = blob;
	return add_blob(self, blob, err);
}

int oci_docker_store_new(struct oci_docker_store **out,
			 struct oci_members *members, struct oci_error *err)
{
	static const struct oci_store_ops ops = {
		.has = docker_has,
		.open = docker_open,
		.blobs = docker_blobs,
		.free = docker_free,
	};
	struct oci_docker_store *self = calloc(1, sizeof(*self));

	*out = self;
	if (!self) {
		oci_members_free(members);
		return oci_fail_nomem(err);
	}
	self->base.ops = &ops;
	self->members = members;
	return 0;
}
