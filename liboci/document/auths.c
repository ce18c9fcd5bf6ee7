/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the entry of a host in config files with credentials. */
#include "document/auths.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"
#include "document/json.h"

/* Docker Hub's key is a legacy address. */
static const char hub[] = "https://index.docker.io/v1/";

void oci_auth_entry_release(struct oci_auth_entry *entry)
{
	free(entry->helper);
	oci_text_wipe(entry->auth);
	free(entry->user);
	oci_text_wipe(entry->password);
	oci_text_wipe(entry->identity_token);
	oci_text_wipe(entry->registry_token);
	*entry = (struct oci_auth_entry){0};
}

/* Docker Hub has several hosts, and config files may have any of them. */
static bool is_hub(const char *host, size_t size)
{
	static const char *const names[] = {
		"docker.io",
		"index.docker.io",
		"registry-1.docker.io",
		"registry.hub.docker.com",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (size == strlen(names[i]) &&
		    strncasecmp(host, names[i], size) == 0)
			return true;
	return false;
}

const char *oci_auths_key(const char *host)
{
	return is_hub(host, strlen(host)) ? hub : host;
}

/* Returns whether key's first size bytes are host, or another Docker Hub
 * host. */
static bool same_host(const char *key, size_t size, const char *host)
{
	return (size == strlen(host) && strncasecmp(key, host, size) == 0) ||
	       (is_hub(key, size) && is_hub(host, strlen(host)));
}

/* Returns whether path is that of the API, not of a repository. */
static bool is_root(const char *path)
{
	return strcmp(path, "/") == 0 || strcmp(path, "/v1") == 0 ||
	       strcmp(path, "/v1/") == 0 || strcmp(path, "/v2") == 0 ||
	       strcmp(path, "/v2/") == 0;
}

/* Returns whether a key is the host, with or without a scheme or path. */
static bool names_host(const char *key, const char *host)
{
	const char *slashes = strstr(key, "://");
	size_t size;

	if (slashes)
		key = slashes + 3;
	size = strcspn(key, "/");
	/* "HOST/PATH" is for some repositories only. */
	if (!slashes && key[size] == '/' && !is_root(key + size))
		return false;
	return same_host(key, size, host);
}

static const json_t *find(const json_t *map, const char *host)
{
	const json_t *value = json_object_get(map, oci_auths_key(host));
	void *iter;

	if (value)
		return value;
	value = json_object_get(map, host);
	iter = map && !value ? json_object_iter((json_t *)map) : NULL;
	for (; iter; iter = json_object_iter_next((json_t *)map, iter))
		if (names_host(json_object_iter_key(iter), host))
			return json_object_iter_value(iter);
	return value;
}

/* Finds the entry of the longest "HOST/PATH" that contains the repository. */
static const json_t *find_path(const json_t *map, const char *host,
			       const char *repository)
{
	const json_t *best = NULL;
	size_t longest = 0;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)map, key, value) {
		size_t host_size = strcspn(key, "/"), size;
		const char *path = key + host_size + 1;

		if (!key[host_size] || is_root(key + host_size) ||
		    !same_host(key, host_size, host))
			continue;
		size = strlen(path);
		if (size > longest && strncmp(path, repository, size) == 0 &&
		    (!repository[size] || repository[size] == '/')) {
			best = value;
			longest = size;
		}
	}
	return best;
}

static int read_entry(struct oci_auth_entry *out, const json_t *entry,
		      struct oci_error *err)
{
	int rc = oci_json_text(&out->auth, entry, "auth", err);

	if (!rc)
		rc = oci_json_text(&out->user, entry, "username", err);
	if (!rc)
		rc = oci_json_text(&out->password, entry, "password", err);
	if (!rc)
		rc = oci_json_text(&out->identity_token, entry,
				   "identitytoken", err);
	if (!rc)
		rc = oci_json_text(&out->registry_token, entry, "registrytoken",
				   err);
	return rc;
}

static int read_config(struct oci_auth_entry *out, const json_t *root,
		       const char *host, const char *repository,
		       struct oci_error *err)
{
	const json_t *helpers, *auths, *entry;
	const char *helper;
	int rc = oci_json_object(&helpers, root, "credHelpers", err);

	if (!rc)
		rc = oci_json_object(&auths, root, "auths", err);
	if (rc)
		return rc;
	helper = json_string_value(find(helpers, host));
	if (helper && *helper)
		return oci_text_copy(&out->helper, helper, err);
	entry = find_path(auths, host, repository);
	if (json_is_object(entry))
		return read_entry(out, entry, err);
	rc = oci_json_text(&out->helper, root, "credsStore", err);
	if (rc || (out->helper && *out->helper))
		return rc;
	rc = oci_text_set(&out->helper, NULL, err);
	if (rc)
		return rc;
	entry = find(auths, host);
	return json_is_object(entry) ? read_entry(out, entry, err) : 0;
}

int oci_auths_find(struct oci_auth_entry *out, const char *text, size_t size,
		   const char *host, const char *repository,
		   struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, text, size, err);

	*out = (struct oci_auth_entry){0};
	if (!rc)
		rc = read_config(out, root, host, repository, err);
	json_decref(root);
	if (rc)
		oci_auth_entry_release(out);
	return rc;
}

int oci_helper_parse(char **user, char **secret, const char *text,
		     size_t size, struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, text, size, err);

	*user = *secret = NULL;
	if (!rc)
		rc = oci_json_text(user, root, "Username", err);
	if (!rc)
		rc = oci_json_text(secret, root, "Secret", err);
	/* Helpers without an entry return "" or no member. */
	if (!rc && !*user)
		rc = oci_text_copy(user, "", err);
	if (!rc && !*secret)
		rc = oci_text_copy(secret, "", err);
	json_decref(root);
	if (rc) {
		free(*user);
		oci_text_wipe(*secret);
		*user = *secret = NULL;
	}
	return rc;
}

int oci_helper_format(char **out, const char *server, const char *user,
		      const char *secret, struct oci_error *err)
{
	json_t *root = json_object();
	int rc = root ? 0 : oci_fail_nomem(err);

	*out = NULL;
	if (!rc)
		rc = oci_json_set_text(root, "ServerURL", server, err);
	if (!rc)
		rc = oci_json_set_text(root, "Username", user, err);
	if (!rc)
		rc = oci_json_set_text(root, "Secret", secret, err);
	if (!rc)
		rc = oci_json_dump(out, root, err);
	json_decref(root);
	return rc;
}

static int set_auth(json_t *root, const char *host, const char *auth,
		    struct oci_error *err)
{
	json_t *auths = json_object_get(root, "auths");
	json_t *entry = json_object();
	int rc;

	if (!json_is_object(auths)) {
		auths = json_object();
		rc = oci_json_set(root, "auths", auths, err);
		if (rc) {
			json_decref(entry);
			return rc;
		}
	}
	rc = oci_json_set(auths, oci_auths_key(host), entry, err);
	return rc ? rc : oci_json_set_text(entry, "auth", auth, err);
}

int oci_auths_set(char **out, const char *text, size_t size, const char *host,
		  const char *auth, struct oci_error *err)
{
	json_t *root = NULL;
	int rc = 0;

	*out = NULL;
	if (text)
		rc = oci_json_load(&root, text, size, err);
	else
		root = json_object();
	if (!rc && !root)
		rc = oci_fail_nomem(err);
	if (!rc)
		rc = set_auth(root, host, auth, err);
	if (!rc)
		*out = json_dumps(root, JSON_INDENT(8));
	json_decref(root);
	return rc || *out ? rc : oci_fail_nomem(err);
}
