/* SPDX-License-Identifier: Apache-2.0 */
/* The top level of a spec, and its layers. */
#include "spec/decode.h"

#include <string.h>

#include <oci/reference.h>

#include "base/error.h"
#include "spec/artifact.h"
#include "spec/checks.h"
#include "spec/entry.h"
#include "spec/settings.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool decode_version(struct oci_decoder *d, const struct oci_yaml *node,
			   void *out)
{
	const char *text;

	(void)out;
	if (!oci_decode_text(d, node, &text))
		return false;
	if (strcmp(text, "1") == 0)
		return true;
	return oci_diagnose(d->report, node, "'%s' is '%s', expected 1, the "
			    "version of the spec language", d->key, text);
}

static bool ends_in(const char *text, const char *tail)
{
	size_t size = strlen(text), n = strlen(tail);

	return size > n && strcmp(text + size - n, tail) == 0;
}

/* The end of the name tells specs from images. */
static bool names_spec(const char *text)
{
	return ends_in(text, ".spec") || ends_in(text, ".yaml") ||
	       ends_in(text, ".yml") || ends_in(text, ".json");
}

static bool check_reference(struct oci_decoder *d, const struct oci_yaml *node,
			    const char *text)
{
	struct oci_reference name;
	struct oci_error err;

	if (oci_reference_parse(&name, text, &err))
		return oci_diagnose(d->report, node, "%s, expected a name such "
				    "as docker://debian:trixie-slim",
				    err.message);
	return true;
}

static bool decode_base(struct oci_decoder *d, const struct oci_yaml *node,
			void *out)
{
	struct oci_plan_base base = { .node = node };

	if (!oci_decode_word(d, node, &base.text))
		return false;
	if (strcmp(base.text, "scratch") == 0)
		return true;
	if (strncmp(base.text, "docker://", 9) == 0 &&
	    !check_reference(d, node, base.text + 9))
		return false;
	base.kind = names_spec(base.text) &&
		    strncmp(base.text, "docker://", 9) != 0 &&
		    strncmp(base.text, "oci:", 4) != 0 &&
		    strncmp(base.text, "dir:", 4) != 0 ?
			    OCI_PLAN_BASE_SPEC : OCI_PLAN_BASE_IMAGE;
	base.position = oci_decode_origin(d, node);
	*(struct oci_plan_base *)out = base;
	return base.position != NULL;
}

static bool decode_image(struct oci_decoder *d, const struct oci_yaml *node,
			 void *out)
{
	struct oci_reference name;
	struct oci_error err;
	const char *text;

	if (!oci_decode_word(d, node, &text))
		return false;
	if (oci_reference_parse(&name, text, &err))
		return oci_diagnose(d->report, node, "%s, expected a name such "
				    "as registry.example/team/app",
				    err.message);
	if (name.tag[0] || name.digest.text[0])
		return oci_diagnose(d->report, node, "'%s' is '%s', expected a "
				    "name without a %s%s", d->key, text,
				    name.tag[0] ? "tag" : "digest",
				    name.tag[0] ? ": those go to 'tags'" : "");
	*(const char **)out = text;
	return true;
}

static bool check_tag(struct oci_decoder *d, const struct oci_yaml *node,
		      const char *text)
{
	struct oci_error err;

	if (!oci_tag_check(text, &err))
		return true;
	return oci_diagnose(d->report, node, "%s", err.message);
}

static bool decode_tags(struct oci_decoder *d, const struct oci_yaml *node,
			void *out)
{
	struct oci_table seen = {0};
	struct oci_strings list;
	bool good = true;

	if (!oci_decode_list(d, node, check_tag, &list))
		return false;
	for (size_t i = 0; i < list.count; i++) {
		char *tag = list.items[i];

		if (oci_table_get(&seen, tag, strlen(tag)))
			good = oci_diagnose(d->report, node->items[i],
					    "tag '%s' occurs twice, expected "
					    "it once",
					    tag);
		else if (oci_table_set(&seen, tag, strlen(tag), tag, NULL))
			good = oci_diagnose_nomem(d->report);
	}
	oci_table_release(&seen);
	if (good)
		*(struct oci_strings *)out = list;
	return good;
}

/* For keys that are decoded elsewhere. */
static bool decode_nothing(struct oci_decoder *d, const struct oci_yaml *node,
			   void *out)
{
	(void)d;
	(void)node;
	(void)out;
	return true;
}

static bool expect_list(struct oci_decoder *d, const struct oci_yaml *node)
{
	if (node->type == OCI_YAML_SEQUENCE)
		return true;
	return oci_diagnose(d->report, node, "'%s' is %s, expected a list",
			    d->key, oci_yaml_kind(node));
}

static bool decode_debs(struct oci_decoder *d, const struct oci_yaml *node,
			void *out)
{
	struct oci_plan_layer *layer = out;
	bool good = true;

	if (!expect_list(d, node))
		return false;
	layer->debs = oci_arena_alloc(d->arena,
				      node->count * sizeof(*layer->debs));
	if (!layer->debs)
		return oci_diagnose_nomem(d->report);
	for (size_t i = 0; i < node->count; i++) {
		struct oci_plan_deb *deb = &layer->debs[layer->deb_count];

		deb->node = node->items[i];
		deb->position = oci_decode_origin(d, deb->node);
		if (oci_decode_word(d, deb->node, &deb->pattern))
			layer->deb_count++;
		else
			good = false;
	}
	return good;
}

static bool decode_entries(struct oci_decoder *d, const struct oci_yaml *node,
			   void *out)
{
	struct oci_plan_layer *layer = out;
	bool good = true;

	if (!expect_list(d, node))
		return false;
	layer->entries = oci_arena_alloc(d->arena,
					 node->count * sizeof(*layer->entries));
	if (!layer->entries)
		return oci_diagnose_nomem(d->report);
	for (size_t i = 0; i < node->count; i++) {
		struct oci_plan_entry entry = {0};

		if (oci_decode_entry(d, node->items[i], &entry))
			layer->entries[layer->entry_count++] = entry;
		else
			good = false;
	}
	return good;
}

static const struct oci_field layer_fields[] = {
	{ "name", oci_decode_word, offsetof(struct oci_plan_layer, name),
	  false },
	{ "debs", decode_debs, 0, false },
	{ "entries", decode_entries, 0, false },
};

static bool decode_layer(struct oci_decoder *d, const struct oci_yaml *node,
			 struct oci_plan_layer *layer)
{
	bool good = oci_decode_mapping(d, node, "a layer", layer_fields,
				       COUNT(layer_fields), layer);

	layer->position = oci_decode_origin(d, node);
	if (!good || oci_yaml_key(node, "debs") ||
	    oci_yaml_key(node, "entries"))
		return good && layer->position;
	return oci_diagnose(d->report, node, "the layer is empty, expected "
			    "'entries', 'debs' or both");
}

/* Bad layers stay in the plan, so that their inputs are searched too. */
static bool decode_layers(struct oci_decoder *d, const struct oci_yaml *node,
			  void *out)
{
	struct oci_plan *plan = out;
	bool good = true;

	if (!expect_list(d, node))
		return false;
	if (node->count == 0)
		return oci_diagnose(d->report, node, "'layers' is empty, "
				    "expected at least one layer");
	plan->layers = oci_arena_alloc(d->arena,
				       node->count * sizeof(*plan->layers));
	if (!plan->layers)
		return oci_diagnose_nomem(d->report);
	plan->layer_count = node->count;
	for (size_t i = 0; i < node->count; i++)
		good &= decode_layer(d, node->items[i], &plan->layers[i]);
	return good;
}

static const struct oci_field fields[] = {
	{ "version", decode_version, 0, true },
	{ "image", decode_image, offsetof(struct oci_plan, image), false },
	{ "tags", decode_tags, offsetof(struct oci_plan, tags), false },
	{ "platforms", decode_nothing, 0, false },
	{ "vars", decode_nothing, 0, false },
	{ "artifact", oci_decode_media_type,
	  offsetof(struct oci_plan, artifact), false },
	{ "files", oci_decode_files, offsetof(struct oci_plan, files), false },
	{ "base", decode_base, offsetof(struct oci_plan, base), false },
	{ "layers", decode_layers, 0, false },
	{ "config", oci_decode_settings, offsetof(struct oci_plan, config),
	  false },
	{ "lint", oci_decode_checks, offsetof(struct oci_plan, checks), false },
	{ "annotations", oci_decode_pairs,
	  offsetof(struct oci_plan, annotations), false },
};

void oci_decode_plan(struct oci_plan *plan, struct oci_decoder *d,
		     const struct oci_yaml *root)
{
	bool good = oci_decode_mapping(d, root, "the spec", fields,
				       COUNT(fields), plan);

	if (good)
		good = oci_artifact_check(d, root);
	if (good && !plan->artifact && !oci_yaml_key(root, "layers") &&
	    plan->base.kind == OCI_PLAN_SCRATCH)
		oci_diagnose(d->report, root, "the spec has no 'layers', "
			     "expected one, or a 'base'");
}

static bool check_platform(struct oci_decoder *d, const struct oci_yaml *node,
			   const char *text)
{
	struct oci_platform platform;
	struct oci_error err;

	if (!oci_platform_parse(&platform, text, &err))
		return true;
	return oci_diagnose(d->report, node, "%s", err.message);
}

static bool has_platform(const struct oci_platform_list *list,
			 const struct oci_platform *platform)
{
	for (size_t i = 0; i < list->count; i++)
		if (oci_platform_equal(&list->items[i], platform))
			return true;
	return false;
}

static void read_platforms(struct oci_platform_list *out, struct oci_decoder *d,
			   const struct oci_yaml *node)
{
	struct oci_strings list;

	d->key = "platforms";
	if (!oci_decode_list(d, node, check_platform, &list))
		return;
	if (list.count == 0)
		oci_diagnose(d->report, node, "'platforms' is empty, expected "
			     "at least one, such as linux/riscv64");
	for (size_t i = 0; i < list.count; i++) {
		struct oci_platform platform;

		if (oci_platform_parse(&platform, list.items[i], NULL))
			continue;
		if (has_platform(out, &platform)) {
			oci_diagnose(d->report, node->items[i],
				     "platform '%s' "
				     "occurs twice, expected it once",
				     list.items[i]);
			continue;
		}
		if (out->count == OCI_PLATFORMS_MAX) {
			oci_diagnose(d->report, node->items[i], "more than %d "
				     "platforms, expected fewer",
				     OCI_PLATFORMS_MAX);
			return;
		}
		out->items[out->count++] = platform;
	}
}

void oci_decode_platforms(struct oci_platform_list *out, struct oci_decoder *d,
			  const struct oci_yaml *root)
{
	const struct oci_yaml *node = oci_yaml_get(root, "platforms");

	*out = (struct oci_platform_list){0};
	out->items = oci_arena_alloc(d->arena, OCI_PLATFORMS_MAX *
						sizeof(*out->items));
	if (!out->items) {
		oci_diagnose_nomem(d->report);
		return;
	}
	if (node)
		read_platforms(out, d, node);
	if (out->count == 0)
		oci_platform_parse(&out->items[out->count++], "linux/riscv64",
				   NULL);
}
