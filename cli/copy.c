/* SPDX-License-Identifier: Apache-2.0 */
/* Copies an image to one or more destinations. */
#include "copy.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static void on_progress(void *data, const struct oci_progress *progress)
{
	const struct copy_command *c = data;

	/* For registries, the log has each request. */
	if (c->remote.verbose && progress->ended)
		say(stderr, "copied %s\n", progress->what);
}

static void on_note(void *data, const char *note)
{
	(void)data;
	say(stderr, "%s\n", note);
}

static void say_result(const struct copy_command *c,
		       const struct copy_target *target)
{
	FILE *out = result_stream(target->text);

	if (c->remote.dry_run && !c->remote.quiet) {
		dry_run_print(&c->remote.totals);
		return;
	}
	if (c->remote.quiet) {
		say(out, "%s\n", target->copy.digest.text);
		return;
	}
	say(out, "%s %s\n", target->text, target->copy.digest.text);
	if (target->repository)
		say_pushed(target->repository);
	if (target->load.engine)
		engine_say(&target->load);
	copy_say_names(target);
}

/* Copies to one target and names the copy; nothing is committed. */
static int copy_to(struct copy_command *c, struct copy_target *target,
		   struct opened *from, struct oci_error *err)
{
	struct oci_copy_options options = OCI_COPY_OPTIONS_INIT;
	int rc;

	options.platform = c->platforms.count ? c->platforms.items : NULL;
	options.referrers = c->referrers;
	options.cancelled = interrupted_flag();
	options.progress = on_progress;
	options.progress_data = c;
	options.note = on_note;
	if (c->platforms.count > 1)
		rc = copy_platforms(&target->copy, target->store, from, c,
				    &options, err);
	else
		rc = oci_store_copy(&target->copy, target->store, from->store,
				    &from->image, &options, err);
	if (!rc)
		rc = copy_name(target, &c->tags, from, err);
	return rc ? rc
		  : results_add(&c->results, target->text, target->store,
				target->repository, &target->name,
				&target->copy, err);
}

/* stderr if a destination is standard output. */
static FILE *results_stream(const struct copy_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (result_stream(targets->items[i].text) == stderr)
			return stderr;
	return stdout;
}

/* An upload tells more than the reading of what is uploaded. */
static unsigned hidden(const struct copy_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i].repository)
			return 1u << OCI_ACTIVITY_READ;
	return 0;
}

/* Prepares all targets before the first commit, so that a destination that
 * fails leaves the others unchanged. */
static int copy_all(struct copy_command *c, struct copy_targets *targets,
		    struct opened *from, struct oci_error *err)
{
	int rc = 0;

	remote_begin_progress(&c->remote, hidden(targets));
	for (size_t i = 0; !rc && i < targets->count; i++)
		rc = copy_to(c, &targets->items[i], from, err);
	if (!rc)
		rc = results_prepare(&c->results, err);
	for (size_t i = 0; !rc && i < targets->count; i++)
		if (!targets->items[i].shared)
			rc = oci_store_prepare(targets->items[i].store, err);
	for (size_t i = 0; !rc && i < targets->count; i++)
		if (!targets->items[i].shared)
			rc = oci_store_commit(targets->items[i].store, err);
	if (!rc)
		rc = results_publish(&c->results, err);
	progress_end(!rc);
	if (!rc && c->results.json) {
		results_print(&c->results, results_stream(targets));
		return 0;
	}
	for (size_t i = 0; !rc && i < targets->count; i++)
		say_result(c, &targets->items[i]);
	return rc;
}

/* A dry run: prints the steps for one repository after the other. */
static int plan_all(struct copy_command *c, struct copy_targets *targets,
		    struct opened *from, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < targets->count; i++) {
		struct copy_target *target = &targets->items[i];

		c->remote.totals = (struct dry_run){ .quiet = c->remote.quiet };
		rc = copy_to(c, target, from, err);
		if (!rc)
			rc = oci_store_commit(target->store, err);
		if (!rc)
			say_result(c, target);
	}
	return rc;
}

/* --username is for the destination, if that is a registry. */
static int claim_destination(struct copy_command *c, char **names, int count,
			     struct oci_error *err)
{
	/* copy has options for each side. */
	size_t claimed = c->verb == PUSH ? (size_t)count - 1 : c->verb == COPY;

	return remote_claim_names(&c->remote, names + 1, claimed, err);
}

static int enter_sandbox(struct copy_command *c, char **names, int count,
			 struct oci_error *err)
{
	struct sandbox sandbox = { .remote = &c->remote };
	bool sides = c->verb == COPY;
	int rc = sandbox_add_image(&sandbox, sides ? &c->remote.src : NULL,
				   names[0], err);

	if (!rc)
		rc = sandbox_add_output(&sandbox, c->output, err);
	if (!rc)
		rc = results_add_to_sandbox(&c->results, &sandbox, err);
	for (int i = 1; !rc && i < count; i++)
		rc = sandbox_add_destination(&sandbox,
					     sides ? &c->remote.dest : NULL,
					     names[i], err);
	if (!rc)
		rc = sandbox_enter(&sandbox, err);
	sandbox_release(&sandbox);
	return rc;
}

static int run(struct copy_command *c, char **names, int count)
{
	struct copy_targets targets = { 0 };
	struct opened from = { 0 };
	struct oci_error err;
	int rc = claim_destination(c, names, count, &err);

	if (!rc)
		rc = enter_sandbox(c, names, count, &err);
	if (!rc)
		rc = opened_init_side(&from, names[0], &c->remote,
				      c->verb == COPY ? &c->remote.src : NULL,
				      &err);
	if (!rc)
		rc = copy_targets_open(
			&targets,
			c->verb == PULL ? (char *const *)&c->output : names + 1,
			c->verb == PULL ? 1 : (size_t)count - 1, &from, c,
			&err);
	if (!rc)
		rc = c->remote.dry_run ? plan_all(c, &targets, &from, &err)
				       : copy_all(c, &targets, &from, &err);
	copy_targets_release(&targets);
	opened_release(&from);
	return rc ? say_error(&err) : EXIT_DONE;
}

static int check_names(const struct copy_command *c, int count)
{
	if (c->verb == PULL && (count != 1 || !c->output))
		return say_usage(c->name, "one REF and -o OUTPUT are needed");
	if (c->remote.dry_run && results_wanted(&c->results))
		return say_usage(c->name, "--dry-run has no results");
	if (c->verb != PULL && count < 2)
		return say_usage(c->name,
				 "an image and where it goes are needed, such "
				 "as app.tar ghcr.io/owner/app:1");
	return results_check(&c->results, c->name, c->output);
}

int copy_run(struct copy_command *c, const struct command *command, int argc,
	     char **argv)
{
	int status = options_parse(command, command->name, c, argc, argv);

	c->name = command->name;
	if (status < 0)
		status = check_names(c, argc - optind);
	for (int i = optind + 1; status < 0 && c->verb == COPY && i < argc; i++)
		status = results_check(&c->results, c->name, argv[i]);
	if (status < 0 && c->verb == COPY)
		status = remote_check_sides(&c->remote, argv + optind,
					    argc - optind);
	if (status < 0)
		status = remote_ready(&c->remote, c->name);
	catch_signals();
	if (status < 0)
		status = run(c, argv + optind, argc - optind);
	remote_release(&c->remote);
	oci_strings_release(&c->tags);
	results_release(&c->results);
	free(c->platforms.items);
	return status;
}
