/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of the image config that a spec sets, with the checks of the
 * image specification (config.md) and of Docker Engine.
 */
#include "spec/settings.h"

#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "spec/plan.h"
#include "spec/scalar.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool check_absolute(struct oci_decoder *d, const struct oci_yaml *node,
			   const char *text)
{
	if (text[0] == '/')
		return true;
	return oci_diagnose(d->report, node, "'%s' has '%s', expected an "
			    "absolute path such as /var/lib/app", d->key, text);
}

static bool decode_directory(struct oci_decoder *d, const struct oci_yaml *node,
			     void *out)
{
	const char *text;

	if (!oci_decode_word(d, node, &text) || !check_absolute(d, node, text))
		return false;
	*(const char **)out = text;
	return true;
}

static bool decode_volumes(struct oci_decoder *d, const struct oci_yaml *node,
			   void *out)
{
	return oci_decode_list(d, node, check_absolute, out);
}

static bool check_port(struct oci_decoder *d, const struct oci_yaml *node,
		       const char *text)
{
	static const char *const protocols[] = {"tcp", "udp", "sctp"};
	size_t size = strcspn(text, "/");
	char number[8] = "";
	uint64_t port = 0;
	bool known = false;

	if (size < sizeof(number))
		memcpy(number, text, size);
	for (size_t i = 0; text[size] && i < COUNT(protocols); i++)
		known |= strcmp(text + size + 1, protocols[i]) == 0;
	if (known && oci_number_parse(&port, number, 10, 65535) && port > 0)
		return true;
	return oci_diagnose(d->report, node, "'%s' has '%s', expected "
			    "PORT/tcp, PORT/udp or PORT/sctp, such as "
			    "1234/tcp", d->key, text);
}

static bool decode_ports(struct oci_decoder *d, const struct oci_yaml *node,
			 void *out)
{
	return oci_decode_list(d, node, check_port, out);
}

static bool check_variable(struct oci_decoder *d, const struct oci_yaml *node,
			   const char *text)
{
	const char *equal = strchr(text, '=');

	if (equal && equal > text)
		return true;
	return oci_diagnose(d->report, node, "'%s' has '%s', expected "
			    "NAME=VALUE", d->key, text);
}

/* Reports duplicate names, of which engines silently use the last. */
static bool check_twice(struct oci_decoder *d, const struct oci_yaml *node,
			const struct oci_strings *env)
{
	struct oci_table seen = {0};
	bool good = true;

	for (size_t i = 0; i < env->count; i++) {
		const char *text = env->items[i];
		size_t size = strcspn(text, "=");

		if (oci_table_get(&seen, text, size))
			good = oci_diagnose(d->report, node->items[i],
					    "'%s' has '%.*s' twice, expected "
					    "it once", d->key, (int)size, text);
		else if (oci_table_set(&seen, text, size, env->items[i], NULL))
			good = oci_diagnose_nomem(d->report);
	}
	oci_table_release(&seen);
	return good;
}

/* Makes "KEY=VALUE" in the arena. */
static bool join_pair(struct oci_decoder *d, const struct oci_yaml *key,
		      const struct oci_yaml *value, char **out)
{
	const char *outer = d->key, *tail;
	size_t size;
	char *text;
	bool good;

	if (!key->size || memchr(key->text, '=', key->size) ||
	    memchr(key->text, '\0', key->size))
		return oci_diagnose(d->report, key, "'%s' has the name '%s', "
				    "expected one without '='", d->key,
				    key->text);
	d->key = key->text;
	good = oci_decode_text(d, value, &tail);
	d->key = outer;
	if (!good)
		return false;
	size = strlen(tail);
	text = oci_arena_alloc(d->arena, key->size + size + 2);
	if (!text)
		return oci_diagnose_nomem(d->report);
	memcpy(text, key->text, key->size);
	text[key->size] = '=';
	memcpy(text + key->size + 1, tail, size);
	*out = text;
	return true;
}

/* A mapping keeps the order of the file. */
static bool decode_env(struct oci_decoder *d, const struct oci_yaml *node,
		       void *out)
{
	struct oci_strings list = {0};
	bool good = true;

	if (node->type == OCI_YAML_SCALAR)
		return oci_diagnose(d->report, node, "'%s' is a text, expected "
				    "a mapping of names to texts, or a list of "
				    "NAME=VALUE", d->key);
	if (node->type == OCI_YAML_SEQUENCE) {
		if (!oci_decode_list(d, node, check_variable, &list) ||
		    !check_twice(d, node, &list))
			return false;
		*(struct oci_strings *)out = list;
		return true;
	}
	list.items = oci_arena_alloc(d->arena,
				     node->count / 2 * sizeof(*list.items));
	if (!list.items)
		return oci_diagnose_nomem(d->report);
	for (size_t i = 0; i < node->count; i += 2)
		if (join_pair(d, node->items[i], node->items[i + 1],
			      &list.items[list.count]))
			list.count++;
		else
			good = false;
	if (good)
		*(struct oci_strings *)out = list;
	return good;
}

/* [NONE], [CMD, PROGRAM, ...] or [CMD-SHELL, LINE]. */
static bool decode_test(struct oci_decoder *d, const struct oci_yaml *node,
			void *out)
{
	struct oci_strings list;
	const char *how;
	bool good;

	if (!oci_decode_list(d, node, NULL, &list))
		return false;
	how = list.count ? list.items[0] : "";
	good = (strcmp(how, "NONE") == 0 && list.count == 1) ||
	       (strcmp(how, "CMD") == 0 && list.count > 1) ||
	       (strcmp(how, "CMD-SHELL") == 0 && list.count == 2);
	if (!good)
		return oci_diagnose(d->report, node, "'%s' starts with '%s' "
				    "and has %zu parts, expected [NONE], [CMD, "
				    "PROGRAM, ...] or [CMD-SHELL, LINE]",
				    d->key, how, list.count);
	*(struct oci_strings *)out = list;
	return true;
}

static const struct oci_field health_fields[] = {
	{ "test", decode_test, offsetof(struct oci_healthcheck, test), true },
	{ "interval", oci_decode_duration,
	  offsetof(struct oci_healthcheck, interval), false },
	{ "timeout", oci_decode_duration,
	  offsetof(struct oci_healthcheck, timeout), false },
	{ "start-period", oci_decode_duration,
	  offsetof(struct oci_healthcheck, start_period), false },
	{ "start-interval", oci_decode_duration,
	  offsetof(struct oci_healthcheck, start_interval), false },
	{ "retries", oci_decode_count,
	  offsetof(struct oci_healthcheck, retries), false },
};

static bool decode_health(struct oci_decoder *d, const struct oci_yaml *node,
			  void *out)
{
	return oci_decode_mapping(d, node, "'healthcheck'", health_fields,
				  COUNT(health_fields), out);
}

static const struct oci_field fields[] = {
	{ "user", oci_decode_word, offsetof(struct oci_plan_settings, user),
	  false },
	{ "env", decode_env, offsetof(struct oci_plan_settings, env), false },
	{ "entrypoint", oci_decode_texts,
	  offsetof(struct oci_plan_settings, entrypoint), false },
	{ "cmd", oci_decode_texts, offsetof(struct oci_plan_settings, cmd),
	  false },
	{ "working-dir", decode_directory,
	  offsetof(struct oci_plan_settings, working_dir), false },
	{ "exposed-ports", decode_ports,
	  offsetof(struct oci_plan_settings, exposed_ports), false },
	{ "volumes", decode_volumes,
	  offsetof(struct oci_plan_settings, volumes), false },
	{ "stop-signal", oci_decode_signal,
	  offsetof(struct oci_plan_settings, stop_signal), false },
	{ "labels", oci_decode_pairs,
	  offsetof(struct oci_plan_settings, labels), false },
	{ "healthcheck", decode_health,
	  offsetof(struct oci_plan_settings, healthcheck), false },
};

bool oci_decode_settings(struct oci_decoder *d, const struct oci_yaml *node,
			 void *out)
{
	struct oci_plan_settings *settings = out;

	if (!oci_decode_mapping(d, node, "'config'", fields, COUNT(fields),
				out))
		return false;
	settings->has_entrypoint = oci_yaml_key(node, "entrypoint") != NULL;
	settings->has_cmd = oci_yaml_key(node, "cmd") != NULL;
	return true;
}
