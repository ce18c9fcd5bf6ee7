/* SPDX-License-Identifier: Apache-2.0 */
#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

enum { NAMES = 100 }; /* temporary names to try */

static int fail(const char *path, struct oci_error *err)
{
	return oci_error_set(err, OCI_E_SYSTEM, "write '%.500s': %s", path,
			     strerror(errno));
}

static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* Unlike mkstemp(3), with the permissions that the umask leaves. */
static int create(char *temp, size_t size, const char *path)
{
	int fd = -1;

	for (int i = 0; fd < 0 && i < NAMES; i++) {
		snprintf(temp, size, "%s.%ld-%d.tmp", path, (long)getpid(), i);
		fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	return fd;
}

int new_file_open(struct new_file *file, const char *path,
		  struct oci_error *err)
{
	size_t size = strlen(path) + 48;
	int fd;

	*file = (struct new_file){ .path = path };
	if (is_special(path)) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
	} else {
		file->temp = malloc(size);
		if (!file->temp)
			return fail_nomem(err);
		fd = create(file->temp, size, path);
	}
	file->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (file->out)
		return 0;
	fail(path, err);
	if (fd >= 0) {
		close(fd);
		new_file_release(file);
	}
	free(file->temp);
	*file = (struct new_file){ 0 };
	return err->status;
}

int new_file_finish(struct new_file *file, struct oci_error *err)
{
	bool good = fflush(file->out) == 0 && !ferror(file->out) &&
		    (!file->temp || fsync(fileno(file->out)) == 0);
	int rc = good ? 0 : fail(file->path, err);

	if (fclose(file->out) != 0 && !rc)
		rc = fail(file->path, err);
	file->out = NULL;
	return rc;
}

int new_file_publish(struct new_file *file, struct oci_error *err)
{
	if (file->temp && rename(file->temp, file->path) != 0)
		return fail(file->path, err);
	free(file->temp);
	file->temp = NULL;
	return 0;
}

void new_file_release(struct new_file *file)
{
	if (file->out)
		fclose(file->out);
	if (file->temp)
		unlink(file->temp);
	free(file->temp);
	*file = (struct new_file){ 0 };
}
