/* SPDX-License-Identifier: Apache-2.0 */
/* A sink that drops its bytes. */
#ifndef FUZZ_SINK_H
#define FUZZ_SINK_H

#include <oci/stream.h>

static inline int sink_write(struct oci_sink *sink, const void *data,
			     size_t size, struct oci_error *err)
{
	(void)sink;
	(void)data;
	(void)size;
	(void)err;
	return 0;
}

static inline void sink_free(struct oci_sink *sink)
{
	(void)sink;
}

/* Returns the sink, which is never freed. */
static inline struct oci_sink *sink_drop(void)
{
	static const struct oci_sink_ops ops = {
		.write = sink_write,
		.free = sink_free,
	};
	static struct oci_sink sink = { &ops };

	return &sink;
}

#endif
