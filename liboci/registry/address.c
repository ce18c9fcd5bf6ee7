/* SPDX-License-Identifier: Apache-2.0 */
/* The address of a registry: its host and its scheme. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"
#include "registry/client.h"
#include "registry/url.h"

/* The name docker.io stands for another host. */
static const char *server_of(const char *host)
{
	return strcmp(host, "docker.io") == 0 ? "registry-1.docker.io" : host;
}

static bool options_apply(const struct oci_client *client)
{
	const char *only = client->registry->only_host;

	return !only || strcasecmp(only, client->host) == 0;
}

bool oci_client_is_insecure(const struct oci_client *client, const char *url)
{
	return client->registry->options.insecure && options_apply(client) &&
	       oci_url_same_host(url, client->base);
}

bool oci_client_is_plain(const struct oci_client *client)
{
	return client->registry->options.plain_http && options_apply(client);
}

bool oci_client_may_be_private(const struct oci_client *client, const char *url)
{
	if (oci_url_is_private(client->base))
		return true;
	/* The certificate proves that this still is the registry. */
	if (oci_url_is_https(url) && !client->registry->options.insecure &&
	    oci_url_same_origin(url, client->base))
		return true;
	return !atomic_load(&client->was_public) &&
	       (atomic_load(&client->was_private) ||
		oci_url_same_host(url, client->base));
}

void oci_client_record_address(struct oci_client *client, const char *url,
			       const struct oci_http_response *response)
{
	if (!oci_url_same_origin(url, client->base))
		return;
	if (response->from_private)
		atomic_store(&client->was_private, true);
	if (response->from_public)
		atomic_store(&client->was_public, true);
}

int oci_client_name_host(const struct oci_client *client, const char *url,
			 int rc, struct oci_error *err)
{
	char *host;

	if (!rc || rc == OCI_E_CANCELLED || rc == OCI_E_NOMEM ||
	    oci_url_same_host(url, client->base) ||
	    oci_url_host(&host, url, NULL))
		return rc;
	rc = oci_wrap(err, rc, "registry %s leads to '%s'", client->host, host);
	free(host);
	return rc;
}

/* The options for certificates imply TLS, on loopback addresses too. */
static int choose_plain(bool *out, const struct oci_client *client,
			const char *url, struct oci_error *err)
{
	const struct oci_registry_options *o = &client->registry->options;
	const struct oci_trust *trust;
	bool loopback;
	int rc = oci_registry_trust(&trust, client->registry, client->host,
				    err);

	if (!rc)
		rc = oci_url_find_loopback(&loopback, url, err);
	if (rc)
		return rc;
	*out = oci_client_is_plain(client) ||
	       (loopback && !o->ca_file &&
		!(o->insecure && options_apply(client)) &&
		!trust->authorities && !trust->certificate);
	return 0;
}

int oci_client_set_base(struct oci_client *client, struct oci_error *err)
{
	struct oci_buf buf;
	bool plain = false;
	int rc;

	oci_buf_init(&buf, 1024);
	rc = oci_buf_format(&buf, err, "http://%s", server_of(client->host));
	if (!rc)
		rc = choose_plain(&plain, client, buf.data, err);
	if (!rc && !plain) {
		buf.len = 0;
		rc = oci_buf_format(&buf, err, "https://%s",
				    server_of(client->host));
	}
	if (!rc)
		rc = oci_buf_detach(&client->base, &buf, err);
	oci_buf_release(&buf);
	return rc;
}
