/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every kind of store has: its names, and a vtable for its blobs.
 * Implementations embed struct oci_store as their first member.
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
	/* The bytes as they are, unchecked. */
	int (*open)(struct oci_source **out, struct oci_store *store,
		    const struct oci_descriptor *descriptor,
		    struct oci_error *err);
	/* Writes the bytes to a sink, on any thread; NULL: open is as good. */
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
	/* A manifest or index; NULL: it is a blob like others. */
	int (*put)(struct oci_store *store,
		   const struct oci_descriptor *descriptor, const void *data,
		   struct oci_error *err);
	/* Takes a blob from another store, which may be read until commit;
	 * NULL: create and add. */
	int (*import)(struct oci_store *store,
		      const struct oci_descriptor *descriptor,
		      struct oci_store *from, struct oci_error *err);
	/* Adds a blob that is all of the file fd, and whose digest the caller
	 * has checked. Closes fd, also when it fails. NULL: create and add. */
	int (*add_file)(struct oci_store *store, int fd,
			const struct oci_digest *digest, uint64_t size,
			struct oci_error *err);
	/* Whether all of an image is there, as its documents tell; NULL: blob
	 * by blob. */
	int (*holds)(bool *out, struct oci_store *store,
		     const struct oci_closure *image, struct oci_error *err);
	/* Notes that a document of this run names a blob that the store has.
	 * NULL: the store notes no such thing. */
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
	/* Whether a blob is there with just these bytes; NULL: not known. */
	int (*same_bytes)(bool *out, struct oci_store *store,
			  const struct oci_digest *digest, const void *data,
			  size_t size, struct oci_error *err);
	/* Whether two stores of this kind are one place; NULL: never. */
	bool (*same)(const struct oci_store *a, const struct oci_store *b);
	/* What names subject as its subject; NULL: index.json tells. */
	int (*referrers)(struct oci_descriptors *out, struct oci_store *store,
			 const struct oci_digest *subject,
			 struct oci_error *err);
	/* The manifest under a tag, and its text; OCI_E_NOT_FOUND where there
	 * is none. NULL: index.json tells. */
	int (*find_tag)(struct oci_descriptor *out, char **text,
			struct oci_store *store, const char *tag,
			struct oci_error *err);
	/* All of a commit that may fail and that nobody sees; commit calls it
	 * if the caller did not. NULL: commit does all. */
	int (*prepare)(struct oci_store *store, struct oci_error *err);
	int (*commit)(struct oci_store *store, struct oci_error *err);
	/* Does what oci_store_tag and oci_store_untag do; NULL: the names are
	 * kept in index. */
	int (*tag)(struct oci_store *store, const struct oci_reference *name,
		   const struct oci_descriptor *descriptor,
		   struct oci_error *err);
	int (*untag)(struct oci_store *store, const struct oci_digest *digest,
		     struct oci_error *err);
	int (*blobs)(struct oci_store *store, oci_blob_fn *visit, void *data,
		     struct oci_error *err);
	/* Reports what is wrong beside the blobs; NULL: nothing to check. */
	int (*check)(struct oci_store *store,
		     void (*report)(void *data, const char *finding),
		     void *data, struct oci_error *err);
	void (*free)(struct oci_store *store);
	/* Only one sink of create may be open. */
	bool one_at_a_time;
};

/* An entry of index.json that was added in place of its name, or (untag) one
 * that was removed. */
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
	bool failed; /* a blob could not be added: no fault of what is packed */
	bool referrers; /* that a copy wants: what is reached from an index
			 * alone is to be found by its subject, too */
};

/* names.c: makes all changes of names of store in list as well, which another
 * process may have changed meanwhile. */
int oci_names_replay(struct oci_descriptors *list,
		     const struct oci_store *store, struct oci_error *err);
/* Reports each name that two entries have for two digests; see oci_store_tag
 * for which names are the same. */
int oci_names_check(const struct oci_descriptors *list,
		    void (*report)(void *data, const char *finding), void *data,
		    struct oci_error *err);
/* The changes are made for good. */
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

/* What one has, the other one has. */
bool oci_store_same(const struct oci_store *a, const struct oci_store *b);

/* fetch.c: writes a blob to sink, checked; on any thread where the store has
 * a fetch of its own. */
int oci_store_fetch(struct oci_store *from, const struct oci_descriptor *blob,
		    struct oci_sink *sink, struct oci_error *err);

/* lazy.c: a source that opens the blob with its first read. The store has to
 * outlive it. */
int oci_lazy_open(struct oci_source **out, struct oci_store *store,
		  const struct oci_descriptor *blob, struct oci_error *err);

#endif
