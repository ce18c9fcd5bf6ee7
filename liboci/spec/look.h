/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inputs of a layer, as they are at one moment: what stands for the layer
 * in the cache is made from it, and so is its tree.
 */
#ifndef SPEC_LOOK_H
#define SPEC_LOOK_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "base/watch.h"
#include "layer/listing.h"
#include "layer/stamp.h"
#include "spec/plan.h"

/* An input. */
struct oci_looked {
	struct oci_listing *listing;	/* of a folder; NULL when it is used */
	struct stat st;			/* of anything else, behind a link */
};

struct oci_look {
	struct timespec now;		/* before anything was looked at */
	const struct oci_watch *watch;	/* borrowed for oci_look_open */
	struct oci_looked *items;	/* of the debs, then of the entries */
	size_t count;
};

int oci_look_open(struct oci_look *out, const struct oci_plan_layer *layer,
		  const struct oci_watch *watch, struct oci_error *err);
/* Adds the layer's debs and entries, with what was seen of their inputs. */
int oci_look_stamp(struct oci_stamp *stamp, const struct oci_look *look,
		   const struct oci_plan_layer *layer, struct oci_error *err);
/* Whether inputs that are no folders are still what they were: what was read
 * since then may have been something else. Files of folders are compared when
 * they are read (layer/content.c). */
bool oci_look_holds(const struct oci_look *look,
		    const struct oci_plan_layer *layer);
void oci_look_release(struct oci_look *look);

/* What selects of a folder or an archive that an entry names. */
struct oci_filter oci_look_filter(const struct oci_plan_entry *entry);

#endif
