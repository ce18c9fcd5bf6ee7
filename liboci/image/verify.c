/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying a store: from its names down through indexes, manifests and
 * configs to the layers, each blob once, and then the blobs that nothing
 * names. A finding does not end the walk.
 */
#include <oci/image.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/table.h"
#include "io/digest.h"
#include "io/inflate.h"
#include "store/store.h"

enum { NESTING_MAX = 8 };

struct verify {
	struct oci_store *store;
	const struct oci_verify_options *options;
	struct oci_table seen;		/* digests that were checked */
	struct oci_strings digests;	/* the table's keys */
	size_t findings;
};

static void report(struct verify *v, const char *fmt, ...) OCI_PRINTF(2, 3);

static void report(struct verify *v, const char *fmt, ...)
{
	struct oci_error text;
	va_list args;

	va_start(args, fmt);
	oci_vfail(&text, OCI_E_CORRUPT, fmt, args);
	va_end(args);
	v->findings++;
	if (v->options->report)
		v->options->report(v->options->data, text.message);
}

static void report_text(void *data, const char *finding)
{
	report(data, "%s", finding);
}

/* Marks a blob as checked; *first is whether it was not before. */
static int mark(bool *first, struct verify *v, const struct oci_digest *digest,
		struct oci_error *err)
{
	size_t size = strlen(digest->text);
	int rc;

	*first = !oci_table_get(&v->seen, digest->text, size);
	if (!*first)
		return 0;
	rc = oci_strings_add(&v->digests, digest->text, err);
	if (rc)
		return rc;
	return oci_table_set(&v->seen, v->digests.items[v->digests.count - 1],
			     size, v, err);
}

static int tell_progress(struct verify *v, const struct oci_digest *digest,
			 uint64_t done, uint64_t total, struct oci_error *err)
{
	struct oci_progress progress = { digest->text, done, total };

	if (!v->options->progress ||
	    v->options->progress(v->options->data, &progress) == 0)
		return 0;
	return oci_fail(err, OCI_E_CANCELLED, "cancelled");
}

/* Reads to the end, which is where a blob's digest is checked. */
static int drain(struct oci_source *source, struct oci_error *err)
{
	char data[16 * 1024];
	size_t got;
	int rc;

	do {
		rc = oci_source_read(&got, source, data, sizeof(data), err);
	} while (!rc && got);
	return rc;
}

/* Inflates a blob into a digest. A bad blob fails with its own error. */
static int measure(struct oci_digest *diff_id, struct verify *v,
		   const struct oci_descriptor *d, struct oci_error *err)
{
	struct oci_source *raw = NULL, *inflate = NULL;
	struct oci_sink *sink = NULL;
	uint64_t size;
	int rc = oci_store_open(&raw, v->store, d, err);

	if (!rc)
		rc = oci_inflate_open(&inflate, raw, err);
	if (!rc)
		rc = oci_measure_open(&sink, NULL, err);
	if (!rc)
		rc = oci_source_copy(NULL, inflate, sink, err);
	if (!rc)
		rc = drain(raw, err);
	if (!rc)
		rc = oci_measure_end(diff_id, &size, sink, err);
	oci_sink_free(sink);
	oci_source_free(inflate);
	oci_source_free(raw);
	return rc;
}

/* Whether an error is about the blob and not about us. */
static bool is_finding(int status)
{
	return status == OCI_E_CORRUPT || status == OCI_E_NOT_FOUND ||
	       status == OCI_E_INVALID || status == OCI_E_LIMIT ||
	       status == OCI_E_UNSUPPORTED;
}

static int check_layer(struct verify *v, const struct oci_descriptor *d,
		       const struct oci_digest *diff_id,
		       const struct oci_digest *manifest,
		       struct oci_error *err)
{
	struct oci_digest found;
	struct oci_error why;
	bool first;
	int rc = mark(&first, v, &d->digest, err);

	if (rc)
		return rc;
	rc = tell_progress(v, &d->digest, 0, d->size, err);
	if (rc)
		return rc;
	rc = measure(&found, v, d, &why);
	if (is_finding(rc)) {
		report(v, "manifest %s: layer: %s", manifest->text,
		       why.message);
		return 0;
	}
	if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	if (diff_id && !oci_digest_equal(&found, diff_id))
		report(v, "manifest %s: layer %s has the diff_id %s, its "
		       "config says %s", manifest->text, d->digest.text,
		       found.text, diff_id->text);
	return tell_progress(v, &d->digest, d->size, d->size, err);
}

/* Reads a document; one that is bad is reported, and *json stays NULL. */
static int read_document(char **json, struct verify *v,
			 const struct oci_descriptor *d, const char *from,
			 struct oci_error *err)
{
	struct oci_error why;
	bool first;
	int rc = mark(&first, v, &d->digest, err);

	*json = NULL;
	if (rc)
		return rc;
	rc = oci_store_read(json, v->store, d, &why);
	if (!is_finding(rc)) {
		if (rc && err)
			*err = why;
		return rc;
	}
	report(v, "%s: %s", from, why.message);
	return 0;
}

static void check_platform(struct verify *v, const struct oci_descriptor *d,
			   const struct oci_config *config)
{
	char wanted[OCI_PLATFORM_TEXT], found[OCI_PLATFORM_TEXT];

	if (!config->platform.os[0] || !config->platform.architecture[0])
		report(v, "manifest %s: its config has no os or architecture",
		       d->digest.text);
	if (!d->has_platform ||
	    (strcmp(d->platform.os, config->platform.os) == 0 &&
	     strcmp(d->platform.architecture,
		    config->platform.architecture) == 0))
		return;
	oci_platform_format(wanted, &d->platform);
	oci_platform_format(found, &config->platform);
	report(v, "manifest %s: the index says %s, its config %s",
	       d->digest.text, wanted, found);
}

static size_t history_layers(const struct oci_config *config)
{
	size_t count = 0;

	for (size_t i = 0; i < config->history_count; i++)
		count += !config->history[i].empty_layer;
	return count;
}

static int read_config(struct oci_config *config, struct verify *v,
		       const struct oci_descriptor *d,
		       const struct oci_manifest *manifest,
		       struct oci_error *err)
{
	struct oci_error why;
	char *json;
	int rc = read_document(&json, v, &manifest->config, d->digest.text,
			       err);

	*config = (struct oci_config){0};
	if (rc || !json)
		return rc;
	if (!oci_media_is_config(manifest->config.media_type)) {
		free(json);
		return 0;
	}
	if (oci_config_parse(config, json, (size_t)manifest->config.size,
			     &why)) {
		report(v, "manifest %s: %s", d->digest.text, why.message);
		free(json);
		return 0;
	}
	free(json);
	check_platform(v, d, config);
	if (config->diff_id_count != manifest->layers.count)
		report(v, "manifest %s has %zu layers, its config %zu diff_ids",
		       d->digest.text, manifest->layers.count,
		       config->diff_id_count);
	if (config->history_count &&
	    history_layers(config) != config->diff_id_count)
		report(v, "manifest %s: the history of its config has %zu "
		       "layers, not %zu", d->digest.text,
		       history_layers(config), config->diff_id_count);
	return 0;
}

static int check_manifest(struct verify *v, const struct oci_descriptor *d,
			  const char *json, struct oci_error *err)
{
	struct oci_manifest manifest;
	struct oci_config config;
	struct oci_error why;
	int rc;

	if (oci_manifest_parse(&manifest, json, (size_t)d->size,
			       d->media_type, &why)) {
		report(v, "%s: %s", d->digest.text, why.message);
		return 0;
	}
	rc = read_config(&config, v, d, &manifest, err);
	for (size_t i = 0; !rc && i < manifest.layers.count; i++) {
		const struct oci_descriptor *layer = &manifest.layers.items[i];
		bool known = oci_media_is_layer(layer->media_type) &&
			     i < config.diff_id_count;

		rc = check_layer(v, layer, known ? &config.diff_ids[i] : NULL,
				 &d->digest, err);
	}
	oci_config_release(&config);
	oci_manifest_release(&manifest);
	return rc;
}

static int check_any(struct verify *v, const struct oci_descriptor *d,
		     const char *from, int depth, struct oci_error *err);

static int check_index(struct verify *v, const struct oci_descriptor *d,
		       const char *json, int depth, struct oci_error *err)
{
	struct oci_index index;
	struct oci_error why;
	int rc = 0;

	if (oci_index_parse(&index, json, (size_t)d->size, d->media_type,
			    &why)) {
		report(v, "%s: %s", d->digest.text, why.message);
		return 0;
	}
	for (size_t i = 0; !rc && i < index.manifests.count; i++)
		rc = check_any(v, &index.manifests.items[i], d->digest.text,
			       depth + 1, err);
	oci_index_release(&index);
	return rc;
}

static int check_any(struct verify *v, const struct oci_descriptor *d,
		     const char *from, int depth, struct oci_error *err)
{
	char *json;
	int rc;

	if (depth > NESTING_MAX) {
		report(v, "%s: indexes are nested more than %d deep", from,
		       NESTING_MAX);
		return 0;
	}
	if (!oci_media_is_index(d->media_type) &&
	    !oci_media_is_manifest(d->media_type))
		return check_layer(v, d, NULL, &d->digest, err);
	rc = read_document(&json, v, d, from, err);
	if (rc || !json)
		return rc;
	if (oci_media_is_index(d->media_type))
		rc = check_index(v, d, json, depth, err);
	else
		rc = check_manifest(v, d, json, err);
	free(json);
	return rc;
}

static int check_unnamed(void *data, const struct oci_digest *digest,
			 uint64_t size, struct oci_error *err)
{
	struct oci_descriptor d = { .digest = *digest, .size = size };
	struct verify *v = data;
	struct oci_error why;
	struct oci_source *source;
	int rc;

	if (oci_table_get(&v->seen, digest->text, strlen(digest->text)))
		return 0;
	rc = oci_store_open(&source, v->store, &d, err);
	if (rc)
		return rc;
	rc = drain(source, &why);
	oci_source_free(source);
	if (rc)
		report(v, "%s", why.message);
	return 0;
}

int oci_image_verify(size_t *findings, struct oci_store *store,
		     const struct oci_verify_options *options,
		     struct oci_error *err)
{
	static const struct oci_verify_options usual = OCI_VERIFY_OPTIONS_INIT;
	struct verify v = {
		.store = store, .options = options ? options : &usual,
	};
	const struct oci_descriptors *names = oci_store_names(store);
	int rc = 0;

	for (size_t i = 0; !rc && i < names->count; i++)
		rc = check_any(&v, &names->items[i], "index.json", 0, err);
	if (!rc && names->count == 0)
		report(&v, "index.json names no image");
	if (!rc && store->ops->check)
		rc = store->ops->check(store, report_text, &v, err);
	if (!rc)
		rc = oci_store_blobs(store, check_unnamed, &v, err);
	oci_table_release(&v.seen);
	oci_strings_release(&v.digests);
	*findings = v.findings;
	return rc;
}
