/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the items of the display as bars, lines or JSON. */
#include "progress_draw.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

enum { ROWS_MAX = 64, LINE_SECONDS = 10 };

/* The size of the terminal may change at any time. */
static void terminal_size(unsigned *width, unsigned *height)
{
	struct winsize size;

	*width = 80;
	*height = 24;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
		return;
	if (size.ws_col)
		*width = size.ws_col;
	if (size.ws_row)
		*height = size.ws_row;
}

/* Moves to the first row of the bars. A terminal that became narrower has
 * broken each row into several. */
static void go_up(FILE *out, const struct progress_screen *screen,
		  unsigned width)
{
	size_t lines = 0;

	for (size_t i = 0; i < screen->rows; i++)
		lines += screen->columns[i] ? (screen->columns[i] + width - 1) /
						      width
					    : 1;
	if (lines) {
		char text[32];
		int n = snprintf(text, sizeof(text), "\r\033[%zuA", lines);

		say_bytes(out, text, (size_t)n);
	}
}

void progress_erase(FILE *out, struct progress_screen *screen)
{
	unsigned width, height;

	terminal_size(&width, &height);
	if (screen->rows) {
		go_up(out, screen, width);
		say_bytes(out, "\033[J", 3);
	}
	screen->rows = 0;
}

/* Blobs that were only read are not worth a line that stays. */
static bool stays(const struct progress_item *item)
{
	return item->ended && item->activity != OCI_ACTIVITY_READ;
}

/* Rows have colours, and names that are escaped already. */
static void put(FILE *out, const char *row)
{
	say_bytes(out, row, strlen(row));
	say(out, "\033[K\n");
}

static void put_row(FILE *out, struct progress_screen *screen, const char *row,
		    size_t columns)
{
	put(out, row);
	screen->columns[screen->rows++] = columns;
}

void progress_draw_bars(FILE *out, struct progress_screen *screen,
			struct progress_items *items, double now)
{
	unsigned width, height;
	char row[PROGRESS_ROW];
	size_t active = 0, room, hidden;

	terminal_size(&width, &height);
	go_up(out, screen, width);
	screen->rows = 0;
	for (size_t i = 0; i < items->count; i++) {
		active += !items->items[i].ended;
		if (!stays(&items->items[i]))
			continue;
		progress_done(row, &items->items[i], width);
		put(out, row);
	}
	/* The cursor's line is below the rows. */
	room = height > 3 ? height - 2 : 1;
	room = room < ROWS_MAX - 1 ? room : ROWS_MAX - 1;
	hidden = active > room ? active - (room - 1) : 0;
	for (size_t i = 0, shown = 0;
	     i < items->count && shown < active - hidden; i++) {
		if (items->items[i].ended)
			continue;
		progress_item_measure(&items->items[i], now);
		put_row(out, screen, row,
			progress_bar(row, &items->items[i], width,
				     screen->colours));
		shown++;
	}
	if (hidden) {
		int n = snprintf(row, width < sizeof(row) ? width : sizeof(row),
				 "and %zu more", hidden);

		put_row(out, screen, row, n > 0 ? strlen(row) : 0);
	}
	say(out, "\033[J");
}

static void begin_line(FILE *out, const struct progress_item *item,
		       const char *verb)
{
	char name[PROGRESS_NAME];

	progress_name(name, item, 40);
	say(out, "%s %s: ", verb, name);
}

static void draw_start(FILE *out, struct progress_item *item)
{
	char total[SIZE_TEXT];

	format_size(total, item->total);
	begin_line(out, item, progress_verb(item->activity, VERB_PRESENT));
	say(out, "%s\n", total);
	item->started = true;
}

static void draw_middle(FILE *out, struct progress_item *item, double now)
{
	char done[SIZE_TEXT], total[SIZE_TEXT], rate[SIZE_TEXT];

	progress_item_measure(item, now);
	format_size(done, item->done);
	format_size(total, item->total);
	format_size(rate, (uint64_t)item->rate);
	begin_line(out, item, progress_verb(item->activity, VERB_PRESENT));
	say(out, "%s of %s, %s/s\n", done, total, rate);
	item->started = true;
	item->spoke = now;
}

static void draw_end(FILE *out, const struct progress_item *item)
{
	char total[SIZE_TEXT];

	format_size(total, item->total);
	begin_line(out, item, progress_verb_of(item));
	if (item->known)
		say(out, "%s\n", progress_known(item->activity));
	else
		say(out, "%s in %.1f s\n", total, item->end - item->began);
}

void progress_draw_lines(FILE *out, struct progress_items *items, double now,
			 bool slow)
{
	for (size_t i = 0; i < items->count; i++) {
		struct progress_item *item = &items->items[i];

		if (!slow && !item->started && !item->known)
			draw_start(out, item);
		if (!item->ended && now - item->spoke >= LINE_SECONDS)
			draw_middle(out, item, now);
		if (item->ended && (!slow || item->started))
			draw_end(out, item);
	}
}

static void draw_object(FILE *out, struct progress_item *item,
			const char *event, uint64_t done, double now)
{
	say(out,
		"{\"event\":\"%s\",\"activity\":\"%s\",\"name\":", event,
		progress_verb(item->activity, VERB_NAME));
	say_json(out, item->name);
	say(out, ",\"done\":%llu,\"total\":%llu,\"known\":%s,"
		"\"seconds\":%.3f}\n",
		(unsigned long long)done, (unsigned long long)item->total,
		item->known ? "true" : "false", now);
	item->started = true;
	item->spoke = now;
}

void progress_draw_json(FILE *out, struct progress_items *items, double now)
{
	for (size_t i = 0; i < items->count; i++) {
		struct progress_item *item = &items->items[i];

		if (!item->started)
			draw_object(out, item, "start", 0, item->began);
		else if (!item->ended && now - item->spoke >= 1)
			draw_object(out, item, "progress", item->done,
				    now);
		if (item->ended)
			draw_object(out, item, "end", item->done, item->end);
	}
}
