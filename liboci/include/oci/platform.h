/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platforms: "os/architecture[/variant]", as in linux/riscv64. The names of
 * systems and architectures are Go's GOOS and GOARCH.
 * OCI Image Specification, image-index.md, "platform object".
 */
#ifndef OCI_PLATFORM_H
#define OCI_PLATFORM_H

#include <stdbool.h>

#include <oci/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The struct has no pointers and may be copied with "=". An empty text means
 * that the platform does not have this property. */
struct oci_platform {
	char os[32];
	char architecture[32];
	char variant[32];
	char os_version[64];
};

/* Room for the text that oci_platform_format writes, with its NUL. */
#define OCI_PLATFORM_TEXT 100

/*
 * Reads "os/architecture[/variant]". Aliases become canonical names as in
 * containerd: x86_64 becomes amd64, aarch64 and arm64/v8 become arm64, and arm
 * becomes arm/v7. The variants of riscv64 are its profiles, such as rva20u64.
 * Errors: OCI_E_INVALID for a text of another form, and for a system or an
 * architecture that Go does not know.
 */
OCI_API int oci_platform_parse(struct oci_platform *out, const char *text,
			       struct oci_error *err);
/* Writes "os/architecture[/variant]"; os_version is left out. */
OCI_API void oci_platform_format(char out[OCI_PLATFORM_TEXT],
				 const struct oci_platform *platform);
/* Returns whether all four texts of a and b are equal. */
OCI_API bool oci_platform_equal(const struct oci_platform *a,
				const struct oci_platform *b);
/*
 * Returns whether an image for `has` runs on a machine of platform `wanted`. An
 * image for a lower variant of the processor runs (arm/v6 on arm/v7, amd64/v2
 * on amd64/v3, riscv64/rva20u64 on riscv64/rva22u64); an image for a higher
 * variant does not run. A missing variant counts as amd64/v1, arm/v7, arm64/v8
 * or riscv64/rva20u64. The variants of other architectures have to be equal. If
 * `wanted` has an os_version, `has` needs the same os_version.
 */
OCI_API bool oci_platform_fits(const struct oci_platform *has,
			       const struct oci_platform *wanted);
/* Returns whether `has` is one of the platforms that `filter` names. A filter
 * without a variant names all variants; a filter without an os_version names
 * all versions. */
OCI_API bool oci_platform_matches(const struct oci_platform *has,
				  const struct oci_platform *filter);
/* Returns Debian's name for the architecture, such as armhf or ppc64el, which
 * is never freed; NULL if Debian has no such architecture. */
OCI_API const char *oci_platform_debian(const struct oci_platform *platform);

#ifdef __cplusplus
}
#endif

#endif
