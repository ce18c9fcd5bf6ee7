/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files with credentials, and answers of credential helpers. A credential that
 * is set in a file is found again. The first
 * byte chooses the host.
 */
#include "document/auths.h"
#include "target.h"

static const char *const hosts[] = {
	"registry.example",
	"docker.io",
	"localhost:5000",
	"[::1]:5000",
};

/* As oci_credential_store does: a file that cannot be read, or that names a
 * helper, is not changed. */
static void try_set(const char *text, size_t size, const char *host)
{
	struct oci_auth_entry entry;
	char *changed;
	int helper;

	if (oci_auths_find(&entry, text, size, host, "", NULL))
		return;
	helper = entry.helper != NULL;
	oci_auth_entry_release(&entry);
	if (helper || oci_auths_set(&changed, text, size, host, "dTpw", NULL))
		return;
	target_check(!oci_auths_find(&entry, changed, strlen(changed), host, "",
				     NULL));
	target_check(!entry.helper && !strcmp(entry.auth, "dTpw"));
	oci_auth_entry_release(&entry);
	free(changed);
}

static void try_helper(const char *text, size_t size)
{
	char *user, *secret, *stored;

	if (oci_helper_parse(&user, &secret, text, size, NULL))
		return;
	target_check(!oci_helper_format(&stored, "a", user, secret, NULL));
	free(stored);
	free(user);
	free(secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_auth_entry entry;
	const char *text = (const char *)data + 1, *host;

	if (!size)
		return 0;
	host = hosts[data[0] % (sizeof(hosts) / sizeof(hosts[0]))];
	if (!oci_auths_find(&entry, text, size - 1, host, "a/b/c", NULL))
		oci_auth_entry_release(&entry);
	try_set(text, size - 1, host);
	try_helper(text, size - 1);
	return 0;
}
