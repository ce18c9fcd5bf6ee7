/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI layout on disk: layout.c opens and commits, layout_blob.c has the
 * blobs, layout_index.c index.json and its lock, layout_place.c the names of
 * new blobs.
 */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include "base/arena.h"
#include "base/table.h"
#include "io/atomic.h"
#include "store/store.h"

/* A blob that this run added, or found to be right. */
struct oci_layout_blob {
	struct oci_digest digest;
	char *temp;		       /* its file until the commit; or NULL */
	char *path;		       /* its file from then on; of the arena */
	struct oci_layout_blob *next;  /* in the order of adding */
};

struct oci_layout {
	struct oci_store base;
	char *path;
	bool made;	/* this run made the folder */
	unsigned temps; /* temporary files so far, for their names */
	struct oci_arena arena;
	struct oci_table table; /* digest to struct oci_layout_blob */
	struct oci_layout_blob *first;
	struct oci_layout_blob **last;
	struct oci_digest expected; /* see oci_layout_expect */
	char *expected_name;	    /* NULL: the only image */
	bool expects;
	/* From oci_layout_prepare to the commit. */
	bool prepared;
	int lock;		/* of oci-layout; -1: none */
	bool mine;		/* this run made oci-layout */
	struct oci_index next;	/* the new index.json, */
	struct oci_atomic file; /* and its file; unopened: no change */
};

/* "DIR/NAME"; the caller frees it. */
int oci_layout_path(char **out, const struct oci_layout *self,
		    const char *name, struct oci_error *err);
/* "DIR/blobs/ALG/HEX"; the caller frees it. */
int oci_layout_blob_path(char **out, const struct oci_layout *self,
			 const struct oci_digest *digest,
			 struct oci_error *err);
/* The names in a folder, sorted; none where there is no folder. */
int oci_layout_list(struct oci_strings *out, const char *path,
		    struct oci_error *err);
/* Makes the layout's folder, if it is not there. */
int oci_layout_make_folder(struct oci_layout *self, struct oci_error *err);

/* layout_index.c: reads oci-layout, and index.json into *out.
 * OCI_E_NOT_FOUND if there is none. */
int oci_layout_read_version(const struct oci_layout *self,
			    struct oci_error *err);
int oci_layout_read_index(struct oci_index *out, const struct oci_layout *self,
			  struct oci_error *err);
/* Puts the blobs that were added in place, and the changes of names into
 * index.json as it is now. Up to the rename of index.json a failure changes
 * nothing that a reader sees; from there on nothing fails. */
int oci_layout_commit(struct oci_store *store, struct oci_error *err);
/* All of it that may fail for want of room or memory: the layout is locked from
 * then on, and the new index.json lies beside the old one. */
int oci_layout_prepare(struct oci_store *store, struct oci_error *err);
/* Takes back what was prepared and not committed. */
void oci_layout_unprepare(struct oci_layout *self);

/* layout_place.c: makes the folders of the blobs that were added. */
int oci_layout_make_blobs(struct oci_layout *self, struct oci_error *err);
/* Removes those of them that are empty. */
void oci_layout_remove_blobs(const struct oci_layout *self);
/* Gives each added blob its name in blobs/, durably. Allocates nothing. */
int oci_layout_publish_blobs(struct oci_layout *self, struct oci_error *err);
/* Removes the files of blobs that were not placed. */
void oci_layout_drop_blobs(struct oci_layout *self);

/* See struct oci_store_ops. A layout that is written to has what was added,
 * and what lies in blobs/ with the right bytes: these are read, once. */
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
