/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a conversion as a spec. Texts are in JSON's quotes, which YAML has,
 * too. */
#include <string.h>

#include "convert.h"

static void say_list(FILE *out, const char *key, const struct oci_strings *list)
{
	say(out, "%s: [", key);
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			say(out, ", ");
		say_json(out, list->items[i]);
	}
	say(out, "]\n");
}

static void say_map(FILE *out, const char *key, const struct oci_pairs *map)
{
	if (!map->count)
		return;
	say(out, "  %s:\n", key);
	for (size_t i = 0; i < map->count; i++) {
		say(out, "    ");
		say_json(out, map->items[i].key);
		say(out, ": ");
		say_json(out, map->items[i].value);
		say(out, "\n");
	}
}

static void say_text(FILE *out, const char *key, const char *text)
{
	if (!text)
		return;
	say(out, "  %s: ", key);
	say_json(out, text);
	say(out, "\n");
}

static void say_health(FILE *out, const struct conversion *c)
{
	if (!c->health_test.count)
		return;
	say(out, "  healthcheck:\n");
	say_list(out, "    test", &c->health_test);
	for (size_t i = 0; i < c->health.count; i++)
		say(out, "    %s: %s\n", c->health.items[i].key,
		    c->health.items[i].value);
}

static void say_config(FILE *out, const struct conversion *c)
{
	say(out, "config:\n");
	if (c->has_entrypoint)
		say_list(out, "  entrypoint", &c->entrypoint);
	if (c->has_cmd)
		say_list(out, "  cmd", &c->cmd);
	say_text(out, "user", c->user);
	say_text(out, "working-dir", c->folder_inside);
	say_map(out, "env", &c->words.env);
	if (c->ports.count)
		say_list(out, "  exposed-ports", &c->ports);
	if (c->volumes.count)
		say_list(out, "  volumes", &c->volumes);
	say_text(out, "stop-signal", c->stop_signal);
	say_map(out, "labels", &c->labels);
	say_health(out, c);
}

static bool has_config(const struct conversion *c)
{
	return c->has_entrypoint || c->has_cmd || c->user || c->folder_inside ||
	       c->words.env.count || c->ports.count || c->volumes.count ||
	       c->stop_signal || c->labels.count || c->health_test.count;
}

static void say_vars(FILE *out, const struct oci_pairs *args)
{
	if (!args->count)
		return;
	say(out, "vars: # ARG: --set NAME=VALUE takes the place of "
		 "--build-arg\n");
	for (size_t i = 0; i < args->count; i++) {
		say(out, "  %s: ", args->items[i].key);
		if (args->items[i].value[0] == '\1')
			say(out, "null # required");
		else
			say_json(out, args->items[i].value);
		say(out, "\n");
	}
}

void conversion_write(FILE *out, const struct conversion *c, const char *image)
{
	say(out,
	    "# Made from %s by oci-pack convert. docs/spec.md has every key.\n"
	    "version: 1\nimage: %s\n"
	    "platforms: [linux/riscv64] # or others, such as linux/amd64\n",
	    c->name,
	    image ? image : "example.com/team/app # the name of the image");
	say_vars(out, &c->words.args);
	if (c->base)
		say(out, "base: \"docker://%s\"\n", c->base);
	/* Without files of its own, an image with a base has no layer. */
	if (c->entry_count || !c->base)
		say(out, "layers:\n  - name: files\n    entries:\n");
	if (!c->entry_count && !c->base)
		say(out, "      # An image needs a file or a base.\n"
			 "      - {path: /etc/.keep, content: \"\"}\n");
	say_bytes(out, c->entries_text, c->entries_size);
	if (has_config(c))
		say_config(out, c);
}
