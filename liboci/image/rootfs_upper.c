/* SPDX-License-Identifier: Apache-2.0 */
/* Applies no more layers than a path needs, from the uppermost down. */
#include <stdlib.h>

#include "base/error.h"
#include "image/rootfs.h"
#include "layer/rootfs.h"

struct upper {
	struct oci_store *store;
	const struct oci_descriptors *layers;
	struct oci_source **blobs; /* those that were opened; owned */
	struct oci_watch *watch;
};

/* A blob that was read before is not fetched again. */
static int apply(struct upper *u, struct oci_rootfs *rootfs, size_t i,
		 struct oci_error *err)
{
	const struct oci_descriptor *layer = &u->layers->items[i];
	int rc;

	u->watch->again = u->blobs[i] != NULL;
	rc = u->blobs[i] ? oci_source_rewind(u->blobs[i], err)
			 : oci_store_open(&u->blobs[i], u->store, layer, err);
	if (!rc)
		rc = oci_rootfs_apply_blob(rootfs, u->blobs[i], err);
	return rc ? oci_wrap(err, rc, "layer %s", layer->digest.text) : 0;
}

/* Replaces *rootfs by the root file system of the upper `take` layers. */
static int apply_some(struct upper *u, struct oci_rootfs **rootfs, size_t take,
		      struct oci_error *err)
{
	size_t lower = u->layers->count - take;
	int rc;

	oci_rootfs_free(*rootfs);
	rc = oci_rootfs_new(rootfs, err);
	if (rc)
		return rc;
	(*rootfs)->watch = u->watch;
	(*rootfs)->layer = (unsigned)lower;
	(*rootfs)->partial = lower > 0;
	for (size_t i = lower; !rc && i < u->layers->count; i++)
		rc = apply(u, *rootfs, i, err);
	return rc;
}

int oci_rootfs_apply_upper(struct oci_rootfs **rootfs, const char *path,
			   struct oci_store *store,
			   const struct oci_descriptors *layers,
			   struct oci_watch *watch, struct oci_error *err)
{
	struct upper u = { store, layers, NULL, watch };
	bool decided = layers->count == 0;
	int rc = oci_rootfs_check_count(layers, err);

	if (rc)
		return rc;
	u.blobs = calloc(layers->count + 1, sizeof(struct oci_source *));
	if (!u.blobs)
		return oci_fail_nomem(err);
	/* The steps grow, so that many layers are not read too often. */
	for (size_t take = 1; !rc && !decided; take += 1 + take / 4) {
		if (take > layers->count)
			take = layers->count;
		rc = apply_some(&u, rootfs, take, err);
		decided = take == layers->count ||
			  (!rc && oci_rootfs_decides(*rootfs, path));
	}
	for (size_t i = 0; i < layers->count; i++)
		oci_source_free(u.blobs[i]);
	free(u.blobs);
	return rc;
}
