/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifies a store: walks from its names through indexes, manifests and configs
 * to the layers, each of them once, and then reads the blobs without a name. A
 * finding does not end the walk.
 */
#include "image/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "io/file.h"

/* Limits for all documents of a store. */
enum { DOCUMENTS_MAX = 1000 * 1000 };
#define BYTES_MAX (UINT64_C(4) << 30)

static void report_text(void *data, const char *finding)
{
	oci_verify_report(data, "%s", finding);
}

/* Reads a config. If it is bad, reports it, and *json stays NULL. */
static int read_document(char **json, struct oci_verify *v,
			 struct oci_seen *seen, const struct oci_descriptor *d,
			 const char *from, struct oci_error *err)
{
	struct oci_error why;
	int rc;

	*json = NULL;
	if (seen->bad)
		return 0;
	rc = oci_walk_count(&v->walk, d, err);
	if (rc)
		return rc;
	rc = oci_store_read(json, v->store, d, &why);
	return oci_verify_judge(&seen->bad, v, rc, &why, from, err);
}

/* Compares the platform in the index with that of the config. */
static void check_platform(struct oci_verify *v, const struct oci_descriptor *d,
			   const struct oci_seen *seen)
{
	char wanted[OCI_PLATFORM_TEXT], found[OCI_PLATFORM_TEXT];

	if (!d->has_platform || !seen->has_platform ||
	    (strcmp(d->platform.os, seen->platform.os) == 0 &&
	     strcmp(d->platform.architecture, seen->platform.architecture) ==
		     0))
		return;
	oci_platform_format(wanted, &d->platform);
	oci_platform_format(found, &seen->platform);
	oci_verify_report(v, "manifest %s: the index says %s, its config %s",
			  d->digest.text, wanted, found);
}

static size_t history_layers(const struct oci_config *config)
{
	size_t count = 0;

	for (size_t i = 0; i < config->history_count; i++)
		count += !config->history[i].empty_layer;
	return count;
}

/* Whether a manifest is that of an image. Signatures have an image config
 * without a platform, and blobs that are not layers. */
static bool runs(const struct oci_manifest *manifest)
{
	size_t i = 0;

	while (i < manifest->layers.count &&
	       !oci_media_is_layer(manifest->layers.items[i].media_type))
		i++;
	return i < manifest->layers.count || !manifest->layers.count;
}

static void check_config(struct oci_verify *v, struct oci_seen *seen,
			 const struct oci_descriptor *d,
			 const struct oci_config *config,
			 const struct oci_manifest *manifest)
{
	size_t layers = manifest->layers.count;

	if (runs(manifest) &&
	    (!config->platform.os[0] || !config->platform.architecture[0]))
		oci_verify_report(
			v, "manifest %s: its config has no os or architecture",
			d->digest.text);
	seen->platform = config->platform;
	seen->has_platform = true;
	check_platform(v, d, seen);
	if (config->diff_id_count != layers)
		oci_verify_report(
			v,
			"manifest %s has %zu layers, its config %zu diff_ids",
			d->digest.text, layers, config->diff_id_count);
	if (config->history_count &&
	    history_layers(config) != config->diff_id_count)
		oci_verify_report(
			v,
			"manifest %s: the history of its config has %zu "
			"layers, not %zu",
			d->digest.text, history_layers(config),
			config->diff_id_count);
}

/* *config stays empty if it is bad or not the config of an image. */
static int read_config(struct oci_config *config, struct oci_verify *v,
		       struct oci_seen *of_manifest,
		       const struct oci_descriptor *d,
		       const struct oci_manifest *manifest,
		       struct oci_error *err)
{
	struct oci_error why;
	struct oci_seen *seen;
	char *json = NULL;
	bool bad;
	int rc = oci_verify_look_up(&seen, v, &manifest->config, d->digest.text,
				    err);

	*config = (struct oci_config){0};
	if (!rc)
		rc = read_document(&json, v, seen, &manifest->config,
				   d->digest.text, err);
	if (rc || !json)
		return rc;
	/* The config of an artifact may be any file. */
	if (oci_media_is_config(manifest->config.media_type)) {
		rc = oci_config_parse(config, json,
				      (size_t)manifest->config.size, &why);
		rc = oci_verify_judge(&bad, v, rc, &why, d->digest.text, err);
		if (!rc && !bad)
			check_config(v, of_manifest, d, config, manifest);
	}
	free(json);
	return rc;
}

static int check_manifest(struct oci_verify *v, struct oci_seen *seen,
			  const struct oci_visit *visit, struct oci_error *err)
{
	const struct oci_descriptor *d = visit->descriptor;
	const struct oci_manifest *manifest = visit->manifest;
	char from[OCI_DIGEST_TEXT + 16];
	struct oci_config config;
	int rc;

	snprintf(from, sizeof(from), "manifest %s", d->digest.text);
	rc = read_config(&config, v, seen, d, manifest, err);
	for (size_t i = 0; !rc && i < manifest->layers.count; i++)
		rc = oci_verify_layer(
			v, &manifest->layers.items[i],
			i < config.diff_id_count ? &config.diff_ids[i] : NULL,
			from, err);
	oci_config_release(&config);
	return rc;
}

/* Whether a media type is that of an unknown version of manifests or indexes,
 * or malformed. An index may list blobs of any other type, as BuildKit's cache
 * lists layers: image-index.md. */
static bool is_unknown_kind(const char *media_type)
{
	bool family =
		strncmp(media_type, "application/vnd.oci.image.", 26) == 0 ||
		strncmp(media_type, "application/vnd.docker.", 23) == 0;

	return (family && (strstr(media_type, "manifest") ||
			   strstr(media_type, "index"))) ||
	       !strchr(media_type, '/');
}

static int check_other(struct oci_verify *v, const struct oci_descriptor *d,
		       const char *from, struct oci_error *err)
{
	if (is_unknown_kind(d->media_type))
		oci_verify_report(v,
				  "%s: %s has the media type '%s', which is no "
				  "image's",
				  from, d->digest.text, d->media_type);
	return oci_verify_layer(v, d, NULL, from, err);
}

static const char *lister_of(const struct oci_visit *visit)
{
	return visit->parent ? visit->parent->digest.text : "index.json";
}

static int enter(void *data, const struct oci_visit *visit,
		 struct oci_error *err)
{
	const struct oci_descriptor *d = visit->descriptor;
	const char *from = lister_of(visit);
	struct oci_verify *v = data;
	struct oci_seen *seen;
	int rc;

	if (visit->depth > OCI_NESTING_MAX) {
		oci_verify_report(v, "%s: indexes are nested more than %d deep",
				  from, OCI_NESTING_MAX);
		return OCI_WALK_PAST;
	}
	if (!oci_media_is_index(d->media_type) &&
	    !oci_media_is_manifest(d->media_type)) {
		rc = check_other(v, d, from, err);
		return rc ? rc : OCI_WALK_PAST;
	}
	rc = oci_verify_look_up(&seen, v, d, from, err);
	if (rc)
		return rc;
	if (!visit->first)
		check_platform(v, d, seen);
	return seen->bad ? OCI_WALK_PAST : 0;
}

static int check_document(void *data, const struct oci_visit *visit,
			  struct oci_error *err)
{
	const struct oci_descriptor *d = visit->descriptor;
	struct oci_verify *v = data;
	/* enter has added it. */
	struct oci_seen *seen =
		oci_table_get(&v->seen, d->digest.text, strlen(d->digest.text));
	bool bad;
	int rc;

	if (visit->json)
		rc = oci_verify_judge(&bad, v, visit->status, err,
				      d->digest.text, err);
	else
		rc = oci_verify_judge(&seen->bad, v, visit->status, err,
				      lister_of(visit), err);
	if (rc || !visit->manifest)
		return rc;
	return check_manifest(v, seen, visit, err);
}

static int read_to_end(struct oci_source *source, const struct oci_verify *v,
		       struct oci_error *err)
{
	char data[64 * 1024];
	size_t got = 1;
	int rc = 0;

	while (!rc && got) {
		rc = oci_watch_check(&v->watch, err);
		if (!rc)
			rc = oci_source_read(&got, source, data, sizeof(data),
					     err);
	}
	return rc;
}

static int check_unnamed(void *data, const struct oci_digest *digest,
			 uint64_t size, struct oci_error *err)
{
	struct oci_descriptor d = { .digest = *digest, .size = size };
	struct oci_verify *v = data;
	struct oci_error why;
	struct oci_source *source;
	bool bad;
	int rc;

	if (oci_table_get(&v->seen, digest->text, strlen(digest->text)))
		return 0;
	rc = oci_store_open(&source, v->store, &d, err);
	if (rc)
		return rc;
	rc = read_to_end(source, v, &why);
	oci_source_free(source);
	return oci_verify_judge(&bad, v, rc, &why, "a blob without a name",
				err);
}

int oci_image_verify(size_t *findings, struct oci_store *store,
		     const struct oci_verify_options *options,
		     struct oci_error *err)
{
	static const struct oci_verify_options usual = OCI_VERIFY_OPTIONS_INIT;
	struct oci_verify_options o;
	struct oci_verify v = {
		.store = store,
		.options = &o,
		.walk = {
			.max_documents = DOCUMENTS_MAX, .max_bytes = BYTES_MAX,
		},
	};
	const struct oci_walk_options walk = {
		.enter = enter,
		.read = check_document,
		.data = &v,
	};
	const struct oci_descriptors *names = oci_store_names(store);
	int rc = 0;

	oci_options_read(&o, sizeof(o), &usual, options);
	v.watch.cancelled = v.options->cancelled;
	v.watch.max_inflated = v.options->max_inflated;
	v.walk.watch = &v.watch;
	for (size_t i = 0; !rc && i < names->count; i++)
		rc = oci_walk_run(&v.walk, store, &names->items[i], &walk, err);
	if (!rc && names->count == 0)
		oci_verify_report(&v, "index.json names no image");
	if (!rc)
		rc = oci_names_check(names, report_text, &v, err);
	if (!rc && store->ops->check)
		rc = store->ops->check(store, report_text, &v, err);
	if (!rc)
		rc = oci_store_blobs(store, check_unnamed, &v, err);
	oci_walk_release(&v.walk);
	oci_table_release(&v.seen);
	oci_arena_release(&v.arena);
	*findings = v.findings;
	return rc;
}
