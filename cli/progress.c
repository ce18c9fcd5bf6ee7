/* SPDX-License-Identifier: Apache-2.0 */
/* The display of progress: its items, its thread, and --progress. */
#include "progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "progress_draw.h"

/* Short runs show nothing. */
static const double bars_after = 0.3;
enum { TICK_MS = 100 };

/*
 * Two locks, so that reports never wait for the terminal: `writing` is held
 * while stderr is written to, `lock` while items are used. A thread that takes
 * both takes writing first.
 */
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;
static struct {
	bool on;
	bool slow;		/* PROGRESS_AUTO without a terminal */
	enum progress_mode mode;
	unsigned hidden;
	struct timespec start;
	pthread_t thread;
	struct progress_screen screen;	/* under writing */
	bool summary;			/* was printed */
	pthread_mutex_t lock;		/* of the fields below */
	pthread_cond_t changed;
	bool stop;
	struct progress_items items;
	struct progress_totals totals;
} display = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Seconds since the display began. */
static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - display.start.tv_sec) +
	       (double)(now.tv_nsec - display.start.tv_nsec) / 1e9;
}

static struct progress_item *find(const struct oci_progress *progress,
				  const char *name)
{
	struct progress_items *list = &display.items;

	for (size_t i = 0; i < list->count; i++) {
		struct progress_item *item = &list->items[i];

		if (!item->ended && item->activity == progress->activity &&
		    strcmp(item->name, name) == 0)
			return item;
	}
	return NULL;
}

/* Returns NULL without memory: the item is not shown. */
static struct progress_item *add(const struct oci_progress *progress,
				 const char *name)
{
	struct progress_items *list = &display.items;
	struct progress_item *item;
	double now = seconds();

	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 16;

		item = realloc(list->items, capacity * sizeof(*item));
		if (!item)
			return NULL;
		list->items = item;
		list->capacity = capacity;
	}
	item = &list->items[list->count];
	*item = (struct progress_item){
		.activity = progress->activity,
		.name = strdup(name),
		.began = now,
		.spoke = now,
		.seen_at = now,
	};
	if (!item->name)
		return NULL;
	list->count++;
	return item;
}

static void count(const struct progress_item *item)
{
	display.totals.of[item->activity].items++;
	display.totals.of[item->activity].known += item->known;
	if (!item->known)
		display.totals.of[item->activity].bytes += item->total;
}

void progress_record(void *data, const struct oci_progress *progress)
{
	const char *name = progress->what ? progress->what : "layer";
	struct progress_item *item;

	(void)data;
	if (!display.on || display.hidden & 1u << progress->activity)
		return;
	pthread_mutex_lock(&display.lock);
	item = find(progress, name);
	if (!item)
		item = add(progress, name);
	if (item) {
		item->done = progress->done;
		item->total = progress->total;
		item->known = progress->known;
		item->ended = progress->ended;
		item->end = seconds();
	}
	if (item && item->ended)
		count(item);
	pthread_mutex_unlock(&display.lock);
}

static void drop_ended(void)
{
	struct progress_items *list = &display.items;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].ended)
			free(list->items[i].name);
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

/* A job in the background does not draw over the shell. */
static bool may_draw(void)
{
	pid_t group = tcgetpgrp(STDERR_FILENO);

	return group < 0 || group == getpgrp();
}

/* After SIGCONT the shell has written below the bars. */
static volatile sig_atomic_t continued;

static void forget_after_stop(void)
{
	if (continued)
		display.screen.rows = 0;
	continued = 0;
}

/* With writing and lock held. */
static void draw(FILE *out, double now)
{
	switch (display.mode) {
	case PROGRESS_BAR:
		forget_after_stop();
		if (now < bars_after || !may_draw())
			return;
		progress_draw_bars(out, &display.screen, &display.items, now);
		break;
	case PROGRESS_JSON:
		progress_draw_json(out, &display.items, now);
		break;
	default:
		progress_draw_lines(out, &display.items, now, display.slow);
	}
	drop_ended();
}

/* Writes what there is to show. */
static void show(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	pthread_mutex_lock(&writing);
	pthread_mutex_lock(&display.lock);
	draw(out, seconds());
	pthread_mutex_unlock(&display.lock);
	if (fclose(out) == 0 && size) {
		say_bytes(stderr, text, size);
		fflush(stderr);
	}
	pthread_mutex_unlock(&writing);
	free(text);
}

static void *run(void *data)
{
	(void)data;
	for (;;) {
		struct timespec until;
		bool stop;

		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_mutex_lock(&display.lock);
		if (!display.stop)
			pthread_cond_timedwait(&display.changed, &display.lock,
					       &until);
		stop = display.stop;
		pthread_mutex_unlock(&display.lock);
		if (stop)
			return NULL;
		show();
	}
}

/* Signals go to the other threads, whose calls they should end. */
static bool start_thread(void)
{
	pthread_condattr_t clock;
	sigset_t all, before;
	bool good;

	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&display.changed, &clock);
	pthread_condattr_destroy(&clock);
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	good = pthread_create(&display.thread, NULL, run, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return good;
}

static void on_continue(int number)
{
	(void)number;
	continued = 1;
}

static void watch_continue(void)
{
	struct sigaction action = { .sa_handler = on_continue,
				    .sa_flags = SA_RESTART };

	sigemptyset(&action.sa_mask);
	sigaction(SIGCONT, &action, NULL);
}

void progress_begin(enum progress_mode mode, unsigned hidden)
{
	const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");
	bool terminal = isatty(STDERR_FILENO) && term && *term &&
			strcmp(term, "dumb") != 0;

	if (mode == PROGRESS_NONE || display.on)
		return;
	display.slow = mode == PROGRESS_AUTO && !terminal;
	if (mode == PROGRESS_AUTO || mode == PROGRESS_BAR)
		mode = terminal ? PROGRESS_BAR : PROGRESS_PLAIN;
	display.mode = mode;
	display.hidden = hidden;
	display.stop = false;
	display.totals = (struct progress_totals){ 0 };
	display.screen.colours = !plain || !*plain;
	clock_gettime(CLOCK_MONOTONIC, &display.start);
	if (mode == PROGRESS_BAR)
		watch_continue();
	display.on = start_thread();
}

void progress_hold(void)
{
	pthread_mutex_lock(&writing);
	forget_after_stop();
	if (display.screen.rows) {
		progress_erase(stderr, &display.screen);
		fflush(stderr);
	}
}

void progress_release(void)
{
	pthread_mutex_unlock(&writing);
}

void progress_end(bool good)
{
	char text[PROGRESS_ROW];
	double now = seconds();

	if (!display.on)
		return;
	pthread_mutex_lock(&display.lock);
	display.stop = true;
	pthread_cond_signal(&display.changed);
	pthread_mutex_unlock(&display.lock);
	pthread_join(display.thread, NULL);
	show();
	display.on = false;
	progress_hold();
	progress_release();
	for (size_t i = 0; i < display.items.count; i++)
		free(display.items.items[i].name);
	free(display.items.items);
	display.items = (struct progress_items){ 0 };
	if (!good || display.slow || display.mode == PROGRESS_JSON ||
	    (display.mode == PROGRESS_BAR && now < bars_after))
		return;
	display.summary = progress_summary(text, &display.totals, now);
	if (display.summary)
		say(stderr, "%s\n", text);
}

bool progress_has_summary(void)
{
	return display.summary;
}
