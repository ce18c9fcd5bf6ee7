/* SPDX-License-Identifier: Apache-2.0 */
/* sha256 and sha512 by OpenSSL, which uses the processor's instructions. */
#include "io/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hex.h"

struct oci_digester {
	EVP_MD_CTX *context;
	const char *algorithm;
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

int oci_digester_new(struct oci_digester **out, const struct oci_digest *like,
		     struct oci_error *err)
{
	bool wide = like && strncmp(like->text, "sha512:", 7) == 0;
	struct oci_digester *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->algorithm = algorithms[wide].name;
	self->context = EVP_MD_CTX_new();
	if (!self->context ||
	    !EVP_DigestInit_ex(self->context,
			       wide ? EVP_sha512() : EVP_sha256(), NULL)) {
		oci_digester_free(self);
		return crypto_failed(err);
	}
	*out = self;
	return 0;
}

int oci_digester_add(struct oci_digester *digester, const void *data,
		     size_t size, struct oci_error *err)
{
	if (!EVP_DigestUpdate(digester->context, data, size))
		return crypto_failed(err);
	return 0;
}

int oci_digester_end(struct oci_digest *out, struct oci_digester *digester,
		     struct oci_error *err)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	int n;

	if (!EVP_DigestFinal_ex(digester->context, hash, &size))
		return crypto_failed(err);
	n = snprintf(out->text, sizeof(out->text), "%s:",
		     digester->algorithm);
	oci_hex_format(out->text + n, hash, size);
	return 0;
}

void oci_digester_free(struct oci_digester *digester)
{
	if (!digester)
		return;
	EVP_MD_CTX_free(digester->context);
	free(digester);
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
