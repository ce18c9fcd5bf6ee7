/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locks: which image each base of a spec was when somebody looked. A JSON file
 * beside the spec, SPEC.lock, that is kept with it.
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
	char *base;			/* as the spec names it */
	struct oci_descriptor image;	/* media type, digest and size */
};

/* Owns what it points to. An all-zero struct is empty. */
struct oci_lock {
	struct oci_locked *items;	/* sorted by the bytes of base */
	size_t count;
	size_t capacity;
};

/* The most bytes of a lock. */
#define OCI_LOCK_MAX (1u << 20)

/* Reads a lock; OCI_E_NOT_FOUND where there is none. */
OCI_API int oci_lock_load(struct oci_lock *out, const char *path,
			  struct oci_error *err);
/* Writes it, whole or not at all: JSON for people and for diffs. */
OCI_API int oci_lock_save(const struct oci_lock *lock, const char *path,
			  struct oci_error *err);
/* The image that base was, borrowed; or NULL. */
OCI_API const struct oci_descriptor *oci_lock_get(const struct oci_lock *lock,
						  const char *base);
/* Sets what base is, in place of what it was. */
OCI_API int oci_lock_set(struct oci_lock *lock, const char *base,
			 const struct oci_descriptor *image,
			 struct oci_error *err);
OCI_API void oci_lock_release(struct oci_lock *lock);

#ifdef __cplusplus
}
#endif

#endif
