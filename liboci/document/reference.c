/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of images. The first part is a host if it contains a dot, a colon or an
 * upper-case letter, or is "localhost". A name without a host is Docker Hub's;
 * there, a name without a slash is under "library/". Grammar:
 * distribution/reference, "Grammar".
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <oci/reference.h>

#include "base/error.h"
#include "base/hex.h"
#include "base/number.h"

static bool is_lower_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_word(char c)
{
	return is_lower_digit(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

int oci_tag_check(const char *tag, struct oci_error *err)
{
	size_t size = strlen(tag);
	bool good = size > 0 && size < OCI_REFERENCE_TAG && is_word(tag[0]);

	for (size_t i = 0; good && i < size; i++)
		good = is_word(tag[i]) || tag[i] == '.' || tag[i] == '-';
	if (good)
		return 0;
	return oci_fail(err, OCI_E_INVALID,
			"tag '%.140s' is not 1 to 128 letters, digits, '_', "
			"'.' and '-', the first no '.' or '-'", tag);
}

/* One part of a path: words of [a-z0-9] joined by ".", "_", "__" or dashes. */
static bool path_part_valid(const char *p, size_t size)
{
	size_t i = 0;

	for (;;) {
		size_t start = i, joint;

		while (i < size && is_lower_digit(p[i]))
			i++;
		if (i == start)
			return false;
		if (i == size)
			return true;
		joint = i;
		while (i < size && p[i] == '-')
			i++;
		if (i > joint)
			continue;
		if (p[i] == '.')
			i++;
		else if (p[i] == '_')
			i += i + 1 < size && p[i + 1] == '_' ? 2 : 1;
		else
			return false;
	}
}

static bool path_valid(const char *path)
{
	for (;;) {
		size_t size = strcspn(path, "/");

		if (!path_part_valid(path, size))
			return false;
		if (!path[size])
			return true;
		path += size + 1;
	}
}

static bool host_name_valid(const char *p, size_t size)
{
	if (size == 0)
		return false;
	for (size_t i = 0; i < size; i++) {
		bool edge = i == 0 || i + 1 == size || p[i - 1] == '.' ||
			    p[i + 1] == '.';

		if (isalnum((unsigned char)p[i]) && !(p[i] & 0x80))
			continue;
		if (p[i] == '-' && !edge)
			continue;
		if (p[i] == '.' && i > 0 && i + 1 < size && p[i - 1] != '.')
			continue;
		return false;
	}
	return true;
}

static bool host_valid(const char *host)
{
	const char *port;
	size_t size;
	uint64_t number;

	if (host[0] == '[') {
		size = strspn(host + 1, "0123456789abcdefABCDEF:.") + 1;
		if (size < 3 || host[size] != ']')
			return false;
		size++;
	} else {
		size = strcspn(host, ":");
		if (!host_name_valid(host, size))
			return false;
	}
	port = host + size;
	if (!*port)
		return true;
	return *port == ':' && oci_number_parse(&number, port + 1, 10, 65535) &&
	       number > 0;
}

static bool looks_like_host(const char *p, size_t size)
{
	if (size == 9 && memcmp(p, "localhost", 9) == 0)
		return true;
	for (size_t i = 0; i < size; i++)
		if (p[i] == '.' || p[i] == ':' || (p[i] >= 'A' && p[i] <= 'Z'))
			return true;
	return false;
}

/* Cuts "@DIGEST" and ":TAG" off name. */
static int cut_tail(struct oci_reference *out, char *name,
		    struct oci_error *err)
{
	char *at = strchr(name, '@');
	char *colon;
	int rc;

	if (at) {
		rc = oci_digest_parse(&out->digest, at + 1, err);
		if (rc)
			return rc;
		*at = '\0';
	}
	colon = strrchr(name, ':');
	if (!colon || strchr(colon, '/'))
		return 0;
	rc = oci_tag_check(colon + 1, err);
	if (rc)
		return rc;
	snprintf(out->tag, sizeof(out->tag), "%s", colon + 1);
	*colon = '\0';
	return 0;
}

/* Docker interprets 64 digits as the id of an image, not as a name. */
static bool is_image_id(const char *text)
{
	return oci_hex_valid(text, 64);
}

/* Upper-case letters are a frequent mistake: GitHub's accounts may have
 * them. */
static int fail_name(const char *path, const char *name, struct oci_error *err)
{
	char lower[OCI_REFERENCE_NAME];
	size_t size;

	/* A host that was recognized only by its upper-case letters is the
	 * start of the path. */
	if (strlen(name) <= 240 && !memchr(name, '.', strcspn(name, "/")) &&
	    !memchr(name, ':', strcspn(name, "/")))
		path = name;
	size = strlen(path);
	snprintf(lower, sizeof(lower), "%.240s", path);
	for (char *p = lower; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
	if (size < sizeof(lower) && strcmp(lower, path) != 0 &&
	    path_valid(lower))
		return oci_fail(err, OCI_E_INVALID,
				"it has upper-case letters, which names of "
				"images cannot have: write '%.*s%s'",
				(int)(strlen(name) - size), name, lower);
	return oci_fail(err, OCI_E_INVALID,
			"'%.255s' is not [HOST[:PORT]/]PATH with a path of "
			"lower-case letters, digits and single separators, at "
			"most %d bytes in all",
			name, OCI_REFERENCE_NAME - 1);
}

/* Reads host and path from the rest of the name. */
static int read_name(struct oci_reference *out, const char *name,
		     struct oci_error *err)
{
	size_t size = strcspn(name, "/");
	const char *path = name;
	const char *library = "";

	snprintf(out->host, sizeof(out->host), "docker.io");
	if (name[size] && looks_like_host(name, size)) {
		snprintf(out->host, sizeof(out->host), "%.*s", (int)size, name);
		path = name + size + 1;
		if (strcmp(out->host, "index.docker.io") == 0)
			snprintf(out->host, sizeof(out->host), "docker.io");
	}
	if (strcmp(out->host, "docker.io") == 0 && !strchr(path, '/'))
		library = "library/";
	snprintf(out->path, sizeof(out->path), "%s%.240s", library, path);
	if (strlen(path) > 240 || !host_valid(out->host) ||
	    !path_valid(out->path) ||
	    strlen(out->host) + strlen(out->path) + 1 >= OCI_REFERENCE_NAME)
		return fail_name(path, name, err);
	return 0;
}

int oci_reference_parse(struct oci_reference *out, const char *text,
			struct oci_error *err)
{
	struct oci_reference r = {0};
	char name[OCI_REFERENCE_TEXT];
	int rc;

	if (strlen(text) >= sizeof(name))
		return oci_fail(err, OCI_E_INVALID,
				"image name '%.80s...' is too long", text);
	if (is_image_id(text))
		return oci_fail(err, OCI_E_INVALID,
				"image name '%s' is the id of an image", text);
	snprintf(name, sizeof(name), "%s", text);
	rc = cut_tail(&r, name, err);
	if (!rc)
		rc = read_name(&r, name, err);
	if (rc)
		return oci_wrap(err, rc, "image name '%.255s'", text);
	*out = r;
	return 0;
}

static void format_tail(char *out, size_t room, const struct oci_reference *r)
{
	snprintf(out, room, "%s%s%s%s", r->tag[0] ? ":" : "", r->tag,
		 r->digest.text[0] ? "@" : "", r->digest.text);
}

void oci_reference_canonical(char out[OCI_REFERENCE_TEXT],
			     const struct oci_reference *r)
{
	int n = snprintf(out, OCI_REFERENCE_TEXT, "%.255s/%.255s", r->host,
			 r->path);

	format_tail(out + n, OCI_REFERENCE_TEXT - (size_t)n, r);
}

void oci_reference_familiar(char out[OCI_REFERENCE_TEXT],
			    const struct oci_reference *r)
{
	const char *path = r->path;
	size_t size = strcspn(path, "/");
	/* Without its host, "docker.io/a.b/c" would name the host a.b. */
	bool hub = strcmp(r->host, "docker.io") == 0 &&
		   !(path[size] && looks_like_host(path, size));
	int n;

	if (hub && strncmp(path, "library/", 8) == 0 &&
	    !strchr(path + 8, '/') &&
	    !(is_image_id(path + 8) && !r->tag[0] && !r->digest.text[0]))
		path += 8;
	n = snprintf(out, OCI_REFERENCE_TEXT, "%.255s%s%.255s",
		     hub ? "" : r->host, hub ? "" : "/", path);
	format_tail(out + n, OCI_REFERENCE_TEXT - (size_t)n, r);
}
