/* SPDX-License-Identifier: Apache-2.0 */
/* References, platforms, digests, paths and patterns: what is valid, and
 * that it is written as what it was read from. */
#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "target.h"

static void try_reference(const char *text)
{
	char first[OCI_REFERENCE_TEXT], second[OCI_REFERENCE_TEXT];
	struct oci_reference r;

	if (oci_reference_parse(&r, text, NULL))
		return;
	oci_reference_canonical(first, &r);
	oci_reference_familiar(second, &r);
	if (oci_reference_parse(&r, second, NULL))
		abort();
	oci_reference_canonical(second, &r);
	if (strcmp(first, second) != 0)
		abort();
}

static void try_platform(const char *text)
{
	char first[OCI_PLATFORM_TEXT], second[OCI_PLATFORM_TEXT];
	struct oci_platform p;

	if (oci_platform_parse(&p, text, NULL))
		return;
	oci_platform_format(first, &p);
	if (oci_platform_parse(&p, first, NULL))
		abort();
	oci_platform_format(second, &p);
	if (strcmp(first, second) != 0)
		abort();
}

static void try_path(const char *text)
{
	char first[OCI_PATH_MAX], second[OCI_PATH_MAX];

	if (oci_path_clean(first, text, NULL))
		return;
	if (oci_path_clean(second, first, NULL) || strcmp(first, second) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_digest digest;
	char *text = malloc(size + 1);
	char *rest;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	try_reference(text);
	try_platform(text);
	try_path(text);
	oci_digest_parse(&digest, text, NULL);
	/* A line is the pattern, the rest a path. */
	rest = strchr(text, '\n');
	if (rest && size < 200) {
		*rest++ = '\0';
		oci_glob_match(text, rest);
		oci_glob_below(text, rest);
	}
	free(text);
	return 0;
}
