/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.json of a layout, which several processes may change at the same time.
 * Each process locks the file oci-layout, reads the present index.json, applies
 * its changes, and renames the new file into place. The lock is flock(2), held
 * during a commit only. oci-layout is never replaced, so all processes lock the
 * same file. OCI Image Specification, image-layout.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "document/archive.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "store/layout.h"

enum { INDEX_MAX = 20 * 1024 * 1024 }; /* containerd's limit */
enum { LOCK_TRIES = 1000 };

static int load(char **out, size_t *size, const struct oci_layout *self,
		const char *name, struct oci_error *err)
{
	char *path;
	int rc = oci_layout_path(&path, self, name, err);

	*out = NULL;
	if (rc)
		return rc;
	rc = oci_file_load(out, size, path, INDEX_MAX, err);
	free(path);
	return rc;
}

int oci_layout_read_version(const struct oci_layout *self,
			    struct oci_error *err)
{
	char *text;
	size_t size;
	int rc = load(&text, &size, self, OCI_LAYOUT_FILE, err);

	if (rc == OCI_E_NOT_FOUND && access(self->path, F_OK) != 0)
		return oci_fail_errno(err, "layout '%s'", self->path);
	if (rc == OCI_E_NOT_FOUND)
		return oci_fail(err, rc,
				"'%s' is not an OCI layout: it has no "
				"oci-layout",
				self->path);
	if (rc)
		return rc;
	rc = oci_layout_check(text, size, err);
	free(text);
	return rc ? oci_wrap(err, rc, "'%s/oci-layout'", self->path) : 0;
}

int oci_layout_read_index(struct oci_index *out, const struct oci_layout *self,
			  struct oci_error *err)
{
	char *text;
	size_t size;
	int rc = load(&text, &size, self, "index.json", err);

	if (rc)
		return rc;
	rc = oci_index_parse(out, text, size, NULL, err);
	free(text);
	return rc ? oci_wrap(err, rc, "'%s/index.json'", self->path) : 0;
}

/* Gives the file its name unless there is one; sets *mine if it did. */
static int place_version(bool *mine, const char *temp, const char *path,
			 struct oci_error *err)
{
	*mine = link(temp, path) == 0;
	if (*mine || errno == EEXIST)
		return 0;
	/* Some file systems have no hard links. */
	if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK)
		return oci_fail_errno(err, "make '%s'", path);
	*mine = rename(temp, path) == 0;
	return *mine ? 0 : oci_fail_errno(err, "make '%s'", path);
}

/* Creates oci-layout if it does not exist. */
static int make_version(bool *mine, struct oci_layout *self, const char *path,
			struct oci_error *err)
{
	struct oci_atomic file;
	int rc = oci_layout_make_folder(self, err);

	if (!rc)
		rc = oci_atomic_open(&file, path, err);
	if (rc)
		return rc;
	rc = oci_file_write(file.temp.fd, OCI_LAYOUT_TEXT,
			    strlen(OCI_LAYOUT_TEXT), err);
	if (!rc)
		rc = oci_atomic_finish(&file, err);
	if (!rc)
		rc = place_version(mine, file.temp.path, path, err);
	oci_atomic_release(&file);
	return rc;
}

static int open_version(int *fd, const char *path, struct oci_error *err)
{
	/* NFS needs a writable descriptor for the lock. */
	*fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0 && (errno == EACCES || errno == EROFS || errno == EPERM))
		*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return *fd < 0 ? oci_fail_errno(err, "open '%s'", path) : 0;
}

/* Returns whether the locked file still has its name. A run that created the
 * layout and failed removes the file, for which another run may wait. */
static bool is_named(int fd, const char *path)
{
	struct stat now, held;

	return stat(path, &now) == 0 && fstat(fd, &held) == 0 &&
	       now.st_dev == held.st_dev && now.st_ino == held.st_ino;
}

/* One attempt; if *fd is -1 afterwards, another one is needed. */
static int try_lock(int *fd, bool *mine, struct oci_layout *self,
		    const char *path, struct oci_error *err)
{
	int rc = open_version(fd, path, err);

	if (rc == OCI_E_NOT_FOUND) {
		rc = make_version(mine, self, path, err);
		return rc == OCI_E_NOT_FOUND ? 0 : rc;
	}
	if (!rc)
		rc = oci_file_lock(*fd, path, &self->base.watch, err);
	if (*fd >= 0 && (rc || !is_named(*fd, path))) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}

/* Closing *fd releases the lock. *mine: this run created oci-layout. */
static int lock(int *fd, bool *mine, struct oci_layout *self,
		struct oci_error *err)
{
	char *path = NULL;
	int rc = oci_layout_path(&path, self, OCI_LAYOUT_FILE, err);

	*fd = -1;
	*mine = false;
	for (int i = 0; !rc && *fd < 0 && i < LOCK_TRIES; i++)
		rc = try_lock(fd, mine, self, path, err);
	if (!rc && *fd < 0)
		rc = oci_fail(err, OCI_E_CHANGED,
			      "layout '%s' was removed too often by other runs "
			      "that failed: try again",
			      self->path);
	free(path);
	return rc;
}

static int check_expected(const struct oci_layout *self,
			  const struct oci_store *now, struct oci_error *err)
{
	struct oci_descriptor there;
	int rc;

	if (!self->expects)
		return 0;
	rc = oci_store_resolve(&there, now, self->expected_name, NULL);
	if (rc || !oci_digest_equal(&there.digest, &self->expected))
		rc = oci_fail(err, OCI_E_CHANGED,
			      "layout '%s' was changed "
			      "meanwhile",
			      self->path);
	oci_descriptor_release(&there);
	return rc;
}

/* Reads the present index.json and applies the changes of this run. */
static int merge(struct oci_index *out, struct oci_layout *self,
		 struct oci_error *err)
{
	struct oci_store now = { 0 };
	int rc = oci_layout_read_index(&now.index, self, err);

	*out = (struct oci_index){ 0 };
	if (rc == OCI_E_NOT_FOUND)
		rc = 0;
	if (!rc)
		rc = check_expected(self, &now, err);
	if (!rc)
		rc = oci_text_set(&now.index.media_type, OCI_MEDIA_INDEX, err);
	if (!rc)
		rc = oci_names_replay(&now.index.manifests, &self->base, err);
	if (rc)
		oci_index_release(&now.index);
	else
		*out = now.index;
	return rc;
}

static int format(char **out, const struct oci_layout *self,
		  const struct oci_index *index, struct oci_error *err)
{
	int rc = oci_index_format(out, index, err);

	if (!rc && strlen(*out) > INDEX_MAX)
		rc = oci_fail(err, OCI_E_LIMIT,
			      "'%s/index.json' would have "
			      "%zu bytes, the most is %d",
			      self->path, strlen(*out), INDEX_MAX);
	return rc;
}

/* Writes the new index.json beside the old one; no file if it is unchanged. */
static int prepare_index(struct oci_atomic *file, struct oci_layout *self,
			 const struct oci_index *index, struct oci_error *err)
{
	char *json = NULL, *path = NULL;
	int rc = format(&json, self, index, err);

	*file = (struct oci_atomic)OCI_ATOMIC_INIT;
	if (!rc)
		rc = oci_layout_path(&path, self, "index.json", err);
	if (!rc && !oci_file_is(path, json, strlen(json))) {
		rc = oci_atomic_open(file, path, err);
		if (!rc)
			rc = oci_file_write(file->temp.fd, json, strlen(json),
					    err);
		if (!rc)
			rc = oci_atomic_finish(file, err);
	}
	free(json);
	free(path);
	return rc;
}

/* Removes oci-layout and empty folders, which this run created and has locked,
 * unless another run has committed to the layout before. */
static void remove_version(const struct oci_layout *self)
{
	char *version = NULL, *index = NULL;

	if (!oci_layout_path(&version, self, OCI_LAYOUT_FILE, NULL) &&
	    !oci_layout_path(&index, self, "index.json", NULL) &&
	    access(index, F_OK) != 0 && errno == ENOENT) {
		oci_layout_remove_blobs(self);
		unlink(version);
	}
	free(version);
	free(index);
}

void oci_layout_unprepare(struct oci_layout *self)
{
	if (self->lock >= 0 && self->mine)
		remove_version(self);
	oci_atomic_release(&self->file);
	oci_index_release(&self->next);
	if (self->lock >= 0)
		close(self->lock);
	self->lock = -1;
	self->mine = false;
	self->prepared = false;
}

int oci_layout_prepare(struct oci_store *store, struct oci_error *err)
{
	struct oci_layout *self = (struct oci_layout *)store;
	int rc;

	if (self->prepared)
		return 0;
	rc = lock(&self->lock, &self->mine, self, err);
	if (!rc)
		rc = merge(&self->next, self, err);
	if (!rc)
		rc = prepare_index(&self->file, self, &self->next, err);
	if (!rc)
		rc = oci_layout_make_blobs(self, err);
	if (rc)
		oci_layout_unprepare(self);
	self->prepared = !rc;
	return rc;
}

int oci_layout_commit(struct oci_store *store, struct oci_error *err)
{
	struct oci_layout *self = (struct oci_layout *)store;
	int rc = oci_layout_prepare(store, err);

	if (rc)
		return rc;
	/* From here on, blobs have their names, so oci-layout must stay. */
	self->mine = false;
	rc = oci_layout_publish_blobs(self, err);
	if (!rc && self->file.path) {
		rc = oci_atomic_publish(&self->file, err);
		/* The new index is visible: this must not fail. */
		if (!rc)
			oci_folder_sync(self->path, NULL);
	}
	if (!rc) {
		oci_index_release(&store->index);
		store->index = self->next;
		self->next = (struct oci_index){ 0 };
		oci_names_forget(store);
		self->expects = false;
		oci_temp_folder_release(&self->run);
	}
	oci_layout_unprepare(self);
	return rc;
}
