/* SPDX-License-Identifier: Apache-2.0 */
#include "store/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"
#include "io/temp.h"

enum { CHUNK = 64 * 1024, LOOK_MS = 250 };

static int fail_read(struct oci_error *err)
{
	return oci_fail_errno(err, "read standard input");
}

/* read(2) may restart after a signal, so poll(2) waits for input, and the watch
 * is checked in between. */
static int read_some(size_t *got, char data[CHUNK],
		     const struct oci_watch *watch, struct oci_error *err)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n = -1;
	int ready = 0, rc;

	while (ready == 0) {
		rc = oci_watch_check(watch, err);
		if (rc)
			return rc;
		ready = poll(&in, 1, LOOK_MS);
		if (ready < 0 && errno == EINTR)
			ready = 0;
	}
	if (ready > 0)
		n = read(STDIN_FILENO, data, CHUNK);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return read_some(got, data, watch, err);
	*got = n > 0 ? (size_t)n : 0;
	return n < 0 ? fail_read(err) : 0;
}

static int fail_limit(uint64_t max, struct oci_error *err)
{
	return oci_fail(err, OCI_E_LIMIT,
			"standard input has more than %llu bytes: if it is "
			"trusted, raise the limit with --max-inflated "
			"(max_inflated)",
			(unsigned long long)max);
}

static int spool(int fd, const struct oci_watch *watch, struct oci_error *err)
{
	uint64_t max =
		watch->max_inflated ? watch->max_inflated : OCI_INFLATED_LEAST;
	char data[CHUNK];
	uint64_t at = 0;
	size_t got = 1;
	int rc = 0;

	while (!rc && got) {
		rc = read_some(&got, data, watch, err);
		if (!rc && got > max - at)
			rc = fail_limit(max, err);
		if (!rc && got)
			rc = oci_file_spool(fd, data, got, at, err);
		at += got;
	}
	if (!rc && !at)
		rc = oci_fail(err, OCI_E_INVALID, "standard input is empty");
	return rc;
}

static int open_standard(int *fd, const char *temp_dir,
			 const struct oci_watch *watch, struct oci_error *err)
{
	struct stat st;
	int rc;

	if (isatty(STDIN_FILENO))
		return oci_fail(err, OCI_E_INVALID,
				"standard input is a terminal: have a program "
				"or a file write to it");
	/* An unread regular file can be read directly. */
	if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode) &&
	    lseek(STDIN_FILENO, 0, SEEK_CUR) == 0) {
		*fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
		return *fd < 0 ? fail_read(err) : 0;
	}
	rc = oci_file_temporary(fd, temp_dir, err);
	if (rc)
		return rc;
	rc = spool(*fd, watch, err);
	if (rc) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}

int oci_input_open(int *fd, const char *path, const char *temp_dir,
		   const struct oci_watch *watch, struct oci_error *err)
{
	*fd = -1;
	if (strcmp(path, "-") == 0)
		return open_standard(fd, temp_dir, watch, err);
	/* Non-blocking, so that opening a fifo does not wait for a writer. */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return *fd < 0 ? oci_fail_errno(err, "open '%s'", path) : 0;
}
