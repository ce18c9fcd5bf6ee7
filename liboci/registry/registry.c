/* SPDX-License-Identifier: Apache-2.0 */
/* What all the repositories of a program share: connections and tokens. */
#include <oci/registry.h>

#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/client.h"

int oci_registry_new(struct oci_registry **out,
		     const struct oci_registry_options *options,
		     struct oci_error *err)
{
	struct oci_registry *self = calloc(1, sizeof(*self));
	struct oci_http_options http = {
		.ca_file = options->ca_file,
		.insecure = options->insecure,
		.cancelled = options->cancelled,
	};
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->options = *options;
	pthread_mutex_init(&self->lock, NULL);
	rc = oci_text_copy(&self->temp_dir,
			   options->temp_dir ? options->temp_dir : "/var/tmp",
			   err);
	if (!rc)
		rc = oci_http_new(&self->http, &http, err);
	if (rc)
		oci_registry_free(self);
	else
		*out = self;
	return rc;
}

void oci_registry_free(struct oci_registry *registry)
{
	if (!registry)
		return;
	oci_http_free(registry->http);
	oci_auth_free(registry);
	pthread_mutex_destroy(&registry->lock);
	free(registry->temp_dir);
	free(registry);
}
