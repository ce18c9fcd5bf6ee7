/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The declarative spec: a YAML file that says what an image holds. The
 * language is documented in docs/spec.md.
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

struct oci_spec;

/* The most bytes of a spec file. */
#define OCI_SPEC_MAX (1u << 20)

/* One error of a spec: "FILE:LINE:COL: what is wrong, what was expected". */
typedef void oci_diagnostic_fn(void *data, const char *text);

struct oci_spec_options {
	size_t size;		/* sizeof(struct oci_spec_options) */
	const char *folder;	/* relative inputs start here; NULL: the
				 * folder of the spec */
	const struct oci_pairs *vars;	/* override the spec's; may be NULL */
	const struct oci_platform *platforms;	/* instead of the spec's */
	size_t platform_count;	/* 0: the spec's own */
	oci_diagnostic_fn *report;	/* gets every error; may be NULL */
	void *report_data;
};

#define OCI_SPEC_OPTIONS_INIT \
	{ sizeof(struct oci_spec_options), NULL, NULL, NULL, 0, NULL, NULL }

/*
 * Reads and checks a spec for all its platforms, and finds its inputs. Every
 * error is reported in one go; the message in *err is the first of them with
 * the number of the others. options may be NULL. The path "-" is standard
 * input; inputs then start in the working directory, unless options say
 * otherwise.
 */
OCI_API int oci_spec_open(struct oci_spec **out, const char *path,
			  const struct oci_spec_options *options,
			  struct oci_error *err);
/* NULL-safe. */
OCI_API void oci_spec_free(struct oci_spec *spec);

/* The image's name without a tag, or NULL. Borrowed. */
OCI_API const char *oci_spec_image(const struct oci_spec *spec);
/* The tags; none where the spec has none. Borrowed. */
OCI_API const struct oci_strings *oci_spec_tags(const struct oci_spec *spec);
OCI_API const struct oci_platform *oci_spec_platforms(const struct oci_spec *,
						      size_t *count);
/* The images in registries that it starts from, as docker://REF, each once;
 * those of specs that are its bases included. Borrowed. */
OCI_API const struct oci_strings *oci_spec_bases(const struct oci_spec *spec);
/* What a spec says of the checks of its image. */
struct oci_spec_exception {
	const char *rule;
	const char *path;	/* a glob, or NULL: everywhere */
	const char *level;	/* "off", "note", "warning" or "error" */
	const char *reason;
	const char *position; /* FILE:LINE:COL */
};

struct oci_spec_checks {
	const struct oci_spec_exception *exceptions;
	size_t exception_count;
	uint64_t size_budget;	/* bytes; 0: none */
};

/* Borrowed. */
OCI_API const struct oci_spec_checks *oci_spec_checks(
	const struct oci_spec *spec);
/* The files, folders and archives it reads, as found. Borrowed. */
OCI_API const struct oci_strings *oci_spec_inputs(const struct oci_spec *spec);

/*
 * Opens the image that a spec names as its base, such as docker://REF,
 * oci:DIR:TAG or a path. *store is freed after packing; *image is what the
 * name leads to, an index or a manifest, and is released then, too.
 */
typedef int oci_base_fn(void *data, struct oci_store **store,
			struct oci_descriptor *image, const char *base,
			struct oci_error *err);

/*
 * Looks at the image of a platform once it is packed; what it finds wrong is
 * its own to tell. rootfs keeps what checks read.
 */
typedef int oci_image_check_fn(void *data, const struct oci_rootfs *rootfs,
			       const struct oci_config *config,
			       const struct oci_descriptors *layers,
			       struct oci_error *err);

/*
 * Whether look would find what it found before, and has nothing to do. Layers
 * that the cache knew are not laid out then.
 */
typedef bool oci_image_checked_fn(void *data, const struct oci_config *config,
				  const struct oci_descriptors *layers);

struct oci_pack_options {
	size_t size;		/* sizeof(struct oci_pack_options) */
	int64_t epoch;		/* SOURCE_DATE_EPOCH, or OCI_DEFAULT */
	const char *temp_dir;	/* NULL: /var/tmp */
	enum oci_compression compression;
	int level;		/* 0: the default */
	unsigned jobs;		/* 0: one a core */
	oci_progress_fn *progress;	/* may be NULL */
	void *progress_data;
	oci_base_fn *open_base;	/* NULL: bases other than specs fail */
	void *base_data;
	oci_image_check_fn *check; /* may be NULL */
	void *check_data;
	struct oci_cache *cache;	/* where layers are kept, and found
					 * again when their inputs are the
					 * same; may be NULL */
	oci_image_checked_fn *checked;	/* of check_data, too; may be NULL */
	uint64_t max_inflated;	/* bytes that the layers of a base, and the
				 * archives of a layer, may inflate to; 0:
				 * 8 GiB, or 200 times their size */
	volatile const int *cancelled;	/* set to end it; may be NULL */
	oci_diagnostic_fn *note;	/* gets what may be a slip and stops
					 * nothing, such as a pattern of
					 * exclude that matches nothing; may be
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
 * Packs the spec into a store, without naming or committing it. *out is the
 * manifest, or the index where there are several platforms; the caller
 * releases it. Errors start with the place in the spec.
 */
OCI_API int oci_spec_pack(struct oci_descriptor *out,
			  const struct oci_spec *spec, struct oci_store *store,
			  const struct oci_pack_options *options,
			  struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
