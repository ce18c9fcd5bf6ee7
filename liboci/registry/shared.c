/* SPDX-License-Identifier: Apache-2.0 */
/* Functions for all requests to a registry: the log, pauses, the number of
 * retries, and the certificates of hosts. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/watch.h"
#include "registry/client.h"
#include "registry/clock.h"
#include "registry/url.h"

enum { RETRIES = 5 };

int oci_client_wait(struct oci_registry *registry, int64_t milliseconds,
		    struct oci_error *err)
{
	const struct oci_watch watch = {
		.cancelled = registry->options.cancelled,
	};
	const struct timespec slice = { 0, 50 * 1000000 };
	int64_t until = oci_clock() + milliseconds;
	int rc = 0;

	while (!rc && oci_clock() < until) {
		rc = oci_watch_check(&watch, err);
		if (!rc)
			nanosleep(&slice, NULL);
	}
	return rc;
}

void oci_client_log(struct oci_registry *registry, const char *fmt, ...)
{
	struct oci_error line;
	va_list args;

	if (!registry->options.log)
		return;
	va_start(args, fmt);
	oci_vfail(&line, OCI_OK, fmt, args);
	va_end(args);
	pthread_mutex_lock(&registry->lock);
	registry->options.log(registry->options.log_data, line.message);
	pthread_mutex_unlock(&registry->lock);
}

unsigned oci_client_retries(const struct oci_registry *registry)
{
	int retries = registry->options.retries;

	return retries < 0 ? RETRIES : (unsigned)retries;
}

int oci_registry_trust(const struct oci_trust **out,
		       struct oci_registry *registry, const char *host,
		       struct oci_error *err)
{
	struct oci_trust *trust;
	int rc = 0;

	*out = NULL;
	pthread_mutex_lock(&registry->lock);
	trust = registry->trusts;
	while (trust && strcmp(trust->host, host) != 0)
		trust = trust->next;
	if (!trust) {
		rc = oci_trust_load(&trust, &registry->certs, host,
				    &registry->bundles, err);
		if (!rc) {
			trust->next = registry->trusts;
			registry->trusts = trust;
		}
	}
	pthread_mutex_unlock(&registry->lock);
	*out = trust;
	return rc;
}

/* The folder of certificates has Docker Hub's short name, and for other hosts
 * the host of the URL. */
int oci_client_trust(struct oci_http_request *out,
		     const struct oci_client *client, struct oci_error *err)
{
	const struct oci_trust *trust;
	char *host = NULL;
	int rc = 0;

	if (!oci_url_same_origin(out->url, client->base))
		rc = oci_url_host(&host, out->url, err);
	if (!rc)
		rc = oci_registry_trust(&trust, client->registry,
					host ? host : client->host, err);
	free(host);
	if (rc)
		return rc;
	out->authorities = trust->authorities;
	out->certificate = trust->certificate;
	out->key = trust->key;
	return 0;
}
