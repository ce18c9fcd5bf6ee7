/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --username, --plain-http and --insecure are for one registry. A command with
 * several images claims the registry of each before it opens the first one.
 */
#include "remote.h"

#include <string.h>

/* The name of the given option that is for one host only, or NULL. */
static const char *said_of_one(const struct remote_options *o)
{
	return o->user	       ? "--username"
	       : o->plain_http ? "--plain-http"
	       : o->insecure   ? "--insecure"
			       : NULL;
}

/* No other host may see the password, or be used without TLS or without a check
 * of its certificate. */
int remote_claim(struct remote_options *o, const char *host,
		 struct oci_error *err)
{
	const char *option = said_of_one(o);

	if (o->host[0] && option && strcmp(o->host, host) != 0)
		return oci_error_set(
			err, OCI_E_INVALID,
			"%s is for one registry, not for '%s' and '%s': %s",
			option, o->host, host,
			o->user ? "use oci-pack login"
				: "run the command for each of them");
	snprintf(o->host, sizeof(o->host), "%s", host);
	return 0;
}

int remote_claim_names(struct remote_options *o, char *const *names,
		       size_t count, struct oci_error *err)
{
	struct oci_reference name;
	bool bare;
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++)
		if (remote_destination(&name, &bare, names[i]))
			rc = remote_claim(o, name.host, err);
	return rc;
}

/* Whether the names are in two registries; fills *a and *b if so. */
static bool differ(struct oci_reference *a, struct oci_reference *b,
		   char **names, int count)
{
	bool bare;

	a->host[0] = '\0';
	for (int i = 0; i < count; i++) {
		if (!remote_destination(b, &bare, names[i]))
			continue;
		if (a->host[0] && strcmp(a->host, b->host) != 0)
			return true;
		*a = *b;
	}
	return false;
}

int remote_check_sides(const struct remote_options *o, char **names, int count)
{
	const char *option = o->plain_http ? "plain-http" : "insecure";
	const char *dest = o->dest.plain_http ? "plain-http" : "insecure";
	struct oci_reference a, b;

	if ((o->plain_http || o->insecure) && differ(&a, &b, names, count))
		return say_usage("copy",
				 "--%s may be for '%s' or for '%s': say "
				 "--src-%s or --dest-%s",
				 option, a.host, b.host, option, option);
	if ((o->dest.plain_http || o->dest.insecure) &&
	    differ(&a, &b, names + 1, count - 1))
		return say_usage("copy",
				 "--dest-%s may be for '%s' or for '%s': run "
				 "the command for each of them",
				 dest, a.host, b.host);
	return -1;
}
