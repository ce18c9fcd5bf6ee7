/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platforms: "os/architecture[/variant]", as in linux/riscv64.
 * OCI Image Specification, image-index.md, "platform object"; names are Go's
 * GOOS and GOARCH.
 */
#ifndef OCI_PLATFORM_H
#define OCI_PLATFORM_H

#include <stdbool.h>

#include <oci/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A value without pointers. Empty texts stand for absent members. */
struct oci_platform {
	char os[32];
	char architecture[32];
	char variant[32];
	char os_version[64];
};

/* The longest text that oci_platform_format writes, with its NUL. */
#define OCI_PLATFORM_TEXT 100

/*
 * Reads "os/architecture[/variant]" in the usual names. Aliases are made
 * canonical the way containerd does it (x86_64 is amd64, aarch64 is arm64,
 * arm64/v8 is arm64, arm without a variant is arm/v7). Variants of riscv64 are
 * its profiles, such as rva20u64. OCI_E_INVALID: Go knows no such system or
 * architecture, or the text has another form.
 */
OCI_API int oci_platform_parse(struct oci_platform *out, const char *text,
			       struct oci_error *err);
OCI_API void oci_platform_format(char out[OCI_PLATFORM_TEXT],
				 const struct oci_platform *platform);
OCI_API bool oci_platform_equal(const struct oci_platform *a,
				const struct oci_platform *b);
/*
 * Whether an image for `has` runs where `wanted` is asked for. A lower variant
 * of the processor does (arm/v6 for arm/v7, amd64/v2 for amd64/v3,
 * riscv64/rva20u64 for riscv64/rva22u64), a higher one does not. No variant is
 * amd64/v1, arm/v7, arm64/v8 and riscv64/rva20u64. Variants that are not known
 * here have to be equal, and so has os_version if wanted has one.
 */
OCI_API bool oci_platform_fits(const struct oci_platform *has,
			       const struct oci_platform *wanted);
/* Whether `filter` names the platform `has`: without a variant or os_version it
 * names all of them. */
OCI_API bool oci_platform_matches(const struct oci_platform *has,
				  const struct oci_platform *filter);
/* Debian's name for the architecture, such as armhf or ppc64el; NULL when
 * Debian has none. Borrowed. */
OCI_API const char *oci_platform_debian(const struct oci_platform *platform);

#ifdef __cplusplus
}
#endif

#endif
