/* SPDX-License-Identifier: Apache-2.0 */
#include "image/rootfs.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/options.h"
#include "layer/rootfs.h"
#include "store/layer_source.h"

/* Engines allow 127. */
enum { LAYERS_MAX = 1000 };

static int apply_layer(struct oci_rootfs *rootfs, struct oci_store *store,
		       const struct oci_descriptor *layer,
		       struct oci_walk *seen, struct oci_error *err)
{
	struct oci_source *source;
	bool first = true;
	int rc = 0;

	if (seen)
		rc = oci_walk_first(&first, seen, &layer->digest, err);
	rootfs->watch->again = !first;
	if (!rc)
		rc = oci_store_open(&source, store, layer, err);
	if (rc)
		return rc;
	rc = oci_rootfs_apply_blob(rootfs, source, err);
	oci_source_free(source);
	return rc ? oci_wrap(err, rc, "layer %s", layer->digest.text) : 0;
}

int oci_rootfs_check_count(const struct oci_descriptors *layers,
			   struct oci_error *err)
{
	return layers->count <= LAYERS_MAX
		       ? 0
		       : oci_fail(err, OCI_E_LIMIT,
				  "an image has %zu layers, the most that are "
				  "read is %d",
				  layers->count, LAYERS_MAX);
}

int oci_rootfs_apply_layers(struct oci_rootfs *rootfs, struct oci_store *store,
			    const struct oci_descriptors *layers,
			    struct oci_watch *watch, struct oci_walk *seen,
			    struct oci_error *err)
{
	int rc = oci_rootfs_check_count(layers, err);

	rootfs->watch = watch;
	for (size_t i = 0; !rc && i < layers->count; i++)
		rc = apply_layer(rootfs, store, &layers->items[i], seen, err);
	return rc;
}

/* The layers of an image, which are opened again to read a file. */
struct image_layers {
	struct oci_store *store; /* borrowed */
	struct oci_descriptors list;
	struct oci_watch watch;
};

static int open_layer(struct oci_source **tar, void *data, unsigned layer,
		      struct oci_error *err)
{
	struct image_layers *self = data;

	*tar = NULL;
	if (!layer || layer > self->list.count)
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"layer %u is not one of the image's", layer);
	return oci_layer_open_watched(tar, self->store,
				      &self->list.items[layer - 1],
				      &self->watch, err);
}

static void free_layers(void *data)
{
	struct image_layers *self = data;

	oci_descriptors_release(&self->list);
	free(self);
}

static int copy_layers(struct image_layers **out, struct oci_store *store,
		       const struct oci_descriptors *layers,
		       struct oci_error *err)
{
	struct image_layers *self = calloc(1, sizeof(*self));
	int rc = self ? 0 : oci_fail_nomem(err);

	for (size_t i = 0; !rc && i < layers->count; i++)
		rc = oci_descriptors_add(&self->list, &layers->items[i], err);
	if (rc) {
		if (self)
			free_layers(self);
		return rc;
	}
	self->store = store;
	*out = self;
	return 0;
}

int oci_image_rootfs(struct oci_rootfs **out, struct oci_store *store,
		     const struct oci_image_documents *image,
		     const struct oci_rootfs_options *options,
		     struct oci_error *err)
{
	static const struct oci_rootfs_options usual = OCI_ROOTFS_OPTIONS_INIT;
	struct oci_rootfs_options o;
	struct image_layers *layers;
	int rc;

	*out = NULL;
	oci_options_read(&o, sizeof(o), &usual, options);
	rc = copy_layers(&layers, store, &image->manifest.layers, err);
	if (rc)
		return rc;
	layers->watch.cancelled = o.cancelled;
	layers->watch.max_inflated = o.max_inflated;
	rc = oci_rootfs_new(out, err);
	if (rc) {
		free_layers(layers);
		return rc;
	}
	rc = o.path ? oci_rootfs_apply_upper(out, o.path, store, &layers->list,
					     &layers->watch, err)
		    : oci_rootfs_apply_layers(*out, store, &layers->list,
					      &layers->watch, NULL, err);
	if (!rc) {
		(*out)->layers = (struct oci_layer_source){
			open_layer,
			free_layers,
			layers,
		};
		return 0;
	}
	free_layers(layers);
	oci_rootfs_free(*out);
	*out = NULL;
	return rc;
}
