/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library that is newer than its caller: each struct of options is cut at
 * each of its fields, as if the header had ended there when the caller was
 * compiled. The library must not read behind the cut, and must take the default
 * for each field that is cut off.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */

#include "abi_uses.h"

#include <sys/mman.h>

enum { PAGE = 4096 };

/* One struct: its defaults, its fields in order, and what takes it. */
struct subject {
	const char *name;
	use_fn *use;
	const void *defaults;
	size_t size;
	size_t fields[40];	/* where each one ends; 0 ends the list */
};

#define SUBJECT(s) #s, use_##s, &s##_defaults, sizeof(s##_defaults)

#define AT(s, f) offsetof(struct oci_##s##_options, f)
#define END(s, f) (AT(s, f) + sizeof(((struct oci_##s##_options *)NULL)->f))

static const struct oci_archive_options archive_defaults =
	OCI_ARCHIVE_OPTIONS_INIT;
static const struct oci_copy_options copy_defaults = OCI_COPY_OPTIONS_INIT;
static const struct oci_engine_options engine_defaults =
	OCI_ENGINE_OPTIONS_INIT;
static const struct oci_join_options join_defaults = OCI_JOIN_OPTIONS_INIT;
static const struct oci_layer_options layer_defaults = OCI_LAYER_OPTIONS_INIT;
static const struct oci_lint_options lint_defaults = OCI_LINT_OPTIONS_INIT;
static const struct oci_pack_options pack_defaults = OCI_PACK_OPTIONS_INIT;
static const struct oci_registry_options registry_defaults =
	OCI_REGISTRY_OPTIONS_INIT;
static const struct oci_rootfs_options rootfs_defaults =
	OCI_ROOTFS_OPTIONS_INIT;
static const struct oci_rootfs_unpack_options rootfs_unpack_defaults =
	OCI_ROOTFS_UNPACK_OPTIONS_INIT;
static const struct oci_spec_options spec_defaults = OCI_SPEC_OPTIONS_INIT;
static const struct oci_tree_options tree_defaults = OCI_TREE_OPTIONS_INIT;
static const struct oci_layer_read_options layer_read_defaults =
	OCI_LAYER_READ_OPTIONS_INIT;
static const struct oci_walk_options walk_defaults = OCI_WALK_OPTIONS_INIT;
static const struct oci_verify_options verify_defaults =
	OCI_VERIFY_OPTIONS_INIT;

static const struct oci_attributes attributes_defaults = OCI_ATTRIBUTES_INIT;
static const struct oci_filter filter_defaults = OCI_FILTER_INIT;

#define ATTRIBUTE(f) offsetof(struct oci_attributes, f)
#define FILTER(f) offsetof(struct oci_filter, f)

static const struct subject subjects[] = {
	{ SUBJECT(archive),
	  { AT(archive, mtime), AT(archive, platform), AT(archive, temp_dir),
	    AT(archive, max_inflated), AT(archive, cancelled),
	    END(archive, cancelled) } },
	{ SUBJECT(attributes),
	  { ATTRIBUTE(mode), ATTRIBUTE(uid), ATTRIBUTE(gid), ATTRIBUTE(mtime),
	    ATTRIBUTE(replace), ATTRIBUTE(position), ATTRIBUTE(extended),
	    ATTRIBUTE(extended_count), sizeof(struct oci_attributes) } },
	{ SUBJECT(filter),
	  { FILTER(include), FILTER(exclude), FILTER(strip),
	    FILTER(strip) + sizeof(unsigned) } },
	{ SUBJECT(copy),
	  { AT(copy, platform), AT(copy, jobs), AT(copy, progress),
	    AT(copy, progress_data), AT(copy, referrers), AT(copy, cancelled),
	    AT(copy, note), AT(copy, note_data), END(copy, note_data) } },
	{ SUBJECT(engine),
	  { AT(engine, kind), AT(engine, variable), AT(engine, data),
	    AT(engine, cancelled), END(engine, cancelled) } },
	{ SUBJECT(join),
	  { AT(join, platforms), AT(join, platform_count),
	    AT(join, attestations), AT(join, note), AT(join, note_data),
	    AT(join, cancelled), END(join, cancelled) } },
	{ SUBJECT(layer),
	  { AT(layer, compression), AT(layer, level), AT(layer, jobs),
	    AT(layer, name), AT(layer, progress), AT(layer, progress_data),
	    AT(layer, cancelled), END(layer, cancelled) } },
	{ SUBJECT(lint),
	  { AT(lint, report), AT(lint, data), AT(lint, exceptions),
	    AT(lint, exception_count), AT(lint, size_budget),
	    AT(lint, temp_dir), AT(lint, platform), AT(lint, max_inflated),
	    AT(lint, cancelled), AT(lint, absent), END(lint, absent) } },
	{ SUBJECT(pack),
	  { AT(pack, epoch), AT(pack, temp_dir), AT(pack, compression),
	    AT(pack, level), AT(pack, jobs), AT(pack, progress),
	    AT(pack, progress_data), AT(pack, open_base), AT(pack, base_data),
	    AT(pack, check), AT(pack, check_data), AT(pack, cache),
	    AT(pack, checked), AT(pack, max_inflated), AT(pack, cancelled),
	    AT(pack, note), AT(pack, note_data), END(pack, note_data) } },
	/* clang-format off */
	{ SUBJECT(registry),
	  { AT(registry, ca_file), AT(registry, insecure),
	    AT(registry, plain_http), AT(registry, retries),
	    AT(registry, jobs), AT(registry, chunk_size),
	    AT(registry, temp_dir), AT(registry, credential),
	    AT(registry, credential_data), AT(registry, log),
	    AT(registry, log_data), AT(registry, cancelled),
	    AT(registry, mount_candidates), AT(registry, certs),
	    AT(registry, dry_run), AT(registry, dry_run_data),
	    AT(registry, only_host), AT(registry, http_proxy),
	    AT(registry, https_proxy), AT(registry, all_proxy),
	    AT(registry, no_proxy), AT(registry, first_byte_seconds),
	    AT(registry, lowest_rate), AT(registry, system_ca_file),
	    AT(registry, system_ca_folders), AT(registry, token_hosts),
	    AT(registry, warning), AT(registry, warning_data),
	    AT(registry, progress), AT(registry, progress_data),
	    END(registry, progress_data) } },
	/* clang-format on */
	{ SUBJECT(rootfs),
	  { AT(rootfs, max_inflated), AT(rootfs, cancelled), AT(rootfs, path),
	    END(rootfs, path) } },
	{ SUBJECT(rootfs_unpack),
	  { AT(rootfs_unpack, cancelled), END(rootfs_unpack, cancelled) } },
	{ SUBJECT(spec),
	  { AT(spec, folder), AT(spec, vars), AT(spec, platforms),
	    AT(spec, platform_count), AT(spec, report), AT(spec, report_data),
	    END(spec, report_data) } },
	{ SUBJECT(tree),
	  { AT(tree, epoch), AT(tree, temp_dir), AT(tree, max_inflated),
	    AT(tree, cancelled), END(tree, cancelled) } },
	{ SUBJECT(layer_read),
	  { AT(layer_read, max_inflated), AT(layer_read, cancelled),
	    END(layer_read, cancelled) } },
	{ SUBJECT(walk),
	  { AT(walk, enter), AT(walk, read), AT(walk, leave), AT(walk, data),
	    AT(walk, cancelled), END(walk, cancelled) } },
	{ SUBJECT(verify),
	  { AT(verify, report), AT(verify, report_data), AT(verify, progress),
	    AT(verify, progress_data), AT(verify, max_inflated),
	    AT(verify, cancelled), END(verify, cancelled) } },
};

/* Copies options to the end of a page before one that cannot be read. */
static void *shorten(const void *whole, size_t size)
{
	char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *out = pages + PAGE - size;

	assert_ptr_not_equal(pages, MAP_FAILED);
	memcpy(out, whole, size);
	memcpy(out, &size, sizeof(size));
	assert_int_equal(mprotect(pages + PAGE, PAGE, PROT_NONE), 0);
	return out;
}

static void check_subject(const struct subject *s, struct bench *bench)
{
	size_t end = 0;
	struct oci_error err;

	for (size_t i = 0; s->fields[i]; i++) {
		void *options = shorten(s->defaults, s->fields[i]);
		char *pages = (char *)options + s->fields[i] - PAGE;

		assert_true(s->fields[i] > end);
		end = s->fields[i];
		check_done(s->use(bench, options, &err), &err, s->name);
		munmap(pages, 2 * PAGE);
	}
	/* No field was left out of the list above: only padding follows. */
	assert_true(s->size - end < sizeof(void *));
}

static void make_bench(struct bench *bench)
{
	static const char spec[] =
		"version: 1\n"
		"layers: [{entries: [{path: /a, content: x}]}]\n";
	struct oci_error err;

	check_done(oci_layout_create(&bench->store, in_folder("store"), &err),
		   &err, "layout");
	check_done(put_image(bench->store, "x:1", "text", false, &err), &err,
		   "image");
	check_done(oci_store_resolve(&bench->image, bench->store, NULL, &err),
		   &err, "resolve");
	check_done(oci_store_commit(bench->store, &err), &err, "commit");
	check_done(oci_tree_new(&bench->tree, NULL, &err), &err, "tree");
	check_done(oci_tree_settle(bench->tree, NULL, &err), &err, "settle");
	snprintf(bench->spec, sizeof(bench->spec), "%s",
		 write_text("a.spec", spec));
}

static void test_cut(void **state)
{
	struct bench bench = { 0 };

	(void)state;
	make_bench(&bench);
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		check_subject(&subjects[i], &bench);
	oci_tree_free(bench.tree);
	oci_descriptor_release(&bench.image);
	oci_store_free(bench.store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "options of each older header", test_cut, make_folder,
		  drop_folder, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
