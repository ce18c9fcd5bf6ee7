/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the headers of a tar once and records the offset of each member.
 * Nothing is unpacked, so a link must lead to a file of the archive: `docker
 * save` has such links for layers that several images share.
 */
#include "store/members.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"
#include "io/inflate.h"
#include "io/temp.h"
#include "layer/decompress.h"
#include "layer/reader.h"
#include "store/input.h"

enum {
	MEMBERS_MAX = 1000 * 1000,
	LINKS_MAX = 40 /* the limit of Linux */
};

static struct oci_member *look_up(const struct oci_members *members,
				  const char *name)
{
	return oci_table_get(&members->table, name, strlen(name));
}

/* Appends one part of a symlink's target to the folder path of *size bytes. */
static int step(char path[OCI_PATH_MAX], size_t *size, const char *part,
		size_t part_size, struct oci_error *err)
{
	if (part_size == 0 || (part_size == 1 && part[0] == '.'))
		return 0;
	if (part_size == 2 && part[0] == '.' && part[1] == '.') {
		if (!*size)
			return oci_fail(err, OCI_E_INVALID,
					"leads out of the archive");
		path[*size] = '\0';
		*size = oci_path_parent(path);
		return 0;
	}
	if (part_size > OCI_PATH_MAX - 2 - *size)
		return oci_fail(err, OCI_E_LIMIT,
				"leads to a name that is too long");
	if (*size)
		path[(*size)++] = '/';
	memcpy(path + *size, part, part_size);
	*size += part_size;
	return 0;
}

/* Resolves a symlink; the folders in its target need not exist. */
static int read_symlink(char out[OCI_PATH_MAX], const struct oci_member *link,
			struct oci_error *err)
{
	const char *part = link->symlink;
	size_t size = oci_path_parent(link->name);
	int rc = 0;

	if (*part == '/')
		return oci_fail(err, OCI_E_INVALID,
				"leads out of the archive");
	memcpy(out, link->name, size);
	while (!rc && *part) {
		size_t part_size = strcspn(part, "/");

		rc = step(out, &size, part, part_size, err);
		part += part_size;
		part += *part == '/';
	}
	out[size] = '\0';
	return rc;
}

static int follow(char out[OCI_PATH_MAX], const struct oci_member *link,
		  struct oci_error *err)
{
	const char *to = link->symlink ? link->symlink : link->hardlink;
	int rc;

	if (link->symlink)
		rc = read_symlink(out, link, err);
	else if (*to == '/')
		rc = oci_fail(err, OCI_E_INVALID, "leads out of the archive");
	else
		rc = oci_path_clean(out, to, err);
	return rc ? oci_wrap(err, rc, "the link '%s' to '%s'", link->name,
			     to) : 0;
}

int oci_members_find(const struct oci_member **out,
		     const struct oci_members *members, const char *name,
		     struct oci_error *err)
{
	const struct oci_member *link = NULL;
	char path[OCI_PATH_MAX];
	int rc = oci_path_clean(path, name, err);

	*out = NULL;
	for (int i = 0; !rc && i <= LINKS_MAX; i++) {
		const struct oci_member *m = look_up(members, path);

		if (!m && link)
			return oci_fail(err, OCI_E_NOT_FOUND,
					"the archive has no '%s', to which "
					"'%s' is a link", path, link->name);
		if (!m)
			return oci_fail(err, OCI_E_NOT_FOUND,
					"the archive has no '%s'", path);
		if (!m->symlink && !m->hardlink) {
			*out = m;
			return 0;
		}
		link = m;
		rc = follow(path, m, err);
	}
	return rc ? rc
		  : oci_fail(err, OCI_E_INVALID,
			     "the link '%s' leads through too many links",
			     name);
}

const struct oci_member *oci_members_get(const struct oci_members *members,
					 const char *name)
{
	const struct oci_member *member;

	return oci_members_find(&member, members, name, NULL) ? NULL : member;
}

int oci_members_load(char **out, size_t *size,
		     const struct oci_members *members, const char *name,
		     size_t max, struct oci_error *err)
{
	const struct oci_member *member;
	int rc = oci_members_find(&member, members, name, err);

	*out = NULL;
	if (rc)
		return rc;
	if (member->size > max)
		return oci_fail(err, OCI_E_LIMIT,
				"'%s' has %llu bytes, the most is %zu", name,
				(unsigned long long)member->size, max);
	*out = malloc((size_t)member->size + 1);
	if (!*out)
		return oci_fail_nomem(err);
	rc = oci_file_read_at(size, members->fd, *out, (size_t)member->size,
			      member->offset, err);
	if (!rc && *size != member->size)
		rc = oci_fail(err, OCI_E_CORRUPT, "'%s' is cut short", name);
	if (rc) {
		free(*out);
		*out = NULL;
		return rc;
	}
	(*out)[*size] = '\0';
	return 0;
}

static int add_member(struct oci_members *self, const struct oci_member *from,
		      struct oci_error *err)
{
	struct oci_member *m;

	if (look_up(self, from->name))
		return oci_fail(err, OCI_E_INVALID,
				"it has two members called '%s'", from->name);
	if (++self->count > MEMBERS_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"it has more than %d members", MEMBERS_MAX);
	m = oci_arena_alloc(&self->arena, sizeof(*m));
	if (!m)
		return oci_fail_nomem(err);
	*m = *from;
	m->name = oci_arena_text(&self->arena, from->name);
	if (from->symlink)
		m->symlink = oci_arena_text(&self->arena, from->symlink);
	if (from->hardlink)
		m->hardlink = oci_arena_text(&self->arena, from->hardlink);
	if (!m->name || !m->symlink != !from->symlink ||
	    !m->hardlink != !from->hardlink)
		return oci_fail_nomem(err);
	m->next = self->first;
	self->first = m;
	return oci_table_set(&self->table, m->name, strlen(m->name), m, err);
}

static int read_member(struct oci_members *self,
		       const struct oci_reader *reader,
		       struct archive_entry *entry, struct oci_error *err)
{
	const char *name = archive_entry_pathname(entry);
	char clean[OCI_PATH_MAX];
	struct oci_member m = {
		.name = clean,
		.hardlink = archive_entry_hardlink(entry),
		.offset = oci_reader_offset(reader),
	};
	int rc;

	if (archive_entry_filetype(entry) == AE_IFLNK)
		m.symlink = archive_entry_symlink(entry);
	if (!name || (!m.symlink && !m.hardlink &&
		      archive_entry_filetype(entry) != AE_IFREG))
		return 0;
	if (*name == '/')
		return oci_fail(err, OCI_E_INVALID,
				"its member '%s' has an absolute name", name);
	if (archive_entry_size(entry) < 0)
		return oci_fail(err, OCI_E_CORRUPT,
				"its member '%s' has a negative size", name);
	if (archive_entry_sparse_count(entry) > 0)
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"its member '%s' is sparse: make it by a tar "
				"without --sparse", name);
	m.size = (uint64_t)archive_entry_size(entry);
	rc = oci_path_clean(clean, name, err);
	if (rc)
		return oci_wrap(err, rc, "its member");
	return add_member(self, &m, err);
}

static int walk(struct oci_members *self, struct oci_error *err)
{
	struct archive_entry *entry;
	struct oci_reader *reader;
	int rc = oci_reader_open_fd(&reader, self->fd, OCI_READER_TAR, err);

	if (rc)
		return rc;
	oci_reader_watch(reader, &self->watch);
	do {
		rc = oci_reader_next(&entry, reader, err);
		if (!rc && entry)
			rc = read_member(self, reader, entry, err);
	} while (!rc && entry);
	oci_reader_free(reader);
	return rc;
}

static int spool(struct oci_members *self, struct oci_source *tar,
		 const char *temp_dir, struct oci_error *err)
{
	char data[64 * 1024];
	uint64_t at = 0;
	size_t got = 1;
	int rc = oci_file_temporary(&self->fd, temp_dir, err);

	while (!rc && got) {
		rc = oci_source_read(&got, tar, data, sizeof(data), err);
		if (!rc && got)
			rc = oci_file_spool(self->fd, data, got, at, err);
		at += got;
	}
	return rc;
}

/* Opens self->fd on a tar that is not compressed. */
static int open_tar(struct oci_members *self, const char *path,
		    const char *temp_dir, struct oci_error *err)
{
	struct oci_source *file = NULL, *inflate = NULL, *plain = NULL;
	int fd, rc = oci_input_open(&fd, path, temp_dir, &self->watch, err);

	if (!rc)
		rc = oci_source_open_range(&file, fd, 0, UINT64_MAX, err);
	if (!rc)
		rc = oci_inflate_open(&inflate, file, err);
	if (!rc)
		oci_inflate_watch(inflate, &self->watch);
	if (!rc && oci_inflate_found(inflate) == OCI_INFLATE_PLAIN)
		rc = oci_decompress_open(&plain, inflate, err);
	if (!rc && plain)
		oci_decompress_watch(plain, &self->watch);
	if (!rc && plain && !oci_decompress_found(plain)) {
		self->fd = fd;
		fd = -1;
	} else if (!rc) {
		rc = spool(self, plain ? plain : inflate, temp_dir, err);
	}
	oci_source_free(plain);
	oci_source_free(inflate);
	oci_source_free(file);
	if (fd >= 0)
		close(fd);
	return rc;
}

int oci_members_open(struct oci_members **out, const char *path,
		     const char *temp_dir, const struct oci_watch *watch,
		     struct oci_error *err)
{
	struct oci_members *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->fd = -1;
	self->watch = *watch;
	rc = open_tar(self, path, temp_dir ? temp_dir : "/var/tmp", err);
	if (!rc) {
		rc = walk(self, err);
		if (rc == OCI_E_CORRUPT || rc == OCI_E_INVALID)
			oci_advise(err, rc, "have the image saved again");
	}
	if (rc)
		oci_members_free(self);
	else
		*out = self;
	return rc;
}

void oci_members_free(struct oci_members *members)
{
	if (!members)
		return;
	if (members->fd >= 0)
		close(members->fd);
	oci_table_release(&members->table);
	oci_arena_release(&members->arena);
	free(members);
}
