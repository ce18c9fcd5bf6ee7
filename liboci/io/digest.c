/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sha256 and sha512 by OpenSSL, which uses the processor's instructions. sha256
 * uses the older interface, whose state can be saved: unchanged bytes need not
 * be digested again.
 */
#define OPENSSL_API_COMPAT 0x10101000L	/* SHA256_* are not deprecated there */
#include "io/digest.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hex.h"

/* Bytes of a source that are digested at a time. */
enum { SOURCE_ROOM = 32 * 1024 };

struct oci_digester {
	bool wide;
	union {
		SHA256_CTX sha256;
		SHA512_CTX sha512;
	} context;
};

static const struct {
	const char *name;
	size_t digits;
} algorithms[] = {
	{ "sha256", 64 },
	{ "sha512", 128 },
};

int oci_digest_parse(struct oci_digest *out, const char *text,
		     struct oci_error *err)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]);
	     i++) {
		size_t size = strlen(algorithms[i].name);

		if (strncmp(text, algorithms[i].name, size) != 0 ||
		    text[size] != ':')
			continue;
		if (!oci_hex_valid(text + size + 1, algorithms[i].digits))
			break;
		snprintf(out->text, sizeof(out->text), "%s", text);
		return 0;
	}
	return oci_fail(err, OCI_E_INVALID,
			"digest '%.140s' is not sha256: and 64 lower-case "
			"hexadecimal digits", text);
}

bool oci_digest_equal(const struct oci_digest *a, const struct oci_digest *b)
{
	return strcmp(a->text, b->text) == 0;
}

const char *oci_digest_hex(const struct oci_digest *digest)
{
	const char *colon = strchr(digest->text, ':');

	return colon ? colon + 1 : digest->text;
}

static int crypto_failed(struct oci_error *err)
{
	return oci_fail(err, OCI_E_SYSTEM, "libcrypto cannot digest");
}

static bool start(struct oci_digester *self)
{
	return self->wide ? SHA512_Init(&self->context.sha512) :
			    SHA256_Init(&self->context.sha256);
}

int oci_digester_new(struct oci_digester **out, const struct oci_digest *like,
		     struct oci_error *err)
{
	struct oci_digester *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->wide = like && strncmp(like->text, "sha512:", 7) == 0;
	if (!start(self)) {
		oci_digester_free(self);
		return crypto_failed(err);
	}
	*out = self;
	return 0;
}

int oci_digester_add(struct oci_digester *digester, const void *data,
		     size_t size, struct oci_error *err)
{
	bool good = digester->wide ?
			    SHA512_Update(&digester->context.sha512, data,
					  size) :
			    SHA256_Update(&digester->context.sha256, data,
					  size);

	return good ? 0 : crypto_failed(err);
}

int oci_digester_end(struct oci_digest *out, struct oci_digester *digester,
		     struct oci_error *err)
{
	unsigned char hash[SHA512_DIGEST_LENGTH];
	bool wide = digester->wide;
	bool good = wide ? SHA512_Final(hash, &digester->context.sha512) :
			   SHA256_Final(hash, &digester->context.sha256);
	int n;

	if (!good)
		return crypto_failed(err);
	n = snprintf(out->text, sizeof(out->text), "%s:",
		     algorithms[wide].name);
	oci_hex_format(out->text + n, hash,
		       wide ? SHA512_DIGEST_LENGTH : SHA256_DIGEST_LENGTH);
	return 0;
}

int oci_digester_peek(struct oci_digest *out,
		      const struct oci_digester *digester,
		      struct oci_error *err)
{
	struct oci_digester copy = *digester;

	return oci_digester_end(out, &copy, err);
}

void oci_digester_free(struct oci_digester *digester)
{
	free(digester);
}

void oci_digester_save(struct oci_digest_state *out,
		       const struct oci_digester *digester)
{
	const SHA256_CTX *c = &digester->context.sha256;
	uint64_t bits = (uint64_t)c->Nh << 32 | c->Nl;

	for (int i = 0; i < 8; i++)
		out->words[i] = c->h[i];
	out->size = bits / 8 - c->num;
}

void oci_digester_restore(struct oci_digester *digester,
			  const struct oci_digest_state *state)
{
	SHA256_CTX *c = &digester->context.sha256;

	for (int i = 0; i < 8; i++)
		c->h[i] = state->words[i];
	c->Nl = (SHA_LONG)(state->size << 3);
	c->Nh = (SHA_LONG)(state->size >> 29);
	c->num = 0;
}

int oci_digest_like(struct oci_digest *out, const struct oci_digest *like,
		    const void *data, size_t size, struct oci_error *err)
{
	struct oci_digester *digester;
	int rc = oci_digester_new(&digester, like, err);

	if (!rc)
		rc = oci_digester_add(digester, data, size, err);
	if (!rc)
		rc = oci_digester_end(out, digester, err);
	oci_digester_free(digester);
	return rc;
}

int oci_digest_data(struct oci_digest *out, const void *data, size_t size,
		    struct oci_error *err)
{
	return oci_digest_like(out, NULL, data, size, err);
}

int oci_digest_source(struct oci_digest *out, struct oci_source *source,
		      struct oci_error *err)
{
	struct oci_digester *digester;
	char data[SOURCE_ROOM];
	size_t got = 1;
	int rc = oci_digester_new(&digester, NULL, err);

	if (rc)
		return rc;
	while (!rc && got) {
		rc = oci_source_read(&got, source, data, sizeof(data), err);
		if (!rc && got)
			rc = oci_digester_add(digester, data, got, err);
	}
	if (!rc)
		rc = oci_digester_end(out, digester, err);
	oci_digester_free(digester);
	return rc;
}

/* Digests the key, with each byte XORed with `with`, and data. */
static bool hash_keyed(unsigned char out[SHA256_DIGEST_LENGTH],
		       const unsigned char key[OCI_MAC_KEY], unsigned char with,
		       const void *data, size_t size)
{
	unsigned char pad[SHA256_CBLOCK] = { 0 };
	SHA256_CTX context;

	memcpy(pad, key, OCI_MAC_KEY);
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= with;
	return SHA256_Init(&context) &&
	       SHA256_Update(&context, pad, sizeof(pad)) &&
	       SHA256_Update(&context, data, size) &&
	       SHA256_Final(out, &context);
}

/* OpenSSL's HMAC first loads all algorithms, which is slower than cache
 * hits. */
int oci_mac(char out[OCI_MAC_TEXT], const unsigned char key[OCI_MAC_KEY],
	    const void *data, size_t size, struct oci_error *err)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];

	if (!hash_keyed(hash, key, 0x36, data, size) ||
	    !hash_keyed(hash, key, 0x5c, hash, sizeof(hash)))
		return crypto_failed(err);
	oci_hex_format(out, hash, sizeof(hash));
	return 0;
}
