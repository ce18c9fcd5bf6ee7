/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

static const char *variable(void *data, const char *name)
{
	(void)data;
	return getenv(name);
}

bool engine_kind(enum oci_engine_kind *out, const char *text)
{
	*out = text && strcmp(text, "podman") == 0 ? OCI_ENGINE_PODMAN
						   : OCI_ENGINE_DOCKER;
	return !text || *out == OCI_ENGINE_PODMAN ||
	       strcmp(text, "docker") == 0;
}

bool engine_destination(enum oci_engine_kind *kind, const char **name,
			const char *text)
{
	static const char *const schemes[] = {
		[OCI_ENGINE_DOCKER] = "docker-daemon:",
		[OCI_ENGINE_PODMAN] = "podman:",
	};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const char *rest = text + strlen(schemes[i]);

		if (strncmp(text, schemes[i], strlen(schemes[i])) != 0 ||
		    (*rest >= '0' && *rest <= '9' &&
		     rest[strspn(rest, "0123456789")] == '/'))
			continue;
		*kind = (enum oci_engine_kind)i;
		*name = rest;
		return true;
	}
	return false;
}

/* An engine that keeps one platform gets its own, otherwise the first. */
static void choose(struct engine_load *load,
		   const struct oci_platform *platforms, size_t count)
{
	const struct oci_platform *own = oci_engine_platform(load->engine);

	load->several = count > 1;
	load->known = count > 0;
	if (count)
		load->platform = platforms[0];
	for (size_t i = count; own && i-- > 0;)
		if (oci_platform_fits(&platforms[i], own))
			load->platform = platforms[i];
}

int engine_open(struct engine_load *out, enum oci_engine_kind kind,
		const struct oci_platform *platforms, size_t count,
		int64_t epoch, struct oci_error *err)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_engine_options engine = OCI_ENGINE_OPTIONS_INIT;
	int rc;

	engine.kind = kind;
	engine.variable = variable;
	engine.cancelled = interrupted_flag();
	rc = oci_engine_open(&out->engine, &engine, err);
	if (rc)
		return rc;
	choose(out, platforms, count);
	options.mtime = epoch >= 0 ? epoch : 0;
	options.temp_dir = temp_dir();
	options.platform = out->known ? &out->platform : NULL;
	return oci_engine_load(&out->store, out->engine, &options, err);
}

void engine_say(const struct engine_load *load)
{
	const struct oci_strings *names = oci_engine_loaded(load->engine);
	const char *engine = oci_engine_name(load->engine);
	char platform[OCI_PLATFORM_TEXT];

	for (size_t i = 0; i < names->count; i++)
		say(stderr, "loaded %s into %s\n", names->items[i], engine);
	if (!load->several || oci_engine_keeps_platforms(load->engine))
		return;
	oci_platform_format(platform, &load->platform);
	say(stderr,
	    "%s keeps one platform of an image, and has %s: --platform "
	    "chooses\n",
	    engine, platform);
}

void engine_release(struct engine_load *load)
{
	oci_engine_free(load->engine);
	*load = (struct engine_load){ 0 };
}
