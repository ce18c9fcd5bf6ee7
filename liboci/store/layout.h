/* SPDX-License-Identifier: Apache-2.0 */
/* An OCI layout on disk: layout.c is the whole, layout_blob.c its blobs. */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include "store/store.h"

struct oci_layout {
	struct oci_store base;
	char *path;
	bool unsynced;		/* names of blobs are not on the disk yet */
	struct oci_strings made;	/* files and folders to take back */
};

/* "DIR/NAME"; the caller frees it. */
int oci_layout_path(char **out, const struct oci_layout *self,
		    const char *name, struct oci_error *err);
/* The names in a folder, sorted; none where there is no folder. */
int oci_layout_list(struct oci_strings *out, const char *path,
		    struct oci_error *err);

/* See struct oci_store_ops. */
int oci_layout_has(bool *out, struct oci_store *store,
		   const struct oci_digest *digest, struct oci_error *err);
int oci_layout_file(char **out, struct oci_store *store,
		    const struct oci_digest *digest, struct oci_error *err);
int oci_layout_same_bytes(bool *out, struct oci_store *store,
			  const struct oci_digest *digest, const void *data,
			  size_t size, struct oci_error *err);
int oci_layout_open_blob(struct oci_source **out, struct oci_store *store,
			 const struct oci_descriptor *descriptor,
			 struct oci_error *err);
int oci_layout_create_blob(struct oci_sink **out, struct oci_store *store,
			   struct oci_error *err);
int oci_layout_add_blob(struct oci_store *store, struct oci_sink *blob,
			const struct oci_digest *digest, uint64_t size,
			struct oci_error *err);
int oci_layout_visit_blobs(struct oci_store *store, oci_blob_fn *visit,
			   void *data, struct oci_error *err);

#endif
