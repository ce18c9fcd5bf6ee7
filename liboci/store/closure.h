/* SPDX-License-Identifier: Apache-2.0 */
/* All that an image leads to: indexes, manifests, configs, layers; and, where
 * wanted, what refers to it. */
#ifndef STORE_CLOSURE_H
#define STORE_CLOSURE_H

#include <stdbool.h>

#include <oci/copy.h>
#include <oci/store.h>

#include "base/watch.h"

struct oci_closure {
	struct oci_descriptors documents;	/* children before parents */
	struct oci_strings texts;		/* beside them */
	struct oci_descriptors blobs;		/* each once */
	struct oci_descriptors referrers;	/* of the documents */
	struct oci_descriptors tagged;	/* signatures of them, by tags */
	struct oci_strings tags;		/* beside tagged */
};

/* Reads every document; blobs are named, not read. watch may be NULL. */
int oci_closure_read(struct oci_closure *out, struct oci_store *store,
		     const struct oci_descriptor *image, bool referrers,
		     const struct oci_watch *watch, struct oci_error *err);
/* foreign.c: takes out blobs that have URLs and that the store lacks. */
int oci_closure_drop_foreign(struct oci_closure *closure,
			     struct oci_store *from,
			     const struct oci_copy_options *options,
			     struct oci_error *err);
void oci_closure_release(struct oci_closure *closure);

#endif
