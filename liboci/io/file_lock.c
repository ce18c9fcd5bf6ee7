/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* flock */
#include "io/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>

#include "base/error.h"
#include "io/atomic.h"

enum { WAIT_MS = 120 * 1000, STEP_MAX_MS = 20 };

/* The waits differ, so that processes do not retry at the same moments. */
static void pause_ms(unsigned ms)
{
	const struct timespec time = { 0, (long)ms * 1000000 };

	nanosleep(&time, NULL);
}

int oci_file_lock(int fd, const char *what, const struct oci_watch *watch,
		  struct oci_error *err)
{
	unsigned waited = 0, step = 1;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int rc = oci_watch_check(watch, err);

		if (rc)
			return rc;
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return 0; /* this file system has no locks */
		if (waited >= WAIT_MS)
			return oci_fail(err, OCI_E_CONFLICT,
					"another process "
					"has held the lock of '%s' for %d "
					"seconds: end it, or try again later",
					what, WAIT_MS / 1000);
		pause_ms(step);
		waited += step;
		step = step < STEP_MAX_MS ? step + 1 : 1;
	}
	return 0;
}

int oci_folder_lock(int *fd, const char *path, const struct oci_watch *watch,
		    struct oci_error *err)
{
	char *folder;
	int rc = oci_path_folder(&folder, path, err);

	*fd = -1;
	if (rc)
		return rc;
	*fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd >= 0)
		rc = oci_file_lock(*fd, folder, watch, err);
	else if (errno != EACCES)
		rc = oci_fail_errno(err, "open folder '%s'", folder);
	free(folder);
	return rc;
}
