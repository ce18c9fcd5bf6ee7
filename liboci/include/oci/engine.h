/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Container engines: Docker Engine and Podman. oci_engine_load makes a store;
 * what is written to it is sent to the engine as an archive (<oci/archive.h>)
 * while it is packed, and loaded by oci_store_commit. Docker Engine API,
 * "ImageLoad"; Podman's API, "ImageLoadLibpod".
 */
#ifndef OCI_ENGINE_H
#define OCI_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/archive.h>
#include <oci/error.h>
#include <oci/platform.h>
#include <oci/registry.h>
#include <oci/store.h>
#include <oci/text.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_engine;

enum oci_engine_kind { OCI_ENGINE_DOCKER, OCI_ENGINE_PODMAN };

struct oci_engine_options {
	size_t size; /* sizeof(struct oci_engine_options) */
	enum oci_engine_kind kind;
	/* The environment; required. data is for variable. */
	oci_variable_fn *variable;
	void *data;
	/* Ends calls with OCI_E_CANCELLED once *cancelled is not 0; may be
	 * NULL. Borrowed until the engine is freed. */
	volatile const int *cancelled;
};

#define OCI_ENGINE_OPTIONS_INIT                                                \
	{                                                                      \
		sizeof(struct oci_engine_options), OCI_ENGINE_DOCKER, NULL,    \
			NULL, NULL                                             \
	}

/*
 * Finds an engine as its own command does, connects to it, and asks for its
 * version.
 *
 * Docker: DOCKER_HOST; otherwise the context that DOCKER_CONTEXT or
 * currentContext of config.json (in DOCKER_CONFIG or HOME/.docker) names;
 * otherwise unix:///var/run/docker.sock. The address of tcp://HOST:PORT is used
 * with TLS if DOCKER_TLS_VERIFY or DOCKER_TLS is set, or if the context has
 * certificates. DOCKER_CERT_PATH, otherwise the folder of config.json, has
 * ca.pem, cert.pem and key.pem; each may be absent.
 *
 * Podman: CONTAINER_HOST; otherwise the first that exists of
 * XDG_RUNTIME_DIR/podman/podman.sock and /run/podman/podman.sock.
 *
 * Of addresses, unix:// and tcp:// are supported. The caller frees *out.
 * Errors: OCI_E_SYSTEM if the engine is not there or does not answer;
 * OCI_E_UNSUPPORTED for ssh:// and others; OCI_E_INVALID for a malformed
 * address or context; OCI_E_NOT_FOUND for a context that does not exist.
 */
OCI_API int oci_engine_open(struct oci_engine **out,
			    const struct oci_engine_options *options,
			    struct oci_error *err);
/* Returns "Docker" or "Podman": what the engine says of itself, since Podman
 * also answers at the addresses of Docker. Never freed. */
OCI_API const char *oci_engine_name(const struct oci_engine *engine);
/* Returns the platform of the engine's machine, borrowed; or NULL if the engine
 * does not say it. */
OCI_API const struct oci_platform *
oci_engine_platform(const struct oci_engine *engine);
/* Returns whether the engine keeps all platforms of an image. Otherwise it
 * loads one: Docker the one of manifest.json, that is
 * oci_archive_options.platform; Podman its own. */
OCI_API bool oci_engine_keeps_platforms(const struct oci_engine *engine);
/*
 * Makes a store that loads the images that are named in it into the engine. The
 * bytes go to the engine while they are written; a copy is kept in an unlinked
 * file in temp_dir. oci_store_commit sends the end of the archive and waits for
 * the engine's answer. If the store is freed before that, the request is broken
 * off, and the engine loads nothing. An interrupted oci_store_commit may have
 * loaded the image. options may be NULL; mtime, platform and temp_dir are used.
 * The engine is borrowed and has to outlive the store; it has one store at a
 * time. Errors of the store's functions: OCI_E_SYSTEM, with the engine's own
 * message if there is one; OCI_E_CORRUPT for an answer that cannot be read;
 * OCI_E_LIMIT.
 */
OCI_API int oci_engine_load(struct oci_store **out, struct oci_engine *engine,
			    const struct oci_archive_options *options,
			    struct oci_error *err);
/* Returns the names, or IDs, of the images that the engine says it loaded,
 * after oci_store_commit. Borrowed until the engine is freed. */
OCI_API const struct oci_strings *
oci_engine_loaded(const struct oci_engine *engine);
/* NULL-safe. */
OCI_API void oci_engine_free(struct oci_engine *engine);

#ifdef __cplusplus
}
#endif

#endif
