/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer to a load, a JSON object a line. Docker sends status 200 before it
 * loads, so that a failure is a line, too.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "engine/engine.h"

/* Docker reports progress ten times a second. */
enum { LINE_MAX_BYTES = 1024 * 1024, ANSWER_MAX = 64 * 1024 * 1024 };

struct answer {
	struct oci_sink base;
	struct oci_engine *engine; /* borrowed */
	struct oci_buf line;
	uint64_t size;
};

static int take_line(struct answer *self, struct oci_error *err)
{
	const char *name = oci_engine_name(self->engine);
	int rc;

	if (!self->line.len ||
	    strspn(self->line.data, " \t\r") == self->line.len)
		return 0;
	rc = oci_engine_answer_parse(&self->engine->loaded, self->line.data,
				     self->line.len, err);
	if (rc == OCI_E_CORRUPT)
		return oci_wrap(err, rc,
				"%s's answer is no JSON, or it is cut off",
				name);
	if (rc == OCI_E_SYSTEM)
		return oci_wrap(err, rc, "%s did not load the image", name);
	return rc;
}

static int answer_write(struct oci_sink *sink, const void *data, size_t size,
			struct oci_error *err)
{
	struct answer *self = (struct answer *)sink;
	const char *from = data, *end = from + size;
	int rc = 0;

	self->size += size;
	if (self->size > ANSWER_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"%s's answer does not end: it has more than "
				"64 MiB",
				oci_engine_name(self->engine));
	while (!rc && from < end) {
		const char *feed = memchr(from, '\n', (size_t)(end - from));
		size_t n = (size_t)((feed ? feed : end) - from);

		if (self->line.len + n > LINE_MAX_BYTES)
			return oci_fail(err, OCI_E_LIMIT,
					"%s's answer has a line of more than "
					"1 MiB",
					oci_engine_name(self->engine));
		rc = oci_buf_add(&self->line, from, n, err);
		from += n + (feed != NULL);
		if (rc || !feed)
			continue;
		rc = take_line(self, err);
		self->line.len = 0;
	}
	return rc;
}

static int answer_finish(struct oci_sink *sink, struct oci_error *err)
{
	struct answer *self = (struct answer *)sink;
	int rc = take_line(self, err);

	if (rc || self->engine->loaded.count)
		return rc;
	return oci_fail(err, OCI_E_CORRUPT,
			"%s's answer does not say that an image was loaded",
			oci_engine_name(self->engine));
}

static void answer_free(struct oci_sink *sink)
{
	struct answer *self = (struct answer *)sink;

	oci_buf_release(&self->line);
	free(self);
}

int oci_engine_answer_open(struct oci_sink **out, struct oci_engine *engine,
			   struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = answer_write,
		.finish = answer_finish,
		.free = answer_free,
	};
	struct answer *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->engine = engine;
	oci_buf_init(&self->line, LINE_MAX_BYTES);
	*out = &self->base;
	return 0;
}
