/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expands variables when they are first used, and keeps the values. A variable
 * that is used while it is being expanded is part of a cycle.
 */
#include "spec/scope.h"

#include <string.h>

#include "base/error.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "spec/expand.h"

enum { DEPTH_MAX = 32, BUILT_IN_COUNT = 4, HINT_MAX = 1024 };

enum state { UNUSED, OPEN, DONE, BROKEN };

struct oci_variable {
	const char *name;
	const struct oci_yaml *node; /* its value in the spec; or NULL */
	const char *value;
	size_t size;
	enum state state;
	bool built_in;
};

static const char *const built_in_names[BUILT_IN_COUNT] = {
	"arch", "os", "variant", "platform",
};

static struct oci_variable *find(const struct oci_scope *scope,
				 const char *name)
{
	for (size_t i = 0; i < scope->count; i++)
		if (strcmp(scope->items[i].name, name) == 0)
			return &scope->items[i];
	return NULL;
}

static struct oci_variable *add(struct oci_scope *scope, const char *name)
{
	struct oci_variable *variable = &scope->items[scope->count];

	scope->names[scope->count++] = name;
	variable->name = name;
	return variable;
}

static void add_built_in(struct oci_scope *scope,
			 const struct oci_platform *platform)
{
	const char *values[BUILT_IN_COUNT] = {0};
	char text[OCI_PLATFORM_TEXT];

	if (platform) {
		oci_platform_format(text, platform);
		values[0] = oci_arena_text(scope->arena,
					   platform->architecture);
		values[1] = oci_arena_text(scope->arena, platform->os);
		values[2] = oci_arena_text(scope->arena, platform->variant);
		values[3] = oci_arena_text(scope->arena, text);
	}
	for (size_t i = 0; i < BUILT_IN_COUNT; i++) {
		struct oci_variable *v = add(scope, built_in_names[i]);

		v->built_in = true;
		v->state = DONE;
		v->value = values[i];
		v->size = values[i] ? strlen(values[i]) : 0;
		if (platform && !values[i])
			oci_diagnose_nomem(scope->report);
	}
}

static void add_declared(struct oci_scope *scope, const struct oci_yaml *key,
			 const struct oci_yaml *value)
{
	struct oci_variable *old = find(scope, key->text);
	size_t size = oci_expand_name(key->text);

	if (!size || size != key->size) {
		oci_diagnose(scope->report, key,
			     "'%s' is not a variable's name, expected letters, "
			     "digits and '_', the first no digit", key->text);
		return;
	}
	if (old && old->built_in) {
		oci_diagnose(scope->report, key,
			     "variable '%s' is built in, expected another name",
			     key->text);
		return;
	}
	if (old)
		return; /* a duplicate key, which was reported */
	if (scope->count == OCI_VARIABLES_MAX) {
		oci_diagnose(scope->report, key, "more than %d variables, "
			     "expected fewer",
			     OCI_VARIABLES_MAX - BUILT_IN_COUNT);
		return;
	}
	if (value->type != OCI_YAML_SCALAR)
		oci_diagnose(scope->report, value,
			     "variable '%s' is %s, expected a text, or null "
			     "where --set has to give it", key->text,
			     oci_yaml_kind(value));
	old = add(scope, key->text);
	old->node = value;
	if (value->type != OCI_YAML_SCALAR)
		old->state = BROKEN;
}

/* Reports an unknown name, and lists the variables from number skip on. */
static bool unknown(struct oci_scope *scope, const struct oci_yaml *at,
		    const char *what, const char *name, size_t skip)
{
	struct oci_buf hint;

	if (!oci_diagnostics_hint(scope->report))
		return false;
	oci_buf_init(&hint, HINT_MAX);
	/* The list may be cut off. */
	if (oci_suggest_text(&hint, scope->names + skip, scope->count - skip,
			     name, NULL) == OCI_E_NOMEM)
		oci_diagnose_nomem(scope->report);
	oci_diagnose(scope->report, at, what, name,
		     hint.len ? hint.data : ", the spec has no vars");
	oci_buf_release(&hint);
	return false;
}

static void set_one(struct oci_scope *scope, const struct oci_yaml *at,
		    const struct oci_pair *pair)
{
	struct oci_variable *variable = find(scope, pair->key);

	if (!variable) {
		unknown(scope, at, "--set %s: no such variable in the spec%s",
			pair->key, BUILT_IN_COUNT);
	} else if (variable->built_in) {
		oci_diagnose(scope->report, at,
			     "--set %s: this variable is built in, expected "
			     "--platform", pair->key);
	} else if (!oci_utf8_valid(pair->value, strlen(pair->value))) {
		variable->state = BROKEN;
		oci_diagnose(scope->report, at,
			     "--set %s: the value is not UTF-8, expected text "
			     "in UTF-8", pair->key);
	} else {
		variable->value = pair->value;
		variable->size = strlen(pair->value);
		variable->state = DONE;
	}
}

void oci_scope_init(struct oci_scope *scope, struct oci_arena *arena,
		    struct oci_diagnostics *report,
		    const struct oci_yaml *root, const struct oci_yaml *vars,
		    const struct oci_pairs *set,
		    const struct oci_platform *platform)
{
	*scope = (struct oci_scope){.arena = arena, .report = report};
	scope->items = oci_arena_alloc(arena, OCI_VARIABLES_MAX *
						sizeof(*scope->items));
	scope->names = oci_arena_alloc(arena, OCI_VARIABLES_MAX *
						sizeof(*scope->names));
	if (!scope->items || !scope->names) {
		oci_diagnose_nomem(report);
		return;
	}
	add_built_in(scope, platform);
	if (vars && vars->type != OCI_YAML_MAPPING)
		oci_diagnose(report, vars, "'vars' is %s, expected a mapping "
			     "of names to values", oci_yaml_kind(vars));
	else if (vars)
		for (size_t i = 0; i < vars->count; i += 2)
			add_declared(scope, vars->items[i], vars->items[i + 1]);
	for (size_t i = 0; set && i < set->count; i++)
		set_one(scope, vars ? vars : root, &set->items[i]);
}

/* Expands the value of a variable. */
static bool evaluate(struct oci_scope *scope, struct oci_variable *variable)
{
	bool good;

	if (oci_yaml_null(variable->node)) {
		variable->state = BROKEN;
		return oci_diagnose(scope->report, variable->node,
				    "variable '%s' has no value, expected "
				    "--set %s=...", variable->name,
				    variable->name);
	}
	if (scope->depth == DEPTH_MAX)
		return oci_diagnose(scope->report, variable->node,
				    "variables use each other more than %d "
				    "deep, expected fewer", DEPTH_MAX);
	variable->state = OPEN;
	scope->depth++;
	good = oci_expand(&variable->value, &variable->size, scope,
			  variable->node);
	scope->depth--;
	variable->state = good ? DONE : BROKEN;
	return good;
}

bool oci_scope_get(const char **value, size_t *size, struct oci_scope *scope,
		   const struct oci_yaml *node, const char *name)
{
	struct oci_variable *variable = find(scope, name);

	if (!variable)
		return unknown(scope, node, "variable '%s' is not defined%s",
			       name, 0);
	if (variable->state == OPEN)
		return oci_diagnose(scope->report, node,
				    "variable '%s' is used for its own value, "
				    "expected no cycle",
				    name);
	if (variable->state == UNUSED && !evaluate(scope, variable))
		return false;
	if (variable->state == BROKEN)
		return false;
	if (!variable->value)
		return oci_diagnose(scope->report, node,
				    "'${%s}' has no value in 'platforms', "
				    "expected a variable that does not depend "
				    "on the platform",
				    name);
	*value = variable->value;
	*size = variable->size;
	return true;
}

void oci_scope_check(struct oci_scope *scope)
{
	for (size_t i = 0; i < scope->count; i++)
		if (scope->items[i].state == UNUSED)
			evaluate(scope, &scope->items[i]);
}
