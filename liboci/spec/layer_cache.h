/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layer cache: one cache record for each layer of a spec file and platform.
 * A record has the fingerprint of the layer's inputs and the result of packing
 * them. If the fingerprint is still the same (a cache hit), the layer is used
 * again and its inputs are not read.
 */
#ifndef SPEC_LAYER_CACHE_H
#define SPEC_LAYER_CACHE_H

#include <oci/cache.h>
#include <oci/layer.h>
#include <oci/spec.h>

#include "spec/cache_record.h"
#include "spec/plan.h"
#include "spec/snapshot.h"

/* Everything that decides the bytes of one layer. All borrowed. */
struct oci_layer_inputs {
	const struct oci_spec *spec;
	const struct oci_plan *plan;
	const struct oci_plan_layer *layer;
	const struct oci_snapshot *snapshot;
	const struct oci_layer_options *options;
	int64_t epoch;
	const struct oci_digest *below; /* the fingerprint of the layers below;
					 * empty: none */
};

/* Returns whether the layer has inputs that are archives or packages. */
bool oci_layer_has_archives(const struct oci_plan_layer *layer);

/* The cache's record of a layer. */
struct oci_cached_layer {
	struct oci_digest name;	       /* the record's key in the cache */
	struct oci_digest fingerprint; /* of the layer's present inputs */
	bool racy;		       /* see layer/fingerprint.h */
	bool found;		       /* a cache hit */
	struct oci_cache_record record; /* of an earlier run; all zero: none */
};

/* Computes the fingerprint of inputs and reads the layer's record. The caller
 * releases *out after success. */
int oci_cached_layer_find(struct oci_cached_layer *out, struct oci_cache *cache,
			  const struct oci_layer_inputs *inputs,
			  struct oci_error *err);
/* Returns whether inputs have that fingerprint. */
bool oci_layer_inputs_are(const struct oci_digest *fingerprint,
			  const struct oci_layer_inputs *inputs);
/* Writes *record to the cache as the layer's record, with the fingerprint of
 * *cached, or with none if that is racy. Failures to write are ignored. */
void oci_cached_layer_record(const struct oci_cached_layer *cached,
			     struct oci_cache *cache,
			     struct oci_cache_record *record);
/* Opens the blob of the record for its blocks and returns the descriptor, which
 * the caller closes, or -1. The bytes are not verified. */
int oci_cached_layer_open(const struct oci_cached_layer *cached,
			  const struct oci_cache *cache);
void oci_cached_layer_release(struct oci_cached_layer *cached);
/* Makes store have the blob of the record: sets *out if store had it or the
 * cache could supply it. Updates the record if the blob is in another file. */
int oci_cached_layer_provide(bool *out, struct oci_cached_layer *cached,
			     struct oci_store *store, struct oci_cache *cache,
			     struct oci_error *err);

#endif
