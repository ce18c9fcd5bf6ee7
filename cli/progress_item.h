/* SPDX-License-Identifier: Apache-2.0 */
/* The items of the display of progress, and the texts about one item. */
#ifndef CLI_PROGRESS_ITEM_H
#define CLI_PROGRESS_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <oci/progress.h>

enum { ACTIVITIES = OCI_ACTIVITY_READ + 1 };

/* A layer, blob or file. Times are in seconds. */
struct progress_item {
	enum oci_activity activity;
	char *name; /* owned */
	uint64_t done, total;
	bool known, ended;
	bool started;	/* its first line was printed */
	double began, end;
	double spoke;	/* when its last line was printed */
	double rate;	/* bytes a second, smoothed; 0: not known yet */
	double seen_at; /* when rate was computed last */
	uint64_t seen;	/* bytes then */
};

/* Counts of the items that have ended. */
struct progress_totals {
	struct {
		uint64_t items, bytes, known;
	} of[ACTIVITIES];
};

/* Computes the rate anew. */
void progress_item_measure(struct progress_item *item, double now);

enum verb_form { VERB_NAME, VERB_PRESENT, VERB_PAST };

/* "pack", "packing" or "packed". */
const char *progress_verb(enum oci_activity activity, enum verb_form form);

/* The verb for an item: "packing", "packed" once it has ended, "kept" if it is
 * known. */
const char *progress_verb_of(const struct progress_item *item);
/* Why nothing had to be done: "unchanged" or "there already". */
const char *progress_known(enum oci_activity activity);

#define PROGRESS_NAME 64
/* The name for people: the first digits of a digest, otherwise the name with
 * escapes. Names of more than most columns are cut. */
void progress_name(char out[PROGRESS_NAME], const struct progress_item *item,
		   size_t most);

enum { PROGRESS_ROW = 512 };
/* Writes the bar of an item that has not ended: at most width - 1 columns, and
 * at most 240. Returns the number of columns, without colours. */
size_t progress_bar(char out[PROGRESS_ROW], const struct progress_item *item,
		    unsigned width, bool colours);
/* The line about an item that has ended. */
size_t progress_done(char out[PROGRESS_ROW], const struct progress_item *item,
		     unsigned width);

/* "packed 2 layers (81.0 MB), uploaded 3 blobs (42.1 MB; 1 there already) in
 * 6.2 s". Returns false if nothing has ended. */
bool progress_summary(char out[PROGRESS_ROW],
		      const struct progress_totals *totals, double seconds);

#endif
