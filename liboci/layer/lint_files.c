/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the bytes of the files that the linter reads. */
#include "layer/lint_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/glob.h"
#include "base/text.h"
#include "io/file.h"
#include "io/temp.h"
#include "layer/program.h"
#include "layer/rootfs.h"

enum {
	HEAD_BYTES = 4096,
	LIST_BYTES = 1024 * 1024, /* of passwd and similar files */
	PIECE = 64 * 1024
};

/* Limits of one program or library, and of all spooled ones. These are apparent
 * sizes; holes take no room. */
#define PROGRAM_BYTES (UINT64_C(16) << 30)
#define SPOOL_BYTES (UINT64_C(1) << 40)

enum interest { NONE, PROGRAM, LIST, KEY };

static bool has(const char *const *globs, const char *text)
{
	for (; *globs; globs++)
		if (oci_glob_match(*globs, text))
			return true;
	return false;
}

/* Decides by name and mode, without opening the file. */
static enum interest interest_of(const char *path, uint32_t mode)
{
	static const char *const lists[] = {
		"etc/ld.so.conf.d/*",
		NULL,
	};
	/* In any folder, because links in /etc may lead there, as in Nix. */
	static const char *const list_names[] = {
		"*passwd", "*group", "*ld.so.conf", "ld-musl-*.path", NULL,
	};
	static const char *const keys[] = {
		"*.pem", "*.key", "id_*", "*_key", ".env", ".netrc", NULL,
	};
	const char *name = oci_path_name(path);

	if (has(lists, path) || has(list_names, name))
		return LIST;
	if ((mode & 0111) || strstr(name, ".so"))
		return PROGRAM;
	return has(keys, name) ? KEY : NONE;
}

void oci_lint_files_release(struct oci_lint_files *files)
{
	if (!files->on)
		return;
	for (size_t i = 0; i < files->fd_count; i++)
		close(files->fds[i]);
	free(files->fds);
	if (files->spool >= 0)
		close(files->spool);
	free(files->temp_dir);
	*files = (struct oci_lint_files){ 0 };
}

/* Duplicates the spool of a tree, which is freed before the root file
 * system. */
static int spool_of(int *fd, struct oci_lint_files *k,
		    const struct oci_tree *tree, struct oci_error *err)
{
	int *fds;

	if (k->fd_count && k->last == tree) {
		*fd = k->fds[k->fd_count - 1];
		return 0;
	}
	fds = realloc(k->fds, (k->fd_count + 1) * sizeof(*fds));
	if (!fds)
		return oci_fail_nomem(err);
	k->fds = fds;
	*fd = fcntl(tree->spool, F_DUPFD_CLOEXEC, 0);
	if (*fd < 0)
		return oci_fail_errno(err, "duplicate a descriptor");
	fds[k->fd_count++] = *fd;
	k->last = tree;
	return 0;
}

static int keep(struct oci_lint_file **out, struct oci_rootfs *rootfs,
		struct oci_error *err)
{
	*out = oci_arena_alloc(&rootfs->arena, sizeof(**out));
	if (!*out)
		return oci_fail_nomem(err);
	(*out)->fd = -1;
	return 0;
}

int oci_lint_files_add_node(struct oci_rootfs_entry *entry,
			    struct oci_rootfs *rootfs,
			    const struct oci_tree *tree,
			    const struct oci_node *node, struct oci_error *err)
{
	struct oci_lint_file *kept;
	int rc;

	entry->kept = NULL;
	entry->unread = node->content != OCI_CONTENT_NONE;
	if (!rootfs->lint_files.on || !entry->unread ||
	    interest_of(entry->path, node->mode) == NONE)
		return 0;
	entry->unread = false;
	rc = keep(&kept, rootfs, err);
	if (rc)
		return rc;
	kept->size = kept->whole = node->size;
	switch ((enum oci_content)node->content) {
	case OCI_CONTENT_DISK:
		kept->path =
			oci_arena_text(&rootfs->arena, node->at.disk->path);
		rc = kept->path ? 0 : oci_fail_nomem(err);
		break;
	case OCI_CONTENT_SPOOL:
		kept->offset = node->at.offset;
		rc = spool_of(&kept->fd, &rootfs->lint_files, tree, err);
		break;
	default:
		kept->data = oci_arena_copy(&rootfs->arena, node->at.data,
					    (size_t)node->size);
		rc = kept->data ? 0 : oci_fail_nomem(err);
	}
	if (!rc)
		entry->kept = kept;
	return rc;
}

static int open_spool(struct oci_lint_files *k, struct oci_error *err)
{
	if (k->spool >= 0)
		return 0;
	return oci_file_temporary(&k->spool, k->temp_dir, err);
}

/* Reads the first bytes of a member; holes are read as zeros. */
static int read_head(size_t *got, struct oci_reader *reader, char *data,
		     size_t size, struct oci_error *err)
{
	size_t n = 1;
	int rc = 0;

	for (*got = 0; !rc && n && *got < size; *got += n)
		rc = oci_reader_read(&n, reader, data + *got, size - *got, err);
	return rc;
}

/* Decides by a member's first bytes how many of them to keep. */
static uint64_t bytes_to_keep(enum interest interest, const char *data,
			      size_t got, uint64_t size)
{
	bool elf = got >= 4 && memcmp(data, "\177ELF", 4) == 0;

	if (interest == PROGRAM && elf && size <= PROGRAM_BYTES)
		return oci_program_is_static(data, got) ? got : size;
	if (interest == LIST)
		return size < LIST_BYTES ? size : LIST_BYTES;
	return size < HEAD_BYTES ? size : HEAD_BYTES;
}

/* Spools the rest of a member, up to wanted bytes in all. */
static int spool_rest(struct oci_lint_files *k, struct oci_reader *reader,
		      char *data, uint64_t wanted, struct oci_error *err)
{
	const uint64_t end = k->spool_size + wanted;
	uint64_t at = k->spool_size + PIECE, hole = 0;
	size_t got = 1;
	int rc = 0;

	while (!rc && at < end && (got || hole)) {
		rc = oci_reader_piece(&got, &hole, reader, data, PIECE, err);
		if (got > end - at)
			got = (size_t)(end - at);
		if (!rc && got)
			rc = oci_file_spool(k->spool, data, got, at, err);
		at += got;
		at = hole < end - at ? at + hole : end;
	}
	return rc ? rc : oci_file_extend(k->spool, end, err);
}

static int spool_member(struct oci_lint_files *k, struct oci_reader *reader,
			char *data, size_t got, uint64_t wanted,
			struct oci_error *err)
{
	int rc;

	if (wanted > SPOOL_BYTES - k->spool_size)
		return oci_fail(err, OCI_E_LIMIT,
				"its programs and libraries "
				"have more than %llu GiB, the most that are "
				"read",
				(unsigned long long)(SPOOL_BYTES >> 30));
	if (got > wanted)
		got = (size_t)wanted;
	rc = open_spool(k, err);
	if (!rc)
		rc = oci_file_spool(k->spool, data, got, k->spool_size, err);
	if (!rc && got == PIECE && wanted > PIECE)
		rc = spool_rest(k, reader, data, wanted, err);
	return rc;
}

int oci_lint_files_add_member(struct oci_rootfs_entry *entry,
			      struct oci_rootfs *rootfs,
			      struct oci_reader *reader, uint64_t size,
			      struct oci_error *err)
{
	enum interest interest = interest_of(entry->path, entry->mode);
	struct oci_lint_files *k = &rootfs->lint_files;
	uint64_t wanted;
	struct oci_lint_file *kept;
	char data[PIECE];
	size_t got;
	int rc;

	entry->kept = NULL;
	entry->unread = size && (!k->on || interest == NONE);
	if (!size || entry->unread)
		return 0;
	rc = read_head(&got, reader, data, sizeof(data), err);
	if (rc)
		return rc;
	wanted = bytes_to_keep(interest, data, got, size);
	if (got < PIECE && wanted > got)
		wanted = got;
	rc = keep(&kept, rootfs, err);
	if (!rc)
		rc = spool_member(k, reader, data, got, wanted, err);
	if (rc)
		return rc;
	kept->fd = k->spool;
	kept->offset = k->spool_size;
	kept->size = wanted;
	kept->whole = size;
	k->spool_size += wanted;
	entry->kept = kept;
	return 0;
}

static int read_disk(size_t *got, void *data, size_t size, uint64_t offset,
		     const char *path, struct oci_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int rc;

	if (fd < 0)
		return oci_fail_errno(err, "open '%s'", path);
	rc = oci_file_read_at(got, fd, data, size, offset, err);
	close(fd);
	return rc;
}

int oci_rootfs_read(size_t *got, void *data, size_t size, uint64_t offset,
		    const struct oci_rootfs_entry *entry, struct oci_error *err)
{
	const struct oci_lint_file *kept = entry->kept;

	*got = 0;
	if (!kept || offset >= kept->size)
		return 0;
	if (size > kept->size - offset)
		size = (size_t)(kept->size - offset);
	if (kept->path)
		return read_disk(got, data, size, offset, kept->path, err);
	if (kept->fd >= 0)
		return oci_file_read_at(got, kept->fd, data, size,
					kept->offset + offset, err);
	memcpy(data, (const char *)kept->data + offset, size);
	*got = size;
	return 0;
}

int oci_rootfs_keep_lint_files(struct oci_rootfs *rootfs, const char *temp_dir,
			       struct oci_error *err)
{
	int rc = oci_text_copy(&rootfs->lint_files.temp_dir,
			       temp_dir ? temp_dir : "/var/tmp", err);

	rootfs->lint_files.spool = -1;
	rootfs->lint_files.on = !rc;
	return rc;
}
