/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of images: [HOST[:PORT]/]PATH[:TAG][@DIGEST]. The grammar is that of
 * the distribution project's reference package. A name without a host is a name
 * on Docker Hub, as for the docker command.
 */
#ifndef OCI_REFERENCE_H
#define OCI_REFERENCE_H

#include <oci/digest.h>
#include <oci/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OCI_REFERENCE_NAME 256	/* host, slash and path, with the NUL */
#define OCI_REFERENCE_TAG 129
#define OCI_REFERENCE_TEXT \
	(OCI_REFERENCE_NAME + OCI_REFERENCE_TAG + OCI_DIGEST_TEXT)

/* A name of an image. The struct has no pointers and may be copied with "=". */
struct oci_reference {
	char host[OCI_REFERENCE_NAME]; /* with the port; "docker.io" if the
					* name has no host */
	char path[OCI_REFERENCE_NAME]; /* on Docker Hub, "library/" is in
					* front of a path without a slash */
	char tag[OCI_REFERENCE_TAG];   /* empty if the name has no tag */
	struct oci_digest digest;      /* empty if the name has no digest */
};

/* Reads [HOST[:PORT]/]PATH[:TAG][@DIGEST]. Errors: OCI_E_INVALID. */
OCI_API int oci_reference_parse(struct oci_reference *out, const char *text,
				struct oci_error *err);
/* Checks a tag. Errors: OCI_E_INVALID unless the tag matches
 * [A-Za-z0-9_][A-Za-z0-9._-]{0,127}. OCI Distribution Specification, "Pulling
 * manifests". */
OCI_API int oci_tag_check(const char *tag, struct oci_error *err);
/* Writes HOST/PATH[:TAG][@DIGEST], as containerd names images. */
OCI_API void oci_reference_canonical(char out[OCI_REFERENCE_TEXT],
				     const struct oci_reference *reference);
/* Writes the name as docker shows it, without docker.io/ and library/. */
OCI_API void oci_reference_familiar(char out[OCI_REFERENCE_TEXT],
				    const struct oci_reference *reference);

#ifdef __cplusplus
}
#endif

#endif
