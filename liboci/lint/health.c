/* SPDX-License-Identifier: Apache-2.0 */
/*
 * healthcheck-ignored: Podman and Buildah use a health check only from images
 * in Docker's format; OCI images have none (config.md, "Healthcheck" is
 * reserved).
 */
#include <string.h>

#include "lint/lint.h"

static bool is_docker(const struct oci_descriptors *layers)
{
	return layers->count &&
	       strncmp(layers->items[0].media_type, OCI_MEDIA_DOCKER_LAYER,
		       strlen(OCI_MEDIA_DOCKER_LAYER)) == 0;
}

int oci_lint_health(struct oci_lint *lint, struct oci_error *err)
{
	const struct oci_strings *test =
		&lint->subject->config->healthcheck.test;

	(void)err;
	if (test->count && strcmp(test->items[0], "NONE") != 0 &&
	    !is_docker(lint->subject->layers))
		oci_lint_report(lint, "healthcheck-ignored", NULL,
				"it is an OCI image with a health check, which "
				"Docker runs and Podman does not");
	return 0;
}
