/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading image archives. The tar is walked once, to learn where each member
 * starts; blobs are read from there. A compressed archive is inflated into an
 * unlinked file first.
 */
#include <oci/archive.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/path.h"
#include "base/table.h"
#include "document/archive.h"
#include "io/file.h"
#include "io/inflate.h"
#include "layer/decompress.h"
#include "layer/reader.h"
#include "store/docker.h"
#include "store/store.h"

enum {
	INDEX_MAX = 20 * 1024 * 1024,	/* containerd's cap */
	MEMBERS_MAX = 1000 * 1000
};

struct member {
	const char *name;
	uint64_t offset;
	uint64_t size;
	struct member *next;
};

struct archive_store {
	struct oci_store base;
	int fd;
	struct oci_arena arena;
	struct oci_table table;		/* name to member */
	struct member *first;
	size_t count;
};

static const struct member *find(const struct archive_store *self,
				 const char *name)
{
	return oci_table_get(&self->table, name, strlen(name));
}

static const struct member *find_blob(const struct archive_store *self,
				      const struct oci_digest *digest)
{
	char name[OCI_BLOB_PATH];

	oci_blob_path(name, digest);
	return find(self, name);
}

static int archive_has(bool *out, struct oci_store *store,
		       const struct oci_digest *digest, struct oci_error *err)
{
	(void)err;
	*out = find_blob((struct archive_store *)store, digest) != NULL;
	return 0;
}

static int archive_open_blob(struct oci_source **out, struct oci_store *store,
			     const struct oci_descriptor *descriptor,
			     struct oci_error *err)
{
	struct archive_store *self = (struct archive_store *)store;
	const struct member *member = find_blob(self, &descriptor->digest);

	if (!member)
		return oci_fail(err, OCI_E_NOT_FOUND,
				"the archive has no blob %s",
				descriptor->digest.text);
	return oci_source_open_range(out, self->fd, member->offset,
				     member->size, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct member *const *)a)->name,
		      (*(const struct member *const *)b)->name);
}

static int visit_member(const struct member *member, oci_blob_fn *visit,
			void *data, struct oci_error *err)
{
	struct oci_digest digest;
	char text[OCI_DIGEST_TEXT + 8];
	size_t size = strlen(member->name);

	if (strncmp(member->name, "blobs/", 6) != 0 || size >= sizeof(text))
		return 0;
	memcpy(text, member->name + 6, size - 5);
	text[strcspn(text, "/")] = ':';
	if (oci_digest_parse(&digest, text, NULL))
		return 0;
	return visit(data, &digest, member->size, err);
}

static int archive_blobs(struct oci_store *store, oci_blob_fn *visit,
			 void *data, struct oci_error *err)
{
	struct archive_store *self = (struct archive_store *)store;
	const struct member **sorted = calloc(self->count + 1,
					      sizeof(*sorted));
	size_t n = 0;
	int rc = 0;

	if (!sorted)
		return oci_fail_nomem(err);
	for (struct member *m = self->first; m; m = m->next)
		sorted[n++] = m;
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; !rc && i < n; i++)
		rc = visit_member(sorted[i], visit, data, err);
	free(sorted);
	return rc;
}

static void archive_store_free(struct oci_store *store)
{
	struct archive_store *self = (struct archive_store *)store;

	if (self->fd >= 0)
		close(self->fd);
	oci_table_release(&self->table);
	oci_arena_release(&self->arena);
	free(self);
}

static int load(char **out, size_t *size, struct archive_store *self,
		const char *name, struct oci_error *err)
{
	const struct member *member = find(self, name);
	int rc;

	*out = NULL;
	if (!member)
		return oci_fail(err, OCI_E_NOT_FOUND, "it has no %s", name);
	if (member->size > INDEX_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"%s has %llu bytes, the most is %d", name,
				(unsigned long long)member->size, INDEX_MAX);
	*out = malloc((size_t)member->size + 1);
	if (!*out)
		return oci_fail_nomem(err);
	rc = oci_file_read_at(size, self->fd, *out, (size_t)member->size,
			      member->offset, err);
	if (!rc && *size != member->size)
		rc = oci_fail(err, OCI_E_CORRUPT, "%s is cut short", name);
	if (rc) {
		free(*out);
		*out = NULL;
		return rc;
	}
	(*out)[*size] = '\0';
	return 0;
}

struct check {
	void (*report)(void *data, const char *finding);
	void *data;
};

static void finding(const struct check *check, const char *fmt,
		    const char *name)
{
	struct oci_error text;

	oci_fail(&text, OCI_E_CORRUPT, "manifest.json: %s '%s'", fmt, name);
	check->report(check->data, text.message);
}

static void check_image(const struct archive_store *self,
			const struct oci_docker_image *image,
			const struct check *check)
{
	if (!find(self, image->config))
		finding(check, "the archive has no config", image->config);
	for (size_t i = 0; i < image->layers.count; i++)
		if (!find(self, image->layers.items[i]))
			finding(check, "the archive has no layer",
				image->layers.items[i]);
	for (size_t i = 0; i < image->tags.count; i++) {
		struct oci_reference r;

		if (oci_reference_parse(&r, image->tags.items[i], NULL) ||
		    !r.tag[0])
			finding(check, "not a name with a tag:",
				image->tags.items[i]);
	}
}

/* manifest.json, where there is one, tells of what is there. */
static int archive_check(struct oci_store *store,
			 void (*report)(void *data, const char *finding),
			 void *data, struct oci_error *err)
{
	struct archive_store *self = (struct archive_store *)store;
	const struct check check = { report, data };
	struct oci_docker_images images;
	struct oci_error why;
	char *text;
	size_t size;
	int rc;

	if (!find(self, "manifest.json"))
		return 0;
	rc = load(&text, &size, self, "manifest.json", err);
	if (rc)
		return rc;
	rc = oci_docker_images_parse(&images, text, size, &why);
	if (rc && rc != OCI_E_NOMEM)
		finding(&check, "cannot be read:", why.message);
	for (size_t i = 0; i < images.count; i++)
		check_image(self, &images.items[i], &check);
	oci_docker_images_release(&images);
	free(text);
	return rc == OCI_E_NOMEM ? oci_fail_nomem(err) : 0;
}

static int add_member(struct archive_store *self, const char *name,
		      uint64_t offset, uint64_t size, struct oci_error *err)
{
	struct member *member;

	if (find(self, name))
		return oci_fail(err, OCI_E_INVALID,
				"it has two members called '%s'", name);
	if (++self->count > MEMBERS_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"it has more than %d members", MEMBERS_MAX);
	member = oci_arena_alloc(&self->arena, sizeof(*member));
	if (!member)
		return oci_fail_nomem(err);
	member->name = oci_arena_text(&self->arena, name);
	if (!member->name)
		return oci_fail_nomem(err);
	member->offset = offset;
	member->size = size;
	member->next = self->first;
	self->first = member;
	return oci_table_set(&self->table, member->name, strlen(name), member,
			     err);
}

static int take_member(struct archive_store *self,
		       const struct oci_reader *reader,
		       struct archive_entry *entry, struct oci_error *err)
{
	const char *name = archive_entry_pathname(entry);
	char clean[OCI_PATH_MAX];
	int rc;

	if (archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry) || !name)
		return 0;
	rc = oci_path_clean(clean, name, err);
	if (rc)
		return rc;
	return add_member(self, clean, oci_reader_offset(reader),
			  (uint64_t)archive_entry_size(entry), err);
}

static int walk(struct archive_store *self, struct oci_error *err)
{
	struct archive_entry *entry;
	struct oci_reader *reader;
	int rc = oci_reader_open_fd(&reader, self->fd, OCI_READER_TAR, err);

	if (rc)
		return rc;
	do {
		rc = oci_reader_next(&entry, reader, err);
		if (!rc && entry)
			rc = take_member(self, reader, entry, err);
	} while (!rc && entry);
	oci_reader_free(reader);
	return rc;
}

static int spool(struct archive_store *self, struct oci_source *tar,
		 const char *temp_dir, struct oci_error *err)
{
	struct oci_sink *sink = NULL;
	int rc = oci_file_temporary(&self->fd, temp_dir, err);

	if (!rc)
		rc = oci_sink_open_fd(&sink, self->fd, err);
	if (!rc)
		rc = oci_source_copy(NULL, tar, sink, err);
	oci_sink_free(sink);
	return rc;
}

/* Leaves self->fd open on a tar that is not compressed. */
static int open_tar(struct archive_store *self, const char *path,
		    const char *temp_dir, struct oci_error *err)
{
	struct oci_source *file = NULL, *inflate = NULL, *plain = NULL;
	int rc = oci_source_open_file(&file, path, err);

	if (!rc)
		rc = oci_inflate_open(&inflate, file, err);
	if (!rc && oci_inflate_kind(inflate) == OCI_INFLATE_PLAIN)
		rc = oci_decompress_open(&plain, inflate, err);
	if (!rc && plain && !oci_decompress_found(plain)) {
		self->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
				O_NOCTTY);
		if (self->fd < 0)
			rc = oci_fail_errno(err, "open '%s'", path);
	} else if (!rc) {
		rc = spool(self, plain ? plain : inflate, temp_dir, err);
	}
	oci_source_free(plain);
	oci_source_free(inflate);
	oci_source_free(file);
	return rc;
}

static int read_documents(struct archive_store *self, struct oci_error *err)
{
	char *text = NULL;
	size_t size;
	int rc = 0;

	if (!find(self, OCI_LAYOUT_FILE))
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"no OCI archive: it has no oci-layout%s",
				find(self, "manifest.json") ?
				" (only Docker's manifest.json)" : "");
	rc = load(&text, &size, self, OCI_LAYOUT_FILE, err);
	if (!rc)
		rc = oci_layout_check(text, size, err);
	free(text);
	text = NULL;
	if (!rc)
		rc = load(&text, &size, self, "index.json", err);
	if (!rc)
		rc = oci_index_parse(&self->base.index, text, size, NULL, err);
	free(text);
	return rc;
}

int oci_archive_open(struct oci_store **out, const char *path,
		     const char *temp_dir, struct oci_error *err)
{
	static const struct oci_store_ops ops = {
		.has = archive_has,
		.open = archive_open_blob,
		.blobs = archive_blobs,
		.check = archive_check,
		.free = archive_store_free,
	};
	struct archive_store *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->fd = -1;
	rc = open_tar(self, path, temp_dir ? temp_dir : "/var/tmp", err);
	if (!rc)
		rc = walk(self, err);
	if (!rc)
		rc = read_documents(self, err);
	if (!rc) {
		*out = &self->base;
		return 0;
	}
	oci_store_free(&self->base);
	return oci_wrap(err, rc, "'%s'", path);
}
