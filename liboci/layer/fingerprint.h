/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fingerprint is a digest over inputs that does not read the files among
 * them: a file counts with its device, inode, size, mtime and ctime, everything
 * else by value. Equal fingerprints mean equal inputs, unless the first one was
 * racy.
 *
 * A fingerprint is racy if it covers a file whose next change might leave the
 * file's times as they are (git calls such files racily clean): a file that was
 * changed in the last two seconds, a file whose times are ahead of the clock,
 * or a file on a file system without fractions of seconds.
 *
 * One change is not noticed: a write through a shared mapping (mmap) to a page
 * that is dirty already. The kernel does not update the file's times for it.
 */
#ifndef LAYER_FINGERPRINT_H
#define LAYER_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#include <oci/digest.h>
#include <oci/layer.h>
#include <oci/tree.h>

struct oci_fingerprint;

/* Starts a fingerprint. now is the time before the first input of the snapshot
 * was read; NULL: the present time. */
int oci_fingerprint_new(struct oci_fingerprint **out,
			const struct timespec *now, struct oci_error *err);
/* Each of these adds one value. NULL and "" are different texts. */
int oci_fingerprint_text(struct oci_fingerprint *fingerprint, const char *text,
			 struct oci_error *err);
int oci_fingerprint_bytes(struct oci_fingerprint *fingerprint, const void *data,
			  size_t size, struct oci_error *err);
int oci_fingerprint_number(struct oci_fingerprint *fingerprint, int64_t number,
			   struct oci_error *err);
/* Adds a file's attributes, device, inode, size and times. */
int oci_fingerprint_stat(struct oci_fingerprint *fingerprint,
			 const struct stat *st, struct oci_error *err);
/* Adds the attributes that every entry has in a tar: mode, owner, mtime. */
int oci_fingerprint_attributes(struct oci_fingerprint *fingerprint,
			       const struct stat *st, struct oci_error *err);
/* Makes the fingerprint racy: changes of an input might not be noticed. */
void oci_fingerprint_mark_racy(struct oci_fingerprint *fingerprint);
/* Writes the digest and whether it is racy. Called once, at the end. */
int oci_fingerprint_end(struct oci_digest *out, bool *racy,
			struct oci_fingerprint *fingerprint,
			struct oci_error *err);
void oci_fingerprint_free(struct oci_fingerprint *fingerprint);

/* Defined in layer.c. Adds the format of the tar, the compression, its
 * level, and the format or the library of the compressor. */
int oci_layer_fingerprint(struct oci_fingerprint *fingerprint,
			  const struct oci_layer_options *options,
			  struct oci_error *err);

/* Returns whether the next change of the file might leave its times as they
 * are in *st, which was read at `now`. */
bool oci_fingerprint_is_racy(const struct stat *st, const struct timespec *now);

#endif
