/* SPDX-License-Identifier: Apache-2.0 */
/* What is noted of a layer, as text: what it was made of, what came of it,
 * and the blocks that it was written in, a line each. */
#ifndef SPEC_NOTE_H
#define SPEC_NOTE_H

#include <oci/layer.h>

#include "base/buf.h"
#include "io/blocks.h"

/* A file as it was when its bytes were known to be right; all zero: none. */
struct oci_file_mark {
	uint64_t device;
	uint64_t inode;
	uint64_t seconds;	/* of its mtime */
	uint64_t nanoseconds;
};

struct oci_note {
	struct oci_digest key;	/* empty: it is never to be found */
	struct oci_layer layer;
	struct oci_file_mark file;	/* of the blob in a layout */
	struct oci_blocks blocks;
};

int oci_note_format(struct oci_buf *out, const struct oci_note *note,
		    struct oci_error *err);
/* Takes text apart; false where it is no note. */
bool oci_note_parse(struct oci_note *out, char *text);
void oci_note_release(struct oci_note *note);

#endif
