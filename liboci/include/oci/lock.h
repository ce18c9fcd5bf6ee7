/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lock files pin the base images of a spec. SPEC.lock is a JSON file beside the
 * spec; it has the digest that each base had when the lock file was written.
 */
#ifndef OCI_LOCK_H
#define OCI_LOCK_H

#include <stddef.h>

#include <oci/descriptor.h>
#include <oci/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_locked {
	char *base;			/* the base as the spec names it */
	struct oci_descriptor image;	/* media type, digest and size */
};

/* Owns its items. An all-zero struct is an empty lock. */
struct oci_lock {
	struct oci_locked *items;	/* sorted by the bytes of base */
	size_t count;
	size_t capacity;
};

/* The most bytes of a lock file. */
#define OCI_LOCK_MAX (1u << 20)

/* Reads a lock file. The caller releases *out after success. Errors:
 * OCI_E_NOT_FOUND if path does not exist, OCI_E_INVALID, OCI_E_UNSUPPORTED for
 * a later version of the format. */
OCI_API int oci_lock_load(struct oci_lock *out, const char *path,
			  struct oci_error *err);
/* Writes a lock file with one member per line, to a temporary file that is then
 * renamed to path. */
OCI_API int oci_lock_save(const struct oci_lock *lock, const char *path,
			  struct oci_error *err);
/* Returns the image that base is pinned to, borrowed; NULL if the lock does not
 * have base. */
OCI_API const struct oci_descriptor *oci_lock_get(const struct oci_lock *lock,
						  const char *base);
/* Pins base to a copy of *image, in place of an earlier one. */
OCI_API int oci_lock_set(struct oci_lock *lock, const char *base,
			 const struct oci_descriptor *image,
			 struct oci_error *err);
OCI_API void oci_lock_release(struct oci_lock *lock);

#ifdef __cplusplus
}
#endif

#endif
