/* SPDX-License-Identifier: Apache-2.0 */
/* A sink that measures the bytes that pass, and a source that checks them. */
#include <stdlib.h>

#include "base/error.h"
#include "io/digest.h"
#include "io/file.h"

struct measure {
	struct oci_sink base;
	struct oci_sink *next;
	struct oci_digester *digester;
	uint64_t size;
};

static int measure_write(struct oci_sink *sink, const void *data, size_t size,
			 struct oci_error *err)
{
	struct measure *self = (struct measure *)sink;
	int rc = oci_digester_add(self->digester, data, size, err);

	self->size += size;
	if (!rc && self->next)
		rc = oci_sink_write(self->next, data, size, err);
	return rc;
}

static int measure_mark(struct oci_sink *sink, uint64_t coming,
			struct oci_error *err)
{
	struct measure *self = (struct measure *)sink;

	return self->next ? oci_sink_mark(self->next, coming, err) : 0;
}

static void measure_free(struct oci_sink *sink)
{
	struct measure *self = (struct measure *)sink;

	oci_digester_free(self->digester);
	free(self);
}

int oci_measure_open(struct oci_sink **out, struct oci_sink *next,
		     const struct oci_digest *like, struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = measure_write,
		.mark = measure_mark,
		.free = measure_free,
	};
	struct measure *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->next = next;
	rc = oci_digester_new(&self->digester, like, err);
	if (rc)
		free(self);
	else
		*out = &self->base;
	return rc;
}

int oci_measure_resume(struct oci_sink *measure,
		       const struct oci_digest_state *state, const void *rest,
		       size_t size, struct oci_error *err)
{
	struct measure *self = (struct measure *)measure;

	oci_digester_restore(self->digester, state);
	self->size = state->size + size;
	return oci_digester_add(self->digester, rest, size, err);
}

struct oci_digester *oci_measure_digester(struct oci_sink *measure)
{
	return ((struct measure *)measure)->digester;
}

int oci_measure_end(struct oci_digest *digest, uint64_t *size,
		    struct oci_sink *measure, struct oci_error *err)
{
	struct measure *self = (struct measure *)measure;

	*size = self->size;
	return oci_digester_end(digest, self->digester, err);
}

struct checked {
	struct oci_source base;
	struct oci_source *from;
	struct oci_digester *digester;
	struct oci_digest digest;
	uint64_t size;
	uint64_t done;
	bool ended;
};

static int check_end(struct checked *self, struct oci_error *err)
{
	struct oci_digest digest;
	int rc;

	if (self->done < self->size)
		return oci_fail(err, OCI_E_CORRUPT,
				"blob %s ends after %llu of %llu bytes",
				self->digest.text,
				(unsigned long long)self->done,
				(unsigned long long)self->size);
	rc = oci_digester_end(&digest, self->digester, err);
	if (rc)
		return rc;
	self->ended = true;
	if (oci_digest_equal(&digest, &self->digest))
		return 0;
	return oci_fail(err, OCI_E_CORRUPT, "blob %s has the digest %s",
			self->digest.text, digest.text);
}

static int checked_read(size_t *got, struct oci_source *source, void *data,
			size_t size, struct oci_error *err)
{
	struct checked *self = (struct checked *)source;
	int rc;

	if (self->ended)
		return 0;
	rc = oci_source_read(got, self->from, data, size, err);
	if (rc)
		return rc;
	if (*got > self->size - self->done)
		return oci_fail(err, OCI_E_CORRUPT,
				"blob %s is longer than its %llu bytes",
				self->digest.text,
				(unsigned long long)self->size);
	self->done += *got;
	rc = oci_digester_add(self->digester, data, *got, err);
	if (!rc && *got == 0)
		rc = check_end(self, err);
	return rc;
}

static int checked_rewind(struct oci_source *source, struct oci_error *err)
{
	struct checked *self = (struct checked *)source;
	struct oci_digester *fresh;
	int rc = oci_source_rewind(self->from, err);

	if (!rc)
		rc = oci_digester_new(&fresh, &self->digest, err);
	if (rc)
		return rc;
	oci_digester_free(self->digester);
	self->digester = fresh;
	self->done = 0;
	self->ended = false;
	return 0;
}

static void checked_free(struct oci_source *source)
{
	struct checked *self = (struct checked *)source;

	oci_source_free(self->from);
	oci_digester_free(self->digester);
	free(self);
}

int oci_checked_open(struct oci_source **out, struct oci_source *from,
		     const struct oci_digest *digest, uint64_t size,
		     struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		checked_read, checked_rewind, checked_free,
	};
	struct checked *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self) {
		oci_source_free(from);
		return oci_fail_nomem(err);
	}
	self->base.ops = &ops;
	self->from = from;
	self->digest = *digest;
	self->size = size;
	rc = oci_digester_new(&self->digester, digest, err);
	if (rc)
		checked_free(&self->base);
	else
		*out = &self->base;
	return rc;
}

bool oci_fd_has_digest(int fd, uint64_t size, const struct oci_digest *digest)
{
	struct oci_source *source;
	int rc = oci_source_open_range(&source, fd, 0, UINT64_MAX, NULL);

	if (!rc)
		rc = oci_checked_open(&source, source, digest, size, NULL);
	if (!rc)
		rc = oci_source_drain(source, NULL);
	oci_source_free(source);
	return !rc;
}
