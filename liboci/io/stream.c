/* SPDX-License-Identifier: Apache-2.0 */
/* The calls through the vtables of oci/stream.h, and copying. */
#include <oci/stream.h>

#include "base/error.h"
#include "io/file.h"

int oci_sink_write(struct oci_sink *sink, const void *data, size_t size,
		   struct oci_error *err)
{
	return size ? sink->ops->write(sink, data, size, err) : 0;
}

int oci_sink_finish(struct oci_sink *sink, struct oci_error *err)
{
	return sink->ops->finish ? sink->ops->finish(sink, err) : 0;
}

int oci_sink_mark(struct oci_sink *sink, uint64_t coming,
		  struct oci_error *err)
{
	return sink->ops->mark ? sink->ops->mark(sink, coming, err) : 0;
}

void oci_sink_free(struct oci_sink *sink)
{
	if (sink)
		sink->ops->free(sink);
}

int oci_source_read(size_t *got, struct oci_source *source, void *data,
		    size_t size, struct oci_error *err)
{
	*got = 0;
	return size ? source->ops->read(got, source, data, size, err) : 0;
}

int oci_source_rewind(struct oci_source *source, struct oci_error *err)
{
	if (!source->ops->rewind)
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"this source cannot start again");
	return source->ops->rewind(source, err);
}

void oci_source_free(struct oci_source *source)
{
	if (source)
		source->ops->free(source);
}

int oci_source_copy(uint64_t *copied, struct oci_source *source,
		    struct oci_sink *sink, struct oci_error *err)
{
	char data[64 * 1024];
	uint64_t total = 0;
	size_t got;
	int rc;

	do {
		rc = oci_source_read(&got, source, data, sizeof(data), err);
		if (!rc)
			rc = oci_sink_write(sink, data, got, err);
		total += got;
	} while (!rc && got);
	if (copied)
		*copied = total;
	return rc;
}

int oci_source_drain(struct oci_source *source, struct oci_error *err)
{
	char data[16 * 1024];
	size_t got;
	int rc;

	do {
		rc = oci_source_read(&got, source, data, sizeof(data), err);
	} while (!rc && got);
	return rc;
}
