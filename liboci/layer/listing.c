/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE	    /* getdents64 */
#define _LARGEFILE64_SOURCE /* the same, in musl */
#include "layer/listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "io/pool.h"
#include "layer/filter.h"
#include "layer/listing_entry.h"

enum { ROOM = 16 * 1024 };

/* The present position of a thread: a name in an open folder. */
struct place {
	int dir;
	size_t size;		/* path below the top folder */
	const char *below;	/* the part of path from the top */
	char path[OCI_PATH_MAX];	/* on disk */
};

/* One of the folders that are listed in parallel. */
struct folder {
	struct oci_task task;		/* first: a task is a folder */
	struct oci_listing_folder out;
	struct listing_run *all;
	struct folder *next;	 /* in the order of discovery */
	struct oci_arena *arena; /* of the thread that lists it */
	struct oci_listing_entry **last;
};

struct listing_run {
	struct oci_listing *listing;
	const char *top;
	const struct oci_filter *filter;
	unsigned char *seen; /* for oci_filter_mark */
	struct timespec now;
	const struct oci_watch *watch;
	struct oci_pool *pool; /* NULL: only one folder so far */
	pthread_mutex_t lock;  /* of the fields below */
	pthread_cond_t ended;  /* signalled when `left` is 0 */
	struct folder *first;
	struct folder **last;
	size_t count;
	size_t left;		/* not listed yet */
	const char *failed;	/* path of the first failed folder, in the order
				 * of paths; or NULL */
	int rc;
	struct oci_error why;
};

static void run_folder(struct oci_task *task, unsigned worker);

static int add_folder(struct listing_run *all, struct oci_arena *arena,
		      struct folder *parent,
		      const struct oci_listing_entry *self, const char *below,
		      struct oci_error *err)
{
	struct folder *folder = oci_arena_alloc(arena, sizeof(*folder));

	if (folder)
		folder->out.below = oci_arena_text(arena, below);
	if (!folder || !folder->out.below)
		return oci_fail_nomem(err);
	if (parent)
		folder->out.parent = &parent->out;
	folder->out.self = self;
	folder->all = all;
	folder->task.run = run_folder;
	folder->last = &folder->out.first;
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

/* Adds the entry of one name. */
static int list_stat(struct folder *folder, const struct place *at,
		     const struct stat *st, struct oci_fingerprint *fingerprint,
		     struct oci_error *err)
{
	const struct oci_filter *filter = folder->all->filter;
	bool wanted = oci_filter_matches(filter, at->below);
	struct oci_listing_entry *entry;
	int rc;

	oci_filter_mark(filter, at->below, folder->all->seen);
	if (!wanted && (!S_ISDIR(st->st_mode) ||
			!oci_filter_enters(filter, at->below)))
		return 0;
	rc = oci_listing_entry_new(&entry, folder->arena, at->path, at->size,
				   st, err);
	if (rc)
		return rc;
	entry->wanted = wanted;
	if (S_ISLNK(st->st_mode))
		rc = oci_listing_entry_target(entry, folder->arena, at->dir,
					      err);
	if (!rc)
		rc = oci_listing_entry_fingerprint(fingerprint, entry, st, err);
	if (rc)
		return rc;
	if (S_ISDIR(st->st_mode))
		return add_folder(folder->all, folder->arena, folder, entry,
				  at->below, err);
	*folder->last = entry;
	folder->last = &entry->next;
	return 0;
}

static int list_name(struct folder *folder, struct place *at, const char *name,
		     struct oci_fingerprint *fingerprint, struct oci_error *err)
{
	size_t size = strlen(name);
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (size >= sizeof(at->path) - at->size)
		return oci_fail(err, OCI_E_LIMIT,
				"path '%.80s.../%.80s' is too long", at->path,
				name);
	memcpy(at->path + at->size, name, size + 1);
	if (fstatat(at->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return oci_fail_errno(err, "stat '%s'", at->path);
	return list_stat(folder, at, &st, fingerprint, err);
}

/* readdir(3) needs three more system calls for each folder. */
static int list_names(struct folder *folder, struct place *at,
		      struct oci_fingerprint *fingerprint,
		      struct oci_error *err)
{
	union {
		struct dirent64 first;
		char data[ROOM];
	} names;
	ssize_t size;
	int rc = oci_watch_check(folder->all->watch, err);

	while (!rc && (size = getdents64(at->dir, (void *)&names, ROOM)) > 0) {
		for (ssize_t done = 0; !rc && done < size;) {
			const struct dirent64 *entry =
				(const void *)(names.data + done);

			rc = list_name(folder, at, entry->d_name, fingerprint,
				       err);
			done += entry->d_reclen;
		}
		if (!rc)
			rc = oci_watch_check(folder->all->watch, err);
	}
	return rc || size == 0 ? rc :
		oci_fail_errno(err, "read folder '%s'",
			       folder->out.self->file.path);
}

/* Checks that the open folder is the one that its parent listed. For the top
 * folder, which has no parent, makes its entry. */
static int check_folder(struct folder *folder, const struct place *at,
			struct oci_error *err)
{
	const struct oci_listing_entry *self = folder->out.self;
	struct oci_listing_entry *top;
	struct stat st;
	int rc;

	if (fstat(at->dir, &st) != 0)
		return oci_fail_errno(err, "stat '%s'", at->path);
	if (self && st.st_dev == self->file.device &&
	    st.st_ino == self->file.inode)
		return 0;
	if (self)
		return oci_fail(err, OCI_E_CHANGED,
				"folder '%s' changed while it was listed: pack "
				"again when nothing writes to it",
				at->path);
	rc = oci_listing_entry_new(&top, folder->arena, at->path, at->size, &st,
				   err);
	if (!rc)
		folder->out.self = top;
	return rc;
}

static int list_open(struct folder *folder, struct place *at,
		     struct oci_error *err)
{
	struct oci_fingerprint *fingerprint;
	int rc = check_folder(folder, at, err);

	if (rc)
		return rc;
	at->path[at->size++] = '/';
	rc = oci_fingerprint_new(&fingerprint, &folder->all->now, err);
	if (rc)
		return rc;
	rc = list_names(folder, at, fingerprint, err);
	if (!rc)
		rc = oci_fingerprint_end(&folder->out.fingerprint,
					 &folder->out.racy, fingerprint, err);
	oci_fingerprint_free(fingerprint);
	return rc;
}

static int list_folder(struct folder *folder, struct oci_error *err)
{
	const char *top = folder->all->top, *below = folder->out.below;
	struct place at;
	int rc = oci_path_join(at.path, top, below, err);

	if (rc)
		return rc;
	at.size = strlen(at.path);
	at.below = at.path + strlen(top) + 1;
	at.dir = open(at.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
				       (below[0] ? O_NOFOLLOW : 0));
	if (at.dir < 0)
		return oci_fail_errno(err, "open folder '%s'", at.path);
	rc = list_open(folder, &at, err);
	close(at.dir);
	return rc;
}

/* The failure that comes first in the order of paths is returned. */
static void record_failure(struct listing_run *all, const char *below, int rc,
			   const struct oci_error *why)
{
	if (!rc || (all->failed && strcmp(all->failed, below) < 0))
		return;
	all->failed = below;
	all->rc = rc;
	all->why = *why;
}

static void run_folder(struct oci_task *task, unsigned worker)
{
	struct folder *folder = (struct folder *)task;
	struct listing_run *all = folder->all;
	struct oci_error why;
	int rc;

	folder->arena = &all->listing->arenas[worker];
	rc = list_folder(folder, &why);
	pthread_mutex_lock(&all->lock);
	record_failure(all, folder->out.below, rc, &why);
	if (--all->left == 0)
		pthread_cond_signal(&all->ended);
	pthread_mutex_unlock(&all->lock);
}

/* Lists the top folder first: most have no folders, and need no threads. */
static int run_all(struct listing_run *all, struct oci_error *err)
{
	struct folder *folder = all->first;
	unsigned cores = oci_pool_cores();
	int rc;

	run_folder(&folder->task, 0);
	if (!folder->next)
		return 0;
	rc = oci_pool_new(&all->pool, cores < OCI_LISTING_THREADS ?
					      cores : OCI_LISTING_THREADS,
			  err);
	if (rc)
		return rc;
	/* The pool has no task yet, so no other thread changes the list. */
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

	return strcmp((*left)->out.below, (*right)->out.below);
}

/* Links the folders in the order of their paths. */
static int put_in_order(struct listing_run *all, struct oci_error *err)
{
	struct folder **sorted = malloc(all->count * sizeof(struct folder *));
	struct oci_listing_folder **last = &all->listing->folders;
	size_t count = 0;

	if (!sorted)
		return oci_fail_nomem(err);
	for (struct folder *f = all->first; f; f = f->next)
		sorted[count++] = f;
	qsort(sorted, count, sizeof(struct folder *), by_path);
	for (size_t i = 0; i < count; i++) {
		*last = &sorted[i]->out;
		last = &sorted[i]->out.next;
	}
	free(sorted);
	return 0;
}

int oci_listing_open(struct oci_listing **out, const char *path,
		     const struct oci_filter *filter, unsigned char *seen,
		     const struct timespec *now, const struct oci_watch *watch,
		     struct oci_error *err)
{
	struct listing_run all = {
		.top = path,
		.filter = filter,
		.seen = seen,
		.now = *now,
		.watch = watch,
	};
	int rc;

	*out = all.listing = calloc(1, sizeof(**out));
	if (!*out)
		return oci_fail_nomem(err);
	all.last = &all.first;
	pthread_mutex_init(&all.lock, NULL);
	pthread_cond_init(&all.ended, NULL);
	rc = add_folder(&all, &all.listing->arenas[0], NULL, NULL, "", err);
	if (!rc)
		rc = run_all(&all, err);
	oci_pool_free(all.pool);
	if (!rc && all.rc && err)
		*err = all.why;
	rc = rc ? rc : all.rc;
	if (!rc)
		rc = put_in_order(&all, err);
	pthread_cond_destroy(&all.ended);
	pthread_mutex_destroy(&all.lock);
	if (rc) {
		oci_listing_free(*out);
		*out = NULL;
	}
	return rc;
}

void oci_listing_free(struct oci_listing *listing)
{
	if (!listing)
		return;
	for (size_t i = 0; i < OCI_LISTING_THREADS; i++)
		oci_arena_release(&listing->arenas[i]);
	free(listing);
}
