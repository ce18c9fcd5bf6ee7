/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding nodes into typed values. What is wrong is reported, and decoding
 * goes on, so that all errors of a spec are seen at once. Decoders return
 * whether the value is good; a value that is not good is left as it was.
 */
#ifndef SPEC_DECODER_H
#define SPEC_DECODER_H

#include "spec/diagnostics.h"
#include "spec/node.h"
#include "spec/scope.h"

struct oci_decoder {
	struct oci_arena *arena;
	struct oci_diagnostics *report;
	struct oci_scope *scope;
	const char *key;	/* what is decoded, for messages */
};

typedef bool oci_decode_fn(struct oci_decoder *d, const struct oci_yaml *node,
			   void *out);

/* A key of a mapping, and where in a struct its value goes. */
struct oci_field {
	const char *key;
	oci_decode_fn *decode;
	size_t offset;
	bool required;
};

/*
 * Decodes a mapping by its table of keys. noun is what it stands for, as in
 * "a layer". False when it is no mapping, or anything in it is not good.
 */
bool oci_decode_mapping(struct oci_decoder *d, const struct oci_yaml *node,
			const char *noun, const struct oci_field *fields,
			size_t count, void *out);

/* A mapping with exactly what is between its braces; for `key: {}`. */
oci_decode_fn oci_decode_empty;
/* const char *: a text without NULs. */
oci_decode_fn oci_decode_text;
/* The same, not empty. */
oci_decode_fn oci_decode_word;
/* struct oci_plan_bytes: any text. */
oci_decode_fn oci_decode_bytes;
/* struct oci_strings: a list of texts. */
oci_decode_fn oci_decode_texts;
/* struct oci_pairs: a mapping of texts to texts. */
oci_decode_fn oci_decode_pairs;

/*
 * A list of texts, each of which check may refuse; it may be NULL. items of
 * out live in the arena.
 */
typedef bool oci_check_fn(struct oci_decoder *d, const struct oci_yaml *node,
			  const char *text);
bool oci_decode_list(struct oci_decoder *d, const struct oci_yaml *node,
		     oci_check_fn *check, struct oci_strings *out);

/* "FILE:LINE:COL" of node, or NULL when memory ran out. */
const char *oci_decode_origin(struct oci_decoder *d,
			      const struct oci_yaml *node);

#endif
