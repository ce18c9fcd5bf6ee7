/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that uses libyaml. Nodes are built from the parser's events,
 * because libyaml's documents recurse and hide the positions of aliases.
 *
 * A node's weight is the cost of visiting it with all its aliases expanded. It
 * is known when the node ends, so endless expansion is detected before anything
 * is expanded. An alias of a node that has not ended is a cycle.
 */
#include "spec/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/array.h"
#include "spec/read.h"

/* A list or mapping that has not ended. */
struct frame {
	struct oci_yaml *node;
	struct oci_yaml **items;
	size_t count;
	size_t capacity;
};

struct loader {
	yaml_parser_t parser;
	struct oci_arena *arena;
	struct oci_diagnostics *report;
	const char *data;
	size_t size;
	struct frame frames[OCI_YAML_DEPTH_MAX];
	size_t depth;
	struct oci_table anchors;
	struct oci_yaml *root;
	size_t nodes;
	size_t documents;
	bool ended;
};

static bool fail_at(struct loader *l, const yaml_mark_t *mark, const char *text)
{
	return oci_diagnose_at(l->report, (unsigned)mark->line + 1,
			       (unsigned)mark->column + 1, "%s", text);
}

/* Returns whether the line is indented with a tab. */
static bool is_tabbed(const struct loader *l, unsigned line)
{
	const char *p = l->data, *end = p + l->size;

	while (p && p < end && --line > 0) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
	}
	for (; p && p < end && (*p == ' ' || *p == '\t'); p++)
		if (*p == '\t')
			return true;
	return false;
}

static bool fail_syntax(struct loader *l)
{
	const yaml_parser_t *p = &l->parser;
	unsigned line = (unsigned)p->problem_mark.line + 1;
	unsigned column = (unsigned)p->problem_mark.column + 1;

	if (p->error == YAML_MEMORY_ERROR)
		return oci_diagnose_nomem(l->report);
	if (p->error == YAML_READER_ERROR) {
		oci_spec_position(&line, &column, l->data, p->problem_offset);
		return oci_diagnose_at(l->report, line, column,
				       "%s (U+%04X), expected YAML", p->problem,
				       (unsigned)p->problem_value);
	}
	if (is_tabbed(l, line))
		return oci_diagnose_at(
			l->report, line, column,
			"a tab indents the line, expected blanks: YAML "
			"does not allow tabs there");
	if (!p->context)
		return oci_diagnose_at(l->report, line, column,
				       "%s, expected YAML", p->problem);
	return oci_diagnose_at(l->report, line, column,
			       "%s %s from line %zu on, expected YAML",
			       p->problem, p->context,
			       p->context_mark.line + 1);
}

/* Adds a complete node to its list or mapping. */
static bool attach(struct loader *l, struct oci_yaml *node)
{
	struct frame *frame = l->depth ? &l->frames[l->depth - 1] : NULL;
	struct oci_yaml **items;

	if (!frame) {
		l->root = node;
		return true;
	}
	items = oci_array_grow(frame->items, &frame->capacity,
			       frame->count + 1, sizeof(struct oci_yaml *));
	if (!items)
		return oci_diagnose_nomem(l->report);
	frame->items = items;
	items[frame->count++] = node;
	frame->node->weight += node->weight;
	return true;
}

static bool check_weight(struct loader *l, const yaml_mark_t *mark)
{
	if (!l->depth ||
	    l->frames[l->depth - 1].node->weight <= OCI_YAML_WEIGHT_MAX)
		return true;
	return fail_at(l, mark, "the aliases expand to more than 32 MiB, "
				"expected a spec that stays small");
}

static struct oci_yaml *node_new(struct loader *l, const yaml_event_t *event,
				 enum oci_yaml_type type)
{
	struct oci_yaml *node;

	if (++l->nodes > OCI_YAML_NODES_MAX) {
		fail_at(l, &event->start_mark,
			"the spec has more than 250000 values, expected fewer");
		return NULL;
	}
	node = oci_arena_alloc(l->arena, sizeof(*node));
	if (!node) {
		oci_diagnose_nomem(l->report);
		return NULL;
	}
	node->type = type;
	node->line = (unsigned)event->start_mark.line + 1;
	node->column = (unsigned)event->start_mark.column + 1;
	node->weight = OCI_YAML_NODE_WEIGHT;
	return node;
}

static bool set_anchor(struct loader *l, const yaml_char_t *anchor,
		       struct oci_yaml *node)
{
	const char *name;

	if (!anchor)
		return true;
	name = oci_arena_text(l->arena, (const char *)anchor);
	if (!name ||
	    oci_table_set(&l->anchors, name, strlen(name), node, NULL))
		return oci_diagnose_nomem(l->report);
	return true;
}

static bool check_tag(struct loader *l, const yaml_event_t *event,
		      const yaml_char_t *tag)
{
	const char *text = (const char *)tag;

	if (!text || strcmp(text, "!") == 0 || strcmp(text, YAML_STR_TAG) == 0)
		return true;
	return oci_diagnose_at(l->report, (unsigned)event->start_mark.line + 1,
			       (unsigned)event->start_mark.column + 1,
			       "tag '%s' is not known, expected none: types "
			       "follow from the keys", text);
}

static bool add_scalar(struct loader *l, const yaml_event_t *event)
{
	struct oci_yaml *node = node_new(l, event, OCI_YAML_SCALAR);
	const char *text = (const char *)event->data.scalar.value;
	size_t size = event->data.scalar.length;

	if (!node || !check_tag(l, event, event->data.scalar.tag))
		return false;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		      !event->data.scalar.tag;
	node->size = size;
	node->weight += size;
	node->text = oci_arena_copy(l->arena, text, size);
	if (!node->text)
		return oci_diagnose_nomem(l->report);
	return set_anchor(l, event->data.scalar.anchor, node) &&
	       attach(l, node) && check_weight(l, &event->start_mark);
}

static bool add_alias(struct loader *l, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct oci_yaml *node = oci_table_get(&l->anchors, name, strlen(name));
	unsigned line = (unsigned)event->start_mark.line + 1;
	unsigned column = (unsigned)event->start_mark.column + 1;

	if (!node)
		return oci_diagnose_at(l->report, line, column,
				       "alias '*%s' has no anchor, expected "
				       "'&%s' before it", name, name);
	if (node->open)
		return oci_diagnose_at(l->report, line, column,
				       "alias '*%s' is inside its own "
				       "anchor, expected one that has ended",
				       name);
	return attach(l, node) && check_weight(l, &event->start_mark);
}

static bool open_frame(struct loader *l, const yaml_event_t *event,
		       enum oci_yaml_type type, const yaml_char_t *anchor,
		       const yaml_char_t *tag)
{
	struct oci_yaml *node;

	if (l->depth == OCI_YAML_DEPTH_MAX)
		return fail_at(l, &event->start_mark,
			       "lists and mappings nest deeper than 64, "
			       "expected a flat spec");
	node = node_new(l, event, type);
	if (!node || !check_tag(l, event, tag) || !set_anchor(l, anchor, node))
		return false;
	node->open = true;
	l->frames[l->depth++] = (struct frame){.node = node};
	return true;
}

/* Keys must be scalars and unique. */
static bool check_keys(struct loader *l, const struct frame *frame)
{
	struct oci_table seen = {0};
	bool good = true;

	for (size_t i = 0; good && i < frame->count; i += 2) {
		struct oci_yaml *key = frame->items[i], *first;

		if (key->type != OCI_YAML_SCALAR) {
			good = oci_diagnose(l->report, key, "a key is %s, "
					    "expected a text",
					    oci_yaml_kind(key));
			break;
		}
		first = oci_table_get(&seen, key->text, key->size);
		if (first)
			oci_diagnose(l->report, key,
				     "key '%s' occurs twice, "
				     "expected it once: it is on line %u too",
				     key->text, first->line);
		else if (oci_table_set(&seen, key->text, key->size, key, NULL))
			good = oci_diagnose_nomem(l->report);
	}
	oci_table_release(&seen);
	return good;
}

static bool close_frame(struct loader *l, const yaml_event_t *event)
{
	struct frame *frame = &l->frames[l->depth - 1];
	struct oci_yaml *node = frame->node;
	size_t size = frame->count * sizeof(struct oci_yaml *);

	if (node->type == OCI_YAML_MAPPING && !check_keys(l, frame))
		return false;
	node->items = oci_arena_alloc(l->arena, size);
	if (!node->items)
		return oci_diagnose_nomem(l->report);
	if (size)
		memcpy(node->items, frame->items, size);
	node->count = frame->count;
	node->open = false;
	free(frame->items);
	l->depth--;
	return attach(l, node) && check_weight(l, &event->start_mark);
}

static bool handle_event(struct loader *l, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_STREAM_END_EVENT:
		l->ended = true;
		return true;
	case YAML_DOCUMENT_START_EVENT:
		if (++l->documents == 1)
			return true;
		return fail_at(l, &event->start_mark,
			       "a second document starts, expected one");
	case YAML_SCALAR_EVENT:
		return add_scalar(l, event);
	case YAML_ALIAS_EVENT:
		return add_alias(l, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_frame(l, event, OCI_YAML_SEQUENCE,
				  event->data.sequence_start.anchor,
				  event->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return open_frame(l, event, OCI_YAML_MAPPING,
				  event->data.mapping_start.anchor,
				  event->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_frame(l, event);
	default:
		return true;
	}
}

static bool run(struct loader *l)
{
	bool good = true;

	while (good && !l->ended) {
		yaml_event_t event;

		if (!yaml_parser_parse(&l->parser, &event))
			return fail_syntax(l);
		good = handle_event(l, &event);
		yaml_event_delete(&event);
	}
	if (good && !l->root)
		good = oci_diagnose_at(l->report, 1, 1,
				       "the spec is empty, expected a mapping "
				       "with 'version: 1'");
	return good;
}

const struct oci_yaml *oci_yaml_load(struct oci_arena *arena,
				     const char *data, size_t size,
				     struct oci_diagnostics *report)
{
	struct loader *l = calloc(1, sizeof(*l));
	const struct oci_yaml *root;

	if (!l || !yaml_parser_initialize(&l->parser)) {
		free(l);
		oci_diagnose_nomem(report);
		return NULL;
	}
	l->arena = arena;
	l->report = report;
	l->data = data;
	l->size = size;
	yaml_parser_set_encoding(&l->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&l->parser, (const unsigned char *)data,
				     size);
	root = run(l) ? l->root : NULL;
	while (l->depth)
		free(l->frames[--l->depth].items);
	oci_table_release(&l->anchors);
	yaml_parser_delete(&l->parser);
	free(l);
	return root;
}
