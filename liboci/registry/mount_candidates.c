/* SPDX-License-Identifier: Apache-2.0 */
/* Mount candidates, in memory and in a file between runs. */
#include "registry/mount_candidates.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <oci/reference.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "io/atomic.h"
#include "io/file.h"

enum {
	FOUND_MAX = 3,
	FILE_MAX = 1024 * 1024, /* the older half is dropped if it is larger */
	LINE_ROOM = 2 * OCI_REFERENCE_NAME + OCI_DIGEST_TEXT + 4
};

int oci_mount_candidates_init(struct oci_mount_candidates *self,
			      const char *path, struct oci_error *err)
{
	pthread_mutex_init(&self->lock, NULL);
	pthread_cond_init(&self->arrived, NULL);
	return path ? oci_text_copy(&self->path, path, err) : 0;
}

/* Lines that are not "HOST/REPOSITORY DIGEST" are ignored. */
static bool is_line(const char *line, size_t size)
{
	const char *space = memchr(line, ' ', size);
	char name[LINE_ROOM];
	struct oci_reference reference;
	struct oci_digest digest;

	if (!space || size >= sizeof(name))
		return false;
	memcpy(name, line, size);
	name[size] = '\0';
	name[space - line] = '\0';
	return oci_digest_parse(&digest, name + (space - line) + 1, NULL) ==
		       0 &&
	       oci_reference_parse(&reference, name, NULL) == 0 &&
	       !reference.tag[0] && !reference.digest.text[0];
}

static void load(struct oci_mount_candidates *self)
{
	char *text = NULL, *line, *end;
	size_t size;

	self->loaded = true;
	if (!self->path ||
	    oci_file_load(&text, &size, self->path, 2 * FILE_MAX, NULL))
		return;
	for (line = text; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (is_line(line, (size_t)(end - line)) &&
		    oci_strings_add(&self->lines, line, NULL))
			break;
	}
	free(text);
}

static void write_line(char out[LINE_ROOM], const char *host,
		       const char *repository, const struct oci_digest *digest)
{
	snprintf(out, LINE_ROOM, "%s/%s %s", host, repository, digest->text);
}

void oci_mount_candidates_add(struct oci_mount_candidates *self,
			      const char *host, const char *repository,
			      const struct oci_digest *digest)
{
	char line[LINE_ROOM];

	write_line(line, host, repository, digest);
	pthread_mutex_lock(&self->lock);
	if (!oci_strings_has(&self->fresh, line))
		oci_strings_add(&self->fresh, line, NULL);
	pthread_mutex_unlock(&self->lock);
}

/* Adds the repository of a line if its blob and host match. */
static int add_match(struct oci_strings *out, const char *line,
		     const char *host, const char *repository,
		     const struct oci_digest *digest, struct oci_error *err)
{
	size_t size = strlen(host);
	const char *space = strchr(line, ' ');
	char name[LINE_ROOM];

	if (strcmp(space + 1, digest->text) != 0 ||
	    strncmp(line, host, size) != 0 || line[size] != '/')
		return 0;
	size++;
	snprintf(name, sizeof(name), "%.*s", (int)(space - line - (long)size),
		 line + size);
	if (strcmp(name, repository) == 0 || oci_strings_has(out, name))
		return 0;
	return oci_strings_add(out, name, err);
}

int oci_mount_candidates_find(struct oci_strings *out,
			      struct oci_mount_candidates *self,
			      const char *host, const char *repository,
			      const struct oci_digest *digest,
			      struct oci_error *err)
{
	const struct oci_strings *lists[] = { &self->fresh, &self->lines };
	int rc = 0;

	pthread_mutex_lock(&self->lock);
	if (!self->loaded)
		load(self);
	for (size_t n = 0; n < 2; n++)
		for (size_t i = lists[n]->count;
		     !rc && i-- > 0 && out->count < FOUND_MAX;)
			rc = add_match(out, lists[n]->items[i], host,
				       repository, digest, err);
	pthread_mutex_unlock(&self->lock);
	return rc;
}

int oci_mount_candidates_enter(bool *there, struct oci_mount_candidates *self,
			       const char *host, const char *repository,
			       const struct oci_digest *digest,
			       struct oci_error *err)
{
	char key[LINE_ROOM], line[LINE_ROOM];
	int rc = 0;

	write_line(key, host, "", digest);
	write_line(line, host, repository, digest);
	pthread_mutex_lock(&self->lock);
	while (oci_strings_has(&self->coming, key))
		pthread_cond_wait(&self->arrived, &self->lock);
	*there = oci_strings_has(&self->fresh, line);
	if (!*there)
		rc = oci_strings_add(&self->coming, key, err);
	pthread_mutex_unlock(&self->lock);
	return rc;
}

void oci_mount_candidates_leave(struct oci_mount_candidates *self,
				const char *host,
				const struct oci_digest *digest)
{
	struct oci_strings *list = &self->coming;
	char key[LINE_ROOM];

	write_line(key, host, "", digest);
	pthread_mutex_lock(&self->lock);
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], key) != 0)
			continue;
		free(list->items[i]);
		list->items[i] = list->items[--list->count];
		break;
	}
	pthread_cond_broadcast(&self->arrived);
	pthread_mutex_unlock(&self->lock);
}

static int add_lines(struct oci_buf *out, const struct oci_strings *list,
		     size_t from)
{
	int rc = 0;

	for (size_t i = from; !rc && i < list->count; i++)
		rc = oci_buf_format(out, NULL, "%s\n", list->items[i]);
	return rc;
}

/* Drops the older half of the lines. */
static void rewrite(struct oci_mount_candidates *self)
{
	struct oci_buf text;

	oci_buf_init(&text, 2 * FILE_MAX);
	if (!add_lines(&text, &self->lines, self->lines.count / 2) &&
	    !add_lines(&text, &self->fresh, 0))
		oci_atomic_write(self->path, text.data, text.len, NULL);
	oci_buf_release(&text);
}

static void append(struct oci_mount_candidates *self)
{
	struct oci_buf text;
	int fd;

	oci_buf_init(&text, FILE_MAX);
	for (size_t i = 0; i < self->fresh.count; i++)
		if (!oci_strings_has(&self->lines, self->fresh.items[i]) &&
		    oci_buf_format(&text, NULL, "%s\n", self->fresh.items[i]))
			break;
	fd = text.len ? open(self->path,
			     O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)
		      : -1;
	if (fd >= 0) {
		oci_file_write(fd, text.data, text.len, NULL);
		close(fd);
	}
	oci_buf_release(&text);
}

static void save(struct oci_mount_candidates *self)
{
	struct stat st;

	if (!self->path || self->read_only || !self->fresh.count)
		return;
	if (!self->loaded)
		load(self);
	if (oci_file_make_folders(self->path, 0700, NULL))
		return;
	if (stat(self->path, &st) == 0 && st.st_size > FILE_MAX)
		rewrite(self);
	else
		append(self);
}

void oci_mount_candidates_release(struct oci_mount_candidates *self)
{
	save(self);
	free(self->path);
	oci_strings_release(&self->lines);
	oci_strings_release(&self->fresh);
	oci_strings_release(&self->coming);
	pthread_cond_destroy(&self->arrived);
	pthread_mutex_destroy(&self->lock);
}
