/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads .riscv.attributes, which list the extensions that a file was compiled
 * for. RISC-V ELF psABI, "Attributes": "A", then subsections with a length and
 * a vendor; "riscv" has tags with ULEB128 values and strings.
 */
#include <string.h>

#include "base/error.h"
#include "lint/elf_image.h"

enum { BYTES_MAX = 64 * 1024, TAG_FILE = 1, TAG_ARCH = 5 };

struct cursor {
	const unsigned char *at;
	const unsigned char *end;
};

static bool skip(struct cursor *c, size_t size)
{
	if ((size_t)(c->end - c->at) < size)
		return false;
	c->at += size;
	return true;
}

static bool read_number(uint64_t *out, struct cursor *c)
{
	*out = 0;
	for (unsigned shift = 0; c->at < c->end && shift < 63; shift += 7) {
		*out |= (uint64_t)(*c->at & 0x7f) << shift;
		if (!(*c->at++ & 0x80))
			return true;
	}
	return false;
}

static const char *read_text(struct cursor *c)
{
	const char *text = (const char *)c->at;
	const void *end = memchr(c->at, 0, (size_t)(c->end - c->at));

	if (!end)
		return NULL;
	c->at = (const unsigned char *)end + 1;
	return text;
}

/* Odd tags have a string, even ones a number. */
static const char *find_arch(struct cursor *c)
{
	uint64_t tag, value;

	while (c->at < c->end) {
		const char *text;

		if (!read_number(&tag, c))
			return NULL;
		if (tag % 2 == 0) {
			if (!read_number(&value, c))
				return NULL;
			continue;
		}
		text = read_text(c);
		if (!text || tag == TAG_ARCH)
			return text;
	}
	return NULL;
}

int oci_elf_attributes(struct oci_elf *out, struct oci_elf_image *image,
		       uint64_t offset, uint64_t size, struct oci_error *err)
{
	struct cursor c;
	size_t at;
	const char *vendor, *arch;
	uint64_t tag;
	int rc;

	if (size > BYTES_MAX)
		return 0;
	rc = oci_elf_fill(&at, image, offset, size, err);
	if (rc)
		return rc;
	c.at = image->data + at;
	c.end = c.at + size;
	/* Skips the format's version and the length of the subsection. */
	if (!size || *c.at != 'A' || !skip(&c, 1 + 4))
		return 0;
	vendor = read_text(&c);
	if (!vendor || strcmp(vendor, "riscv") != 0 ||
	    !read_number(&tag, &c) || tag != TAG_FILE || !skip(&c, 4))
		return 0;
	arch = find_arch(&c);
	if (!arch)
		return 0;
	out->arch = oci_arena_text(image->arena, arch);
	return out->arch ? 0 : oci_fail_nomem(err);
}
