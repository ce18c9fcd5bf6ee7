/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack lock: pins the base images of a spec by their digests. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "values.h"

struct lock_command {
	struct remote_options remote;
	struct bases bases;
	struct oci_pairs vars;
	const char *folder;
	struct oci_spec *spec;
	struct oci_registry *registry;
	struct oci_lock lock;		/* the new one */
	bool update;
	bool json;
	bool reported; /* errors of the spec were said */
};

static void report(void *data, const char *text)
{
	struct lock_command *c = data;

	c->reported = true;
	say(stderr, "%s\n", text);
}

static int open_spec(struct lock_command *c, const char *path,
		     struct oci_error *err)
{
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;

	options.folder = c->folder;
	options.vars = &c->vars;
	options.report = report;
	options.report_data = c;
	return oci_spec_open(&c->spec, path, &options, err);
}

static int check_platform(struct oci_store *store,
			  const struct oci_descriptor *image,
			  const struct oci_platform *wanted,
			  struct oci_error *err)
{
	char is[OCI_PLATFORM_TEXT], name[OCI_PLATFORM_TEXT];
	struct oci_image_documents documents;
	struct oci_platform platform;
	int rc = oci_image_open(&documents, store, image, wanted, err);

	if (rc)
		return rc;
	platform = documents.config.platform;
	if (!platform.variant[0])
		memcpy(platform.variant, documents.descriptor.platform.variant,
		       sizeof(platform.variant));
	oci_image_documents_release(&documents);
	if (oci_platform_fits(&platform, wanted))
		return 0;
	oci_platform_format(is, &platform);
	oci_platform_format(name, wanted);
	return oci_error_set(err, OCI_E_INVALID,
			     "it is for %s, but "
			     "wanted for %s",
			     is, name);
}

/* Fails if the base lacks a platform of the spec. */
static int check_platforms(struct lock_command *c, struct oci_store *store,
			   const struct oci_descriptor *image,
			   struct oci_error *err)
{
	const struct oci_platform *platforms;
	size_t count;
	int rc = 0;

	platforms = oci_spec_platforms(c->spec, &count);
	for (size_t i = 0; !rc && i < count; i++)
		rc = check_platform(store, image, &platforms[i], err);
	return rc;
}

static int look_up(struct lock_command *c, const char *base,
		   struct oci_error *err)
{
	const struct oci_descriptor *old = oci_lock_get(&c->bases.lock, base);
	struct oci_descriptor image;
	struct oci_store *store;
	int rc;

	if (old && !c->update)
		return oci_lock_set(&c->lock, base, old, err);
	rc = bases_open_remote(&c->bases, &store, &image, base, err);
	if (rc)
		return rc;
	rc = check_platforms(c, store, &image, err);
	if (!rc)
		rc = oci_lock_set(&c->lock, base, &image, err);
	if (!rc && !c->remote.quiet && !c->json)
		say(stdout, "%s %s%s\n", base, image.digest.text,
		    old && oci_digest_equal(&old->digest, &image.digest) ?
		    ", as before" : "");
	oci_descriptor_release(&image);
	oci_store_free(store);
	return rc;
}

/* A base whose name has a digest needs no lock. */
static bool is_pinned(const char *base)
{
	struct oci_reference name;

	return oci_reference_parse(&name, base + strlen("docker://"), NULL) ==
		       0 &&
	       name.digest.text[0];
}

/* Whether the base has to be looked up. */
static bool is_asked(const struct lock_command *c, const char *base)
{
	return !is_pinned(base) &&
	       (c->update || !oci_lock_get(&c->bases.lock, base));
}

/* Looks up a base, and adds its name to an error. */
static int look_up_named(struct lock_command *c, const char *base,
			 struct oci_error *err)
{
	int rc = look_up(c, base, err);

	return rc ? oci_error_wrap(err, rc, "base '%.300s'", base) : 0;
}

static int lock(struct lock_command *c, const char *path, struct oci_error *err)
{
	const struct oci_strings *list = oci_spec_bases(c->spec);
	int rc = bases_open(&c->bases, path, err);

	for (size_t i = 0; !rc && i < list->count; i++)
		if (is_asked(c, list->items[i]))
			rc = remote_claim_names(&c->remote, &list->items[i], 1,
						err);
	for (size_t i = 0; !rc && i < list->count; i++)
		if (!is_pinned(list->items[i]))
			rc = look_up_named(c, list->items[i], err);
	if (!rc)
		rc = oci_lock_save(&c->lock, c->bases.lock_path, err);
	return rc;
}

static void say_lock(const struct lock_command *c)
{
	say(stdout, "{\n  \"bases\": [");
	for (size_t i = 0; i < c->lock.count; i++) {
		const char *base = c->lock.items[i].base;
		const struct oci_descriptor *now = oci_lock_get(&c->lock, base);
		const struct oci_descriptor *old =
			oci_lock_get(&c->bases.lock, base);
		bool same = old && oci_digest_equal(&old->digest, &now->digest);

		say(stdout, i ? ",\n    {\"base\": " : "\n    {\"base\": ");
		say_json(stdout, base);
		say(stdout, ", \"digest\": \"%s\", \"changed\": %s}",
		    now->digest.text, same ? "false" : "true");
	}
	say(stdout, c->lock.count ? "\n  ]\n}\n" : "]\n}\n");
}

/* Of the bases, only those in registries are looked up. */
static int enter_sandbox(struct lock_command *c, const char *path,
			 struct oci_error *err)
{
	const struct oci_strings *list = oci_spec_bases(c->spec);
	struct sandbox sandbox = { .remote = &c->remote };
	int rc = sandbox_add_output(&sandbox, path, err);

	for (size_t i = 0; !rc && i < list->count; i++)
		rc = sandbox_add_image(&sandbox, NULL, list->items[i], err);
	if (!rc)
		rc = bases_add_to_sandbox(&c->bases, path, &sandbox, err);
	if (!rc)
		rc = sandbox_enter(&sandbox, err);
	sandbox_release(&sandbox);
	return rc;
}

static int run(struct lock_command *c, const char *path)
{
	struct oci_error err;
	int rc;

	c->bases.remote = &c->remote;
	c->bases.registry = &c->registry;
	/* Errors of the spec were printed one by one. */
	if (open_spec(c, path, &err))
		return c->reported ? EXIT_FAILED : say_error(&err);
	rc = enter_sandbox(c, path, &err);
	if (!rc)
		rc = lock(c, path, &err);
	if (!rc && c->json)
		say_lock(c);
	return rc ? say_error(&err) : EXIT_DONE;
}

static int run_lock(int argc, char **argv)
{
	struct lock_command c = { 0 };
	int status = options_parse(&command_lock, "lock", &c, argc, argv);

	if (status < 0 && optind + 1 != argc)
		status = say_usage("lock", "one SPEC is needed");
	if (status < 0 && strcmp(argv[optind], "-") == 0)
		status = say_usage("lock", "SPEC has to be a file: the lock "
					   "file is written beside it");
	if (status < 0)
		status = remote_ready(&c.remote, "lock");
	catch_signals();
	if (status < 0)
		status = run(&c, argv[optind]);
	bases_release(&c.bases);
	oci_lock_release(&c.lock);
	oci_registry_free(c.registry);
	oci_spec_free(c.spec);
	oci_pairs_release(&c.vars);
	remote_release(&c.remote);
	return status;
}

#define AT(member) offsetof(struct lock_command, member)

static const struct cli_option own[] = {
	{ "update", 0, NULL, "look up all base images again", AT(update),
	  NULL },
	{ "set", 0, "NAME=VALUE", "set a variable of the spec", AT(vars),
	  take_variable },
	{ "directory", 'C', "DIR",
	  "look for inputs in DIR instead of the folder of the spec",
	  AT(folder), NULL },
	{ "quiet", 'q', NULL, "print nothing", AT(remote.quiet), NULL },
	{ "json", 0, NULL, "print the digests as JSON; docs/json.md", AT(json),
	  NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_lock = {
	.name = "lock",
	.summary = "pin the base images of a spec by their digests",
	.usage = "lock [options] SPEC",
	.about = "Looks up the digest of each base image of SPEC, and writes "
		 "them to SPEC.lock, which builds use. Base images that "
		 "SPEC.lock has already stay as they are; those that SPEC no "
		 "longer starts from are removed.",
	.groups = { { &own_options, 0 },
		    { &verbose_option, AT(remote) },
		    { &bases_options, AT(bases) },
		    { &registry_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.examples = {
		{ "pin what is not pinned yet",
		  "oci-pack lock based.spec" },
		{ "look up all again",
		  "oci-pack lock --update based.spec" },
		{ "for a program",
		  "oci-pack lock --json based.spec" },
	},
	.run = run_lock,
};
