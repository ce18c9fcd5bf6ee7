/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an image can run, found out without running it: its programs are for
 * its platform, what they need is there, and so are the entrypoint, the users
 * and the folders that its config names. docs/lint.md has the rules.
 */
#ifndef OCI_LINT_H
#define OCI_LINT_H

#include <stddef.h>
#include <stdint.h>

#include <oci/config.h>
#include <oci/error.h>
#include <oci/manifest.h>
#include <oci/store.h>
#include <oci/tree.h>

#ifdef __cplusplus
extern "C" {
#endif

enum oci_lint_level {
	OCI_LINT_OFF,
	OCI_LINT_NOTE,
	OCI_LINT_WARNING,
	OCI_LINT_ERROR		/* it will not run, or not as it is meant */
};

struct oci_lint_rule {
	const char *name;	/* "elf-machine" */
	enum oci_lint_level level;	/* the usual one */
	const char *why;	/* it matters: a sentence */
	const char *remedy;	/* what to do: a sentence */
};

/* All of them, sorted by name. */
OCI_API const struct oci_lint_rule *oci_lint_rules(size_t *count);

/* One thing that is wrong. All pointers are borrowed for the call. */
struct oci_lint_finding {
	const struct oci_lint_rule *rule;
	enum oci_lint_level level;	/* as exceptions leave it */
	const char *platform;	/* of the image: "linux/riscv64" */
	const char *path;	/* "/usr/bin/tini"; NULL: the image itself */
	unsigned layer;		/* that put it there, from 1; 0: none */
	const struct oci_digest *digest;	/* of that layer, or NULL */
	const char *message;	/* what is wrong there */
	const char *remedy;	/* what to do: the rule's, or one that fits
				 * this image better */
};

typedef void oci_lint_fn(void *data, const struct oci_lint_finding *finding);

/* Another level for findings of a rule, at paths that match. */
struct oci_lint_exception {
	const char *rule;
	const char *path;	/* a glob over "/usr/bin/tini"; NULL: all */
	enum oci_lint_level level;	/* OCI_LINT_OFF: not told */
};

struct oci_lint_options {
	size_t size;		/* sizeof(struct oci_lint_options) */
	oci_lint_fn *report;	/* may be NULL */
	void *data;
	const struct oci_lint_exception *exceptions;	/* the first counts */
	size_t exception_count;
	uint64_t size_budget;	/* bytes of all layers as they are sent; 0:
				 * no limit */
	const char *temp_dir;	/* NULL: /var/tmp */
	const struct oci_platform *platform;	/* of an index, this one
						 * alone; may be NULL */
	uint64_t max_inflated;	/* bytes that all layers may inflate to; 0:
				 * 8 GiB, or 200 times their size */
	volatile const int *cancelled;	/* set to end it; may be NULL */
	/* Told of each image that an index names and the store lacks, which is
	 * not checked; platform is NULL where the index tells none. May be
	 * NULL. */
	void (*absent)(void *data, const char *platform,
		       const struct oci_digest *manifest);
};

#define OCI_LINT_OPTIONS_INIT                                                  \
	{                                                                      \
		sizeof(struct oci_lint_options), NULL, NULL, NULL, 0, 0, NULL, \
			NULL, 0, NULL, NULL                                    \
	}

/* Findings by level, those that exceptions turned off included. */
struct oci_lint_result {
	size_t errors;
	size_t warnings;
	size_t notes;
	size_t ignored;
	size_t images; /* that were checked */
	size_t absent; /* that an index names and the store lacks */
};

/* One image. rootfs was told to keep what the linter reads, before the layers
 * were applied (oci_rootfs_keep_lint_files). All borrowed. */
struct oci_lint_subject {
	size_t size;		/* sizeof(struct oci_lint_subject) */
	const struct oci_rootfs *rootfs;
	const struct oci_config *config;
	const struct oci_descriptors *layers;	/* lowest first */
};

/* Checks one image, and adds to *result. Fails only where a check could not
 * be done: what is wrong with the image is a finding. */
OCI_API int oci_lint_check(struct oci_lint_result *result,
			   const struct oci_lint_subject *subject,
			   const struct oci_lint_options *options,
			   struct oci_error *err);
/*
 * Checks every image that `image` leads to (oci_store_images), or the one for
 * options->platform (oci_store_manifest). Layers are read once, and their
 * digests and sizes checked. Members of an index that the store lacks are
 * passed over; OCI_E_NOT_FOUND if it lacks all of them.
 */
OCI_API int oci_lint_image(struct oci_lint_result *result,
			   struct oci_store *store,
			   const struct oci_descriptor *image,
			   const struct oci_lint_options *options,
			   struct oci_error *err);

/* What a program makes of an archive: a name, or what is wrong. */
typedef void oci_load_fn(void *data, const char *program, const char *text);

/*
 * Tells what docker load (with the classic store and with containerd's),
 * podman load, skopeo and ctr image import will see in an archive, name by
 * name, and reports what they will not take (rules load-*). tell may be NULL.
 */
OCI_API int oci_lint_archive(struct oci_lint_result *result, const char *path,
			     const struct oci_lint_options *options,
			     oci_load_fn *tell, void *data,
			     struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
