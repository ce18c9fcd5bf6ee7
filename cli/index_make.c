/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes an index that other runs may change at the same time. A layout is
 * compared under its lock. Registries cannot compare and set a tag in one step:
 * the tag is compared before it is set, and read again after a pause.
 */
#include "index.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

static void on_note(void *data, const char *note)
{
	const struct index_command *c = data;

	if (!c->remote.quiet)
		say(stderr, "%s\n", note);
}

static void on_progress(void *data, const struct oci_progress *progress)
{
	const struct index_command *c = data;

	if (c->remote.verbose)
		say(stderr, "copied %s\n", progress->what);
}

/* How often an attempt is repeated because another run changed the index, and
 * the pauses between attempts, in milliseconds; each is up to twice as long. */
enum { TRIES = 50, REMOTE_TRIES = 20, PAUSE_MS = 100, PAUSE_MAX_MS = 5000 };

/* State that is shared by the attempts. */
struct attempts {
	struct oci_digest written; /* the last index; empty: none yet */
	bool settled; /* the tag was read after that, and all is there */
	long took;    /* milliseconds, from comparing to having written */
};

static void say_result(const struct index_command *c, const char *text,
		       const struct oci_digest *index)
{
	FILE *out = result_stream(text);

	if (c->results.json)
		results_print(&c->results, out);
	else if (c->remote.quiet)
		say(out, "%s\n", index->text);
	else if (c->remote.dry_run)
		dry_run_print(&c->remote.totals);
	else
		say(out, "%s %s\n", text, index->text);
}

/* again: an earlier attempt may have removed the members already. */
static int fill(struct oci_join *join, const struct index_command *c,
		const struct index_images *images, bool again,
		struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < images->count; i++) {
		rc = images->items
			     ? oci_join_add(join, images->items[i].store,
					    &images->items[i].image,
					    images->names[i], err)
			     : oci_join_remove(join, images->names[i], err);
		if (rc == OCI_E_NOT_FOUND && again && !images->items)
			rc = 0;
	}
	return rc ? rc : index_annotate(join, c, err);
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)(now.tv_sec % 1000000 * 1000 + now.tv_nsec / 1000000);
}

/* Names the index, and collects the results of this attempt. */
static int finish(struct index_target *target, const char *text,
		  const struct oci_descriptor *index, struct index_command *c,
		  struct oci_error *err)
{
	int rc = index_target_name(target, index, err);

	results_release(&c->results);
	if (!rc)
		rc = results_add(&c->results, text, target->store,
				 target->repository, &target->name, index, err);
	return rc ? rc : results_prepare(&c->results, err);
}

static int commit(struct attempts *out, struct index_target *target,
		  const char *text, const struct oci_descriptor *index,
		  struct index_command *c, struct oci_error *err)
{
	long start = milliseconds();
	int rc = finish(target, text, index, c, err);

	if (!rc)
		rc = oci_store_commit(target->store, err);
	out->took = milliseconds() - start;
	if (!rc)
		rc = results_publish(&c->results, err);
	progress_end(!rc);
	if (!rc && target->repository && !c->results.json && !c->remote.quiet &&
	    !c->remote.dry_run)
		say_pushed(target->repository);
	return rc;
}

/* Writes the new index. A later attempt does not write the index again if the
 * tag already has an equal one. */
static int write_join(struct attempts *out, struct index_target *target,
		      const char *text, struct oci_join *join,
		      struct index_command *c, struct oci_error *err)
{
	struct oci_copy_options options = OCI_COPY_OPTIONS_INIT;
	struct oci_descriptor index = { 0 };
	int rc = index_target_open(target, text, c, err);

	options.referrers = c->referrers;
	options.cancelled = interrupted_flag();
	options.progress = on_progress;
	options.progress_data = c;
	c->remote.totals = (struct dry_run){ .quiet = c->remote.quiet };
	/* An upload tells more than the reading of what is uploaded. */
	remote_begin_progress(&c->remote,
			      target->repository ? 1u << OCI_ACTIVITY_READ : 0);
	if (!rc)
		rc = oci_join_write(&index, join, target->store, &options, err);
	out->settled =
		!rc && out->written.text[0] &&
		oci_digest_equal(&index.digest, &target->now.image.digest);
	if (!rc && !out->settled)
		rc = commit(out, target, text, &index, c, err);
	if (!rc)
		out->written = index.digest;
	oci_descriptor_release(&index);
	return rc;
}

static int make(struct attempts *out, struct index_command *c, const char *text,
		const struct index_images *images, struct oci_error *err)
{
	struct oci_join_options options = OCI_JOIN_OPTIONS_INIT;
	struct index_target target = { 0 };
	struct oci_join *join;
	int rc;

	options.platforms = c->platforms.items;
	options.platform_count = c->platforms.count;
	options.attestations = !c->no_attestations;
	options.cancelled = interrupted_flag();
	options.note = on_note;
	options.note_data = c;
	rc = oci_join_new(&join, &options, err);
	if (!rc && c->verb != INDEX_CREATE) {
		rc = index_target_read(&target, text, c, err);
		if (!rc)
			rc = oci_join_start(join, target.now.store,
					    &target.now.image, err);
	}
	if (!rc)
		rc = fill(join, c, images, out->written.text[0], err);
	if (!rc)
		rc = write_join(out, &target, text, join, c, err);
	oci_join_free(join);
	index_target_release(&target);
	return rc;
}

/* Another run that compared before this run wrote needs about as long to write
 * as this run did. Therefore the pause is as long as writing took, but at least
 * PAUSE_MS and at most PAUSE_MAX_MS, and a random time of up to as much again,
 * so that two runs do not collide again. */
static void pause_between(const struct attempts *attempts)
{
	long least = attempts->took < PAUSE_MS	     ? PAUSE_MS
		     : attempts->took > PAUSE_MAX_MS ? PAUSE_MAX_MS
						     : attempts->took;
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	least += (time.tv_nsec / 1000 + getpid() * 7L) % least;
	time.tv_sec = least / 1000;
	time.tv_nsec = least % 1000 * 1000000L;
	nanosleep(&time, NULL);
}

/* Checks that the tag still leads to the index that was written: another run
 * may have read the tag before, and set it since. */
static int is_there(bool *out, const struct attempts *attempts,
		    struct index_command *c, const char *text,
		    struct oci_error *err)
{
	struct opened now;
	int rc;

	pause_between(attempts);
	rc = opened_init(&now, text, &c->remote, err);
	*out = !rc && oci_digest_equal(&now.image.digest, &attempts->written);
	opened_release(&now);
	return rc;
}

/* One attempt. *done is false if another run changed the index meanwhile. */
static int try_make(bool *done, struct attempts *attempts,
		    struct index_command *c, const char *text,
		    const struct index_images *images, struct oci_error *err)
{
	struct oci_reference name;
	int rc = make(attempts, c, text, images, err);

	*done = rc != OCI_E_CHANGED;
	if (rc || attempts->settled || c->verb == INDEX_CREATE ||
	    c->remote.dry_run || !remote_name(&name, text))
		return *done ? rc : 0;
	return is_there(done, attempts, c, text, err);
}

static int give_up(const char *text, int tries, struct oci_error *err)
{
	char advice[128];

	snprintf(advice, sizeof(advice),
		 "other runs changed it %d times meanwhile: run this again "
		 "later",
		 tries);
	if (err->message[0])
		return oci_error_advise(err, OCI_E_CHANGED, advice);
	return oci_error_set(
		err, OCI_E_CHANGED,
		"'%.500s' was changed by other runs after each of %d "
		"attempts: run this again later",
		text, tries);
}

int index_make(struct index_command *c, const char *text,
	       const struct index_images *images, struct oci_error *err)
{
	struct attempts attempts = { 0 };
	struct oci_reference name;
	bool remote = remote_name(&name, text), done = false;
	int rc = 0, tries = remote ? REMOTE_TRIES : TRIES;

	for (int i = 0; !rc && !done && i < tries && !was_interrupted(); i++) {
		if (i) {
			on_note(c, "the index was changed meanwhile: once "
				   "more");
			if (remote)
				pause_between(&attempts);
		}
		err->message[0] = '\0';
		rc = try_make(&done, &attempts, c, text, images, err);
	}
	if (!rc && !done)
		rc = give_up(text, tries, err);
	if (!rc)
		say_result(c, text, &attempts.written);
	return rc;
}
