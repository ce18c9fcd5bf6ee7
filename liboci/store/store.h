/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The base of each kind of store: its names, and a vtable for its blobs. An
 * implementation embeds struct oci_store as its first member. A NULL function
 * in the vtable means what its comment says.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <oci/manifest.h>
#include <oci/store.h>

#include "base/watch.h"

struct oci_closure;

struct oci_store_ops {
	int (*has)(bool *out, struct oci_store *store,
		   const struct oci_digest *digest, struct oci_error *err);
	/* Opens the bytes of a blob without comparing their digest. */
	int (*open)(struct oci_source **out, struct oci_store *store,
		    const struct oci_descriptor *descriptor,
		    struct oci_error *err);
	/* Writes a blob to a sink, on any thread. NULL: use open. */
	int (*fetch)(struct oci_store *store,
		     const struct oci_descriptor *descriptor,
		     struct oci_sink *sink, struct oci_error *err);
	/* A sink for a new blob. digest NULL: the caller learns the digest from
	 * the bytes, so a repository may send them before they are complete.
	 * NULL in stores that are only read. */
	int (*create)(struct oci_sink **out, struct oci_store *store,
		      const struct oci_digest *digest, struct oci_error *err);
	int (*add)(struct oci_store *store, struct oci_sink *blob,
		   const struct oci_digest *digest, uint64_t size,
		   struct oci_error *err);
	/* Adds a manifest or an index. NULL: create and add. */
	int (*put)(struct oci_store *store,
		   const struct oci_descriptor *descriptor, const void *data,
		   struct oci_error *err);
	/* Adds a blob of another store, which may be read until the commit.
	 * NULL: create and add. */
	int (*import)(struct oci_store *store,
		      const struct oci_descriptor *descriptor,
		      struct oci_store *from, struct oci_error *err);
	/* Adds the contents of the file fd as a blob, whose digest the caller
	 * has checked. Closes fd, also if it fails. NULL: create and add. */
	int (*add_file)(struct oci_store *store, int fd,
			const struct oci_digest *digest, uint64_t size,
			struct oci_error *err);
	/* Sets *out if the store has all documents and blobs of an image. NULL:
	 * ask for each blob. */
	int (*holds)(bool *out, struct oci_store *store,
		     const struct oci_closure *image, struct oci_error *err);
	/* Called for a blob that the store has and that a new document names.
	 * NULL: the store does not count such blobs. */
	int (*add_present)(struct oci_store *store,
			   const struct oci_digest *digest, uint64_t size,
			   struct oci_error *err);
	/* file and dup_fd are called by cached_blob.c alone. Path of the
	 * regular file that holds exactly this blob; the caller frees it. NULL:
	 * stores of this kind have no such files. */
	int (*file)(char **out, struct oci_store *store,
		    const struct oci_digest *digest, struct oci_error *err);
	/* A descriptor of the file that a sink of create writes to, before the
	 * blob is added; the caller closes it. NULL: stores of this kind write
	 * to no such files. */
	int (*dup_fd)(int *fd, struct oci_store *store, struct oci_sink *blob,
		      struct oci_error *err);
	/* Sets *out if the store's blob has these bytes. NULL: unknown. */
	int (*same_bytes)(bool *out, struct oci_store *store,
			  const struct oci_digest *digest, const void *data,
			  size_t size, struct oci_error *err);
	/* Returns whether two stores are one place. NULL: never. */
	bool (*same)(const struct oci_store *a, const struct oci_store *b);
	/* Lists the manifests with a subject. NULL: those in index.json. */
	int (*referrers)(struct oci_descriptors *out, struct oci_store *store,
			 const struct oci_digest *subject,
			 struct oci_error *err);
	/* Reads the manifest of a tag. Errors: OCI_E_NOT_FOUND. NULL: look the
	 * tag up in index.json. */
	int (*find_tag)(struct oci_descriptor *out, char **text,
			struct oci_store *store, const char *tag,
			struct oci_error *err);
	/* See oci_store_prepare; commit calls it unless the caller did. NULL:
	 * commit does everything. */
	int (*prepare)(struct oci_store *store, struct oci_error *err);
	int (*commit)(struct oci_store *store, struct oci_error *err);
	/* See oci_store_tag and oci_store_untag. NULL: names.c changes
	 * oci_store.index. */
	int (*tag)(struct oci_store *store, const struct oci_reference *name,
		   const struct oci_descriptor *descriptor,
		   struct oci_error *err);
	int (*untag)(struct oci_store *store, const struct oci_digest *digest,
		     struct oci_error *err);
	int (*blobs)(struct oci_store *store, oci_blob_fn *visit, void *data,
		     struct oci_error *err);
	/* Reports problems that are not in a blob. NULL: there are none. */
	int (*check)(struct oci_store *store,
		     void (*report)(void *data, const char *finding),
		     void *data, struct oci_error *err);
	void (*free)(struct oci_store *store);
	/* Only one sink of create may be open at a time. */
	bool one_at_a_time;
};

/* One change of index.json: an entry that was added in place of those with the
 * same name, or (untag) an entry that was removed. */
struct oci_name_change {
	bool untag;
	struct oci_descriptor entry;
};

struct oci_store {
	const struct oci_store_ops *ops;
	struct oci_index index;		/* index.json: the names */
	struct oci_name_change *changes; /* since it was opened */
	size_t change_count;
	size_t change_capacity;
	struct oci_watch watch; /* over the commit */
	oci_progress_fn *progress; /* of reads; may be NULL */
	void *progress_data;
	bool failed;	/* a blob could not be added: the inputs are not to
			 * blame */
	bool referrers; /* of a repository: list manifests with a subject that
			 * only an index names among the referrers, too */
};

/* names.c: applies the changes of names of store to list, which may have
 * changes of other processes. */
int oci_names_replay(struct oci_descriptors *list,
		     const struct oci_store *store, struct oci_error *err);
/* Reports names of two images; oci_store_tag says which are equal. */
int oci_names_check(const struct oci_descriptors *list,
		    void (*report)(void *data, const char *finding), void *data,
		    struct oci_error *err);
/* Forgets the changes, which have been committed. */
void oci_names_forget(struct oci_store *store);

/* oci_store_create for a blob whose digest the caller knows already. */
int oci_store_create_known(struct oci_sink **out, struct oci_store *store,
			   const struct oci_digest *digest,
			   struct oci_error *err);

/* See add_present above. */
int oci_store_add_present(struct oci_store *store,
			  const struct oci_digest *digest, uint64_t size,
			  struct oci_error *err);

/* See add_file above. */
int oci_store_add_file(struct oci_store *store, int fd,
		       const struct oci_digest *digest, uint64_t size,
		       struct oci_error *err);

/* Returns whether both are the same place. */
bool oci_store_same(const struct oci_store *a, const struct oci_store *b);

/* fetch.c: writes a blob to sink and compares its digest. May be called on any
 * thread if the store has `fetch`. */
int oci_store_fetch(struct oci_store *from, const struct oci_descriptor *blob,
		    struct oci_sink *sink, struct oci_error *err);

/* lazy.c: a source that opens the blob at its first read; store outlives it. */
int oci_lazy_open(struct oci_source **out, struct oci_store *store,
		  const struct oci_descriptor *blob, struct oci_error *err);

#endif
