/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shows on stderr how far layers and blobs have got. There is one display for
 * the whole program. The library's threads only record what they report; a
 * thread of the display writes, at most ten times a second, so that a slow
 * terminal does not hold up a transfer.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include <oci/progress.h>

enum progress_mode {
	PROGRESS_AUTO, /* bars on a terminal; otherwise lines about what takes
			* longer than ten seconds */
	PROGRESS_BAR,
	PROGRESS_PLAIN,
	PROGRESS_JSON,
	PROGRESS_NONE
};

/* Starts the display. hidden has the bit 1 << N for each activity N of enum
 * oci_activity that is not shown. Does nothing if there is a display. */
void progress_begin(enum progress_mode mode, unsigned hidden);
/* An oci_progress_fn. Any thread; data is not used. Does nothing while there is
 * no display. */
void progress_record(void *data, const struct oci_progress *progress);
/* Ends the display: takes bars off the screen. If good, also prints the
 * summary. Does nothing if there is no display. */
void progress_end(bool good);
/* Returns whether the summary was printed. */
bool progress_has_summary(void);

/* Around every message: take bars off the screen, and let them come back. */
void progress_hold(void);
void progress_release(void);

#endif
