/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stamp stands for inputs without reading them: files by device, inode,
 * size, mtime and ctime, everything else by what it is. Equal stamps mean
 * equal inputs, if the first one was `settled`.
 *
 * A file that was changed within the last two seconds could change again
 * without its times telling; so could one on a file system whose times have
 * no fractions of seconds. Such files leave a stamp unsettled, and so do
 * those whose times are ahead of the clock. What a stamp cannot tell is a
 * write through a mapping (mmap) whose pages were written before and are not
 * on disk yet: the kernel gives the file no new times then.
 */
#ifndef LAYER_STAMP_H
#define LAYER_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#include <oci/digest.h>
#include <oci/layer.h>
#include <oci/tree.h>

struct oci_stamp;

/* now: when looking began, before anything is read; NULL: at this moment. */
int oci_stamp_new(struct oci_stamp **out, const struct timespec *now,
		  struct oci_error *err);
/* NULL and "" differ. */
int oci_stamp_text(struct oci_stamp *stamp, const char *text,
		   struct oci_error *err);
int oci_stamp_bytes(struct oci_stamp *stamp, const void *data, size_t size,
		    struct oci_error *err);
int oci_stamp_number(struct oci_stamp *stamp, int64_t number,
		     struct oci_error *err);
/* A file, as stat tells its device, inode, size and times. */
int oci_stamp_stat(struct oci_stamp *stamp, const struct stat *st,
		   struct oci_error *err);
/* What goes into a tar of any entry: mode, owner, mtime. */
int oci_stamp_attributes(struct oci_stamp *stamp, const struct stat *st,
			 struct oci_error *err);
/* Something that it stands for cannot be trusted to show a change. */
void oci_stamp_unsettle(struct oci_stamp *stamp);
int oci_stamp_end(struct oci_digest *out, bool *settled,
		  struct oci_stamp *stamp, struct oci_error *err);
void oci_stamp_free(struct oci_stamp *stamp);

/* layer.c: how a layer is compressed, and by which library. */
int oci_layer_stamp(struct oci_stamp *stamp,
		    const struct oci_layer_options *options,
		    struct oci_error *err);

/* Whether the times of a file of `now` are such that a change would show. */
bool oci_stamp_is_settled(const struct stat *st, const struct timespec *now);

#endif
