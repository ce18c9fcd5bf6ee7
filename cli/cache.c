/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack cache: what is kept of bases and layers, and removing it. */
#include <stdlib.h>
#include <string.h>

#include "bases.h"

static const char help[] =
	"Usage: oci-pack cache info|prune [options]\n"
	"\n"
	"The blobs of base images, and layers that were packed, are kept in\n"
	"$XDG_CACHE_HOME/oci-pack, by default ~/.cache/oci-pack. Beyond\n"
	"8 GiB, those that were unused for the longest time go by themselves.\n"
	"\n"
	"  info                    where it is, and how large\n"
	"  prune                   removes them\n"
	"\n"
	"      --keep SIZE         keep as much, such as 500MiB, of those\n"
	"                          that were used last\n"
	"      --cache-dir DIR     another cache\n"
	"  -h, --help\n";

struct command {
	const char *folder;
	uint64_t keep;
	bool has_keep;
};

static int info(struct oci_cache *cache, const char *folder,
		struct oci_error *err)
{
	struct oci_cache_info found;
	char size[SIZE_TEXT];
	int rc = oci_cache_info(&found, cache, err);

	if (rc)
		return rc;
	format_size(size, found.bytes);
	say(stdout, "%s: %llu blob%s, %s\n", folder,
	    (unsigned long long)found.blobs, plural(found.blobs), size);
	return 0;
}

static int prune(struct oci_cache *cache, uint64_t keep, struct oci_error *err)
{
	struct oci_cache_info removed;
	char size[SIZE_TEXT];
	int rc = oci_cache_prune(&removed, cache, keep, err);

	if (rc)
		return rc;
	format_size(size, removed.bytes);
	say(stdout, "removed %llu blob%s, %s\n",
	    (unsigned long long)removed.blobs, plural(removed.blobs), size);
	return 0;
}

static int run(const struct command *c, const char *verb)
{
	char *folder = c->folder ? strdup(c->folder) : cache_folder();
	struct oci_cache *cache = NULL;
	struct oci_error err;
	int rc;

	if (!folder) {
		say(stderr, "oci-pack: HOME is not set: name the folder with "
			    "--cache-dir\n");
		return EXIT_FAILED;
	}
	rc = oci_cache_open(&cache, folder, OCI_CACHE_BYTES, &err);
	if (!rc)
		rc = strcmp(verb, "info") == 0 ? info(cache, folder, &err) :
						 prune(cache, c->keep, &err);
	oci_cache_free(cache);
	free(folder);
	return rc ? say_error(&err) : EXIT_DONE;
}

static int take_option(struct command *c, int option)
{
	switch (option) {
	case 'd':
		c->folder = optarg;
		return -1;
	case 'k':
		if (!parse_size(&c->keep, optarg))
			return say_usage("cache", "--keep '%s' is no size such "
					 "as 500MiB", optarg);
		c->has_keep = true;
		return -1;
	default:
		return say_help(stdout, help);
	}
}

int command_cache(int argc, char **argv)
{
	static const struct option options[] = {
		{ "cache-dir", required_argument, NULL, 'd' },
		{ "keep", required_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct command c = {0};
	const char *verb;
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv, "h", options,
						   NULL)) != -1)
		status = option == '?'
				 ? say_unknown_option("cache", options, argv)
				 : take_option(&c, option);
	if (status >= 0)
		return status;
	verb = optind + 1 == argc ? argv[optind] : "";
	if (strcmp(verb, "info") != 0 && strcmp(verb, "prune") != 0)
		return say_usage("cache",
				 *verb ? "'%s' is unknown: it has "
					 "info and prune"
				       : "info or prune is to be "
					 "given%s",
				 verb);
	if (c.has_keep && strcmp(verb, "prune") != 0)
		return say_usage("cache", "--keep is for prune");
	return run(&c, verb);
}
