/* SPDX-License-Identifier: Apache-2.0 */
/* Where a registry is: its host and its scheme. */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "registry/client.h"
#include "registry/url.h"

/* Docker Hub's registry has another host than its name. */
static const char *server_of(const char *host)
{
	return strcmp(host, "docker.io") == 0 ? "registry-1.docker.io" : host;
}

/* Who names certificates means TLS, on loopback as well. */
static int choose_plain(bool *out, const struct oci_client *client,
			const char *url, struct oci_error *err)
{
	const struct oci_registry_options *o = &client->registry->options;
	const struct oci_trust *trust;
	int rc = oci_registry_trust(&trust, client->registry, client->host,
				    err);

	if (rc)
		return rc;
	*out = o->plain_http ||
	       (oci_url_is_loopback(url) && !o->ca_file && !o->insecure &&
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
		rc = oci_buf_take(&client->base, &buf, err);
	oci_buf_release(&buf);
	return rc;
}
