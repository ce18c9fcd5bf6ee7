/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image manifests and indexes.
 * OCI Image Specification, manifest.md and image-index.md. A document that has
 * both "manifests" and "layers" is refused (CVE-2021-41190). A document whose
 * mediaType is not the expected one is refused, too.
 */
#ifndef OCI_MANIFEST_H
#define OCI_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/descriptor.h>
#include <oci/error.h>
#include <oci/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Owns its items. An all-zero struct is empty and may be released. */
struct oci_descriptors {
	struct oci_descriptor *items;
	size_t count;
	size_t capacity;
};

/* Copies *descriptor to the end of the list. */
OCI_API int oci_descriptors_add(struct oci_descriptors *list,
				const struct oci_descriptor *descriptor,
				struct oci_error *err);
OCI_API void oci_descriptors_release(struct oci_descriptors *list);

/* Owns its members. An all-zero struct is empty and may be released. */
struct oci_manifest {
	char *media_type;	/* NULL if the document has none */
	char *artifact_type;	/* or NULL */
	struct oci_descriptor config;
	struct oci_descriptors layers;	/* lowest first */
	struct oci_descriptor subject;	/* valid if has_subject is true */
	bool has_subject;
	struct oci_pairs annotations;
};

/* Owns its members. An all-zero struct is empty and may be released. */
struct oci_index {
	char *media_type;    /* NULL if the document has none */
	char *artifact_type; /* or NULL */
	struct oci_descriptors manifests;
	struct oci_descriptor subject; /* valid if has_subject is true */
	bool has_subject;
	struct oci_pairs annotations;
};

/*
 * Reads a manifest from size bytes of JSON. media_type is what the descriptor
 * or the header Content-Type says, or NULL. If the document has a mediaType,
 * too, both have to be the same. The caller releases *out after success.
 * Errors: OCI_E_INVALID.
 */
OCI_API int oci_manifest_parse(struct oci_manifest *out, const char *json,
			       size_t size, const char *media_type,
			       struct oci_error *err);
/* Writes JSON without blanks, with the members in a fixed order. The caller
 * frees *out. */
OCI_API int oci_manifest_format(char **out, const struct oci_manifest *manifest,
				struct oci_error *err);
OCI_API void oci_manifest_release(struct oci_manifest *manifest);

/* The same functions for an index. */
OCI_API int oci_index_parse(struct oci_index *out, const char *json,
			    size_t size, const char *media_type,
			    struct oci_error *err);
OCI_API int oci_index_format(char **out, const struct oci_index *index,
			     struct oci_error *err);
OCI_API void oci_index_release(struct oci_index *index);

#ifdef __cplusplus
}
#endif

#endif
