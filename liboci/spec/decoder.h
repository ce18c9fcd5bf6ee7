/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoders turn nodes into typed values. They report errors and continue, so
 * that the user sees all errors of a spec at once. A decoder returns whether
 * the value is good; if not, *out is unchanged.
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
	const char *key; /* the key of the value, for messages */
};

typedef bool oci_decode_fn(struct oci_decoder *d, const struct oci_yaml *node,
			   void *out);

/* A key of a mapping, and the offset of its value in a struct. */
struct oci_field {
	const char *key;
	oci_decode_fn *decode;
	size_t offset;
	bool required;
};

/*
 * Decodes a mapping with a table of keys. noun names it in messages, as in "a
 * layer". Returns false if node is not a mapping or a value is bad.
 */
bool oci_decode_mapping(struct oci_decoder *d, const struct oci_yaml *node,
			const char *noun, const struct oci_field *fields,
			size_t count, void *out);

/* An empty mapping; for `key: {}`. */
oci_decode_fn oci_decode_empty;
/* const char *: a text without NULs. */
oci_decode_fn oci_decode_text;
/* The same, and not empty. */
oci_decode_fn oci_decode_word;
/* struct oci_plan_bytes: any text. */
oci_decode_fn oci_decode_bytes;
/* struct oci_strings: a list of texts. */
oci_decode_fn oci_decode_texts;
/* struct oci_pairs: a mapping of texts to texts. */
oci_decode_fn oci_decode_pairs;

/*
 * Decodes a list of texts. check (may be NULL) may reject a text. The items of
 * out are in the arena.
 */
typedef bool oci_check_fn(struct oci_decoder *d, const struct oci_yaml *node,
			  const char *text);
bool oci_decode_list(struct oci_decoder *d, const struct oci_yaml *node,
		     oci_check_fn *check, struct oci_strings *out);

/* Makes "FILE:LINE:COL" of node; returns NULL if memory runs out. */
const char *oci_decode_origin(struct oci_decoder *d,
			      const struct oci_yaml *node);

#endif
