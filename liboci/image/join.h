/* SPDX-License-Identifier: Apache-2.0 */
/* The members of an index that is being joined. */
#ifndef IMAGE_JOIN_H
#define IMAGE_JOIN_H

#include <oci/join.h>
#include <oci/manifest.h>

#include "store/walk.h"

enum { JOIN_MEMBERS_MAX = 1000 };

struct join_member {
	struct oci_descriptor descriptor;	/* as it will be written */
	struct oci_platform platform;		/* of an image; else empty */
	struct oci_store *store;
	size_t source;	/* 0: it was there; else the number of what was added */
	bool gone;
};

struct oci_join {
	struct oci_join_options options;
	struct oci_strings names;	/* of what was added */
	struct join_member *members;
	size_t count;
	size_t capacity;
	size_t documents; /* read so far */
	uint64_t bytes;	  /* of these */
	struct oci_watch watch;
	struct oci_index head;		/* all but its manifests */
};

/* What a member is about, or NULL where it is no attestation. */
const char *join_subject(const struct oci_descriptor *descriptor);
bool join_is_image(const struct join_member *member);

/* Takes what *member owns over, also when it fails. */
int join_put(struct oci_join *join, struct join_member *member,
	     struct oci_error *err);
/* Drops what is gone, and attestations of images that are not there. */
void join_sweep(struct oci_join *join);

#endif
