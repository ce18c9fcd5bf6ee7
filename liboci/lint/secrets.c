/* SPDX-License-Identifier: Apache-2.0 */
/* secret-file: keys, passwords, histories, and leftovers of package
 * managers. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/glob.h"
#include "lint/lint.h"

enum { HEAD_MAX = 4096 };

/* The first matching name is reported. */
static const struct {
	const char *glob, *what;
} names[] = {
	{ "**/.git", "the history of a repository" },
	{ "**/.svn", "the history of a repository" },
	{ "**/.env", "settings, often with passwords" },
	{ "**/.netrc", "passwords" },
	{ "**/.pgpass", "passwords" },
	{ "**/.docker/config.json", "passwords of registries" },
	{ "**/.aws/credentials", "keys of a cloud" },
	{ "**/.kube/config", "keys of a cluster" },
	{ "**/.bash_history", "the history of a shell" },
	{ "**/.python_history", "the history of an interpreter" },
	{ "**/.ash_history", "the history of a shell" },
	{ "**/.zsh_history", "the history of a shell" },
	{ "var/lib/apt/lists/*_Packages*", "lists of a package manager" },
	{ "var/cache/apt/archives/*.deb", "packages that are unpacked" },
	{ "var/cache/apk/*.apk", "packages that are unpacked" },
	{ "var/cache/dnf/**/*.rpm", "packages that are unpacked" },
	{ "root/.cache/pip", "the cache of a package manager" },
	{ "root/.npm/_cacache", "the cache of a package manager" },
};

static bool check_name(struct oci_lint *lint, const struct oci_rootfs_entry *e)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!oci_glob_match(names[i].glob, e->path))
			continue;
		oci_lint_report(lint, "secret-file", e, "it looks like %s",
				names[i].what);
		return true;
	}
	return false;
}

/* Looks for a PEM label of a private key: RFC 7468, and OpenSSH's own
 * format. */
static int check_key(struct oci_lint *lint, const struct oci_rootfs_entry *e,
		     struct oci_error *err)
{
	char *text;
	size_t size;
	int rc = oci_lint_load(&text, &size, e, HEAD_MAX, err);

	if (rc)
		return rc;
	if (strstr(text, "PRIVATE KEY-----"))
		oci_lint_report(lint, "secret-file", e,
				"it has a private key");
	free(text);
	return 0;
}

int oci_lint_secrets(struct oci_lint *lint, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < lint->count; i++) {
		const struct oci_rootfs_entry *e = lint->entries[i];

		if (!check_name(lint, e) && e->type == OCI_ENTRY_FILE &&
		    e->kept && !(e->mode & 0111))
			rc = check_key(lint, e, err);
	}
	return rc;
}
