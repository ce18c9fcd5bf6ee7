/* SPDX-License-Identifier: Apache-2.0 */
/* The blobs of a store: digests, sizes, diff_ids and compressions. */
#include "image/verify.h"

#include <string.h>

#include "base/error.h"
#include "base/progress.h"
#include "io/ahead.h"
#include "io/digest.h"
#include "io/file.h"

void oci_verify_report(struct oci_verify *v, const char *fmt, ...)
{
	struct oci_error text;
	va_list args;

	va_start(args, fmt);
	oci_vfail(&text, OCI_E_CORRUPT, fmt, args);
	va_end(args);
	v->findings++;
	if (v->options->report)
		v->options->report(v->options->report_data, text.message);
}

int oci_verify_look_up(struct oci_seen **out, struct oci_verify *v,
		       const struct oci_descriptor *d, const char *from,
		       struct oci_error *err)
{
	size_t size = strlen(d->digest.text);
	struct oci_seen *seen = oci_table_get(&v->seen, d->digest.text, size);
	const char *key;

	*out = seen;
	if (seen && seen->size != d->size)
		oci_verify_report(
			v, "%s: blob %s has %llu bytes here, %llu elsewhere",
			from, d->digest.text, (unsigned long long)d->size,
			(unsigned long long)seen->size);
	if (seen)
		return 0;
	seen = *out = oci_arena_alloc(&v->arena, sizeof(*seen));
	key = oci_arena_text(&v->arena, d->digest.text);
	if (!seen || !key)
		return oci_fail_nomem(err);
	seen->size = d->size;
	return oci_table_set(&v->seen, key, size, seen, err);
}

static void tell_progress(struct oci_verify *v, const struct oci_digest *digest,
			  uint64_t done, uint64_t total)
{
	const struct oci_progress progress = {
		.what = digest->text,
		.done = done,
		.total = total,
		.activity = OCI_ACTIVITY_COPY,
		.ended = done == total,
	};

	oci_progress_tell(v->options->progress, v->options->progress_data,
			  &progress);
}

/* The diff_id by the algorithm of like; NULL: sha256. */
static struct oci_digest *diff_id_of(struct oci_seen *seen,
				     const struct oci_digest *like)
{
	return &seen->diff_id[like && strncmp(like->text, "sha512:", 7) == 0];
}

/* Inflates a blob and computes its diff_id. */
static int measure(struct oci_seen *seen, struct oci_verify *v,
		   const struct oci_descriptor *d,
		   const struct oci_digest *like, struct oci_error *err)
{
	struct oci_source *raw = NULL, *inflate = NULL, *tar = NULL;
	struct oci_sink *sink = NULL;
	uint64_t size;
	int rc = oci_store_open(&raw, v->store, d, err);

	if (!rc)
		rc = oci_inflate_open(&inflate, raw, err);
	if (!rc)
		oci_inflate_watch(inflate, &v->watch);
	if (!rc)
		rc = oci_ahead_open(&tar, inflate, err);
	if (!rc)
		rc = oci_measure_open(&sink, NULL, like, err);
	if (!rc)
		rc = oci_source_copy(NULL, tar, sink, err);
	if (!rc)
		rc = oci_source_drain(raw, err);
	if (!rc)
		rc = oci_measure_end(diff_id_of(seen, like), &size, sink, err);
	if (!rc)
		seen->kind = oci_inflate_found(inflate);
	else if (err && !strstr(err->message, d->digest.text))
		rc = oci_wrap(err, rc, "blob %s", d->digest.text);
	oci_sink_free(sink);
	oci_source_free(tar);
	oci_source_free(inflate);
	oci_source_free(raw);
	return rc;
}

static bool is_finding(int status)
{
	return status == OCI_E_CORRUPT || status == OCI_E_NOT_FOUND ||
	       status == OCI_E_INVALID || status == OCI_E_LIMIT ||
	       status == OCI_E_UNSUPPORTED;
}

int oci_verify_judge(bool *bad, struct oci_verify *v, int rc,
		     const struct oci_error *why, const char *from,
		     struct oci_error *err)
{
	*bad = rc != 0;
	if (is_finding(rc)) {
		oci_verify_report(v, "%s: %s", from, why->message);
		return 0;
	}
	if (rc && err)
		*err = *why;
	return rc;
}

/* Reads a layer, and reports it if it is bad. */
static int read_layer(struct oci_seen *seen, struct oci_verify *v,
		      const struct oci_descriptor *d,
		      const struct oci_digest *diff_id, const char *from,
		      struct oci_error *err)
{
	struct oci_error why;
	int rc = oci_watch_check(&v->watch, err);

	if (rc)
		return rc;
	tell_progress(v, &d->digest, 0, d->size);
	rc = measure(seen, v, d, diff_id, &why);
	/* A layer that was not read to its end is not a finding. */
	if (rc == OCI_E_LIMIT) {
		*err = why;
		return rc;
	}
	rc = oci_verify_judge(&seen->bad, v, rc, &why, from, err);
	if (!rc && !seen->bad)
		tell_progress(v, &d->digest, d->size, d->size);
	return rc;
}

/* Some engines go by the media type of a layer, others by its first bytes: the
 * two have to agree. */
static void check_compression(struct oci_verify *v,
			      const struct oci_descriptor *d,
			      const struct oci_seen *seen, const char *from)
{
	static const char *const names[] = { "not compressed", "gzip", "zstd" };
	enum oci_inflate_kind kind = OCI_INFLATE_PLAIN;

	if (strstr(d->media_type, "gzip"))
		kind = OCI_INFLATE_GZIP;
	else if (strstr(d->media_type, "zstd"))
		kind = OCI_INFLATE_ZSTD;
	if (oci_media_is_layer(d->media_type) && kind != seen->kind)
		oci_verify_report(
			v, "%s: layer %s is %s, its media type says %s", from,
			d->digest.text, names[seen->kind], names[kind]);
}

/* The content of an encrypted layer is not known. */
static bool is_encrypted(const struct oci_descriptor *d)
{
	static const char suffix[] = "+encrypted";
	size_t size = strlen(d->media_type), end = sizeof(suffix) - 1;

	return size > end && strcmp(d->media_type + size - end, suffix) == 0;
}

int oci_verify_layer(struct oci_verify *v, const struct oci_descriptor *d,
		     const struct oci_digest *diff_id, const char *from,
		     struct oci_error *err)
{
	struct oci_seen *seen;
	int rc = oci_verify_look_up(&seen, v, d, from, err);

	if (!rc && !seen->bad && !diff_id_of(seen, diff_id)->text[0])
		rc = read_layer(seen, v, d, diff_id, from, err);
	if (rc || seen->bad || is_encrypted(d))
		return rc;
	check_compression(v, d, seen, from);
	if (diff_id && !oci_digest_equal(diff_id_of(seen, diff_id), diff_id))
		oci_verify_report(
			v,
			"%s: layer %s has the diff_id %s, its config says "
			"%s",
			from, d->digest.text, diff_id_of(seen, diff_id)->text,
			diff_id->text);
	return 0;
}
