/* SPDX-License-Identifier: Apache-2.0 */
/* One name of a folder that is listed. */
#ifndef LAYER_LISTING_ENTRY_H
#define LAYER_LISTING_ENTRY_H

#include <sys/stat.h>

#include "layer/fingerprint.h"
#include "layer/listing.h"

/* What stat says of path; its name starts at the offset `name`. Everything is
 * in the arena. */
int oci_listing_entry_new(struct oci_listing_entry **out,
			  struct oci_arena *arena, const char *path,
			  size_t name, const struct stat *st,
			  struct oci_error *err);
/* The target of a link in the open folder dir: 1 to OCI_PATH_MAX - 1 bytes. */
int oci_listing_entry_target(struct oci_listing_entry *entry,
			     struct oci_arena *arena, int dir,
			     struct oci_error *err);
/* Adds what stands for it: of a folder, without what is in it. */
int oci_listing_entry_fingerprint(struct oci_fingerprint *fingerprint,
				  const struct oci_listing_entry *entry,
				  const struct stat *st, struct oci_error *err);

#endif
