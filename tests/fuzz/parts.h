/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An archive or a layout of the parts of an input, which are blobs, index.json
 * and Docker's manifest.json. Digests, sizes and checksums are computed.
 */
#ifndef FUZZ_PARTS_H
#define FUZZ_PARTS_H

#include "base/buf.h"
#include "io/digest.h"
#include "io/inflate.h"
#include "io/ustar.h"
#include "target.h"

enum { PARTS_MAX = 24, PART_ROOM = 1 << 20, INFLATED_MAX = 4 << 20 };

/* The byte before a part. */
enum { BLOB, TAR, INDEX, DOCKER, KINDS };

struct part {
	int kind;
	char name[96]; /* the path in the layout */
	char hex[OCI_DIGEST_TEXT];
	char inflated[OCI_DIGEST_TEXT]; /* digest of what it inflates to */
	struct oci_buf bytes;
};

struct parts {
	struct part items[PARTS_MAX];
	size_t count;
};

/* Replaces "@N", "%N", "#N" and "&N" by the digest, the digest of the inflated
 * bytes, the size and the bytes of part N, which is a letter. */
static inline void expand(struct oci_buf *out, const struct parts *parts,
			  const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		size_t n = i + 1 < size ? (size_t)data[i + 1] - 'a' : PARTS_MAX;
		const struct part *part = &parts->items[n % PARTS_MAX];

		if (n >= parts->count || !strchr("@%#&", data[i]))
			oci_buf_add(out, data + i, 1, NULL);
		else if (data[i] == '#')
			oci_buf_format(out, NULL, "%zu", part->bytes.len);
		else if (data[i] == '&')
			oci_buf_add(out, part->bytes.data, part->bytes.len,
				    NULL);
		else
			oci_buf_text(out,
				     data[i] == '@' ? part->hex
						    : part->inflated,
				     NULL);
		i += n < parts->count && strchr("@%#&", data[i]);
	}
}

/* Computes the checksum of what looks like a header of a tar. */
static inline void mend_tar(struct oci_buf *tar)
{
	for (size_t at = 0; at + OCI_USTAR_BLOCK <= tar->len;
	     at += OCI_USTAR_BLOCK) {
		unsigned char *header = (unsigned char *)tar->data + at;
		unsigned sum = 8 * ' ';

		if (memcmp(header + OCI_USTAR_AT_MAGIC, "ustar", 5) != 0)
			continue;
		for (int i = 0; i < OCI_USTAR_BLOCK; i++)
			sum += i < 148 || i >= 156 ? header[i] : 0;
		snprintf((char *)header + 148, 8, "%06o", sum);
		header[155] = ' ';
	}
}

static inline void digest_inflated(struct part *part)
{
	struct oci_source *from, *source = NULL;
	struct oci_digester *digester;
	struct oci_digest digest;
	static char data[65536];
	size_t got = 1, all = 0;

	target_check(!oci_digester_new(&digester, NULL, NULL));
	target_check(!oci_source_open_memory(&from, part->bytes.data,
					     part->bytes.len, NULL));
	if (oci_inflate_open(&source, from, NULL))
		got = 0;
	while (got && all < INFLATED_MAX &&
	       !oci_source_read(&got, source, data, sizeof(data), NULL)) {
		oci_digester_add(digester, data, got, NULL);
		all += got;
	}
	target_check(!oci_digester_end(&digest, digester, NULL));
	snprintf(part->inflated, sizeof(part->inflated), "%s",
		 oci_digest_hex(&digest));
	oci_source_free(source);
	oci_source_free(from);
	oci_digester_free(digester);
}

static inline void add_part(struct parts *parts, int kind, const uint8_t *data,
			    size_t size)
{
	struct part *part = &parts->items[parts->count];
	struct oci_digest digest;

	part->kind = kind;
	oci_buf_init(&part->bytes, PART_ROOM);
	if (kind == TAR)
		oci_buf_add(&part->bytes, data, size, NULL);
	else
		expand(&part->bytes, parts, data, size);
	if (kind == TAR)
		mend_tar(&part->bytes);
	oci_buf_reserve(&part->bytes, 1, NULL);
	target_check(!oci_digest_data(&digest, part->bytes.data,
				      part->bytes.len, NULL));
	snprintf(part->hex, sizeof(part->hex), "%s", oci_digest_hex(&digest));
	digest_inflated(part);
	if (kind == INDEX || kind == DOCKER)
		snprintf(part->name, sizeof(part->name), "%s",
			 kind == INDEX ? "index.json" : "manifest.json");
	else
		snprintf(part->name, sizeof(part->name), "blobs/sha256/%s",
			 oci_digest_hex(&digest));
	parts->count++;
}

static inline void add_member(struct oci_buf *tar, const char *name,
			      const void *data, size_t size)
{
	static const char zeros[OCI_USTAR_BLOCK];
	unsigned char header[OCI_USTAR_BLOCK] = { 0 };

	snprintf((char *)header, OCI_USTAR_NAME, "%s", name);
	header[OCI_USTAR_AT_TYPE] = '0';
	oci_ustar_set_size(header, size);
	oci_ustar_finish(header);
	oci_buf_add(tar, header, sizeof(header), NULL);
	oci_buf_add(tar, data, size, NULL);
	oci_buf_add(tar, zeros, oci_ustar_padded(size) - size, NULL);
}

static const char layout_file[] = "{\"imageLayoutVersion\":\"1.0.0\"}";

/* With Docker's manifest.json alone it is what docker save writes. */
static inline int open_archive(struct oci_store **out, const char **path,
			       const struct parts *parts)
{
	static const char zeros[2 * OCI_USTAR_BLOCK];
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_buf tar;
	int docker = 1;

	options.max_inflated = INFLATED_MAX;
	oci_buf_init(&tar, SIZE_MAX / 2);
	for (size_t i = 0; i < parts->count; i++) {
		add_member(&tar, parts->items[i].name,
			   parts->items[i].bytes.data,
			   parts->items[i].bytes.len);
		docker &= parts->items[i].kind != INDEX;
	}
	if (!docker)
		add_member(&tar, "oci-layout", layout_file,
			   sizeof(layout_file) - 1);
	oci_buf_add(&tar, zeros, sizeof(zeros), NULL);
	*path = target_file((const uint8_t *)tar.data, tar.len);
	oci_buf_release(&tar);
	return oci_archive_open(out, *path, &options, NULL);
}

static inline int open_layout(struct oci_store **out, const struct parts *parts)
{
	mkdir(target_in_folder("blobs"), 0700);
	mkdir(target_in_folder("blobs/sha256"), 0700);
	target_write(target_in_folder("oci-layout"), layout_file,
		     sizeof(layout_file) - 1);
	unlink(target_in_folder("index.json"));
	for (size_t i = 0; i < parts->count; i++)
		target_write(target_in_folder(parts->items[i].name),
			     parts->items[i].bytes.data,
			     parts->items[i].bytes.len);
	return oci_layout_open(out, target_folder(), NULL);
}

static inline void remove_layout(const struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		unlink(target_in_folder(parts->items[i].name));
	rmdir(target_in_folder("blobs/sha256"));
	rmdir(target_in_folder("blobs"));
	unlink(target_in_folder("oci-layout"));
	rmdir(target_folder());
}

/* The first part is a blob; the byte before each further one is its kind. */
static inline void parts_read(struct parts *out, const uint8_t *data,
			      size_t size)
{
	int kind = BLOB;

	out->count = 0;
	while (out->count < PARTS_MAX) {
		size_t n = target_part(data, size);

		add_part(out, kind, data, n);
		if (n == size)
			return;
		kind = data[n + 3] % KINDS;
		data += n + 4;
		size -= n + 4;
	}
}

static inline void parts_release(struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		oci_buf_release(&parts->items[i].bytes);
}

#endif
