/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platforms as "os/architecture[/variant]", with the aliases of containerd (its
 * platforms package, "Normalize").
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
	const char *canonical_variant; /* NULL: unchanged */
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

/* GOOS and GOARCH: `go tool dist list`, and names that Go reserves. */
static const char systems[] =
	"aix, android, darwin, dragonfly, freebsd, illumos, ios, js, linux, "
	"netbsd, openbsd, plan9, solaris, wasip1, windows, zos";
static const char architectures[] =
	"386, amd64, arm, arm64, arm64be, armbe, loong64, mips, mips64, "
	"mips64le, mipsle, ppc, ppc64, ppc64le, riscv, riscv64, s390, s390x, "
	"sparc, sparc64, wasm";

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

/* Copies one part; returns false if it is empty, too long or has invalid
 * characters. Parts are used in paths, so they must not start with a dot. */
static bool copy_part(char *out, size_t room, const char *text, size_t size)
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

	if (!arch ||
	    !copy_part(out->os, sizeof(out->os), text, (size_t)(arch - text)))
		return false;
	arch++;
	variant = strchr(arch, '/');
	if (!variant)
		return copy_part(out->architecture, sizeof(out->architecture),
				 arch, strlen(arch));
	return copy_part(out->architecture, sizeof(out->architecture), arch,
			 (size_t)(variant - arch)) &&
	       copy_part(out->variant, sizeof(out->variant), variant + 1,
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

/* Returns whether a list "a, b, c" contains word. */
static bool is_one_of(const char *word, const char *list)
{
	size_t size = strlen(word);

	while (*list) {
		size_t next = strcspn(list, ",");

		if (next == size && memcmp(list, word, size) == 0)
			return true;
		list += next;
		list += strspn(list, ", ");
	}
	return false;
}

/* The variants of an architecture have one format and an ascending order. */
static const struct ladder {
	const char *architecture;
	const char *usual; /* the default, which may be left out */
	const char *prefix;
	const char *suffix;
	int lowest;
	int highest;
} ladders[] = {
	{ "amd64", "v1", "v", "", 1, 4 },
	{ "arm", "v7", "v", "", 5, 8 },
	{ "arm64", "v8", "v", "", 8, 9 },
	{ "riscv64", "rva20u64", "rva", "u64", 20, 99 },
};

static const struct ladder *ladder_of(const struct oci_platform *platform)
{
	for (size_t i = 0; i < sizeof(ladders) / sizeof(ladders[0]); i++)
		if (strcmp(platform->architecture, ladders[i].architecture) ==
		    0)
			return &ladders[i];
	return NULL;
}

static const char *variant_of(const struct oci_platform *platform)
{
	const struct ladder *ladder = ladder_of(platform);

	return platform->variant[0] || !ladder ? platform->variant
					       : ladder->usual;
}

/* Reads up to two digits. */
static int read_digits(const char **text)
{
	int value = 0;

	for (int i = 0; i < 2 && isdigit((unsigned char)**text); i++)
		value = value * 10 + (*(*text)++ - '0');
	return value;
}

/* Returns the rank of a variant, times 100 ("v8.2": 802); -1: unknown. */
static int rank_of(const struct oci_platform *platform)
{
	const struct ladder *ladder = ladder_of(platform);
	const char *text = variant_of(platform);
	int rank, minor = 0;

	if (!ladder ||
	    strncmp(text, ladder->prefix, strlen(ladder->prefix)) != 0)
		return -1;
	text += strlen(ladder->prefix);
	rank = read_digits(&text);
	if (*text == '.' && strcmp(ladder->architecture, "arm64") == 0) {
		text++;
		minor = read_digits(&text);
	}
	if (strcmp(text, ladder->suffix) != 0 || rank < ladder->lowest ||
	    rank > ladder->highest)
		return -1;
	return rank * 100 + minor;
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
	if (!is_one_of(p.os, systems))
		return oci_fail(err, OCI_E_INVALID,
				"platform '%.80s': no system is called '%s'; "
				"expected one of %s",
				text, p.os, systems);
	if (!is_one_of(p.architecture, architectures))
		return oci_fail(err, OCI_E_INVALID,
				"platform '%.80s': no architecture is called "
				"'%s'; expected one of %s",
				text, p.architecture, architectures);
	if (strcmp(p.architecture, "riscv64") == 0 && rank_of(&p) < 0)
		return oci_fail(err, OCI_E_INVALID,
				"platform '%.80s': riscv64 has variants such "
				"as rva20u64 and rva22u64, no '%s'",
				text, p.variant);
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

static bool same_system(const struct oci_platform *has,
			const struct oci_platform *wanted)
{
	return strcmp(has->os, wanted->os) == 0 &&
	       strcmp(has->architecture, wanted->architecture) == 0 &&
	       (!wanted->os_version[0] ||
		strcmp(has->os_version, wanted->os_version) == 0);
}

bool oci_platform_fits(const struct oci_platform *has,
		       const struct oci_platform *wanted)
{
	struct oci_platform a = *has, b = *wanted;
	int low, high;

	make_canonical(&a);
	make_canonical(&b);
	low = rank_of(&a);
	high = rank_of(&b);
	if (!same_system(&a, &b))
		return false;
	return low < 0 || high < 0
		       ? strcmp(variant_of(&a), variant_of(&b)) == 0
		       : low <= high;
}

bool oci_platform_matches(const struct oci_platform *has,
			  const struct oci_platform *filter)
{
	return same_system(has, filter) &&
	       (!filter->variant[0] ||
		strcmp(variant_of(has), variant_of(filter)) == 0);
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
