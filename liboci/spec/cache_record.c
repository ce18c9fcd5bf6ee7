/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/cache_record.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "io/compress.h"

static const char none[] = "-";

static const char *text_of(const struct oci_digest *digest)
{
	return digest->text[0] ? digest->text : none;
}

static int add_state(struct oci_buf *out, const struct oci_digest_state *state,
		     struct oci_error *err)
{
	int rc = 0;

	for (int i = 0; !rc && i < 8; i++)
		rc = oci_buf_format(out, err, " %" PRIx32, state->words[i]);
	return rc;
}

/* The format: "FINGERPRINT DIFF_ID DIGEST SIZE TAR-SIZE DEVICE INODE SECONDS
 * NANOSECONDS START", and for each block "IN OUT SUM END ID" with the words of
 * both states. */
int oci_cache_record_format(struct oci_buf *out,
			    const struct oci_cache_record *record,
			    struct oci_error *err)
{
	int rc = oci_buf_format(
		out, err,
		"%s %s %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
		" %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		text_of(&record->fingerprint), record->layer.diff_id.text,
		record->layer.digest.text, record->layer.size,
		record->layer.tar_size, record->file.device, record->file.inode,
		record->file.seconds, record->file.nanoseconds,
		record->blocks.start);

	for (size_t i = 0; !rc && i < record->blocks.count; i++) {
		const struct oci_block *b = &record->blocks.items[i];

		rc = oci_buf_format(out, err,
				    "%" PRIu64 " %" PRIu64 " %" PRIu32 " %s %s",
				    b->in_size, b->out_size, b->sum,
				    b->end.text, text_of(&b->id));
		if (!rc)
			rc = add_state(out, &b->in, err);
		if (!rc)
			rc = add_state(out, &b->out, err);
		if (!rc)
			rc = oci_buf_text(out, "\n", err);
	}
	return rc;
}

/* Reads the next word; returns NULL if there is none. */
static char *read_word(char **text)
{
	char *word = *text, *end = strpbrk(word, " \n");

	if (!end)
		return NULL;
	*end = '\0';
	*text = end + 1;
	return word;
}

static bool read_digest(struct oci_digest *out, char **text)
{
	const char *word = read_word(text);

	return word && oci_digest_parse(out, word, NULL) == 0;
}

/* The same, but "-" means an empty digest. */
static bool read_key(struct oci_digest *out, char **text)
{
	*out = (struct oci_digest){ 0 };
	if (strncmp(*text, "- ", 2) != 0)
		return read_digest(out, text);
	*text += 2;
	return true;
}

static bool read_number(uint64_t *out, char **text, uint64_t max)
{
	const char *word = read_word(text);

	return word && oci_number_parse(out, word, 10, max);
}

static bool read_state(struct oci_digest_state *out, char **text,
		       uint64_t bytes)
{
	out->size = bytes / OCI_DIGEST_BLOCK * OCI_DIGEST_BLOCK;
	for (int i = 0; i < 8; i++) {
		const char *word = read_word(text);
		uint64_t value;

		if (!word || !oci_number_parse(&value, word, 16, UINT32_MAX))
			return false;
		out->words[i] = (uint32_t)value;
	}
	return true;
}

static bool read_block(struct oci_block *out, char **text, uint64_t before,
		       uint64_t written)
{
	uint64_t sum;

	if (!read_number(&out->in_size, text, UINT32_MAX) ||
	    !read_number(&out->out_size, text, UINT32_MAX) ||
	    !read_number(&sum, text, UINT32_MAX))
		return false;
	out->sum = (uint32_t)sum;
	return read_digest(&out->end, text) && read_key(&out->id, text) &&
	       read_state(&out->in, text, before) &&
	       read_state(&out->out, text, written);
}

bool oci_cache_record_parse(struct oci_cache_record *out, char *text)
{
	uint64_t before = 0, written = 0;

	*out = (struct oci_cache_record){ 0 };
	if (!read_key(&out->fingerprint, &text) ||
	    !read_digest(&out->layer.diff_id, &text) ||
	    !read_digest(&out->layer.digest, &text) ||
	    !read_number(&out->layer.size, &text, UINT64_MAX) ||
	    !read_number(&out->layer.tar_size, &text, UINT64_MAX) ||
	    !read_number(&out->file.device, &text, UINT64_MAX) ||
	    !read_number(&out->file.inode, &text, UINT64_MAX) ||
	    !read_number(&out->file.seconds, &text, UINT64_MAX) ||
	    !read_number(&out->file.nanoseconds, &text, UINT64_MAX) ||
	    !read_number(&out->blocks.start, &text, OCI_CODEC_EDGE))
		return false;
	written = out->blocks.start;
	while (*text) {
		struct oci_block block;

		if (!read_block(&block, &text, before, written) ||
		    oci_blocks_add(&out->blocks, &block, NULL))
			return false;
		before += block.in_size;
		written += block.out_size;
	}
	return !out->blocks.count ||
	       (before == out->layer.tar_size && written <= out->layer.size &&
		out->layer.size - written <= OCI_CODEC_EDGE);
}

void oci_cache_record_release(struct oci_cache_record *record)
{
	oci_blocks_release(&record->blocks);
}
