/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The blobs of an OCI layout: DIR/blobs/ALG/HEX. A rename gives each its name.
 * Until then, it is in a folder of this run, DIR/.run.PID-N.tmp.
 * OCI Image Specification, image-layout.md.
 */
#include "store/layout.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "io/digest.h"
#include "io/file.h"
#include "store/docker.h"

enum { PATH_ROOM = 4096 };

int oci_layout_path(char **out, const struct oci_layout *self,
		    const char *name, struct oci_error *err)
{
	struct oci_buf buf;
	int rc;

	oci_buf_init(&buf, PATH_ROOM);
	rc = oci_buf_format(&buf, err, "%s/%s", self->path, name);
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	return rc;
}

int oci_layout_blob_path(char **out, const struct oci_layout *self,
			 const struct oci_digest *digest, struct oci_error *err)
{
	char name[OCI_BLOB_PATH];

	oci_blob_path(name, digest);
	return oci_layout_path(out, self, name, err);
}

static struct oci_layout_blob *find(const struct oci_layout *self,
				    const struct oci_digest *digest)
{
	return oci_table_get(&self->table, digest->text, strlen(digest->text));
}

/* Takes ownership of temp, which may be NULL, unless it fails. */
static int remember(struct oci_layout *self, const struct oci_digest *digest,
		    char *temp, struct oci_error *err)
{
	struct oci_layout_blob *known =
		oci_arena_alloc(&self->arena, sizeof(*known));
	char *path;
	int rc = known ? oci_layout_blob_path(&path, self, digest, err)
		       : oci_fail_nomem(err);

	if (rc)
		return rc;
	known->digest = *digest;
	known->path = oci_arena_text(&self->arena, path);
	free(path);
	rc = known->path ? oci_table_set(&self->table, known->digest.text,
					 strlen(known->digest.text), known, err)
			 : oci_fail_nomem(err);
	if (rc)
		return rc;
	known->temp = temp;
	*self->last = known;
	self->last = &known->next;
	return 0;
}

/* Finds the file that has a blob's bytes; the caller frees *out. */
static int file_of(char **out, const struct oci_layout *self,
		   const struct oci_digest *digest, struct oci_error *err)
{
	const struct oci_layout_blob *known = find(self, digest);

	if (known && known->temp)
		return oci_text_copy(out, known->temp, err);
	return oci_layout_blob_path(out, self, digest, err);
}

int oci_layout_has(bool *out, struct oci_store *store,
		   const struct oci_digest *digest, struct oci_error *err)
{
	char *path;
	int rc = oci_layout_blob_path(&path, (struct oci_layout *)store, digest,
				      err);

	if (rc)
		return rc;
	*out = access(path, F_OK) == 0;
	free(path);
	return 0;
}

static bool file_is(const char *path, const struct oci_digest *digest)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	bool is = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		  oci_fd_has_digest(fd, (uint64_t)st.st_size, digest);

	if (fd >= 0)
		close(fd);
	return is;
}

int oci_layout_has_right(bool *out, struct oci_store *store,
			 const struct oci_digest *digest, struct oci_error *err)
{
	struct oci_layout *self = (struct oci_layout *)store;
	char *path;
	int rc;

	*out = find(self, digest) != NULL;
	if (*out)
		return 0;
	rc = oci_layout_blob_path(&path, self, digest, err);
	if (rc)
		return rc;
	*out = file_is(path, digest);
	free(path);
	return *out ? remember(self, digest, NULL, err) : 0;
}

int oci_layout_file(char **out, struct oci_store *store,
		    const struct oci_digest *digest, struct oci_error *err)
{
	return file_of(out, (struct oci_layout *)store, digest, err);
}

int oci_layout_same_bytes(bool *out, struct oci_store *store,
			  const struct oci_digest *digest, const void *data,
			  size_t size, struct oci_error *err)
{
	char *path;
	int rc = file_of(&path, (struct oci_layout *)store, digest, err);

	if (rc)
		return rc;
	*out = oci_file_is(path, data, size);
	free(path);
	return 0;
}

int oci_layout_open_blob(struct oci_source **out, struct oci_store *store,
			 const struct oci_descriptor *descriptor,
			 struct oci_error *err)
{
	char *path;
	int rc = file_of(&path, (struct oci_layout *)store, &descriptor->digest,
			 err);

	if (rc)
		return rc;
	rc = oci_source_open_file(out, path, err);
	free(path);
	return rc;
}

struct layout_blob {
	struct oci_sink base;
	struct oci_temp file;
	const char *layout; /* its path, for messages */
	uint64_t size;
	uint64_t pushed;
	int failed;
};

static int blob_write(struct oci_sink *sink, const void *data, size_t size,
		      struct oci_error *err)
{
	struct layout_blob *self = (struct layout_blob *)sink;

	if (self->failed)
		return oci_fail(err, self->failed, "an earlier write failed");
	self->failed = oci_file_write(self->file.fd, data, size, err);
	if (self->failed)
		return oci_wrap(err, self->failed, "layout '%s'", self->layout);
	self->size += size;
	oci_file_push(self->file.fd, &self->pushed, self->size);
	return 0;
}

static void blob_free(struct oci_sink *sink)
{
	struct layout_blob *self = (struct layout_blob *)sink;

	oci_temp_release(&self->file);
	free(self);
}

/* Makes the folder of this run. Another run that failed may have removed the
 * layout's empty folder meanwhile; then it is created again. */
static int open_run(struct oci_layout *self, struct oci_error *err)
{
	int rc;

	if (self->run.path)
		return 0;
	rc = oci_temp_folder_open(&self->run, self->path, "run", 0777, err);
	if (rc != OCI_E_NOT_FOUND)
		return rc;
	rc = oci_layout_make_folder(self, err);
	return rc ? rc
		  : oci_temp_folder_open(&self->run, self->path, "run", 0777,
					 err);
}

static int open_temp(struct oci_temp *file, struct oci_layout *self,
		     struct oci_error *err)
{
	char name[32];
	int rc = open_run(self, err);

	if (rc)
		return rc;
	snprintf(name, sizeof(name), "blob-%u", self->temps++);
	/* Other users may replace a blob, if the folder lets them, but cannot
	 * change a file that the cache and other layouts may share. */
	return oci_temp_open(file, self->run.path, name, 0644, err);
}

int oci_layout_create_blob(struct oci_sink **out, struct oci_store *store,
			   const struct oci_digest *digest,
			   struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = blob_write, .free = blob_free,
	};
	struct layout_blob *blob = calloc(1, sizeof(*blob));
	int rc = blob ? open_temp(&blob->file, (struct oci_layout *)store, err)
		      : oci_fail_nomem(err);

	(void)digest;
	if (rc) {
		free(blob);
		return rc;
	}
	blob->base.ops = &ops;
	blob->layout = ((struct oci_layout *)store)->path;
	*out = &blob->base;
	return 0;
}

static int sync_blob(struct layout_blob *blob, struct oci_error *err)
{
	if (fsync(blob->file.fd) != 0)
		return oci_fail_errno(err, "sync a blob in '%s'", blob->layout);
	return oci_temp_name(&blob->file, err);
}

/* The file keeps its temporary name until the commit, so that a failed run need
 * not remove a blob that another run may use by then. */
int oci_layout_add_blob(struct oci_store *store, struct oci_sink *sink,
			const struct oci_digest *digest, uint64_t size,
			struct oci_error *err)
{
	struct oci_layout *self = (struct oci_layout *)store;
	struct layout_blob *blob = (struct layout_blob *)sink;
	int rc;

	if (blob->failed || blob->size != size)
		return oci_fail(err, OCI_E_INVALID, "blob %s is not complete",
				digest->text);
	if (find(self, digest))
		return 0;
	rc = sync_blob(blob, err);
	if (!rc)
		rc = remember(self, digest, blob->file.path, err);
	if (!rc)
		blob->file.path = NULL;
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int oci_layout_list(struct oci_strings *out, const char *path,
		       struct oci_error *err)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int rc = 0;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return oci_fail_errno(err, "read folder '%s'", path);
	for (errno = 0; !rc && (entry = readdir(dir)); errno = 0)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			rc = oci_strings_add(out, entry->d_name, err);
	if (!rc && errno)
		rc = oci_fail_errno(err, "read folder '%s'", path);
	closedir(dir);
	if (!rc && out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_name);
	return rc;
}

static int visit_blob(struct oci_layout *self, const char *algorithm,
		      const char *hex, oci_blob_fn *visit, void *data,
		      struct oci_error *err)
{
	char text[OCI_DIGEST_TEXT + 256];
	struct oci_digest digest;
	struct stat st;
	char *path;
	int rc;

	if (strlen(hex) >= OCI_DIGEST_TEXT)
		return 0;
	memcpy(text, algorithm, strlen(algorithm));
	text[strlen(algorithm)] = ':';
	memcpy(text + strlen(algorithm) + 1, hex, strlen(hex) + 1);
	if (oci_digest_parse(&digest, text, NULL))
		return 0;
	rc = oci_layout_blob_path(&path, self, &digest, err);
	if (rc)
		return rc;
	if (stat(path, &st) != 0)
		rc = oci_fail_errno(err, "stat '%s'", path);
	else
		rc = visit(data, &digest, (uint64_t)st.st_size, err);
	free(path);
	return rc;
}

int oci_layout_visit_blobs(struct oci_store *store, oci_blob_fn *visit,
			void *data, struct oci_error *err)
{
	static const char *const algorithms[] = { "sha256", "sha512" };
	struct oci_layout *self = (struct oci_layout *)store;
	int rc = 0;

	for (size_t i = 0; !rc && i < 2; i++) {
		struct oci_strings names = {0};
		char *path = NULL;

		rc = oci_layout_path(&path, self,
				     i ? "blobs/sha512" : "blobs/sha256", err);
		if (!rc)
			rc = oci_layout_list(&names, path, err);
		for (size_t j = 0; !rc && j < names.count; j++)
			rc = visit_blob(self, algorithms[i], names.items[j],
					visit, data, err);
		free(path);
		oci_strings_release(&names);
	}
	return rc;
}

