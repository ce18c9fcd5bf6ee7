/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack cache: shows or empties the cache of base images and layers. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "bases.h"

struct cache_command {
	const char *folder;
	uint64_t keep;
	bool has_keep;
	bool json;
};

static void say_counts(const char *folder, const struct oci_cache_info *counts)
{
	say(stdout, "{\"folder\": ");
	say_json(stdout, folder);
	say(stdout, ", \"blobs\": %llu, \"bytes\": %llu}\n",
	    (unsigned long long)counts->blobs,
	    (unsigned long long)counts->bytes);
}

static int info(const struct cache_command *c, struct oci_cache *cache,
		const char *folder, struct oci_error *err)
{
	struct oci_cache_info found;
	char size[SIZE_TEXT];
	int rc = oci_cache_measure(&found, cache, err);

	if (rc)
		return rc;
	if (c->json) {
		say_counts(folder, &found);
		return 0;
	}
	format_size(size, found.bytes);
	say(stdout, "%s: %llu blob%s, %s\n", folder,
	    (unsigned long long)found.blobs, plural(found.blobs), size);
	return 0;
}

static int prune(const struct cache_command *c, struct oci_cache *cache,
		 const char *folder, struct oci_error *err)
{
	struct oci_cache_info removed;
	char size[SIZE_TEXT];
	int rc = oci_cache_prune(&removed, cache, c->keep, err);

	if (rc)
		return rc;
	if (c->json) {
		say_counts(folder, &removed);
		return 0;
	}
	format_size(size, removed.bytes);
	say(stdout, "removed %llu blob%s, %s\n",
	    (unsigned long long)removed.blobs, plural(removed.blobs), size);
	return 0;
}

static int run(const struct cache_command *c, const char *verb)
{
	struct oci_cache *cache = NULL;
	struct oci_error err;
	char *folder;
	int rc;

	errno = 0;
	folder = c->folder ? strdup(c->folder) : cache_folder();
	if (!folder && errno == ENOMEM)
		return say_no_memory();
	if (!folder) {
		say(stderr, "oci-pack: HOME is not set: name the folder with "
			    "--cache-dir\n");
		return EXIT_FAILED;
	}
	rc = oci_cache_open(&cache, folder, OCI_CACHE_BYTES, &err);
	if (!rc)
		rc = strcmp(verb, "info") == 0 ? info(c, cache, folder, &err)
					       : prune(c, cache, folder, &err);
	oci_cache_free(cache);
	free(folder);
	return rc ? say_error(&err) : EXIT_DONE;
}

static int take_keep(void *target, const struct parse *parse, const char *value)
{
	struct cache_command *c = target;

	if (!parse_size(&c->keep, value))
		return say_usage(parse->command,
				 "--keep '%s' is not a size such as 500MiB",
				 value);
	c->has_keep = true;
	return -1;
}

static int run_cache(int argc, char **argv)
{
	struct cache_command c = { 0 };
	const char *verb;
	int status = options_parse(&command_cache, "cache", &c, argc, argv);

	if (status >= 0)
		return status;
	verb = optind + 1 == argc ? argv[optind] : "";
	if (!*verb)
		return say_usage("cache", "info or prune is needed");
	if (strcmp(verb, "info") != 0 && strcmp(verb, "prune") != 0)
		return say_usage("cache",
				 "'%s' is unknown: the commands are "
				 "info and prune",
				 verb);
	if (c.has_keep && strcmp(verb, "prune") != 0)
		return say_usage("cache", "--keep is for prune");
	return run(&c, verb);
}

static const struct cli_option own[] = {
	{ "keep", 0, "SIZE",
	  "of prune: keep the blobs that were used last, up to SIZE, such as "
	  "500MiB",
	  0, take_keep },
	{ "cache-dir", 0, "DIR", "another cache than $XDG_CACHE_HOME/oci-pack",
	  offsetof(struct cache_command, folder), NULL },
	{ "json", 0, NULL,
	  "print the size, or what was removed, as JSON; docs/json.md",
	  offsetof(struct cache_command, json), NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_cache = {
	.name = "cache",
	.summary = "show or empty the cache of base images and layers",
	.usage = "cache info [options]\ncache prune [options]",
	.about = "info prints the folder and the size of the cache, prune "
		 "empties it. The cache keeps the blobs of base images, and "
		 "packed layers, in $XDG_CACHE_HOME/oci-pack, by default "
		 "~/.cache/oci-pack. If it has more than 8 GiB, builds remove "
		 "the blobs that were not used for the longest time.",
	.groups = { { &own_options, 0 } },
	.examples = {
		{ "how large it is",
		  "oci-pack cache info" },
		{ "keep what was used last",
		  "oci-pack cache prune --keep 1GiB" },
		{ "another folder",
		  "oci-pack cache info --cache-dir ./cache --json" },
	},
	.run = run_cache,
};
