/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores of archives that have Docker's manifest.json and no OCI layout.
 * archive_docker.c reads the documents; archive_docker_blobs.c has the blobs.
 */
#ifndef STORE_ARCHIVE_DOCKER_H
#define STORE_ARCHIVE_DOCKER_H

#include "store/members.h"
#include "store/store.h"

struct oci_docker_blob {
	struct oci_digest digest;
	uint64_t size;
	const char *media_type;		 /* of a layer, from its first bytes */
	const struct oci_member *member; /* NULL: the blob is text */
	char *text;			 /* a manifest; or NULL */
	struct oci_docker_blob *next;
};

struct oci_docker_store {
	struct oci_store base;
	struct oci_members *members;
	struct oci_arena arena;
	struct oci_table digests;	/* digest to blob */
	struct oci_table hashed;	/* name of a member to its blob, once
					 * hashed */
	struct oci_docker_blob *first;
	size_t count;
	size_t text_size;		/* bytes of all manifests */
};

/* Makes a store of the archive. Takes ownership of members, even on failure. */
int oci_docker_archive_open(struct oci_store **out,
			    struct oci_members *members,
			    struct oci_error *err);

/* Makes a store without blobs or names. Owns members, as above. */
int oci_docker_store_new(struct oci_docker_store **out,
			 struct oci_members *members, struct oci_error *err);
/* Opens the bytes of a member, unchecked. */
int oci_docker_open_member(struct oci_source **out,
			   const struct oci_docker_store *self,
			   const struct oci_member *member,
			   struct oci_error *err);
/* Finds the blob of a member. A member is hashed at the first call; *out is
 * borrowed from the store. */
int oci_docker_find_member(const struct oci_docker_blob **out,
			   struct oci_docker_store *self, const char *name,
			   struct oci_error *err);
/* Adds a document. Takes ownership of text. */
int oci_docker_add_text(const struct oci_docker_blob **out,
			struct oci_docker_store *self, char *text,
			struct oci_error *err);

#endif
