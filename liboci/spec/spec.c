/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a spec: reads and parses it, decodes it once for each platform, and
 * finds the inputs. Errors of decoding and of inputs are reported together.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "spec/artifact.h"
#include "spec/decode.h"
#include "spec/handle.h"
#include "spec/inputs.h"
#include "spec/read.h"
#include "spec/yaml.h"

/* The state of opening a spec. */
struct opening {
	struct oci_spec *spec;
	const struct oci_spec_options *options;
	struct oci_diagnostics report;
	struct oci_inputs inputs;
	const struct oci_yaml *root;
	struct oci_pairs vars; /* variables of the options that this
				* spec uses */
	unsigned depth;	       /* number of specs below which this one
				* is a base */
};

enum { DEPTH_MAX = 8 };

static int open_spec(struct oci_spec **out, const char *path,
		     const struct oci_spec_options *options, unsigned depth,
		     struct oci_error *err);

/* Returns the folder of a path; "." if it has none. */
static char *folder_of(struct oci_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return oci_arena_text(arena, ".");
	return oci_arena_copy(arena, path,
			      slash == path ? 1 : (size_t)(slash - path));
}

static void choose_platforms(struct opening *o)
{
	const struct oci_spec_options *options = o->options;
	const struct oci_yaml *vars = oci_yaml_get(o->root, "vars");
	struct oci_platform_list list;
	struct oci_scope scope;
	struct oci_decoder d = {
		&o->spec->arena, &o->report, &scope, "platforms",
	};

	oci_scope_init(&scope, d.arena, d.report, o->root, vars, &o->vars,
		       NULL);
	oci_decode_platforms(&list, &d, o->root);
	if (options->platform_count) {
		size_t size = options->platform_count * sizeof(*list.items);

		list.count = options->platform_count;
		list.items = oci_arena_alloc(d.arena, size);
		if (list.items)
			memcpy(list.items, options->platforms, size);
	}
	o->spec->platforms = list.items;
	o->spec->count = list.items ? list.count : 0;
	o->spec->plans = oci_arena_alloc(d.arena, o->spec->count *
						  sizeof(*o->spec->plans));
	o->spec->bases = oci_arena_alloc(d.arena, o->spec->count *
						  sizeof(*o->spec->bases));
	if (!list.items || !o->spec->plans || !o->spec->bases) {
		o->spec->count = 0;
		oci_diagnose_nomem(&o->report);
	}
}

static void check_platforms(struct opening *o)
{
	const struct oci_platform *p = o->spec->platforms;
	char text[OCI_PLATFORM_TEXT];

	for (size_t i = 1; i < o->spec->count; i++)
		for (size_t j = 0; j < i; j++) {
			if (!oci_platform_equal(&p[i], &p[j]))
				continue;
			oci_platform_format(text, &p[i]);
			oci_diagnose(&o->report, o->root,
				     "platform '%s' is "
				     "selected twice, expected it once",
				     text);
		}
}

static void decode_plan(struct opening *o, size_t i)
{
	struct oci_plan *plan = &o->spec->plans[i];
	struct oci_scope scope;
	struct oci_decoder d = {&o->spec->arena, &o->report, &scope, "spec"};

	plan->platform = o->spec->platforms[i];
	oci_scope_init(&scope, d.arena, d.report, o->root,
		       oci_yaml_get(o->root, "vars"), &o->vars,
		       &plan->platform);
	if (o->report.nomem)
		return;
	oci_scope_check(&scope);
	oci_decode_plan(plan, &d, o->root);
	oci_inputs_resolve(&o->inputs, plan);
	if (oci_diagnostics_clean(&o->report))
		oci_artifact_check_names(&o->report, &plan->files);
}

static bool same_texts(const struct oci_strings *a, const struct oci_strings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

/* Image and tags name the index, so all platforms must have the same. */
static void check_names(struct opening *o)
{
	const struct oci_plan *first = &o->spec->plans[0];

	for (size_t i = 1; i < o->spec->count; i++) {
		const struct oci_plan *plan = &o->spec->plans[i];
		const char *key = NULL;

		if (!same_texts(&plan->tags, &first->tags))
			key = "tags";
		if (plan->image && first->image &&
		    strcmp(plan->image, first->image) != 0)
			key = "image";
		if (!key)
			continue;
		oci_diagnose(&o->report, oci_yaml_get(o->root, key),
			     "'%s' differs by platform, expected the same for "
			     "all of them: it names the index", key);
	}
}

/* Files do not depend on the platform. */
static void check_artifact(struct opening *o)
{
	const struct oci_yaml *root = o->root;

	if (o->spec->plans[0].artifact && o->spec->count > 1)
		oci_diagnose(&o->report, oci_yaml_get(root, "artifact"),
			     "an artifact for %zu platforms, expected one",
			     o->spec->count);
}

static void decode(struct opening *o, const char *folder)
{
	if (o->root->type != OCI_YAML_MAPPING) {
		oci_diagnose(&o->report, o->root, "the spec is %s, expected a "
			     "mapping with keys such as 'version'",
			     oci_yaml_kind(o->root));
		return;
	}
	oci_inputs_init(&o->inputs, &o->spec->arena, &o->report, folder);
	if (oci_inputs_add(&o->inputs, o->spec->file))
		choose_platforms(o);
	if (!o->report.nomem)
		check_platforms(o);
	for (size_t i = 0; !o->report.nomem && i < o->spec->count; i++)
		decode_plan(o, i);
	if (oci_diagnostics_clean(&o->report))
		check_names(o);
	if (oci_diagnostics_clean(&o->report))
		check_artifact(o);
	o->spec->inputs = o->inputs.found;
	o->inputs.found = (struct oci_strings){0};
	oci_inputs_release(&o->inputs);
}

/* A spec that is a base gets only the variables that it declares. */
static int choose_vars(struct opening *o, struct oci_error *err)
{
	const struct oci_pairs *all = o->options->vars;
	const struct oci_yaml *declared = oci_yaml_get(o->root, "vars");
	int rc = 0;

	for (size_t i = 0; !rc && all && i < all->count; i++) {
		const struct oci_pair *pair = &all->items[i];

		if (o->depth == 0 || (declared && oci_yaml_key(declared,
							       pair->key)))
			rc = oci_pairs_set(&o->vars, pair->key, pair->value,
					   err);
	}
	return rc;
}

/* Reports an error of a base, which is not in o->report. */
static int fail_base(const struct opening *o, const struct oci_error *why,
		     struct oci_error *err)
{
	if (o->options->report)
		o->options->report(o->options->report_data, why->message);
	return oci_fail(err, OCI_E_INVALID, "%s", why->message);
}

static int fail_depth(const struct opening *o, const char *position,
		      struct oci_error *err)
{
	struct oci_error why;

	oci_fail(&why, OCI_E_INVALID,
		 "%s: specs are bases of each other more "
		 "than %d deep, expected no cycle",
		 position, DEPTH_MAX);
	return fail_base(o, &why, err);
}

static int fail_artifact(const struct opening *o,
			 const struct oci_plan_base *base,
			 struct oci_error *err)
{
	struct oci_error why;

	oci_fail(&why, OCI_E_INVALID,
		 "%s: 'base' '%.300s' is an artifact, "
		 "expected an image",
		 base->position, base->text);
	return fail_base(o, &why, err);
}

static int add_remote(struct oci_spec *spec, const char *base,
		      struct oci_error *err)
{
	return oci_strings_has(&spec->remotes, base) ? 0 :
	       oci_strings_add(&spec->remotes, base, err);
}

/* Adds the inputs and remote bases of a spec that is a base. */
static int add_all(struct oci_spec *spec, const struct oci_spec *base,
		   struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < base->inputs.count; i++)
		rc = oci_strings_add(&spec->inputs, base->inputs.items[i],
				     err);
	for (size_t i = 0; !rc && i < base->remotes.count; i++)
		rc = add_remote(spec, base->remotes.items[i], err);
	return rc;
}

/* Opens the spec that is the base of a plan, for the plan's platform. */
static int open_base(struct opening *o, size_t i, struct oci_error *err)
{
	const struct oci_plan_base *base = &o->spec->plans[i].base;
	struct oci_spec_options options = *o->options;
	int rc;

	if (base->kind == OCI_PLAN_BASE_IMAGE &&
	    strncmp(base->text, "docker://", 9) == 0)
		return add_remote(o->spec, base->text, err);
	if (base->kind != OCI_PLAN_BASE_SPEC)
		return 0;
	if (o->depth == DEPTH_MAX)
		return fail_depth(o, base->position, err);
	options.folder = NULL;
	options.platforms = &o->spec->platforms[i];
	options.platform_count = 1;
	rc = open_spec(&o->spec->bases[i], base->text, &options, o->depth + 1,
		       err);
	if (!rc && o->spec->bases[i]->plans[0].artifact)
		rc = fail_artifact(o, base, err);
	return rc ? rc : add_all(o->spec, o->spec->bases[i], err);
}

static int load(struct opening *o, const char *folder, struct oci_error *err)
{
	struct oci_buf text = {0};
	struct oci_error e;
	int rc = oci_spec_read(&text, o->spec->file, &o->report, &e);

	if (!rc && oci_diagnostics_clean(&o->report))
		o->root = oci_yaml_load(&o->spec->arena, text.data, text.len,
					&o->report);
	oci_buf_release(&text);
	if (rc) {
		if (o->options->report)
			o->options->report(o->options->report_data, e.message);
		return oci_fail(err, (enum oci_status)rc, "%s", e.message);
	}
	if (o->root)
		rc = choose_vars(o, err);
	if (o->root && !rc)
		decode(o, folder);
	if (!rc)
		rc = oci_diagnostics_finish(&o->report, o->options->report,
					    o->options->report_data, err);
	for (size_t i = 0; !rc && i < o->spec->count; i++)
		rc = open_base(o, i, err);
	return rc;
}

static int open_spec(struct oci_spec **out, const char *path,
		     const struct oci_spec_options *options, unsigned depth,
		     struct oci_error *err)
{
	struct opening o = { .options = options, .depth = depth };
	const char *folder;
	int rc;

	*out = NULL;
	o.spec = calloc(1, sizeof(*o.spec));
	if (!o.spec)
		return oci_fail_nomem(err);
	o.spec->file = oci_arena_text(&o.spec->arena, path);
	folder = o.options->folder ? o.options->folder :
				     folder_of(&o.spec->arena, path);
	oci_diagnostics_init(&o.report, path);
	rc = o.spec->file && folder ? load(&o, folder, err) :
				      oci_fail_nomem(err);
	oci_diagnostics_release(&o.report);
	oci_pairs_release(&o.vars);
	if (rc)
		oci_spec_free(o.spec);
	else
		*out = o.spec;
	return rc;
}

int oci_spec_open(struct oci_spec **out, const char *path,
		  const struct oci_spec_options *options, struct oci_error *err)
{
	static const struct oci_spec_options defaults = OCI_SPEC_OPTIONS_INIT;
	struct oci_spec_options o;

	oci_options_read(&o, sizeof(o), &defaults, options);
	return open_spec(out, path, &o, 0, err);
}

void oci_spec_free(struct oci_spec *spec)
{
	if (!spec)
		return;
	for (size_t i = 0; spec->bases && i < spec->count; i++)
		oci_spec_free(spec->bases[i]);
	oci_strings_release(&spec->inputs);
	oci_strings_release(&spec->remotes);
	oci_arena_release(&spec->arena);
	free(spec);
}

const char *oci_spec_image(const struct oci_spec *spec)
{
	return spec->plans[0].image;
}

const struct oci_strings *oci_spec_tags(const struct oci_spec *spec)
{
	return &spec->plans[0].tags;
}

const struct oci_platform *oci_spec_platforms(const struct oci_spec *spec,
					      size_t *count)
{
	*count = spec->count;
	return spec->platforms;
}

const struct oci_strings *oci_spec_bases(const struct oci_spec *spec)
{
	return &spec->remotes;
}

const struct oci_spec_checks *oci_spec_lint(const struct oci_spec *spec)
{
	return &spec->plans[0].checks;
}

const struct oci_strings *oci_spec_inputs(const struct oci_spec *spec)
{
	return &spec->inputs;
}
