/* SPDX-License-Identifier: Apache-2.0 */
/* One name of a folder that is listed. */
#ifndef LAYER_LISTING_ENTRY_H
#define LAYER_LISTING_ENTRY_H

#include <sys/stat.h>

#include "layer/fingerprint.h"
#include "layer/listing.h"

/* Makes an entry from stat(2) of path; its name starts at the offset `name`.
 * All memory is in the arena. */
int oci_listing_entry_new(struct oci_listing_entry **out,
			  struct oci_arena *arena, const char *path,
			  size_t name, const struct stat *st,
			  struct oci_error *err);
/* Reads a symlink's target in the open dir: 1 to OCI_PATH_MAX - 1 bytes. */
int oci_listing_entry_target(struct oci_listing_entry *entry,
			     struct oci_arena *arena, int dir,
			     struct oci_error *err);
/* Adds the entry; of a folder, not its contents. */
int oci_listing_entry_fingerprint(struct oci_fingerprint *fingerprint,
				  const struct oci_listing_entry *entry,
				  const struct stat *st, struct oci_error *err);

#endif
