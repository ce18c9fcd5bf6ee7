/* SPDX-License-Identifier: Apache-2.0 */
/* The linter over a small image: programs, passwd, group, ld.so.conf and
 * scripts. Three bytes and a number start another file of the image. */
#include "rootfs.h"

static const char *const paths[] = {
	"usr/bin/p", "lib/libl.so", "lib/ld.so", "etc/passwd", "etc/group",
	"etc/ld.so.conf", "etc/ld.so.conf.d/a.conf", "etc/ld.so.cache",
	"lib/ld-musl-riscv64.so.1", "etc/ld-musl-riscv64.path", "usr/bin/q",
	"usr/lib/libm.so.6",
};

enum { PATHS = sizeof(paths) / sizeof(paths[0]) };

static void count(void *data, const struct oci_lint_finding *finding)
{
	size_t *told = data;

	if (!finding->message[0] || !finding->rule || !finding->platform[0])
		abort();
	++*told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const platforms[] = {
		"linux/riscv64", "linux/amd64", "linux/s390x", "linux/386",
	};
	struct oci_lint_options options = OCI_LINT_OPTIONS_INIT;
	struct oci_lint_result result = {0};
	struct oci_descriptors layers = {0};
	struct oci_lint_subject subject = { .layers = &layers };
	struct oci_rootfs *rootfs;
	struct oci_config config = {0};
	size_t told = 0;

	if (!size || oci_rootfs_new(&rootfs, NULL))
		return 0;
	if (oci_platform_parse(&config.platform, platforms[data[0] % 4],
			       NULL) ||
	    oci_strings_add(&config.entrypoint, "/usr/bin/p", NULL) ||
	    oci_strings_add(&config.entrypoint, "q", NULL))
		abort();
	config.user = strdup(data[0] & 4 ? "app" : "7:staff");
	if (data[0] & 8 &&
	    oci_strings_add(&config.env, "LD_LIBRARY_PATH=$ORIGIN:/x", NULL))
		abort();
	rootfs_fill(rootfs, paths, PATHS, data + 1, size - 1);
	options.report = count;
	options.data = &told;
	subject.rootfs = rootfs;
	subject.config = &config;
	if (oci_lint_check(&result, &subject, &options, NULL) == 0 &&
	    told != result.errors + result.warnings + result.notes)
		abort();
	oci_config_release(&config);
	oci_rootfs_free(rootfs);
	return 0;
}
