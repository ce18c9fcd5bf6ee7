/* SPDX-License-Identifier: Apache-2.0 */
/* The members of an index that is joined. */
#ifndef IMAGE_JOIN_H
#define IMAGE_JOIN_H

#include <oci/join.h>
#include <oci/manifest.h>

#include "store/walk.h"

enum { JOIN_MEMBERS_MAX = 1000 };

struct join_member {
	struct oci_descriptor descriptor; /* as it is written */
	struct oci_platform platform;	  /* of an image; otherwise empty */
	struct oci_store *store;
	size_t source; /* 0: of the index that is changed; otherwise the
			* number of the added image */
	bool gone;
};

struct oci_join {
	struct oci_join_options options;
	struct oci_strings names; /* of added images */
	struct join_member *members;
	size_t count;
	size_t capacity;
	size_t documents; /* read so far */
	uint64_t bytes;	  /* of these */
	struct oci_watch watch;
	struct oci_index head; /* the index without its members */
};

/* The digest that an attestation is about; NULL for other members. */
const char *join_subject(const struct oci_descriptor *descriptor);
bool join_is_image(const struct join_member *member);

/* Takes ownership of *member, also if it fails. */
int join_put(struct oci_join *join, struct join_member *member,
	     struct oci_error *err);
/* Removes members that were replaced, and attestations without their image. */
void join_sweep(struct oci_join *join);

#endif
