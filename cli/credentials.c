/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials.h"

#include <stdlib.h>
#include <string.h>

#include "broker.h"

static int copy_pair(struct oci_credential *out, const char *user,
		     const char *password)
{
	out->user = strdup(user);
	out->password = strdup(password);
	return out->user && out->password ? 0 : OCI_E_NOMEM;
}

/* --src-authfile or --dest-authfile comes before all other files. */
int credentials_read(struct oci_credential *out, const struct remote_side *side,
		     const char *host, const char *repository,
		     struct oci_error *err)
{
	struct oci_strings own = { 0 };
	int rc = 0;

	if (side->authfile)
		rc = oci_strings_add(&own, side->authfile, err);
	if (!rc && own.count)
		rc = oci_credential_find(out, &own, host, repository,
					 interrupted_flag(), err);
	oci_strings_release(&own);
	if (rc || oci_credential_known(out))
		return rc;
	return oci_credential_find(out, &side->all->files, host, repository,
				   interrupted_flag(), err);
}

int credentials_find(void *data, struct oci_credential *out, const char *host,
		     const char *repository, struct oci_error *err)
{
	const struct remote_side *side = data;
	const struct remote_options *o = side->all;
	const char *token = getenv("GITHUB_TOKEN");
	const char *actor = getenv("GITHUB_ACTOR");
	int rc;

	if (o->user && strcmp(host, o->host) == 0)
		return copy_pair(out, o->user, o->password);
	rc = broker_started(o->broker)
		     ? broker_find(out, o->broker, side, host, repository, err)
		     : credentials_read(out, side, host, repository, err);
	if (rc || oci_credential_known(out))
		return rc;
	if (strcmp(host, "ghcr.io") == 0 && token && *token)
		return copy_pair(out, actor && *actor ? actor : "token", token);
	return 0;
}
