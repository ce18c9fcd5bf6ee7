/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI layout on disk. layout.c opens and creates it, layout_blob.c has the
 * blobs, layout_index.c index.json and its lock, layout_publish.c the final
 * names of new blobs.
 */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include "base/arena.h"
#include "base/table.h"
#include "io/atomic.h"
#include "io/temp.h"
#include "store/store.h"

/* A blob that this run added, or whose digest it has checked. */
struct oci_layout_blob {
	struct oci_digest digest;
	char *temp;		       /* its file until the commit; or NULL */
	char *path;		       /* its file after the commit; in the
					* arena */
	struct oci_layout_blob *next;  /* in the order of adding */
};

struct oci_layout {
	struct oci_store base;
	char *path;
	bool made;	/* this run created the folder */
	unsigned temps; /* temporary files so far, for their names */
	struct oci_temp_folder run; /* of blobs until the commit; opened when
				     * it is needed */
	struct oci_arena arena;
	struct oci_table table; /* digest to struct oci_layout_blob */
	struct oci_layout_blob *first;
	struct oci_layout_blob **last;
	struct oci_digest expected; /* see oci_layout_expect */
	char *expected_name;	    /* NULL: the only image */
	bool expects;
	/* Set by oci_layout_prepare until the commit. */
	bool prepared;
	int lock;		/* descriptor of oci-layout; -1: not locked */
	bool mine;		/* this run created oci-layout */
	struct oci_index next;	/* the new index.json, */
	struct oci_atomic file; /* its file; not open: no change */
};

/* Makes "DIR/NAME"; the caller frees it. */
int oci_layout_path(char **out, const struct oci_layout *self,
		    const char *name, struct oci_error *err);
/* Makes "DIR/blobs/ALG/HEX"; the caller frees it. */
int oci_layout_blob_path(char **out, const struct oci_layout *self,
			 const struct oci_digest *digest,
			 struct oci_error *err);
/* Adds the sorted names of a folder's entries; none if there is no folder. */
int oci_layout_list(struct oci_strings *out, const char *path,
		    struct oci_error *err);
/* Creates the layout's folder if it does not exist. */
int oci_layout_make_folder(struct oci_layout *self, struct oci_error *err);

/* layout_index.c: checks oci-layout, and reads index.json into *out.
 * OCI_E_NOT_FOUND if the file does not exist. */
int oci_layout_read_version(const struct oci_layout *self,
			    struct oci_error *err);
int oci_layout_read_index(struct oci_index *out, const struct oci_layout *self,
			  struct oci_error *err);
/* Gives the added blobs their names, and applies the changes of names to the
 * present index.json. If it fails before the rename of index.json, readers see
 * no change; after the rename it does not fail. */
int oci_layout_commit(struct oci_store *store, struct oci_error *err);
/* Does everything that may fail for want of room or memory. Afterwards the
 * layout is locked, and the new index.json is beside the old one. */
int oci_layout_prepare(struct oci_store *store, struct oci_error *err);
/* Undoes oci_layout_prepare after a commit or instead of one. */
void oci_layout_unprepare(struct oci_layout *self);

/* layout_publish.c: makes the folders for the added blobs. */
int oci_layout_make_blobs(struct oci_layout *self, struct oci_error *err);
/* Removes the empty ones of these folders. */
void oci_layout_remove_blobs(const struct oci_layout *self);
/* Gives added blobs their names in blobs/, and makes the names of all files and
 * folders of the layout durable. Allocates nothing. */
int oci_layout_publish_blobs(struct oci_layout *self, struct oci_error *err);
/* Removes the files of blobs that were not published. */
void oci_layout_drop_blobs(struct oci_layout *self);

/* See struct oci_store_ops. A layout that is written to has the blobs that were
 * added, and files in blobs/ with the right digest, which is checked once. */
int oci_layout_has(bool *out, struct oci_store *store,
		   const struct oci_digest *digest, struct oci_error *err);
int oci_layout_has_right(bool *out, struct oci_store *store,
			 const struct oci_digest *digest,
			 struct oci_error *err);
int oci_layout_file(char **out, struct oci_store *store,
		    const struct oci_digest *digest, struct oci_error *err);
int oci_layout_same_bytes(bool *out, struct oci_store *store,
			  const struct oci_digest *digest, const void *data,
			  size_t size, struct oci_error *err);
int oci_layout_open_blob(struct oci_source **out, struct oci_store *store,
			 const struct oci_descriptor *descriptor,
			 struct oci_error *err);
int oci_layout_create_blob(struct oci_sink **out, struct oci_store *store,
			   const struct oci_digest *digest,
			   struct oci_error *err);
int oci_layout_add_blob(struct oci_store *store, struct oci_sink *blob,
			const struct oci_digest *digest, uint64_t size,
			struct oci_error *err);
int oci_layout_visit_blobs(struct oci_store *store, oci_blob_fn *visit,
			   void *data, struct oci_error *err);

#endif
