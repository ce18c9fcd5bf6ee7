/* SPDX-License-Identifier: Apache-2.0 */
/* Copies a blob from a store to a sink. */
#include "base/error.h"
#include "document/artifact.h"
#include "io/digest.h"
#include "store/store.h"

/* Checks the digest, for stores that write to a sink without checking it. */
static int fetch_checked(struct oci_store *from, const struct oci_descriptor *d,
			 struct oci_sink *sink, struct oci_error *err)
{
	struct oci_sink *measure;
	struct oci_digest digest;
	uint64_t size;
	int rc = oci_measure_open(&measure, sink, &d->digest, err);

	if (rc)
		return rc;
	rc = from->ops->fetch(from, d, measure, err);
	if (!rc)
		rc = oci_measure_end(&digest, &size, measure, err);
	if (!rc && (size != d->size || !oci_digest_equal(&digest, &d->digest)))
		rc = oci_fail(err, OCI_E_CORRUPT,
			      "blob %s came with %llu bytes and the digest %s",
			      d->digest.text, (unsigned long long)size,
			      digest.text);
	oci_sink_free(measure);
	return rc;
}

int oci_store_fetch(struct oci_store *from, const struct oci_descriptor *d,
		    struct oci_sink *sink, struct oci_error *err)
{
	bool document = oci_media_is_document(d->media_type);
	struct oci_source *source;
	int rc;

	if (from->ops->fetch && !document)
		return fetch_checked(from, d, sink, err);
	rc = oci_store_open(&source, from, d, err);
	if (rc)
		return rc;
	rc = oci_source_copy(NULL, source, sink, err);
	oci_source_free(source);
	return rc;
}
