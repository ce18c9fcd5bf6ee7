/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of streams. Only digest.c uses OpenSSL's libcrypto. */
#ifndef IO_DIGEST_H
#define IO_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include <oci/digest.h>
#include <oci/stream.h>

struct oci_digester;

/* like: a digest with the algorithm to use; NULL: sha256. */
int oci_digester_new(struct oci_digester **out, const struct oci_digest *like,
		     struct oci_error *err);
int oci_digester_add(struct oci_digester *digester, const void *data,
		     size_t size, struct oci_error *err);
/* Writes the digest. Called once; nothing can be added afterwards. */
int oci_digester_end(struct oci_digest *out, struct oci_digester *digester,
		     struct oci_error *err);
/* Writes the digest of the bytes so far; more can be added. */
int oci_digester_peek(struct oci_digest *out,
		      const struct oci_digester *digester,
		      struct oci_error *err);
void oci_digester_free(struct oci_digester *digester);

/*
 * The state of a sha256 after the last full message block of 64 bytes: the
 * intermediate hash value H(i) of FIPS 180-4, and the number of bytes so far.
 */
#define OCI_DIGEST_BLOCK 64

struct oci_digest_state {
	uint32_t words[8];
	uint64_t size;		/* a multiple of OCI_DIGEST_BLOCK */
};

/* Only for sha256. */
void oci_digester_save(struct oci_digest_state *out,
		       const struct oci_digester *digester);
/* Sets the state of a digester to which nothing was added. The bytes after the
 * last full block have to be added again. */
void oci_digester_restore(struct oci_digester *digester,
			  const struct oci_digest_state *state);

/* Digests size bytes with like's algorithm (NULL: sha256). out may be like. */
int oci_digest_like(struct oci_digest *out, const struct oci_digest *like,
		    const void *data, size_t size, struct oci_error *err);

enum { OCI_MAC_KEY = 32, OCI_MAC_TEXT = 65 };

/* Writes HMAC-SHA-256 (RFC 2104) of size bytes as lower-case digits. */
int oci_mac(char out[OCI_MAC_TEXT], const unsigned char key[OCI_MAC_KEY],
	    const void *data, size_t size, struct oci_error *err);

/*
 * A filter that passes bytes on to next and measures them. next may be NULL:
 * bytes are measured only. The algorithm is that of `like`, NULL: sha256.
 */
int oci_measure_open(struct oci_sink **out, struct oci_sink *next,
		     const struct oci_digest *like, struct oci_error *err);
/* Continues from the saved state of another filter and the bytes after it. */
int oci_measure_resume(struct oci_sink *measure,
		       const struct oci_digest_state *state, const void *rest,
		       size_t size, struct oci_error *err);
/* The filter's digester, borrowed. */
struct oci_digester *oci_measure_digester(struct oci_sink *measure);
/* Called once, after the filter was finished. */
int oci_measure_end(struct oci_digest *digest, uint64_t *size,
		    struct oci_sink *measure, struct oci_error *err);

/*
 * Makes a source that reads `from` and fails with OCI_E_CORRUPT if it is longer
 * or shorter than size or has another digest. Takes ownership of from, also on
 * failure.
 */
int oci_checked_open(struct oci_source **out, struct oci_source *from,
		     const struct oci_digest *digest, uint64_t size,
		     struct oci_error *err);

/* Returns whether the file fd has size bytes and the digest. Reads it from its
 * start with pread(2); false also if it cannot be read. */
bool oci_fd_has_digest(int fd, uint64_t size, const struct oci_digest *digest);

#endif
