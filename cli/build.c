/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack build: packs a spec into an archive, a layout, a registry, or an
 * engine. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#include "build_target.h"

struct build {
	struct build_options options;
	int64_t epoch;
	struct oci_spec *spec;
	bool reported;		       /* errors of the spec were printed */
	struct oci_registry *registry; /* for all pushes */
	struct build_target *targets;
	size_t count;
	struct oci_descriptor image;
};

/* Whether a message starts with a position in a spec: FILE:LINE:COLUMN. Nothing
 * is put in front of these, because editors read them. */
static bool has_position(const char *text)
{
	for (const char *p = text; (p = strchr(p, ':')); p++) {
		size_t line = strspn(p + 1, "0123456789");
		const char *column = p + 1 + line + 1;

		if (line && p[1 + line] == ':' &&
		    column[strspn(column, "0123456789")] == ':' &&
		    *column != ':')
			return true;
		if (p[1] == ' ')
			break;
	}
	return false;
}

static void say_line(const char *text)
{
	say(stderr, "%s%s\n", has_position(text) ? "" : "oci-pack: ", text);
}

/* After a signal the message has no position in the spec. */
static int say_failure(const struct oci_error *err)
{
	if (was_interrupted())
		return say_error(err);
	say(stderr, "%s%s%s\n",
	    has_position(err->message) ? "" : "oci-pack: ", err->message,
	    sandbox_advice(err));
	return EXIT_FAILED;
}

static void report(void *data, const char *text)
{
	struct build *b = data;

	b->reported = true;
	say_line(text);
}

static int open_spec(struct build *b, struct oci_error *err)
{
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;

	options.folder = b->options.folder;
	options.vars = &b->options.vars;
	options.platforms = b->options.platforms.items;
	options.platform_count = b->options.platforms.count;
	options.report = report;
	options.report_data = b;
	return oci_spec_open(&b->spec, b->options.spec, &options, err);
}

static void on_progress(void *data, const struct oci_progress *progress)
{
	const struct build *b = data;
	char size[SIZE_TEXT];

	progress_record(NULL, progress);
	if (!b->options.remote.verbose)
		return;
	if (progress->known) {
		say(stderr, "kept %s: its inputs are the same\n",
		    progress->what ? progress->what : "layer");
	} else if (progress->ended) {
		format_size(size, progress->total);
		say(stderr, "packed %s, %s of files\n",
		    progress->what ? progress->what : "layer", size);
	}
}

/* Opens registries first: they receive each layer while it is packed. */
static int open_targets(struct build *b, struct oci_error *err)
{
	struct build_options *o = &b->options;
	int rc = 0;

	b->targets = calloc(o->pushes.count + 2, sizeof(*b->targets));
	if (!b->targets)
		return fail_nomem(err);
	for (size_t i = 0; !rc && i < o->pushes.count; i++)
		rc = build_target_push(&b->targets[b->count++], &b->registry, o,
				       o->pushes.items[i], b->spec, err);
	if (!rc && o->load.wanted)
		rc = build_target_load(&b->targets[b->count++], o, b->epoch,
				       b->spec, err);
	if (!rc && o->output)
		rc = build_target_local(&b->targets[b->count++], o, b->epoch,
					b->spec, err);
	return rc;
}

static void on_note(void *data, const char *text)
{
	(void)data;
	say_line(text);
}

static int pack_into(struct build *b, struct oci_store *store,
		     struct oci_error *err)
{
	struct oci_pack_options options = OCI_PACK_OPTIONS_INIT;

	options.epoch = b->epoch;
	options.open_base = bases_open_image;
	options.base_data = &b->options.bases;
	if (b->options.lint.mode != LINT_OFF) {
		options.check = build_lint_check;
		options.check_data = &b->options.lint;
		options.checked = build_lint_checked;
	}
	options.cache = b->options.lint.cache = b->options.bases.cache;
	options.temp_dir = temp_dir();
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	options.compression = b->options.compression.kind;
	options.level = b->options.compression.level;
	options.jobs = b->options.jobs;
	options.note = b->options.remote.quiet ? NULL : on_note;
	options.note_data = b;
	options.progress = on_progress;
	options.progress_data = b;
	return oci_spec_pack(&b->image, b->spec, store, &options, err);
}

static int pack(struct build *b, struct oci_error *err)
{
	struct oci_store **stores, *tee;
	int rc;

	if (b->count == 1)
		return pack_into(b, b->targets[0].store, err);
	stores = calloc(b->count, sizeof(struct oci_store *));
	if (!stores)
		return fail_nomem(err);
	for (size_t i = 0; i < b->count; i++)
		stores[i] = b->targets[i].store;
	rc = oci_store_tee(&tee, stores, b->count, err);
	if (!rc)
		rc = pack_into(b, tee, err);
	oci_store_free(tee);
	free(stores);
	return rc;
}

static bool has_base(const struct oci_spec *spec, const char *base)
{
	const struct oci_strings *list = oci_spec_bases(spec);

	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], base) == 0)
			return true;
	return false;
}

/* Tells of entries of the lock file that the spec does not use; they do no
 * harm. */
static void say_unused(const struct build *b)
{
	const struct bases *bases = &b->options.bases;

	for (size_t i = 0; i < bases->lock.count; i++)
		if (!has_base(b->spec, bases->lock.items[i].base))
			say(stderr, "%s has '%s', which the spec does not "
			    "start from: oci-pack lock takes it out\n",
			    bases->lock_path, bases->lock.items[i].base);
}

static int build(struct build *b, struct oci_error *err)
{
	struct bases *bases = &b->options.bases;
	const struct oci_strings *list = oci_spec_bases(b->spec);
	struct results *results = &b->options.results;
	int rc;

	bases->remote = &b->options.remote;
	bases->registry = &b->registry;
	bases->pushes = b->options.pushes.count > 0;
	rc = bases_open(bases, b->options.spec, err);
	if (!rc)
		say_unused(b);
	if (!rc && !bases->pushes)
		rc = remote_claim_names(bases->remote, list->items, list->count,
					err);
	if (!rc)
		rc = open_targets(b, err);
	if (!rc)
		rc = build_lint_open(&b->options.lint, b->spec, err);
	if (!rc)
		rc = pack(b, err);
	if (!rc && build_lint_refuses(&b->options.lint))
		return 0;	/* nothing is named, nothing is committed */
	for (size_t i = 0; !rc && i < b->count; i++)
		rc = build_target_name(&b->targets[i], &b->image, err);
	for (size_t i = 0; !rc && i < b->count; i++)
		rc = build_target_result(&b->targets[i], results, &b->image,
					 err);
	if (!rc)
		rc = results_prepare(results, err);
	for (size_t i = 0; !rc && i < b->count; i++)
		rc = oci_store_prepare(b->targets[i].store, err);
	/* Registries first: they may still refuse a tag. Then an engine, which
	 * may refuse the image. Files and layouts only have to be renamed. */
	for (size_t i = 0; !rc && i < b->count; i++)
		rc = oci_store_commit(b->targets[i].store, err);
	return rc ? rc : results_publish(results, err);
}

static void say_result(const struct build *b)
{
	const char *output = b->options.output;
	/* If stdout is the archive, the result goes to stderr. */
	FILE *out = output && strcmp(output, "-") == 0 ? stderr : stdout;

	if (b->options.results.json) {
		results_print(&b->options.results, out);
		return;
	}
	if (b->options.remote.quiet) {
		say(out, "%s\n", b->image.digest.text);
		return;
	}
	if (b->options.remote.dry_run) {
		dry_run_print(&b->options.remote.totals);
		return;
	}
	for (size_t i = 0; i < b->count; i++)
		build_target_say(&b->targets[i], &b->image, out);
}

static void say_platforms(const struct build *b)
{
	const struct oci_platform *platforms;
	char name[OCI_PLATFORM_TEXT];
	size_t count;

	platforms = oci_spec_platforms(b->spec, &count);
	if (count < 2 || b->options.remote.quiet ||
	    !b->targets[b->count - 1].archive)
		return;
	oci_platform_format(name, &platforms[0]);
	say(stderr,
	    "manifest.json, which docker load without the containerd "
	    "image store reads, tells of %s alone: --platform chooses\n",
	    name);
}

static int add_push(struct sandbox *sandbox, const struct build_options *o,
		    const char *reference, const struct oci_spec *spec,
		    struct oci_error *err)
{
	struct build_names names;
	int rc = build_names_push(&names, o, reference, spec, err);

	if (!rc)
		rc = sandbox_add_repository(sandbox, NULL, &names.items[0],
					    err);
	build_names_release(&names);
	return rc;
}

/* The inputs are known now, and nothing of them was read. */
static int enter_sandbox(struct build *b, struct oci_error *err)
{
	struct build_options *o = &b->options;
	const struct oci_strings *inputs = oci_spec_inputs(b->spec);
	const struct oci_strings *names = oci_spec_bases(b->spec);
	struct sandbox sandbox = {
		.remote = &o->remote,
		.outside = o->load.wanted,
	};
	int rc = sandbox_add_output(&sandbox, o->output, err);

	if (!rc)
		rc = results_add_to_sandbox(&o->results, &sandbox, err);
	for (size_t i = 0; !rc && i < o->pushes.count; i++)
		rc = add_push(&sandbox, o, o->pushes.items[i], b->spec, err);
	for (size_t i = 0; !rc && i < names->count; i++)
		rc = sandbox_add_image(&sandbox, NULL, names->items[i], err);
	for (size_t i = 0; !rc && i < inputs->count; i++)
		rc = oci_strings_add(&sandbox.reads, inputs->items[i], err);
	if (!rc)
		rc = bases_add_to_sandbox(&o->bases, o->spec, &sandbox, err);
	if (!rc)
		rc = sandbox_enter(&sandbox, err);
	sandbox_release(&sandbox);
	return rc;
}

static int run(struct build *b)
{
	struct oci_error err;

	if (!read_epoch(&b->epoch))
		return EXIT_USAGE;
	if (open_spec(b, &err)) {
		if (!b->reported)
			say_failure(&err);
		return EXIT_FAILED;
	}
	if (enter_sandbox(b, &err))
		return say_failure(&err);
	/* Bases and what lint looks at. */
	remote_begin_progress(&b->options.remote, 1u << OCI_ACTIVITY_READ);
	if (build(b, &err))
		return say_failure(&err);
	progress_end(!build_lint_refuses(&b->options.lint));
	build_lint_say(&b->options.lint, b->options.spec,
		       b->options.remote.quiet);
	if (build_lint_refuses(&b->options.lint)) {
		say(stderr, "oci-pack: the image was not written: mend "
			    "it, or ignore it under 'lint' in the spec, or use "
			    "--lint warn\n");
		return EXIT_FINDINGS;
	}
	say_result(b);
	say_platforms(b);
	return EXIT_DONE;
}

int run_build(int argc, char **argv)
{
	struct build b = {0};
	int status = build_options_parse(&b.options, argc, argv);

	catch_signals();
	if (status < 0)
		status = run(&b);
	for (size_t i = 0; i < b.count; i++)
		build_target_release(&b.targets[i]);
	free(b.targets);
	bases_release(&b.options.bases);
	oci_registry_free(b.registry);
	oci_spec_free(b.spec);
	oci_descriptor_release(&b.image);
	findings_release(&b.options.lint.findings);
	build_options_release(&b.options);
	return status;
}
