/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that write the items of the display, one for each kind. */
#ifndef CLI_PROGRESS_DRAW_H
#define CLI_PROGRESS_DRAW_H

#include "progress_item.h"

struct progress_items {
	struct progress_item *items;
	size_t count, capacity;
};

/* The rows of bars on the terminal, the cursor below them. */
struct progress_screen {
	bool colours;
	size_t rows;		 /* lines that were written */
	size_t columns[64];	 /* of each of them */
};

/*
 * Each writes to out, which the caller then writes to stderr as a whole.
 * Items that have ended are written once, and left for the caller to drop.
 */
void progress_draw_bars(FILE *out, struct progress_screen *screen,
			struct progress_items *items, double now);
/* slow: only items that take longer than ten seconds. */
void progress_draw_lines(FILE *out, struct progress_items *items, double now,
			 bool slow);
void progress_draw_json(FILE *out, struct progress_items *items, double now);

/* Takes the rows off the screen. Does not call say, which calls this. */
void progress_erase(FILE *out, struct progress_screen *screen);

#endif
