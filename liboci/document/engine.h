/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents of container engines: answers of Docker's Engine API and of
 * Podman's, and the files with which docker context chooses an engine.
 */
#ifndef DOCUMENT_ENGINE_H
#define DOCUMENT_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/error.h>
#include <oci/platform.h>
#include <oci/text.h>

enum { OCI_ENGINE_API = 32 };

/* What an engine says of itself. */
struct oci_engine_version {
	bool podman;
	char libpod[OCI_ENGINE_API];  /* version of Podman's own API; digits
				       * and dots; "": none */
	struct oci_platform platform; /* os "": not known */
};

/* Parses the answer to GET /version. */
int oci_engine_version_parse(struct oci_engine_version *out, const char *text,
			     size_t size, struct oci_error *err);
/* Parses the answer to GET /info: whether the image store is containerd's,
 * which keeps all platforms of an image. */
int oci_engine_info_parse(bool *containerd, const char *text, size_t size,
			  struct oci_error *err);
/*
 * Parses one JSON object of the answer to POST /images/load, and adds the names
 * or IDs of loaded images to `loaded`. Progress is ignored. Errors:
 * OCI_E_SYSTEM, with the engine's own message, if the object is an error;
 * OCI_E_CORRUPT if the text is no JSON object.
 */
int oci_engine_answer_parse(struct oci_strings *loaded, const char *text,
			    size_t size, struct oci_error *err);

/* Reads currentContext of Docker's config.json; *out is NULL if there is none.
 * The caller frees *out. */
int oci_engine_config_parse(char **out, const char *text, size_t size,
			    struct oci_error *err);
/* Reads the endpoint "docker" of a context's meta.json: its host, and whether
 * the engine's certificate is not checked. The caller frees *host. */
int oci_engine_context_parse(char **host, bool *insecure, const char *text,
			     size_t size, struct oci_error *err);

#endif
