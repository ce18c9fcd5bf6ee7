/* SPDX-License-Identifier: Apache-2.0 */
/* State that repositories share: connections and tokens. */
#include <oci/registry.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "io/certificates.h"
#include "registry/client.h"

enum { LOWEST_RATE = 1024 };

static int copy_proxies(struct oci_proxies *out,
			const struct oci_registry_options *options,
			struct oci_error *err)
{
	int rc = oci_text_set(&out->http, options->http_proxy, err);

	if (!rc)
		rc = oci_text_set(&out->https, options->https_proxy, err);
	if (!rc)
		rc = oci_text_set(&out->all, options->all_proxy, err);
	if (!rc)
		rc = oci_text_set(&out->none, options->no_proxy, err);
	return rc;
}

static int add_bundles(struct oci_strings *out,
		       const struct oci_registry_options *options,
		       struct oci_error *err)
{
	int rc = 0;

	if (options->ca_file)
		rc = oci_strings_add(out, options->ca_file, err);
	if (!rc && options->system_ca_file)
		rc = oci_strings_add(out, options->system_ca_file, err);
	return rc;
}

/* list may be NULL. */
static int add_all(struct oci_strings *out, const struct oci_strings *list,
		   struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && list && i < list->count; i++)
		rc = oci_strings_add(out, list->items[i], err);
	return rc;
}

int oci_registry_new(struct oci_registry **out,
		     const struct oci_registry_options *given,
		     struct oci_error *err)
{
	static const struct oci_registry_options usual =
		OCI_REGISTRY_OPTIONS_INIT;
	struct oci_registry *self = calloc(1, sizeof(*self));
	struct oci_registry_options taken, *options = &taken;
	struct oci_http_options http;
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	oci_options_read(&taken, sizeof(taken), &usual, given);
	if (!options->system_ca_file && !options->system_ca_folders)
		options->system_ca_file = oci_certificate_file();
	http = (struct oci_http_options){
		.ca_file = options->ca_file ? options->ca_file :
					      options->system_ca_file,
		.ca_folders = options->system_ca_folders,
		.cancelled = options->cancelled,
		.answer_seconds = options->first_byte_seconds,
		.first_byte_seconds = options->first_byte_seconds,
		.lowest_rate = options->lowest_rate < 0
				       ? LOWEST_RATE
				       : (uint64_t)options->lowest_rate,
	};
	self->options = *options;
	pthread_mutex_init(&self->lock, NULL);
	pthread_mutex_init(&self->login, NULL);
	rc = oci_mount_candidates_init(&self->mount_candidates,
				       options->mount_candidates, err);
	/* A dry run changes nothing, not even the file of mount candidates. */
	self->mount_candidates.read_only = options->dry_run;
	if (!rc)
		rc = oci_text_copy(&self->temp_dir,
				   options->temp_dir ? options->temp_dir :
						       "/var/tmp", err);
	if (!rc)
		rc = add_bundles(&self->bundles, options, err);
	if (!rc)
		rc = add_all(&self->certs, options->certs, err);
	if (!rc)
		rc = add_all(&self->token_hosts, options->token_hosts, err);
	if (!rc)
		rc = oci_text_set(&self->only_host, options->only_host, err);
	if (!rc)
		rc = copy_proxies(&self->proxies, options, err);
	http.proxies = self->proxies;
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
	oci_mount_candidates_release(&registry->mount_candidates);
	oci_auth_free(registry);
	pthread_mutex_destroy(&registry->lock);
	pthread_mutex_destroy(&registry->login);
	while (registry->trusts) {
		struct oci_trust *trust = registry->trusts;

		registry->trusts = trust->next;
		oci_trust_free(trust);
	}
	oci_strings_release(&registry->certs);
	oci_text_wipe(registry->proxies.http);
	oci_text_wipe(registry->proxies.https);
	oci_text_wipe(registry->proxies.all);
	free(registry->proxies.none);
	free(registry->only_host);
	oci_strings_release(&registry->bundles);
	oci_strings_release(&registry->token_hosts);
	oci_strings_release(&registry->warnings);
	free(registry->temp_dir);
	free(registry);
}
