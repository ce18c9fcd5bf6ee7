/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks whether an image can run, without running it: whether the programs are
 * for the image's platform and find their loader and libraries, and whether the
 * entrypoint, the user and the folders that the config names exist.
 * docs/lint.md lists the rules.
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
	OCI_LINT_ERROR /* the image will not run, or will do something
			* else than its author means */
};

struct oci_lint_rule {
	const char *name;	/* "elf-machine" */
	enum oci_lint_level level;	/* the default */
	const char *why;	/* a sentence: the reason for the rule */
	const char *remedy;	/* a sentence: what to do */
};

/* Returns all rules, sorted by name, and sets *count to their number. The rules
 * are never freed. */
OCI_API const struct oci_lint_rule *oci_lint_rules(size_t *count);

/* One finding. All pointers are borrowed for the call. */
struct oci_lint_finding {
	const struct oci_lint_rule *rule;
	enum oci_lint_level level; /* of this finding; an exception may
				    * have changed it */
	const char *platform;	/* of the image: "linux/riscv64"; for an archive
				 * "any platform" */
	const char *path;	/* "/usr/bin/tini"; NULL: the whole image */
	unsigned layer;		/* number of the layer that has path, from 1;
				 * 0: no layer has it */
	const struct oci_digest *digest;	/* of that layer, or NULL */
	const char *message;	/* what is wrong */
	const char *remedy;	/* what to do: the rule's remedy, or one for
				 * this image */
};

typedef void oci_lint_fn(void *data, const struct oci_lint_finding *finding);

/* Changes the level of a rule's findings, at paths that match. */
struct oci_lint_exception {
	const char *rule;
	const char *path; /* a glob for paths such as "/usr/bin/tini";
			   * NULL: all findings of the rule */
	enum oci_lint_level level;	/* OCI_LINT_OFF: not reported */
};

struct oci_lint_options {
	size_t size;		/* sizeof(struct oci_lint_options) */
	oci_lint_fn *report;	/* may be NULL */
	void *data;
	const struct oci_lint_exception *exceptions; /* the first one that
						      * matches is used */
	size_t exception_count;
	uint64_t size_budget;	/* bytes that all compressed layers together may
				 * have; 0: no limit */
	const char *temp_dir;	/* NULL: /var/tmp */
	const struct oci_platform *platform; /* check only the image for
					      * this platform; NULL: all */
	uint64_t max_inflated; /* bytes that all layers may inflate to; 0:
				* 8 GiB or 200 times their size, whichever is
				* more */
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
	/* Called for each image that an index lists and the store lacks: it is
	 * not checked. platform is NULL if the index tells no
	 * platform. The function may be NULL. */
	void (*absent)(void *data, const char *platform,
		       const struct oci_digest *manifest);
};

#define OCI_LINT_OPTIONS_INIT                                                  \
	{                                                                      \
		sizeof(struct oci_lint_options), NULL, NULL, NULL, 0, 0, NULL, \
			NULL, 0, NULL, NULL                                    \
	}

/* Numbers of findings and images. oci_lint_check and the functions below add to
 * these numbers; the caller sets all of them to 0 first. */
struct oci_lint_result {
	size_t errors;
	size_t warnings;
	size_t notes;
	size_t ignored;	/* findings that exceptions turned off */
	size_t images;	/* images that were checked */
	size_t absent;	/* images that an index lists and the store
			 * lacks */
};

/* One image; everything is borrowed. The caller has called
 * oci_rootfs_keep_lint_files for rootfs before applying the layers. */
struct oci_lint_subject {
	size_t size;		/* sizeof(struct oci_lint_subject) */
	const struct oci_rootfs *rootfs;
	const struct oci_config *config;
	const struct oci_descriptors *layers;	/* lowest first */
};

/* Checks one image and adds to *result. A finding is no error: the function
 * fails only if a check cannot be done, such as for lack of memory. */
OCI_API int oci_lint_check(struct oci_lint_result *result,
			   const struct oci_lint_subject *subject,
			   const struct oci_lint_options *options,
			   struct oci_error *err);
/*
 * Checks each image of `image` (oci_store_images), or only the one for
 * options->platform (oci_store_manifest), and adds to *result. Artifacts are
 * not checked. Each layer is read and compared with its digest and size. Images
 * that an index lists and the store lacks are not checked. Errors:
 * OCI_E_NOT_FOUND if the store lacks all of them.
 */
OCI_API int oci_lint_image(struct oci_lint_result *result,
			   struct oci_store *store,
			   const struct oci_descriptor *image,
			   const struct oci_lint_options *options,
			   struct oci_error *err);

/* Called once for each name under which a program (docker, podman, skopeo, ctr)
 * would load an image from the archive; text is that name. Also called once for
 * each problem that the program would have; text is then the problem. */
typedef void oci_load_fn(void *data, const char *program, const char *text);

/*
 * Predicts which images docker load (with the classic and with the containerd
 * image store), podman load, skopeo and ctr image import will find in an
 * archive, and under which names. A problem is also reported as a finding of a
 * rule load-*. tell may be NULL; data is for tell.
 */
OCI_API int oci_lint_archive(struct oci_lint_result *result, const char *path,
			     const struct oci_lint_options *options,
			     oci_load_fn *tell, void *data,
			     struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
