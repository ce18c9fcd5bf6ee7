/* SPDX-License-Identifier: Apache-2.0 */
/* All parts of an image: indexes, manifests, configs, layers and, optionally,
 * referrers. */
#ifndef STORE_CLOSURE_H
#define STORE_CLOSURE_H

#include <stdbool.h>

#include <oci/copy.h>
#include <oci/store.h>

#include "base/watch.h"

struct oci_closure {
	struct oci_descriptors documents;	/* children before parents */
	struct oci_strings texts;		/* of the documents, in order */
	struct oci_descriptors blobs;		/* each once */
	struct oci_descriptors referrers;	/* of the documents */
	struct oci_descriptors tagged; /* signatures that only a tag finds */
	struct oci_strings tags;       /* of these, in order */
};

/* Reads all documents of an image. Blobs are listed, not read. watch may be
 * NULL. The caller releases *out, also after a failure. */
int oci_closure_read(struct oci_closure *out, struct oci_store *store,
		     const struct oci_descriptor *image, bool referrers,
		     const struct oci_watch *watch, struct oci_error *err);
/* foreign.c: removes the blobs that have "urls" and that `from` lacks. */
int oci_closure_drop_foreign(struct oci_closure *closure,
			     struct oci_store *from,
			     const struct oci_copy_options *options,
			     struct oci_error *err);
void oci_closure_release(struct oci_closure *closure);

#endif
