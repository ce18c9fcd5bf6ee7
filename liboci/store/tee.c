/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several stores as one store to write to: a layer is packed once, for an
 * archive and for registries. Each store keeps its own names.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "store/store.h"

struct tee {
	struct oci_store base;
	size_t count;
	struct oci_store *stores[];	/* borrowed */
};

struct tee_sink {
	struct oci_sink base;
	size_t count;
	struct oci_sink *sinks[]; /* owned, one for each store */
};

static int tee_write(struct oci_sink *sink, const void *data, size_t size,
		     struct oci_error *err)
{
	struct tee_sink *self = (struct tee_sink *)sink;
	int rc = 0;

	for (size_t i = 0; !rc && i < self->count; i++)
		rc = oci_sink_write(self->sinks[i], data, size, err);
	return rc;
}

static void tee_sink_free(struct oci_sink *sink)
{
	struct tee_sink *self = (struct tee_sink *)sink;

	for (size_t i = 0; i < self->count; i++)
		oci_sink_free(self->sinks[i]);
	free(self);
}

static int tee_create(struct oci_sink **out, struct oci_store *store,
		      const struct oci_digest *digest, struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = tee_write, .free = tee_sink_free,
	};
	struct tee *self = (struct tee *)store;
	struct tee_sink *sink = calloc(1, sizeof(*sink) + self->count *
						sizeof(sink->sinks[0]));
	int rc = 0;

	if (!sink)
		return oci_fail_nomem(err);
	sink->base.ops = &ops;
	for (; !rc && sink->count < self->count; sink->count += !rc)
		rc = oci_store_create_known(&sink->sinks[sink->count],
					    self->stores[sink->count], digest,
					    err);
	if (rc)
		tee_sink_free(&sink->base);
	else
		*out = &sink->base;
	return rc;
}

static int tee_add(struct oci_store *store, struct oci_sink *blob,
		   const struct oci_digest *digest, uint64_t size,
		   struct oci_error *err)
{
	struct tee *self = (struct tee *)store;
	struct tee_sink *sink = (struct tee_sink *)blob;
	int rc = 0;

	for (size_t i = 0; !rc && i < self->count; i++)
		rc = oci_store_add(self->stores[i], sink->sinks[i], digest,
				   size, err);
	return rc;
}

static int tee_put(struct oci_store *store,
		   const struct oci_descriptor *descriptor, const void *data,
		   struct oci_error *err)
{
	struct tee *self = (struct tee *)store;
	struct oci_descriptor copy;
	int rc = oci_descriptor_copy(&copy, descriptor, err);

	for (size_t i = 0; !rc && i < self->count; i++)
		rc = oci_store_put(&copy, self->stores[i], data,
				   (size_t)descriptor->size, err);
	oci_descriptor_release(&copy);
	return rc;
}

static int tee_has(bool *out, struct oci_store *store,
		   const struct oci_digest *digest, struct oci_error *err)
{
	struct tee *self = (struct tee *)store;
	int rc = 0;

	*out = true;
	for (size_t i = 0; !rc && *out && i < self->count; i++)
		rc = oci_store_has(out, self->stores[i], digest, err);
	return rc;
}

static int tee_add_present(struct oci_store *store,
			   const struct oci_digest *digest, uint64_t size,
			   struct oci_error *err)
{
	struct tee *self = (struct tee *)store;
	int rc = 0;

	for (size_t i = 0; !rc && i < self->count; i++)
		rc = oci_store_add_present(self->stores[i], digest, size, err);
	return rc;
}

static int tee_add_file(struct oci_store *store, int fd,
			const struct oci_digest *digest, uint64_t size,
			struct oci_error *err)
{
	struct tee *self = (struct tee *)store;
	int rc = 0;

	for (size_t i = 0; !rc && i < self->count; i++) {
		int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

		rc = own < 0 ? oci_fail_errno(err, "read a blob twice")
			     : oci_store_add_file(self->stores[i], own, digest,
						  size, err);
	}
	close(fd);
	return rc;
}

static int tee_open(struct oci_source **out, struct oci_store *store,
		    const struct oci_descriptor *descriptor,
		    struct oci_error *err)
{
	struct oci_store *first = ((struct tee *)store)->stores[0];

	return first->ops->open(out, first, descriptor, err);
}

static int tee_blobs(struct oci_store *store, oci_blob_fn *visit, void *data,
		     struct oci_error *err)
{
	return oci_store_blobs(((struct tee *)store)->stores[0], visit, data,
			       err);
}

static int tee_tag(struct oci_store *store, const struct oci_reference *name,
		   const struct oci_descriptor *descriptor,
		   struct oci_error *err)
{
	struct tee *self = (struct tee *)store;
	int rc = 0;

	for (size_t i = 0; !rc && i < self->count; i++)
		rc = oci_store_tag(self->stores[i], name, descriptor, err);
	return rc;
}

static int tee_untag(struct oci_store *store, const struct oci_digest *digest,
		     struct oci_error *err)
{
	struct tee *self = (struct tee *)store;
	int rc = 0;

	for (size_t i = 0; !rc && i < self->count; i++)
		rc = oci_store_untag(self->stores[i], digest, err);
	return rc;
}

static int tee_prepare(struct oci_store *store, struct oci_error *err)
{
	struct tee *self = (struct tee *)store;
	int rc = 0;

	for (size_t i = 0; !rc && i < self->count; i++)
		rc = oci_store_prepare(self->stores[i], err);
	return rc;
}

static int tee_commit(struct oci_store *store, struct oci_error *err)
{
	struct tee *self = (struct tee *)store;
	int rc = tee_prepare(store, err);

	for (size_t i = 0; !rc && i < self->count; i++)
		rc = oci_store_commit(self->stores[i], err);
	return rc;
}

static void tee_free(struct oci_store *store)
{
	free(store);
}

int oci_store_tee(struct oci_store **out, struct oci_store *const *stores,
		  size_t count, struct oci_error *err)
{
	static const struct oci_store_ops ops = {
		.has = tee_has,
		.add_present = tee_add_present,
		.add_file = tee_add_file,
		.open = tee_open,
		.create = tee_create,
		.add = tee_add,
		.put = tee_put,
		.prepare = tee_prepare,
		.commit = tee_commit,
		.tag = tee_tag,
		.untag = tee_untag,
		.blobs = tee_blobs,
		.free = tee_free,
		.one_at_a_time = true,
	};
	struct tee *self;

	*out = NULL;
	if (!count)
		return oci_fail(err, OCI_E_INVALID, "no store is given");
	self = calloc(1, sizeof(*self) + count * sizeof(self->stores[0]));
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->count = count;
	for (size_t i = 0; i < count; i++)
		self->stores[i] = stores[i];
	*out = &self->base;
	return 0;
}
