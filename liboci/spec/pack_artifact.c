/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes an artifact into a store: files, the empty config, a manifest. The
 * names of files are in the annotation that oras reads.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/text.h"
#include "io/digest.h"
#include "io/watched.h"
#include "spec/artifact.h"
#include "spec/pack.h"

#define ANNOTATION_TITLE "org.opencontainers.image.title"

static int open_source(struct oci_source **out,
		       const struct oci_plan_file *file, size_t input,
		       struct oci_error *err)
{
	if (file->from)
		return oci_source_open_file(out, file->inputs.items[input].path,
					    err);
	return oci_source_open_memory(out, file->content.data,
				      file->content.size, err);
}

/* Copies a source into the store and computes its descriptor. */
static int add_blob(struct oci_descriptor *out, struct oci_store *store,
		    struct oci_source *source,
		    const struct oci_pack_options *options,
		    struct oci_error *err)
{
	const struct oci_watch watch = { .cancelled = options->cancelled };
	struct oci_sink *blob, *measure = NULL, *watched = NULL;
	int rc = oci_store_create(&blob, store, err);

	if (rc)
		return rc;
	rc = oci_measure_open(&measure, blob, NULL, err);
	if (!rc)
		rc = oci_watched_open(&watched, measure, &watch, err);
	if (!rc)
		rc = oci_source_copy(NULL, source, watched, err);
	if (!rc)
		rc = oci_measure_end(&out->digest, &out->size, measure, err);
	if (!rc)
		rc = oci_store_add(store, blob, &out->digest, out->size, err);
	oci_sink_free(watched);
	oci_sink_free(measure);
	oci_sink_free(blob);
	return rc;
}

static void report_progress(const struct oci_pack_options *options,
			    const char *name, uint64_t size)
{
	const struct oci_progress progress = {
		.what = name,
		.done = size,
		.total = size,
		.ended = true,
	};

	oci_progress_tell(options->progress, options->progress_data, &progress);
}

static int add_file(struct oci_manifest *manifest, struct oci_store *store,
		    const struct oci_plan_file *file, size_t input,
		    const struct oci_pack_options *options,
		    struct oci_error *err)
{
	const char *name = oci_artifact_name(file, input);
	struct oci_descriptor layer = {0};
	struct oci_source *source;
	int rc = open_source(&source, file, input, err);

	if (rc)
		return rc;
	rc = add_blob(&layer, store, source, options, err);
	oci_source_free(source);
	if (!rc)
		rc = oci_text_copy(&layer.media_type, file->type, err);
	if (!rc)
		rc = oci_pairs_set(&layer.annotations, ANNOTATION_TITLE, name,
				   err);
	if (!rc)
		rc = oci_descriptors_add(&manifest->layers, &layer, err);
	if (!rc)
		report_progress(options, name, layer.size);
	oci_descriptor_release(&layer);
	return rc;
}

static int add_files(struct oci_manifest *manifest, struct oci_store *store,
		     const struct oci_plan_files *files,
		     const struct oci_pack_options *options,
		     struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < files->count; i++) {
		const struct oci_plan_file *file = &files->items[i];
		size_t count = file->from ? file->inputs.count : 1;

		for (size_t j = 0; !rc && j < count; j++)
			rc = add_file(manifest, store, file, j, options, err);
		if (rc)
			return oci_wrap(err, rc, "%s", file->position);
	}
	return rc;
}

static int write_manifest(struct oci_descriptor *out, struct oci_store *store,
			  const struct oci_manifest *manifest,
			  struct oci_error *err)
{
	char *json;
	int rc = oci_manifest_format(&json, manifest, err);

	if (rc)
		return rc;
	rc = oci_text_copy(&out->media_type, OCI_MEDIA_MANIFEST, err);
	if (!rc)
		rc = oci_text_copy(&out->artifact_type, manifest->artifact_type,
				   err);
	if (!rc)
		rc = oci_store_put(out, store, json, strlen(json), err);
	free(json);
	return rc;
}

int oci_pack_artifact(struct oci_descriptor *out, const struct oci_plan *plan,
		      struct oci_store *store,
		      const struct oci_pack_options *options,
		      struct oci_error *err)
{
	struct oci_manifest manifest = {0};
	int rc = oci_text_copy(&manifest.media_type, OCI_MEDIA_MANIFEST, err);

	*out = (struct oci_descriptor){0};
	if (!rc)
		rc = oci_text_copy(&manifest.artifact_type, plan->artifact,
				   err);
	if (!rc)
		rc = oci_text_copy(&manifest.config.media_type,
				   OCI_MEDIA_EMPTY, err);
	if (!rc)
		rc = add_files(&manifest, store, &plan->files, options, err);
	if (!rc)
		rc = oci_store_put(&manifest.config, store, "{}", 2, err);
	if (!rc)
		rc = oci_pack_pairs(&manifest.annotations, &plan->annotations,
				    err);
	if (!rc)
		rc = write_manifest(out, store, &manifest, err);
	oci_manifest_release(&manifest);
	if (rc)
		oci_descriptor_release(out);
	return rc;
}
