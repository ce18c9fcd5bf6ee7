/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platforms as "os/architecture[/variant]", with the aliases that containerd
 * takes (its platforms package, "Normalize").
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <oci/platform.h>

#include "base/error.h"

struct alias {
	const char *architecture;
	const char *variant;	/* NULL: any */
	const char *canonical;
	const char *canonical_variant;	/* NULL: as it is */
};

static const struct alias aliases[] = {
	{ "i386", NULL, "386", "" },
	{ "x86_64", "v1", "amd64", "" },
	{ "x86_64", NULL, "amd64", NULL },
	{ "x86-64", "v1", "amd64", "" },
	{ "x86-64", NULL, "amd64", NULL },
	{ "amd64", "v1", "amd64", "" },
	{ "aarch64", "", "arm64", "" },
	{ "aarch64", "8", "arm64", "" },
	{ "aarch64", "v8", "arm64", "" },
	{ "aarch64", NULL, "arm64", NULL },
	{ "arm64", "8", "arm64", "" },
	{ "arm64", "v8", "arm64", "" },
	{ "armhf", NULL, "arm", "v7" },
	{ "armel", NULL, "arm", "v6" },
	{ "arm", "", "arm", "v7" },
	{ "arm", "5", "arm", "v5" },
	{ "arm", "6", "arm", "v6" },
	{ "arm", "7", "arm", "v7" },
	{ "arm", "8", "arm", "v8" },
};

static const struct {
	const char *architecture;
	const char *variant;	/* NULL: any */
	const char *debian;
} debian_names[] = {
	{ "386", NULL, "i386" },		{ "amd64", NULL, "amd64" },
	{ "arm", "v5", "armel" },	{ "arm", "v6", "armel" },
	{ "arm", "v7", "armhf" },	{ "arm", "v8", "armhf" },
	{ "arm64", NULL, "arm64" },	{ "loong64", NULL, "loong64" },
	{ "mips64le", NULL, "mips64el" }, { "mipsle", NULL, "mipsel" },
	{ "ppc64le", NULL, "ppc64el" },	{ "riscv64", NULL, "riscv64" },
	{ "s390x", NULL, "s390x" },
};

/* Copies one part; false when it is empty, too long or has odd letters. Parts
 * are used in paths, so ".." is none. */
static bool take_part(char *out, size_t room, const char *text, size_t size)
{
	if (size == 0 || size >= room || *text == '.')
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x80 || !(isalnum(c) || strchr("._-", c)))
			return false;
		out[i] = (char)tolower(c);
	}
	out[size] = '\0';
	return true;
}

static bool split(struct oci_platform *out, const char *text)
{
	const char *arch = strchr(text, '/');
	const char *variant;

	if (!arch || !take_part(out->os, sizeof(out->os), text,
				(size_t)(arch - text)))
		return false;
	arch++;
	variant = strchr(arch, '/');
	if (!variant)
		return take_part(out->architecture, sizeof(out->architecture),
				 arch, strlen(arch));
	return take_part(out->architecture, sizeof(out->architecture), arch,
			 (size_t)(variant - arch)) &&
	       take_part(out->variant, sizeof(out->variant), variant + 1,
			 strlen(variant + 1));
}

static void make_canonical(struct oci_platform *p)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		const struct alias *a = &aliases[i];

		if (strcmp(p->architecture, a->architecture) != 0)
			continue;
		if (a->variant && strcmp(p->variant, a->variant) != 0)
			continue;
		snprintf(p->architecture, sizeof(p->architecture), "%s",
			 a->canonical);
		if (a->canonical_variant)
			snprintf(p->variant, sizeof(p->variant), "%s",
				 a->canonical_variant);
		return;
	}
}

int oci_platform_parse(struct oci_platform *out, const char *text,
		       struct oci_error *err)
{
	struct oci_platform p = {0};

	if (!split(&p, text))
		return oci_fail(err, OCI_E_INVALID,
				"platform '%.80s' is not OS/ARCHITECTURE or "
				"OS/ARCHITECTURE/VARIANT, such as "
				"linux/riscv64", text);
	make_canonical(&p);
	if (strcmp(p.architecture, "riscv64") == 0 && p.variant[0])
		return oci_fail(err, OCI_E_INVALID,
				"platform '%.80s': riscv64 has no variant, "
				"use linux/riscv64", text);
	*out = p;
	return 0;
}

void oci_platform_format(char out[OCI_PLATFORM_TEXT],
			 const struct oci_platform *platform)
{
	snprintf(out, OCI_PLATFORM_TEXT, "%s/%s%s%s", platform->os,
		 platform->architecture, platform->variant[0] ? "/" : "",
		 platform->variant);
}

bool oci_platform_equal(const struct oci_platform *a,
			const struct oci_platform *b)
{
	return strcmp(a->os, b->os) == 0 &&
	       strcmp(a->architecture, b->architecture) == 0 &&
	       strcmp(a->variant, b->variant) == 0 &&
	       strcmp(a->os_version, b->os_version) == 0;
}

/* The usual variants are as often left out as they are said. */
static const char *variant_of(const struct oci_platform *platform)
{
	if (platform->variant[0])
		return platform->variant;
	if (strcmp(platform->architecture, "arm64") == 0)
		return "v8";
	if (strcmp(platform->architecture, "amd64") == 0)
		return "v1";
	return strcmp(platform->architecture, "arm") == 0 ? "v7" : "";
}

bool oci_platform_fits(const struct oci_platform *has,
		       const struct oci_platform *wanted)
{
	return strcmp(has->os, wanted->os) == 0 &&
	       strcmp(has->architecture, wanted->architecture) == 0 &&
	       (!wanted->variant[0] ||
		strcmp(variant_of(has), variant_of(wanted)) == 0) &&
	       (!wanted->os_version[0] ||
		strcmp(has->os_version, wanted->os_version) == 0);
}

const char *oci_platform_debian(const struct oci_platform *platform)
{
	size_t count = sizeof(debian_names) / sizeof(debian_names[0]);

	for (size_t i = 0; i < count; i++)
		if (strcmp(platform->architecture,
			   debian_names[i].architecture) == 0 &&
		    (!debian_names[i].variant ||
		     strcmp(platform->variant, debian_names[i].variant) == 0))
			return debian_names[i].debian;
	return NULL;
}
