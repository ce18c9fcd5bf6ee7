/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Specs: YAML files that declare the contents of an image. docs/spec.md
 * describes the language.
 */
#ifndef OCI_SPEC_H
#define OCI_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/cache.h>
#include <oci/config.h>
#include <oci/descriptor.h>
#include <oci/error.h>
#include <oci/layer.h>
#include <oci/manifest.h>
#include <oci/platform.h>
#include <oci/store.h>
#include <oci/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A spec that was read and checked, with the specs that are its bases. */
struct oci_spec;

/* The most bytes of a spec file. */
#define OCI_SPEC_MAX (1u << 20)

/* Called with one message about a spec, such as "FILE:LINE:COL: ...". */
typedef void oci_diagnostic_fn(void *data, const char *text);

struct oci_spec_options {
	size_t size;		/* sizeof(struct oci_spec_options) */
	const char *folder;	/* the folder of relative paths of inputs; NULL:
				 * the spec's folder */
	const struct oci_pairs *vars; /* values that override those of the
				       * spec's variables; may be NULL */
	const struct oci_platform *platforms; /* used instead of the spec's */
	size_t platform_count;		/* 0: the spec's platforms are used */
	oci_diagnostic_fn *report;	/* called for each error; may be NULL */
	void *report_data;
};

#define OCI_SPEC_OPTIONS_INIT \
	{ sizeof(struct oci_spec_options), NULL, NULL, NULL, 0, NULL, NULL }

/*
 * Reads and checks a spec for all its platforms, and finds its inputs on disk.
 * options->report gets all errors of the file, not only the first; *err has the
 * first one and the number of the others. If there are no errors, specs that
 * are bases of this one are opened in the same way. If path is "-", the spec is
 * read from standard input and its folder is the working directory. options may
 * be NULL.
 */
OCI_API int oci_spec_open(struct oci_spec **out, const char *path,
			  const struct oci_spec_options *options,
			  struct oci_error *err);
/* NULL-safe. */
OCI_API void oci_spec_free(struct oci_spec *spec);

/* Returns the image's name without a tag, borrowed, or NULL. */
OCI_API const char *oci_spec_image(const struct oci_spec *spec);
/* Returns the spec's tags. Borrowed. */
OCI_API const struct oci_strings *oci_spec_tags(const struct oci_spec *spec);
/* Returns the *count platforms for which the spec is packed. Borrowed. */
OCI_API const struct oci_platform *oci_spec_platforms(const struct oci_spec *,
						      size_t *count);
/* Returns the base images in registries, as docker://REF, each once. The base
 * images of specs that are bases of this one are included. Borrowed. */
OCI_API const struct oci_strings *oci_spec_bases(const struct oci_spec *spec);

/* An exception from one of the linter's rules. */
struct oci_spec_exception {
	const char *rule;
	const char *path;	/* a glob; NULL: all findings of the rule */
	const char *level;	/* "off", "note", "warning" or "error" */
	const char *reason;
	const char *position; /* of the exception: FILE:LINE:COL */
};

/* The key `lint` of a spec. */
struct oci_spec_checks {
	const struct oci_spec_exception *exceptions;
	size_t exception_count;
	uint64_t size_budget; /* bytes; 0: no limit */
};

/* Returns the key `lint` of the spec. Borrowed. */
OCI_API const struct oci_spec_checks *oci_spec_lint(
	const struct oci_spec *spec);
/* Returns the paths of the spec file and of all files, folders and archives
 * that it packs, including those of specs that are its bases. Borrowed. */
OCI_API const struct oci_strings *oci_spec_inputs(const struct oci_spec *spec);

/*
 * Opens the base image of a spec. base is the value of the spec's key `base`,
 * such as docker://REF, oci:DIR:TAG or a path. The library has put the folder
 * of inputs in front of a relative path. Sets *store to a store that has the
 * image, and *image to the image's index or manifest. The library frees *store
 * and releases *image after packing.
 */
typedef int oci_base_fn(void *data, struct oci_store **store,
			struct oci_descriptor *image, const char *base,
			struct oci_error *err);

/*
 * Called for the image of each platform after its layers are packed and its
 * manifest is written to the store, which is not committed yet. rootfs has the
 * files that the linter reads (oci_rootfs_keep_lint_files). All arguments are
 * borrowed for the call. A result other than 0 ends the packing; oci_spec_pack
 * returns it.
 */
typedef int oci_image_check_fn(void *data, const struct oci_rootfs *rootfs,
			       const struct oci_config *config,
			       const struct oci_descriptors *layers,
			       struct oci_error *err);

/*
 * Returns whether an oci_image_check_fn has accepted an image with the same
 * config and layers before. If so, the function check of the options is not
 * called for this image, and layers that are cache hits are not read.
 */
typedef bool oci_image_checked_fn(void *data, const struct oci_config *config,
				  const struct oci_descriptors *layers);

struct oci_pack_options {
	size_t size;		/* sizeof(struct oci_pack_options) */
	int64_t epoch;		/* SOURCE_DATE_EPOCH, or OCI_DEFAULT */
	const char *temp_dir;	/* NULL: /var/tmp */
	enum oci_compression compression;
	int level;		/* 0: the default */
	unsigned jobs;		/* compressing threads; 0: one per core */
	oci_progress_fn *progress;	/* may be NULL */
	void *progress_data;
	oci_base_fn *open_base;	/* NULL: only other specs may be bases */
	void *base_data;
	oci_image_check_fn *check; /* may be NULL */
	void *check_data;	   /* for check and checked */
	struct oci_cache *cache;   /* for packed layers: a layer whose
				    * inputs are unchanged is taken from
				    * the cache; may be NULL */
	oci_image_checked_fn *checked; /* may be NULL */
	uint64_t max_inflated; /* bytes that the layers of a base, and the
				* archives of a layer, may inflate to; 0:
				* 8 GiB or 200 times their size, whichever is
				* more */
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
	oci_diagnostic_fn *note; /* called with each probable mistake
				  * that is no error, such as an exclude
				  * pattern that matches nothing; may be
				  * NULL */
	void *note_data;
};

#define OCI_PACK_OPTIONS_INIT                                                  \
	{                                                                      \
		sizeof(struct oci_pack_options), OCI_DEFAULT, NULL,            \
			OCI_COMPRESSION_GZIP, 0, 0, NULL, NULL, NULL, NULL,    \
			NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL            \
	}

/*
 * Packs the images of a spec into a store, without naming or committing them.
 * *out is the manifest, or an index if the spec has several platforms; the
 * caller releases *out. options may be NULL. If an error belongs to a place in
 * the spec, its message starts with that position, "FILE:LINE:COL: ".
 */
OCI_API int oci_spec_pack(struct oci_descriptor *out,
			  const struct oci_spec *spec, struct oci_store *store,
			  const struct oci_pack_options *options,
			  struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
