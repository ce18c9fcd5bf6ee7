/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/fingerprint.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "io/digest.h"

enum { ROOM = 2 * 1024, RACY_SECONDS = 2 };

struct oci_fingerprint {
	struct oci_digester *digester;
	struct timespec now; /* the time before the first stat(2) */
	bool racy;
	size_t used;
	unsigned char data[ROOM]; /* not digested yet */
};

int oci_fingerprint_new(struct oci_fingerprint **out,
			const struct timespec *now, struct oci_error *err)
{
	struct oci_fingerprint *fingerprint = calloc(1, sizeof(*fingerprint));
	int rc;

	*out = NULL;
	if (!fingerprint)
		return oci_fail_nomem(err);
	if (now)
		fingerprint->now = *now;
	else
		clock_gettime(CLOCK_REALTIME, &fingerprint->now);
	rc = oci_digester_new(&fingerprint->digester, NULL, err);
	if (rc)
		free(fingerprint);
	else
		*out = fingerprint;
	return rc;
}

void oci_fingerprint_free(struct oci_fingerprint *fingerprint)
{
	if (!fingerprint)
		return;
	oci_digester_free(fingerprint->digester);
	free(fingerprint);
}

static int flush(struct oci_fingerprint *fingerprint, struct oci_error *err)
{
	size_t size = fingerprint->used;

	fingerprint->used = 0;
	return oci_digester_add(fingerprint->digester, fingerprint->data, size,
				err);
}

static int add(struct oci_fingerprint *fingerprint, const void *data,
	       size_t size, struct oci_error *err)
{
	int rc = 0;

	if (size > ROOM - fingerprint->used)
		rc = flush(fingerprint, err);
	if (rc || size > ROOM)
		return rc ? rc
			  : oci_digester_add(fingerprint->digester, data, size,
					     err);
	memcpy(fingerprint->data + fingerprint->used, data, size);
	fingerprint->used += size;
	return 0;
}

int oci_fingerprint_number(struct oci_fingerprint *fingerprint, int64_t number,
			   struct oci_error *err)
{
	return add(fingerprint, &number, sizeof(number), err);
}

int oci_fingerprint_bytes(struct oci_fingerprint *fingerprint, const void *data,
			  size_t size, struct oci_error *err)
{
	int rc = oci_fingerprint_number(fingerprint, (int64_t)size, err);

	return rc || !size ? rc : add(fingerprint, data, size, err);
}

int oci_fingerprint_text(struct oci_fingerprint *fingerprint, const char *text,
			 struct oci_error *err)
{
	if (!text)
		return oci_fingerprint_number(fingerprint, -1, err);
	return oci_fingerprint_bytes(fingerprint, text, strlen(text), err);
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

bool oci_fingerprint_is_racy(const struct stat *st, const struct timespec *now)
{
	struct timespec limit = *now;

	limit.tv_sec -= RACY_SECONDS;
	return !st->st_ctim.tv_nsec || !is_before(&st->st_ctim, &limit) ||
	       !is_before(&st->st_mtim, &limit);
}

int oci_fingerprint_attributes(struct oci_fingerprint *fingerprint,
			       const struct stat *st, struct oci_error *err)
{
	const int64_t values[] = {
		st->st_mode,
		st->st_uid,
		st->st_gid,
		st->st_mtim.tv_sec,
	};

	return add(fingerprint, values, sizeof(values), err);
}

int oci_fingerprint_stat(struct oci_fingerprint *fingerprint,
			 const struct stat *st, struct oci_error *err)
{
	const int64_t values[] = {
		(int64_t)st->st_dev, (int64_t)st->st_ino, st->st_size,
		st->st_mtim.tv_nsec, st->st_ctim.tv_sec,  st->st_ctim.tv_nsec,
	};
	int rc = oci_fingerprint_attributes(fingerprint, st, err);

	if (oci_fingerprint_is_racy(st, &fingerprint->now))
		fingerprint->racy = true;
	return rc ? rc : add(fingerprint, values, sizeof(values), err);
}

void oci_fingerprint_mark_racy(struct oci_fingerprint *fingerprint)
{
	fingerprint->racy = true;
}

int oci_fingerprint_end(struct oci_digest *out, bool *racy,
			struct oci_fingerprint *fingerprint,
			struct oci_error *err)
{
	int rc = flush(fingerprint, err);

	*racy = fingerprint->racy;
	return rc ? rc : oci_digester_end(out, fingerprint->digester, err);
}
