/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stamping a folder on all cores: most of it is waiting for the system to
 * tell of each file. Every folder in it is stamped by itself; their stamps are
 * put together in the order of their paths.
 */
#define _GNU_SOURCE	/* getdents64 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "base/text.h"
#include "io/pool.h"
#include "layer/filter.h"
#include "layer/stamp.h"

enum { THREADS_MAX = 4 };

struct all;

/* A folder, of those that are looked at side by side. */
struct folder {
	struct oci_task task;	/* first: a task is a folder */
	struct all *all;
	struct folder *next;	/* in the order of their finding */
	char *below;		/* its path from the top */
	struct oci_digest digest;
	bool settled;
	int rc;
	struct oci_error why;
};

struct all {
	const char *top;
	const struct oci_filter *filter;
	struct timespec now;
	struct oci_pool *pool;	/* NULL: there is one folder so far */
	pthread_mutex_t lock;	/* of what follows */
	pthread_cond_t ended;	/* the last of them */
	struct folder *first;
	struct folder **last;
	size_t count;
	size_t left;		/* not looked at yet */
};

static void run_folder(struct oci_task *task, unsigned worker);

static int add_folder(struct all *all, const char *below,
		      struct oci_error *err)
{
	struct folder *folder = calloc(1, sizeof(*folder));
	int rc = folder ? 0 : oci_fail_nomem(err);

	if (!rc)
		rc = oci_text_copy(&folder->below, below, err);
	if (rc) {
		free(folder);
		return rc;
	}
	folder->all = all;
	folder->task.run = run_folder;
	pthread_mutex_lock(&all->lock);
	*all->last = folder;
	all->last = &folder->next;
	all->count++;
	all->left++;
	if (all->pool)
		oci_pool_give(all->pool, &folder->task);
	pthread_mutex_unlock(&all->lock);
	return 0;
}

static int stamp_link(struct oci_stamp *stamp, int dir, const char *name,
		      struct oci_error *err)
{
	char target[OCI_PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n < 0)
		return oci_fail_errno(err, "read link '%s'", name);
	return oci_stamp_bytes(stamp, target, (size_t)n, err);
}

static int stamp_name(struct oci_stamp *stamp, struct all *all, int dir,
		      const char *below, const char *name,
		      struct oci_error *err)
{
	struct stat st;
	int rc;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return oci_fail_errno(err, "stat '%s'", name);
	if (S_ISDIR(st.st_mode) ? !oci_filter_enters(all->filter, below) :
				  !oci_filter_takes(all->filter, below))
		return 0;
	rc = oci_stamp_text(stamp, name, err);
	if (rc)
		return rc;
	if (S_ISREG(st.st_mode))
		return oci_stamp_stat(stamp, &st, err);
	rc = oci_stamp_attributes(stamp, &st, err);
	if (rc)
		return rc;
	if (S_ISDIR(st.st_mode))
		return add_folder(all, below, err);
	if (S_ISLNK(st.st_mode))
		return stamp_link(stamp, dir, name, err);
	return oci_stamp_number(stamp, (int64_t)st.st_rdev, err);
}

static int stamp_entry(struct oci_stamp *stamp, struct folder *folder, int fd,
		       const char *name, struct oci_error *err)
{
	char below[OCI_PATH_MAX];
	int rc;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	rc = oci_path_join(below, folder->below, name, err);
	return rc ? rc : stamp_name(stamp, folder->all, fd, below, name, err);
}

/* readdir(3) takes three more calls a folder, of which there are many. */
static int stamp_names(struct oci_stamp *stamp, struct folder *folder, int fd,
		       struct oci_error *err)
{
	union {
		struct dirent64 first;
		char data[16 * 1024];
	} names;
	ssize_t size;
	int rc = 0;

	while (!rc && (size = getdents64(fd, &names, sizeof(names))) > 0)
		for (ssize_t at = 0; !rc && at < size;) {
			const struct dirent64 *entry =
				(const void *)(names.data + at);

			rc = stamp_entry(stamp, folder, fd, entry->d_name,
					 err);
			at += entry->d_reclen;
		}
	return rc || size == 0 ? rc : oci_fail_errno(err, "read it");
}

static int stamp_one(struct folder *folder, struct oci_error *err)
{
	struct oci_stamp *stamp = NULL;
	char path[OCI_PATH_MAX];
	int fd, rc = oci_path_join(path, folder->all->top, folder->below, err);

	if (rc)
		return rc;
	/* The top may be a link. */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
				(folder->below[0] ? O_NOFOLLOW : 0));
	if (fd < 0)
		return oci_fail_errno(err, "open folder '%s'", path);
	rc = oci_stamp_new(&stamp, &folder->all->now, err);
	if (!rc)
		rc = stamp_names(stamp, folder, fd, err);
	close(fd);
	if (rc)
		rc = oci_wrap(err, rc, "folder '%s'", path);
	else
		rc = oci_stamp_end(&folder->digest, &folder->settled, stamp,
				   err);
	oci_stamp_free(stamp);
	return rc;
}

static void run_folder(struct oci_task *task, unsigned worker)
{
	struct folder *folder = (struct folder *)task;

	struct all *all = folder->all;

	(void)worker;
	folder->rc = stamp_one(folder, &folder->why);
	pthread_mutex_lock(&all->lock);
	if (--all->left == 0)
		pthread_cond_signal(&all->ended);
	pthread_mutex_unlock(&all->lock);
}

/* The top first: most folders have no other in them, and need no threads. */
static int run_all(struct all *all, struct oci_error *err)
{
	struct folder *folder = all->first;
	unsigned cores = oci_pool_cores();
	int rc;

	run_folder(&folder->task, 0);
	if (!folder->next)
		return 0;
	rc = oci_pool_new(&all->pool, cores < THREADS_MAX ? cores :
							    THREADS_MAX, err);
	if (rc)
		return rc;
	/* The pool has none of them yet: the list is nobody else's. */
	pthread_mutex_lock(&all->lock);
	for (folder = folder->next; folder; folder = folder->next)
		oci_pool_give(all->pool, &folder->task);
	while (all->left)
		pthread_cond_wait(&all->ended, &all->lock);
	pthread_mutex_unlock(&all->lock);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	const struct folder *const *left = a, *const *right = b;

	return strcmp((*left)->below, (*right)->below);
}

static int put_together(struct oci_stamp *stamp, const struct all *all,
			struct oci_error *err)
{
	struct folder **sorted = malloc(all->count * sizeof(struct folder *));
	size_t count = 0;
	int rc = sorted ? 0 : oci_fail_nomem(err);

	for (struct folder *f = all->first; !rc && f; f = f->next)
		sorted[count++] = f;
	if (!rc)
		qsort(sorted, count, sizeof(*sorted), by_path);
	for (size_t i = 0; !rc && i < count; i++) {
		struct folder *f = sorted[i];

		rc = f->rc;
		if (rc && err)
			*err = f->why;
		if (!rc)
			rc = oci_stamp_text(stamp, f->below, err);
		if (!rc)
			rc = oci_stamp_text(stamp, f->digest.text, err);
		if (!f->settled)
			oci_stamp_unsettle(stamp);
	}
	free(sorted);
	/* Nothing has this path: it ends the folder. */
	return rc ? rc : oci_stamp_text(stamp, NULL, err);
}

int oci_stamp_folder(struct oci_stamp *stamp, const char *path,
		     const struct oci_filter *filter, struct oci_error *err)
{
	struct all all = { .top = path, .filter = filter };
	int rc = oci_stamp_text(stamp, path, err);

	oci_stamp_now(&all.now, stamp);
	all.last = &all.first;
	pthread_mutex_init(&all.lock, NULL);
	pthread_cond_init(&all.ended, NULL);
	if (!rc)
		rc = add_folder(&all, "", err);
	if (!rc)
		rc = run_all(&all, err);
	oci_pool_free(all.pool);
	if (!rc)
		rc = put_together(stamp, &all, err);
	while (all.first) {
		struct folder *next = all.first->next;

		free(all.first->below);
		free(all.first);
		all.first = next;
	}
	pthread_cond_destroy(&all.ended);
	pthread_mutex_destroy(&all.lock);
	return rc;
}
