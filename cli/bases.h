/* SPDX-License-Identifier: Apache-2.0 */
/* Base images: the lock file of a spec, and the cache. */
#ifndef CLI_BASES_H
#define CLI_BASES_H

#include "remote.h"

struct base_source;

struct bases {
	struct remote_options *remote;
	struct oci_registry **registry;	/* opened when it is needed */
	bool pushes;			/* options of registries are for what
					 * is pushed to, not for bases */
	char *lock_path;		/* SPEC.lock */
	struct oci_lock lock;
	bool locked;	       /* the lock file exists */
	const char *cache_dir; /* --cache-dir; NULL: the default */
	bool no_cache;
	struct oci_cache *cache;	/* NULL: none */
	struct base_source *sources;
};

/* --cache-dir and --no-cache; the target is a struct bases. */
extern const struct option_group bases_options;

/* Reads the lock file of the spec, and opens the cache. The caller sets remote
 * and registry before. */
int bases_open(struct bases *bases, const char *spec, struct oci_error *err);
/* Adds what a build of spec reads and writes: the lock file and the cache,
 * whose folder is created. */
int bases_add_to_sandbox(const struct bases *bases, const char *spec,
			 struct sandbox *sandbox, struct oci_error *err);
void bases_release(struct bases *bases);

/* An oci_base_fn; data is a struct bases. */
int bases_open_image(void *data, struct oci_store **store,
		     struct oci_descriptor *image, const char *base,
		     struct oci_error *err);
/* The same for docker://REF; ignores the lock file. */
int bases_open_remote(struct bases *bases, struct oci_store **store,
		      struct oci_descriptor *image, const char *base,
		      struct oci_error *err);

/* $XDG_CACHE_HOME/oci-pack or ~/.cache/oci-pack; the caller frees it. NULL
 * if neither HOME nor the variable is set, or without memory. */
char *cache_folder(void);

#endif
