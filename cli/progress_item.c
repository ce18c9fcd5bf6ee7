/* SPDX-License-Identifier: Apache-2.0 */
/* The texts about one item of the display of progress. */
#include "progress_item.h"

#include <stdarg.h>
#include <string.h>

#include <oci/text.h>

#include "cli.h"

enum {
	VERB = 11,	/* columns of "downloading" */
	BYTES = 14,	/* of "999.9/999.9 MB" */
	RATE = 10,	/* of "999.9 MB/s" */
	LEFT = 7,	/* of "9:59:59" */
	WIDTH_MAX = 240,
	WIDE = 70,	/* less has no room for a bar */
	NARROW = 38,
	SHORT_DIGEST = 12,
	BAR_MAX = 60
};

void progress_item_measure(struct progress_item *item, double now)
{
	static const double smooth = 3;
	double seconds = now - item->seen_at, rate;

	if (seconds < 0.2)
		return;
	if (item->done < item->seen)
		item->seen = item->done;
	rate = (double)(item->done - item->seen) / seconds;
	if (item->rate > 0)
		rate = item->rate +
		       (rate - item->rate) * seconds / (smooth + seconds);
	item->rate = rate;
	item->seen = item->done;
	item->seen_at = now;
}

const char *progress_verb(enum oci_activity activity, enum verb_form form)
{
	static const char *const verbs[ACTIVITIES][3] = {
		[OCI_ACTIVITY_PACK] = { "pack", "packing", "packed" },
		[OCI_ACTIVITY_COPY] = { "copy", "copying", "copied" },
		[OCI_ACTIVITY_UPLOAD] = { "upload", "uploading", "uploaded" },
		[OCI_ACTIVITY_DOWNLOAD] = { "download", "downloading",
					    "downloaded" },
		[OCI_ACTIVITY_READ] = { "read", "reading", "read" },
	};

	return verbs[activity][form];
}

const char *progress_verb_of(const struct progress_item *item)
{
	if (item->known)
		return "kept";
	return progress_verb(item->activity,
			     item->ended ? VERB_PAST : VERB_PRESENT);
}

const char *progress_known(enum oci_activity activity)
{
	return activity == OCI_ACTIVITY_PACK ? "unchanged" : "there already";
}

/* Characters that are not ASCII may be two columns wide. */
static size_t columns_of(const char *text)
{
	size_t columns = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		columns += c < 0x80 ? 1 : c >= 0xc0 ? 2 : 0;
	}
	return columns;
}

void progress_name(char out[PROGRESS_NAME], const struct progress_item *item,
		   size_t most)
{
	const char *p = item->name;
	char one[OCI_ESCAPE_ROOM];
	size_t size = 0, columns = 0;

	if (strncmp(p, "sha256:", 7) == 0 || strncmp(p, "sha512:", 7) == 0) {
		snprintf(out, PROGRESS_NAME, "%.*s", SHORT_DIGEST, p + 7);
		return;
	}
	out[0] = '\0';
	while (*p) {
		size_t room;

		p += oci_text_escape(one, p);
		room = *p ? most - 2 : most;
		if (columns + columns_of(one) > room ||
		    size + strlen(one) + 3 > PROGRESS_NAME) {
			memcpy(out + size, "..", 3);
			return;
		}
		memcpy(out + size, one, strlen(one) + 1);
		size += strlen(one);
		columns += columns_of(one);
	}
}

/* A text that grows up to the room for it. */
struct text {
	char *at;
	size_t size, columns;
};

static void add(struct text *t, const char *fmt, ...) OCI_PRINTF(2, 3);

static void add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(t->at + t->size, PROGRESS_ROW - t->size, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= PROGRESS_ROW - t->size)
		n = 0;
	t->at[t->size + (size_t)n] = '\0';
	t->columns += columns_of(t->at + t->size);
	t->size += (size_t)n;
}

static void add_padding(struct text *t, size_t columns)
{
	while (t->columns < columns && t->size < PROGRESS_ROW - 1)
		add(t, " ");
}

static unsigned percent_of(const struct progress_item *item)
{
	if (!item->total)
		return 0;
	return (unsigned)((double)item->done * 100 / (double)item->total);
}

/* "12.3/31.0 MB": both in the unit of the total. */
static void format_bytes(char out[32], const struct progress_item *item)
{
	char total[SIZE_TEXT];
	double unit = 1;
	const char *space;

	format_size(total, item->total ? item->total : item->done);
	space = strchr(total, ' ');
	if (!item->total || !space || space[1] == 'B') {
		snprintf(out, 32, "%s", total);
		return;
	}
	for (const char *u = "kMGTP"; *u; u++) {
		unit *= 1000;
		if (*u == space[1])
			break;
	}
	snprintf(out, 32, "%.1f/%s", (double)item->done / unit, total);
}

static void format_rate(char out[32], const struct progress_item *item)
{
	char size[SIZE_TEXT];

	out[0] = '\0';
	if (item->rate < 1)
		return;
	format_size(size, (uint64_t)item->rate);
	snprintf(out, 32, "%s/s", size);
}

static void format_left(char out[32], const struct progress_item *item)
{
	double left = (double)(item->total - item->done);
	unsigned long seconds;

	out[0] = '\0';
	if (item->rate < 1 || item->total < item->done)
		return;
	left /= item->rate;
	if (left > 359999)
		return;
	seconds = (unsigned long)(left + 0.5);
	if (seconds >= 3600)
		snprintf(out, 32, "%lu:%02lu:%02lu", seconds / 3600,
			 seconds / 60 % 60, seconds % 60);
	else
		snprintf(out, 32, "%lu:%02lu", seconds / 60, seconds % 60);
}

static void add_bar(struct text *t, const struct progress_item *item,
		    size_t width, bool colours)
{
	size_t full = item->total ? (size_t)((double)item->done * (double)width
					     / (double)item->total)
				  : 0;
	size_t columns = t->columns;

	if (full > width)
		full = width;
	add(t, "[%s", colours ? "\033[32m" : "");
	for (size_t i = 0; i < width; i++)
		add(t, "%c", i < full ? '=' : i == full ? '>' : ' ');
	add(t, "%s]", colours ? "\033[0m" : "");
	t->columns = columns + width + 2;
}

/* Wide terminals have room for longer names. */
static size_t name_columns(size_t width)
{
	size_t columns = width > 80 ? 16 + (width - 80) / 4 : 16;

	if (width < WIDE)
		return SHORT_DIGEST;
	return columns < 40 ? columns : 40;
}

static void add_name(struct text *t, const struct progress_item *item,
		     size_t width)
{
	size_t most = name_columns(width);
	char name[PROGRESS_NAME];

	add(t, "%-*s ", VERB, progress_verb_of(item));
	progress_name(name, item, most);
	add(t, "%s", name);
	add_padding(t, VERB + 1 + most);
}

/* Cuts what is wider than the terminal. There are no colours then. */
static size_t cut(struct text *t, size_t width)
{
	while (t->columns >= width && t->size) {
		t->at[--t->size] = '\0';
		t->columns = columns_of(t->at);
	}
	return t->columns;
}

size_t progress_bar(char out[PROGRESS_ROW], const struct progress_item *item,
		    unsigned width, bool colours)
{
	struct text t = { .at = out };
	char bytes[32], rate[32], left[32];
	size_t most = width < WIDTH_MAX ? width : WIDTH_MAX, room;

	format_bytes(bytes, item);
	format_rate(rate, item);
	format_left(left, item);
	add_name(&t, item, most);
	if (most < WIDE) {
		if (item->total)
			add(&t, " %3u%%", percent_of(item));
		if (most >= NARROW)
			add(&t, " %*s", LEFT, left);
		return cut(&t, most);
	}
	room = most - 1 - t.columns - (BYTES + 1) - (RATE + 1) - (LEFT + 1) - 3;
	add(&t, " ");
	add_bar(&t, item, room < BAR_MAX ? room : BAR_MAX, colours);
	add(&t, " %*s %*s %*s", BYTES, bytes, RATE, rate, LEFT, left);
	return t.columns;
}

size_t progress_done(char out[PROGRESS_ROW], const struct progress_item *item,
		     unsigned width)
{
	struct text t = { .at = out };
	char size[SIZE_TEXT];

	add_name(&t, item, width);
	if (item->known) {
		add(&t, " %s", progress_known(item->activity));
		return cut(&t, width);
	}
	format_size(size, item->total);
	add(&t, " %9s", size);
	if (width >= NARROW)
		add(&t, " %7.1f s", item->end - item->began);
	return cut(&t, width);
}

bool progress_summary(char out[PROGRESS_ROW],
		      const struct progress_totals *totals, double seconds)
{
	static const char *const things[ACTIVITIES] = {
		"layer", "blob", "blob", "blob", "blob",
	};
	struct text t = { .at = out };

	out[0] = '\0';
	for (int i = 0; i < ACTIVITIES; i++) {
		uint64_t items = totals->of[i].items;
		uint64_t known = totals->of[i].known;
		char size[SIZE_TEXT];

		if (!items)
			continue;
		format_size(size, totals->of[i].bytes);
		add(&t, "%s%s %llu %s%s (%s", t.size ? ", " : "",
		    progress_verb((enum oci_activity)i, VERB_PAST),
		    (unsigned long long)(items - known), things[i],
		    plural(items - known), size);
		if (known)
			add(&t, "; %llu %s", (unsigned long long)known,
			    progress_known((enum oci_activity)i));
		add(&t, ")");
	}
	if (t.size)
		add(&t, " in %.1f s", seconds);
	return t.size > 0;
}
