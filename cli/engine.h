/* SPDX-License-Identifier: Apache-2.0 */
/* Images that are loaded into Docker or Podman. */
#ifndef CLI_ENGINE_H
#define CLI_ENGINE_H

#include "cli.h"

/* A load into an engine. */
struct engine_load {
	struct oci_engine *engine; /* NULL: none */
	struct oci_store *store;   /* owned by the caller once it is open */
	bool several;		   /* the image has several platforms */
	bool known;		   /* platform is set */
	struct oci_platform platform;
};

/* Reads "docker" (also NULL) or "podman". */
bool engine_kind(enum oci_engine_kind *out, const char *text);
/* Whether text is docker-daemon:[NAME] or podman:[NAME]; *name is the rest. A
 * registry's podman:PORT/NAME is none. */
bool engine_destination(enum oci_engine_kind *kind, const char **name,
			const char *text);
/* Opens the engine of the environment, and a store that loads an image of these
 * platforms. The caller releases *out after the store. */
int engine_open(struct engine_load *out, enum oci_engine_kind kind,
		const struct oci_platform *platforms, size_t count,
		int64_t epoch, struct oci_error *err);
/* Prints on stderr what the engine has loaded. */
void engine_say(const struct engine_load *load);
void engine_release(struct engine_load *load);

#endif
