/* SPDX-License-Identifier: Apache-2.0 */
/* Complete reads and writes on file descriptors. */
#define _GNU_SOURCE	/* sync_file_range */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "io/temp.h"

/* Most bytes of one call on Linux. */
enum { CALL_MAX = 0x7ffff000 };

enum { LINKS_MAX = 40, SHIFT_ROOM = 1024 * 1024 };

int oci_file_write(int fd, const void *data, size_t size,
		   struct oci_error *err)
{
	const char *p = data;

	while (size) {
		ssize_t n = write(fd, p, size < CALL_MAX ? size : CALL_MAX);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return oci_temp_wrap(err, oci_fail_errno(err, "write"),
					     fd);
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

void oci_file_push(int fd, uint64_t *begun, uint64_t end)
{
	enum { PUSH_SIZE = 4 * 1024 * 1024 };

	if (end - *begun < PUSH_SIZE)
		return;
	sync_file_range(fd, (off_t)*begun, (off_t)(end - *begun),
			SYNC_FILE_RANGE_WRITE);
	*begun = end;
}

int oci_file_write_at(int fd, const void *data, size_t size, uint64_t offset,
		      struct oci_error *err)
{
	const char *p = data;

	while (size) {
		ssize_t n = pwrite(fd, p, size < CALL_MAX ? size : CALL_MAX,
				   (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return oci_temp_wrap(err, oci_fail_errno(err, "write"),
					     fd);
		p += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

static bool is_zero(const char *data, size_t size)
{
	return !size || (!data[0] && !memcmp(data, data + 1, size - 1));
}

/* Returns the bytes up to the end of the file's page or of the data. */
static size_t page_at(uint64_t offset, size_t size)
{
	enum { PAGE = 4096 };
	size_t left = PAGE - (size_t)(offset % PAGE);

	return left < size ? left : size;
}

int oci_file_spool(int fd, const void *data, size_t size, uint64_t offset,
		   struct oci_error *err)
{
	const char *p = data;
	bool hole = false;

	while (size) {
		size_t run = 0, page = page_at(offset, size);
		int rc;

		hole = is_zero(p, page);
		while (!hole && run < size && !is_zero(p + run, page)) {
			run += page;
			page = page_at(offset + run, size - run);
		}
		rc = oci_file_write_at(fd, p, run, offset, err);
		if (rc)
			return rc;
		run = hole ? page : run;
		p += run;
		size -= run;
		offset += run;
	}
	return hole ? oci_file_extend(fd, offset, err) : 0;
}

int oci_file_extend(int fd, uint64_t size, struct oci_error *err)
{
	if (size > INT64_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"more bytes than a file can have");
	if (ftruncate(fd, (off_t)size) != 0)
		return oci_temp_wrap(err, oci_fail_errno(err, "make a hole"),
				     fd);
	return 0;
}

int oci_file_read(size_t *got, int fd, void *data, size_t size,
		  struct oci_error *err)
{
	char *p = data;

	*got = 0;
	while (*got < size) {
		size_t left = size - *got;
		ssize_t n = read(fd, p + *got,
				 left < CALL_MAX ? left : CALL_MAX);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return oci_fail_errno(err, "read");
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return 0;
}

int oci_file_read_at(size_t *got, int fd, void *data, size_t size,
		     uint64_t offset, struct oci_error *err)
{
	char *p = data;

	*got = 0;
	while (*got < size) {
		size_t left = size - *got;
		ssize_t n = pread(fd, p + *got,
				  left < CALL_MAX ? left : CALL_MAX,
				  (off_t)(offset + *got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return oci_fail_errno(err, "read");
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return 0;
}

static int load(char **out, size_t *size, int fd, size_t max,
		struct oci_error *err)
{
	struct oci_buf buf;
	size_t got;
	int rc;

	oci_buf_init(&buf, max);
	do {
		size_t room = max - buf.len < 65536 ? max - buf.len : 65536;

		/* At the limit, reads one more byte to see whether there are
		 * more. */
		rc = room ? oci_buf_reserve(&buf, room, err) : 0;
		if (!rc && room)
			rc = oci_file_read(&got, fd, buf.data + buf.len, room,
					   err);
		if (!rc && !room) {
			char more;

			rc = oci_file_read(&got, fd, &more, 1, err);
			if (!rc && got)
				rc = oci_fail(err, OCI_E_LIMIT,
					      "more than the limit of %zu "
					      "bytes", max);
			got = 0;
		}
		if (!rc)
			buf.len += got;
	} while (!rc && got);
	*size = buf.len;
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	return rc;
}

int oci_file_load(char **out, size_t *size, const char *path, size_t max,
		  struct oci_error *err)
{
	/* Non-blocking, so that opening a fifo does not wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int rc;

	*out = NULL;
	if (fd < 0)
		return oci_fail_errno(err, "open '%s'", path);
	rc = load(out, size, fd, max, err);
	close(fd);
	return rc ? oci_wrap(err, rc, "'%s'", path) : 0;
}

bool oci_file_is(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *wanted = data;
	char piece[4096];
	size_t got = 1;
	bool same = fd >= 0;

	while (same && got) {
		same = oci_file_read(&got, fd, piece, sizeof(piece), NULL) ==
			       0 &&
		       got <= size && memcmp(piece, wanted, got) == 0;
		wanted += same ? got : 0;
		size -= same ? got : 0;
	}
	if (fd >= 0)
		close(fd);
	return same && size == 0;
}

int oci_file_make_folders(const char *path, unsigned mode,
			  struct oci_error *err)
{
	char *folder;
	int rc = oci_text_copy(&folder, path, err);

	if (rc)
		return rc;
	for (char *p = folder; !rc && (p = strchr(p + 1, '/'));) {
		*p = '\0';
		if (mkdir(folder, mode) != 0 && errno != EEXIST)
			rc = oci_fail_errno(err, "make folder '%s'", folder);
		*p = '/';
	}
	free(folder);
	return rc;
}

int oci_file_shift(int fd, uint64_t offset, uint64_t size, uint64_t distance,
		   struct oci_error *err)
{
	char *data = malloc(SHIFT_ROOM);
	int rc = data ? 0 : oci_fail_nomem(err);

	/* Starts at the end, because the two ranges overlap. */
	while (!rc && size) {
		size_t part = size < SHIFT_ROOM ? (size_t)size : SHIFT_ROOM;
		size_t got = 0;

		size -= part;
		rc = oci_file_read_at(&got, fd, data, part, offset + size, err);
		if (!rc && got != part)
			rc = oci_fail(err, OCI_E_CHANGED,
				      "the file became shorter");
		if (!rc)
			rc = oci_file_write_at(fd, data, part,
					       offset + size + distance, err);
	}
	free(data);
	return rc;
}

/* Replaces *path by its symlink's target. Sets *end if it is no symlink. */
static int follow_link(bool *end, char **path, struct oci_error *err)
{
	char target[PATH_MAX], *next;
	ssize_t size = readlink(*path, target, sizeof(target));
	const char *slash = strrchr(*path, '/');
	size_t folder = slash ? (size_t)(slash - *path) + 1 : 0;

	*end = size < 0;
	if (*end)
		return 0;
	if ((size_t)size == sizeof(target))
		return oci_fail(err, OCI_E_LIMIT,
				"the link '%.200s' is too "
				"long",
				*path);
	folder = target[0] == '/' ? 0 : folder;
	next = malloc(folder + (size_t)size + 1);
	if (!next)
		return oci_fail_nomem(err);
	memcpy(next, *path, folder);
	memcpy(next + folder, target, (size_t)size);
	next[folder + (size_t)size] = '\0';
	free(*path);
	*path = next;
	return 0;
}

int oci_file_follow(char **out, const char *path, struct oci_error *err)
{
	bool end = false;
	int rc = oci_text_copy(out, path, err);

	for (int i = 0; !rc && !end; i++)
		rc = i < LINKS_MAX ? follow_link(&end, out, err)
				   : oci_fail(err, OCI_E_INVALID,
					      "'%.200s' leads through more "
					      "than %d links",
					      path, LINKS_MAX);
	if (rc) {
		free(*out);
		*out = NULL;
	}
	return rc;
}

int oci_file_close(int fd, const char *what, struct oci_error *err)
{
	if (close(fd) != 0 && errno != EINTR)
		return oci_fail_errno(err, "close '%s'", what);
	return 0;
}

/* Returns the descriptor that a path such as /dev/stdout or /dev/fd/3 names, or
 * -1. */
static int named_descriptor(const char *path)
{
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };

	if (strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *rest = path + strlen(folders[i]);
		int fd = 0;

		if (strncmp(path, folders[i], strlen(folders[i])) != 0)
			continue;
		for (; *rest >= '0' && *rest <= '9' && fd < 100000; rest++)
			fd = fd * 10 + (*rest - '0');
		return *rest || rest[-1] == '/' ? -1 : fd;
	}
	return -1;
}

bool oci_file_is_stream(const char *path)
{
	struct stat st;

	if (named_descriptor(path) >= 0)
		return true;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

/* A file that a descriptor has open is not opened again: that would write over
 * its beginning. */
int oci_file_open_stream(int *fd, const char *path, struct oci_error *err)
{
	int named = named_descriptor(path);

	*fd = named >= 0 ? fcntl(named, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
			 : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return *fd < 0 ? oci_fail_errno(err, "open '%s'", path) : 0;
}
