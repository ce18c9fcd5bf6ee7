/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content digests: "sha256:" and 64 lower-case hexadecimal digits. The digest
 * of new content is always sha256. The library also reads and checks sha512
 * digests; the copy of a document that has a sha512 digest keeps that digest.
 * OCI Image Specification, descriptor.md, "Digests".
 */
#ifndef OCI_DIGEST_H
#define OCI_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/error.h>
#include <oci/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "sha512:" + 128 digits + NUL. */
#define OCI_DIGEST_TEXT 136

/* A digest such as "sha256:6a09...", or the empty text for none. The struct has
 * no pointers and may be copied with "=". */
struct oci_digest {
	char text[OCI_DIGEST_TEXT];
};

/*
 * Reads a digest: "sha256:" and 64 lower-case hex digits, or "sha512:" and 128.
 * Every other text is OCI_E_INVALID, so that the result is safe in a path or a
 * URL.
 */
OCI_API int oci_digest_parse(struct oci_digest *out, const char *text,
			     struct oci_error *err);
/* Sets *out to the sha256 of size bytes at data. */
OCI_API int oci_digest_data(struct oci_digest *out, const void *data,
			    size_t size, struct oci_error *err);
/* Reads the rest of a source, and sets *out to the sha256 of these bytes. The
 * source is borrowed. Errors: those of the source. */
OCI_API int oci_digest_source(struct oci_digest *out, struct oci_source *source,
			      struct oci_error *err);
OCI_API bool oci_digest_equal(const struct oci_digest *a,
			      const struct oci_digest *b);
/* Returns the hex digits after the colon. Borrowed from digest. */
OCI_API const char *oci_digest_hex(const struct oci_digest *digest);

#ifdef __cplusplus
}
#endif

#endif
