/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A snapshot is the state of a layer's inputs on disk at one moment: what
 * stat(2) says of each file, and the listing of each folder. The layer's
 * fingerprint and its tree are both made from the same snapshot.
 */
#ifndef SPEC_SNAPSHOT_H
#define SPEC_SNAPSHOT_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "base/watch.h"
#include "layer/fingerprint.h"
#include "layer/listing.h"
#include "spec/plan.h"

/* One input. */
struct oci_snapshot_input {
	struct oci_listing *listing; /* of a folder; NULL once used */
	struct stat st;		     /* of a file; links are followed */
};

struct oci_snapshot {
	struct timespec now;	       /* the time before the first stat */
	const struct oci_watch *watch; /* borrowed during oci_snapshot_take */
	struct oci_snapshot_input *items; /* of the debs, then the entries */
	size_t count;
};

/* Lists a layer's inputs. watch may cancel. On success, the caller frees
 * *out. */
int oci_snapshot_take(struct oci_snapshot *out,
		      const struct oci_plan_layer *layer,
		      const struct oci_watch *watch, struct oci_error *err);
/* Adds the layer's debs and entries, and the state of their inputs. */
int oci_snapshot_fingerprint(struct oci_fingerprint *fingerprint,
			     const struct oci_snapshot *snapshot,
			     const struct oci_plan_layer *layer,
			     struct oci_error *err);
/* Returns whether each input that is not a folder is still the file of the
 * snapshot. If not, the bytes that were read may be another file's. Files in
 * folders are not compared here: layer/content.c does when it reads them. */
bool oci_snapshot_holds(const struct oci_snapshot *snapshot,
			const struct oci_plan_layer *layer);
void oci_snapshot_release(struct oci_snapshot *snapshot);

/* An entry's filter over its folder or archive. Borrows from the entry. */
struct oci_filter oci_plan_entry_filter(const struct oci_plan_entry *entry);

#endif
