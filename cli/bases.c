/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens base images. An image that a lock file or a digest pins is looked for
 * in the cache first, and its registry is asked only if the cache lacks it.
 */
#include "bases.h"

#include <stdlib.h>
#include <string.h>

/* The registry behind a base image of the cache. */
struct base_source {
	struct base_source *next;
	struct bases *bases;
	struct oci_reference name;
	struct oci_store *opened;	/* until the cache takes it over */
};

static const struct cli_option options[] = {
	{ "cache-dir", 0, "DIR",
	  "keep base images and layers in DIR instead of "
	  "$XDG_CACHE_HOME/oci-pack",
	  offsetof(struct bases, cache_dir), NULL },
	{ "no-cache", 0, NULL, "use no cache", offsetof(struct bases, no_cache),
	  NULL },
	{ 0 },
};

const struct option_group bases_options = { NULL, NULL, options };

static int read_lock(struct bases *bases, struct oci_error *err)
{
	int rc = oci_lock_load(&bases->lock, bases->lock_path, err);

	bases->locked = !rc;
	return rc == OCI_E_NOT_FOUND ? 0 : rc;
}

static char *lock_path_of(const char *spec)
{
	size_t size = strlen(spec) + sizeof(".lock");
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s.lock", spec);
	return path;
}

int bases_open(struct bases *bases, const char *spec, struct oci_error *err)
{
	char *folder;
	int rc;

	bases->lock_path = lock_path_of(spec);
	if (!bases->lock_path)
		return fail_nomem(err);
	/* A spec on standard input has no lock file. */
	rc = strcmp(spec, "-") == 0 ? 0 : read_lock(bases, err);
	if (rc || bases->no_cache)
		return rc;
	folder = bases->cache_dir ? strdup(bases->cache_dir) : cache_folder();
	if (folder)
		rc = oci_cache_open(&bases->cache, folder, OCI_CACHE_BYTES,
				    err);
	free(folder);
	if (rc != OCI_E_INVALID)
		return rc;
	say(stderr, "oci-pack: %s; it is not used\n", err->message);
	return 0;
}

static int add_cache(const struct bases *bases, struct sandbox *sandbox,
		     struct oci_error *err)
{
	char *folder =
		bases->cache_dir ? strdup(bases->cache_dir) : cache_folder();
	int rc = folder ? sandbox_add_folder(sandbox, folder, err) : 0;

	free(folder);
	return rc;
}

int bases_add_to_sandbox(const struct bases *bases, const char *spec,
			 struct sandbox *sandbox, struct oci_error *err)
{
	char *lock = lock_path_of(spec);
	int rc = lock ? oci_strings_add(&sandbox->reads, lock, err)
		      : fail_nomem(err);

	free(lock);
	return rc || bases->no_cache ? rc : add_cache(bases, sandbox, err);
}

void bases_release(struct bases *bases)
{
	const struct oci_error *failure =
		bases->cache ? oci_cache_failure(bases->cache) : NULL;

	if (failure)
		say(stderr,
		    "oci-pack: %s; base images were not kept in the "
		    "cache: choose another with --cache-dir\n",
		    failure->message);
	while (bases->sources) {
		struct base_source *next = bases->sources->next;

		oci_store_free(bases->sources->opened);
		free(bases->sources);
		bases->sources = next;
	}
	oci_cache_free(bases->cache);
	oci_lock_release(&bases->lock);
	free(bases->lock_path);
}

static int open_repository(struct oci_store **out, struct bases *bases,
			   const struct oci_reference *name,
			   struct oci_error *err)
{
	struct oci_repository *repository = NULL;
	int rc = 0;

	/* Without a push, options such as --plain-http are for the base. */
	if (!bases->pushes)
		rc = remote_claim(bases->remote, name->host, err);
	if (!rc && !*bases->registry)
		rc = remote_open(bases->registry, bases->remote, err);
	if (!rc)
		rc = oci_repository_open(&repository, *bases->registry, name,
					 err);
	*out = repository ? oci_repository_store(repository) : NULL;
	return rc;
}

/* Opens the registry for blobs that the cache lacks: an oci_cache_source_fn. */
static int open_source(void *data, struct oci_store **out,
		       struct oci_error *err)
{
	struct base_source *source = data;

	*out = source->opened;
	source->opened = NULL;
	return *out ? 0 : open_repository(out, source->bases, &source->name,
					  err);
}

/* Makes a store of the cache and the registry behind it. Takes ownership of
 * opened, which may be NULL. */
static int open_cached(struct oci_store **out, struct bases *bases,
		       const struct oci_reference *name,
		       struct oci_store *opened, struct oci_error *err)
{
	struct base_source *source;

	if (!bases->cache) {
		*out = opened;
		return opened ? 0 : open_repository(out, bases, name, err);
	}
	source = calloc(1, sizeof(*source));
	if (!source) {
		oci_store_free(opened);
		return fail_nomem(err);
	}
	source->bases = bases;
	source->name = *name;
	source->opened = opened;
	source->next = bases->sources;
	bases->sources = source;
	return oci_cache_store(out, bases->cache, open_source, source, err);
}

/* Opens an image whose digest is known. */
static int open_pinned(struct bases *bases, struct oci_store **store,
		       const struct oci_reference *name,
		       const struct oci_descriptor *image,
		       struct oci_error *err)
{
	struct oci_reference pinned = *name;

	memset(pinned.tag, 0, sizeof(pinned.tag));
	pinned.digest = image->digest;
	return open_cached(store, bases, &pinned, NULL, err);
}

int bases_open_remote(struct bases *bases, struct oci_store **store,
		      struct oci_descriptor *image, const char *base,
		      struct oci_error *err)
{
	struct oci_store *opened = NULL;
	struct oci_reference name;
	int rc = oci_reference_parse(&name, base + strlen("docker://"), err);

	*store = NULL;
	*image = (struct oci_descriptor){0};
	if (rc)
		return rc;
	if (name.digest.text[0] && bases->cache &&
	    oci_cache_find(image, bases->cache, &name.digest, NULL) == 0)
		return open_pinned(bases, store, &name, image, err);
	rc = open_repository(&opened, bases, &name, err);
	if (!rc)
		rc = oci_store_resolve(image, opened, NULL, err);
	if (rc) {
		oci_store_free(opened);
		return rc;
	}
	return open_cached(store, bases, &name, opened, err);
}

static int open_locked(struct bases *bases, struct oci_store **store,
		       struct oci_descriptor *image, const char *base,
		       struct oci_error *err)
{
	const struct oci_descriptor *locked = oci_lock_get(&bases->lock, base);
	struct oci_reference name;
	int rc = oci_reference_parse(&name, base + strlen("docker://"), err);

	if (rc)
		return rc;
	if (name.digest.text[0])
		return bases_open_remote(bases, store, image, base, err);
	if (!locked)
		return oci_error_set(err, OCI_E_NOT_FOUND,
				     "'%.300s' does "
				     "not have it: run oci-pack lock",
				     bases->lock_path);
	rc = oci_descriptor_copy(image, locked, err);
	return rc ? rc : open_pinned(bases, store, &name, locked, err);
}

static int open_local(struct oci_store **store, struct oci_descriptor *image,
		      const char *base, struct oci_error *err)
{
	struct image_name name;
	int rc;

	rc = image_name_parse(&name, base, err);
	if (rc)
		return rc;
	rc = image_open(store, image, &name, err);
	image_name_release(&name);
	return rc;
}

int bases_open_image(void *data, struct oci_store **store,
		     struct oci_descriptor *image, const char *base,
		     struct oci_error *err)
{
	struct bases *bases = data;
	bool remote = strncmp(base, "docker://", 9) == 0;
	int rc;

	*store = NULL;
	*image = (struct oci_descriptor){0};
	if (!remote)
		rc = open_local(store, image, base, err);
	else if (bases->locked)
		rc = open_locked(bases, store, image, base, err);
	else
		rc = bases_open_remote(bases, store, image, base, err);
	if (rc) {
		oci_descriptor_release(image);
		oci_store_free(*store);
		*store = NULL;
	}
	return rc;
}
