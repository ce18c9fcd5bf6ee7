/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/stamp.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "io/digest.h"

enum { ROOM = 2 * 1024, UNSETTLED_SECONDS = 2 };

struct oci_stamp {
	struct oci_digester *digester;
	struct timespec now;		/* before anything was looked at */
	bool settled;
	size_t used;
	unsigned char data[ROOM];	/* not digested yet */
};

int oci_stamp_new(struct oci_stamp **out, const struct timespec *now,
		  struct oci_error *err)
{
	struct oci_stamp *stamp = calloc(1, sizeof(*stamp));
	int rc;

	*out = NULL;
	if (!stamp)
		return oci_fail_nomem(err);
	stamp->settled = true;
	if (now)
		stamp->now = *now;
	else
		clock_gettime(CLOCK_REALTIME, &stamp->now);
	rc = oci_digester_new(&stamp->digester, NULL, err);
	if (rc)
		free(stamp);
	else
		*out = stamp;
	return rc;
}

void oci_stamp_free(struct oci_stamp *stamp)
{
	if (!stamp)
		return;
	oci_digester_free(stamp->digester);
	free(stamp);
}

static int flush(struct oci_stamp *stamp, struct oci_error *err)
{
	size_t size = stamp->used;

	stamp->used = 0;
	return oci_digester_add(stamp->digester, stamp->data, size, err);
}

static int add(struct oci_stamp *stamp, const void *data, size_t size,
	       struct oci_error *err)
{
	int rc = 0;

	if (size > ROOM - stamp->used)
		rc = flush(stamp, err);
	if (rc || size > ROOM)
		return rc ? rc : oci_digester_add(stamp->digester, data, size,
						  err);
	memcpy(stamp->data + stamp->used, data, size);
	stamp->used += size;
	return 0;
}

int oci_stamp_number(struct oci_stamp *stamp, int64_t number,
		     struct oci_error *err)
{
	return add(stamp, &number, sizeof(number), err);
}

int oci_stamp_bytes(struct oci_stamp *stamp, const void *data, size_t size,
		    struct oci_error *err)
{
	int rc = oci_stamp_number(stamp, (int64_t)size, err);

	return rc || !size ? rc : add(stamp, data, size, err);
}

int oci_stamp_text(struct oci_stamp *stamp, const char *text,
		   struct oci_error *err)
{
	if (!text)
		return oci_stamp_number(stamp, -1, err);
	return oci_stamp_bytes(stamp, text, strlen(text), err);
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

bool oci_stamp_is_settled(const struct stat *st, const struct timespec *now)
{
	struct timespec limit = *now;

	limit.tv_sec -= UNSETTLED_SECONDS;
	return st->st_ctim.tv_nsec && is_before(&st->st_ctim, &limit) &&
	       is_before(&st->st_mtim, &limit);
}

int oci_stamp_attributes(struct oci_stamp *stamp, const struct stat *st,
			 struct oci_error *err)
{
	const int64_t values[] = {
		st->st_mode, st->st_uid, st->st_gid, st->st_mtim.tv_sec,
	};

	return add(stamp, values, sizeof(values), err);
}

int oci_stamp_stat(struct oci_stamp *stamp, const struct stat *st,
		   struct oci_error *err)
{
	const int64_t values[] = {
		(int64_t)st->st_dev, (int64_t)st->st_ino, st->st_size,
		st->st_mtim.tv_nsec, st->st_ctim.tv_sec, st->st_ctim.tv_nsec,
	};
	int rc = oci_stamp_attributes(stamp, st, err);

	if (!oci_stamp_is_settled(st, &stamp->now))
		stamp->settled = false;
	return rc ? rc : add(stamp, values, sizeof(values), err);
}

void oci_stamp_unsettle(struct oci_stamp *stamp)
{
	stamp->settled = false;
}

int oci_stamp_end(struct oci_digest *out, bool *settled,
		  struct oci_stamp *stamp, struct oci_error *err)
{
	int rc = flush(stamp, err);

	*settled = stamp->settled;
	return rc ? rc : oci_digester_end(out, stamp->digester, err);
}
