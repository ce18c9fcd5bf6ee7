/* SPDX-License-Identifier: Apache-2.0 */
#include "io/watched.h"

#include <stdlib.h>

#include "base/error.h"

struct watched {
	struct oci_sink base;
	struct oci_sink *next;
	const struct oci_watch *watch;
};

static int watched_write(struct oci_sink *sink, const void *data, size_t size,
			 struct oci_error *err)
{
	struct watched *self = (struct watched *)sink;
	int rc = oci_watch_check(self->watch, err);

	return rc ? rc : oci_sink_write(self->next, data, size, err);
}

static void watched_free(struct oci_sink *sink)
{
	free(sink);
}

int oci_watched_open(struct oci_sink **out, struct oci_sink *next,
		     const struct oci_watch *watch, struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = watched_write,
		.free = watched_free,
	};
	struct watched *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->next = next;
	self->watch = watch;
	*out = &self->base;
	return 0;
}
