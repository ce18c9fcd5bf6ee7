/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the present member of an archive as a source. */
#include <stdlib.h>

#include "base/error.h"
#include "layer/reader.h"

struct member {
	struct oci_source base;
	struct oci_reader *reader;
};

static int member_read(size_t *got, struct oci_source *source, void *data,
		       size_t size, struct oci_error *err)
{
	return oci_reader_read(got, ((struct member *)source)->reader, data,
			       size, err);
}

static void member_free(struct oci_source *source)
{
	free(source);
}

int oci_reader_member(struct oci_source **out, struct oci_reader *reader,
		      struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		member_read, NULL, member_free,
	};
	struct member *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->reader = reader;
	*out = &self->base;
	return 0;
}
