/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack index: one image of many platforms. */
#include "index.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
	"Usage: oci-pack index create [options] REF IMAGE...\n"
	"       oci-pack index create [options] -o DEST IMAGE...\n"
	"       oci-pack index append [options] REF|LAYOUT IMAGE...\n"
	"       oci-pack index remove [options] REF|LAYOUT PLATFORM...\n"
	"\n"
	"Joins images of several platforms to one index. IMAGE is a REF,\n"
	"FILE.tar, DIR or oci:DIR[:TAG], of one platform or of many. What is\n"
	"in REF's repository stays where it is, and what another repository\n"
	"of the registry has is mounted: layers are not downloaded. append\n"
	"adds to the index that is there; images for platforms that it has\n"
	"take their place. remove takes platforms or digests out.\n"
	"\n"
	"  -o, --output DEST       FILE.tar, DIR or oci:DIR[:TAG]\n"
	"      --platform P[,P]    of each IMAGE, these platforms alone\n"
	"      --annotation [WHERE:]KEY=VALUE\n"
	"                          may be repeated; WHERE is index, as it is\n"
	"                          without, manifest-descriptor, or\n"
	"                          manifest-descriptor[PLATFORM]\n"
	"      --no-attestations   leave those of the images behind\n"
	"      --referrers         copy what refers to them, such as\n"
	"                          signatures\n"
	"      --dry-run           say what would be uploaded, mounted and\n"
	"                          tagged, and change nothing\n"
	"  -q, --quiet             print the digest and nothing else\n"
	"  -v, --verbose           tell of each request\n"
	"  -h, --help\n" REMOTE_HELP UPLOAD_HELP INFLATE_HELP;

static int open_images(struct index_images *images, struct index_command *c,
		       struct oci_error *err)
{
	int rc = 0;

	images->items = calloc(images->count, sizeof(*images->items));
	if (!images->items)
		return fail_nomem(err);
	if (!c->remote.host[0])
		rc = remote_claim_names(&c->remote, images->names,
					images->count, err);
	for (size_t i = 0; !rc && i < images->count; i++)
		rc = opened_init(&images->items[i], images->names[i],
				 &c->remote, err);
	return rc;
}

static int run(struct index_command *c, char **names, int count)
{
	const char *text = c->output ? c->output : *names++;
	struct index_images images = {
		.names = names,
		.count = (size_t)count - (c->output ? 0 : 1),
	};
	struct oci_reference name;
	struct oci_error err = {0};
	int rc = 0;

	/* --username is for where it goes, if that is a registry. */
	if (remote_name(&name, text))
		snprintf(c->remote.host, sizeof(c->remote.host), "%s",
			 name.host);
	if (c->verb != INDEX_REMOVE)
		rc = open_images(&images, c, &err);
	if (!rc)
		rc = index_make(c, text, &images, &err);
	for (size_t i = 0; images.items && i < images.count; i++)
		opened_release(&images.items[i]);
	free(images.items);
	return rc ? say_error(&err) : EXIT_DONE;
}

enum { OPT_PLATFORM = 256, OPT_ANNOTATION, OPT_BARE, OPT_REFERRERS, OPT_DRY };

static int take_option(struct index_command *c, int option, char **argv)
{
	switch (option) {
	case 'o':
		c->output = optarg;
		return -1;
	case 'q':
		c->quiet = true;
		return -1;
	case 'v':
		c->remote.verbose = true;
		return -1;
	case 'h':
		return say_help(stdout, help);
	case OPT_PLATFORM:
		return platforms_take(&c->platforms, &c->platform_count,
				      c->name, optarg);
	case OPT_ANNOTATION:
		return index_take_annotation(c, optarg);
	case OPT_BARE:
		c->no_attestations = true;
		return -1;
	case OPT_REFERRERS:
		c->referrers = true;
		return -1;
	case OPT_DRY:
		c->remote.dry_run = true;
		return -1;
	default:
		return remote_option_last(&c->remote, c->name, option,
					  argv[optind - 1]);
	}
}

static int check(const struct index_command *c, int count)
{
	bool images = c->verb != INDEX_REMOVE;

	if (c->output && c->verb != INDEX_CREATE)
		return say_usage(c->name, "it has no -o: the index is where it "
				 "was");
	if (!images && (c->platform_count || c->no_attestations ||
			c->referrers))
		return say_usage(c->name, "--platform, --no-attestations and "
				 "--referrers are for images that come");
	if (count < (c->output ? 1 : 2))
		return say_usage(c->name, "%s are to be given", c->output ?
				 "images" : images ?
				 "where the index goes and images" :
				 "the index and platforms");
	return -1;
}

static int read_options(struct index_command *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "platform", required_argument, NULL, OPT_PLATFORM },
		{ "annotation", required_argument, NULL, OPT_ANNOTATION },
		{ "no-attestations", no_argument, NULL, OPT_BARE },
		{ "referrers", no_argument, NULL, OPT_REFERRERS },
		{ "dry-run", no_argument, NULL, OPT_DRY },
		{ "quiet", no_argument, NULL, 'q' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		REMOTE_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv, "o:qvh",
						   options, NULL)) != -1)
		status = option == '?'
				 ? say_unknown_option(c->name, options, argv)
				 : take_option(c, option, argv);
	if (status < 0)
		status = check(c, argc - optind);
	return status < 0 ? remote_ready(&c->remote, c->name) : status;
}

int command_index(int argc, char **argv)
{
	static const char *const verbs[] = {
		[INDEX_CREATE] = "index create",
		[INDEX_APPEND] = "index append",
		[INDEX_REMOVE] = "index remove",
	};
	struct index_command c = {0};
	int status;

	for (size_t i = 0; argc > 1 && i < 3; i++)
		if (strcmp(argv[1], verbs[i] + strlen("index ")) == 0) {
			c.verb = (enum index_verb)i;
			c.name = verbs[i];
		}
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 ||
			 strcmp(argv[1], "-h") == 0))
		return say_help(stdout, help);
	if (!c.name)
		return say_usage(
			"index",
			argc > 1 ? "'%s' is unknown: "
				   "create, append or remove is to be said"
				 : "create, append or remove is to be said%s",
			argc > 1 ? argv[1] : "");
	status = read_options(&c, argc - 1, argv + 1);
	catch_signals();
	if (status < 0)
		status = run(&c, argv + 1 + optind, argc - 1 - optind);
	index_release_options(&c);
	return status;
}
