/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack index: one image of many platforms. */
#include "index.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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
	"  -h, --help\n"
	REMOTE_HELP;

static void on_note(void *data, const char *note)
{
	const struct index_command *c = data;

	if (!c->quiet)
		say(stderr, "%s\n", note);
}

static int on_progress(void *data, const struct oci_progress *progress)
{
	const struct index_command *c = data;

	if (c->remote.verbose)
		say(stderr, "copied %s\n", progress->what);
	return was_interrupted();
}

/* How often others may come between, and how long a run waits for them:
 * between this and twice as long. */
enum { TRIES = 50, REMOTE_TRIES = 20, PAUSE_MS = 100 };

static void say_result(const struct index_command *c, const char *text,
		       const struct oci_digest *index)
{
	FILE *out = result_stream(text);

	if (c->quiet)
		say(out, "%s\n", index->text);
	else if (c->remote.dry_run)
		plan_say(&c->remote.plan);
	else
		say(out, "%s %s\n", text, index->text);
}

/* Images to join, opened as long as their blobs may be asked for. */
struct images {
	struct opened *items;
	char **names;
	size_t count;
};

static int fill(struct oci_join *join, const struct index_command *c,
		const struct images *images, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < images->count; i++)
		rc = images->items ?
			     oci_join_add(join, images->items[i].store,
					  &images->items[i].image,
					  images->names[i], err) :
			     oci_join_remove(join, images->names[i], err);
	return rc ? rc : index_annotate(join, c, err);
}

/* In later attempts, an index that is there already stays. */
static int write_join(struct oci_digest *out, struct index_target *target,
		      const char *text, struct oci_join *join,
		      struct index_command *c, struct oci_error *err)
{
	struct oci_copy_options options = OCI_COPY_OPTIONS_INIT;
	struct oci_descriptor index = {0};
	int rc = index_target_open(target, text, c, err);

	options.referrers = c->referrers;
	options.cancelled = interrupted_flag();
	options.progress = on_progress;
	options.progress_data = c;
	c->remote.plan = (struct plan){ .quiet = c->quiet };
	if (!rc)
		rc = oci_join_write(&index, join, target->store, &options,
				    err);
	if (!rc && !(out->text[0] &&
		     oci_digest_equal(&index.digest,
				      &target->now.image.digest))) {
		rc = index_target_commit(target, &index, err);
		if (!rc && target->registry && !c->quiet && !c->remote.dry_run)
			say_pushed(target->store);
	}
	if (!rc)
		*out = index.digest;
	oci_descriptor_release(&index);
	return rc;
}

/* *out is the index that was written before, or empty, and then the new one. */
static int make(struct oci_digest *out, struct index_command *c,
		const char *text, const struct images *images,
		struct oci_error *err)
{
	struct oci_join_options options = OCI_JOIN_OPTIONS_INIT;
	struct index_target target = {0};
	struct oci_join *join;
	int rc;

	options.platforms = c->platforms;
	options.platform_count = c->platform_count;
	options.attestations = !c->no_attestations;
	options.cancelled = interrupted_flag();
	options.note = on_note;
	options.note_data = c;
	rc = oci_join_new(&join, &options, err);
	if (!rc && c->verb != INDEX_CREATE) {
		rc = index_target_read(&target, text, c, err);
		if (!rc)
			rc = oci_join_start(join, target.now.store,
					    &target.now.image, err);
	}
	if (!rc)
		rc = fill(join, c, images, err);
	if (!rc)
		rc = write_join(out, &target, text, join, c, err);
	oci_join_free(join);
	index_target_release(&target);
	return rc;
}

/* Runs that meet once are not to meet again. */
static void pause_between(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	time.tv_nsec = (PAUSE_MS + (time.tv_nsec / 1000 + getpid() * 7L) %
					   PAUSE_MS) * 1000000L;
	time.tv_sec = 0;
	nanosleep(&time, NULL);
}

/* Whether the tag leads to what was written. Registries have no exchange in
 * one step: another run may have read the tag before, and set it since. */
static int is_there(bool *out, const struct oci_digest *written,
		    struct index_command *c, const char *text,
		    struct oci_error *err)
{
	struct opened now;
	int rc;

	pause_between();
	rc = opened_init(&now, text, &c->remote, err);
	*out = !rc && oci_digest_equal(&now.image.digest, written);
	opened_release(&now);
	return rc;
}

/* One attempt: *done unless another run came between. */
static int try_make(bool *done, struct oci_digest *written,
		    struct index_command *c, const char *text,
		    const struct images *images, struct oci_error *err)
{
	struct oci_reference name;
	bool again = written->text[0] != '\0';
	int rc = make(written, c, text, images, err);

	*done = rc != OCI_E_CHANGED;
	/* The members that an earlier attempt removed are still gone. */
	if (rc == OCI_E_NOT_FOUND && again && c->verb == INDEX_REMOVE)
		return 0;
	if (rc || c->verb == INDEX_CREATE || c->remote.dry_run ||
	    !remote_name(&name, text))
		return *done ? rc : 0;
	return is_there(done, written, c, text, err);
}

/* Other runs that change the same index are waited for, but not for ever. */
static int make_at_last(struct index_command *c, const char *text,
			const struct images *images, struct oci_error *err)
{
	struct oci_digest written = {0};
	struct oci_reference name;
	bool remote = remote_name(&name, text), done = false;
	int rc = 0, tries = remote ? REMOTE_TRIES : TRIES;

	for (int i = 0; !rc && !done && i < tries && !was_interrupted(); i++) {
		if (i) {
			on_note(c, "the index was changed meanwhile: once "
				   "more");
			if (remote)
				pause_between();
		}
		rc = try_make(&done, &written, c, text, images, err);
	}
	if (!rc && !done) {
		size_t used = strlen(err->message);

		rc = err->status = OCI_E_CHANGED;
		snprintf(err->message + used, sizeof(err->message) - used,
			 "%sother runs changed it %d times meanwhile: run "
			 "this again later", used ? "; " : "", tries);
	}
	if (!rc)
		say_result(c, text, &written);
	return rc;
}

static int open_images(struct images *images, struct index_command *c,
		       struct oci_error *err)
{
	int rc = 0;

	images->items = calloc(images->count, sizeof(*images->items));
	if (!images->items) {
		snprintf(err->message, sizeof(err->message), "out of memory");
		return OCI_E_NOMEM;
	}
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
	struct images images = {
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
		rc = make_at_last(c, text, &images, &err);
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
		return index_take_platforms(c, optarg);
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
		status = take_option(c, option, argv);
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
		return say_usage("index", "create, append or remove is to be "
				 "said");
	status = read_options(&c, argc - 1, argv + 1);
	catch_signals();
	if (status < 0)
		status = run(&c, argv + 1 + optind, argc - 1 - optind);
	index_release_options(&c);
	return status;
}
