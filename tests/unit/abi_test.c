/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library that is newer than its caller: each struct of options is cut at
 * each of its fields, as if the header had ended there when the caller was
 * compiled. The library must not read behind the cut, and must take the default
 * for each field that is cut off.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */

#include "images.h"

#include <sys/mman.h>

enum { PAGE = 4096 };

/* What the calls below work on. */
struct bench {
	struct oci_store *store; /* a layout with one image */
	struct oci_descriptor image;
	struct oci_tree *tree;
	char spec[256];
	unsigned calls;
};

/* Calls a function with options. Returns its status. */
typedef int use_fn(struct bench *bench, const void *options,
		   struct oci_error *err);

static int use_archive(struct bench *bench, const void *options,
		       struct oci_error *err)
{
	struct oci_store *archive;
	struct oci_descriptor copy;
	int rc = oci_archive_create(&archive, in_folder("a.tar"), options, err);

	if (!rc)
		rc = oci_store_copy(&copy, archive, bench->store, &bench->image,
				    NULL, err);
	if (!rc)
		rc = oci_store_tag(archive, NULL, &copy, err);
	if (!rc)
		rc = oci_store_commit(archive, err);
	oci_descriptor_release(&copy);
	oci_store_free(archive);
	if (!rc)
		rc = oci_archive_open(&archive, in_folder("a.tar"), options,
				      err);
	oci_store_free(archive);
	return rc;
}

static int use_copy(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_descriptor copy;
	struct oci_store *to;
	int rc = oci_layout_create(&to, in_folder("to"), err);

	if (!rc)
		rc = oci_store_copy(&copy, to, bench->store, &bench->image,
				    options, err);
	if (!rc)
		oci_descriptor_release(&copy);
	oci_store_free(to);
	return rc;
}

static int use_join(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_join *join;
	int rc = oci_join_new(&join, options, err);

	if (!rc)
		rc = oci_join_add(join, bench->store, &bench->image, "x", err);
	oci_join_free(join);
	return rc;
}

static int use_layer(struct bench *bench, const void *options,
		     struct oci_error *err)
{
	struct oci_layer layer, usual;
	struct oci_sink *sink;
	int rc;

	assert_int_equal(oci_store_create(&sink, bench->store, err), 0);
	rc = oci_layer_write(&layer, bench->tree, sink, options, err);
	oci_sink_free(sink);
	assert_int_equal(oci_store_create(&sink, bench->store, err), 0);
	if (!rc)
		rc = oci_layer_write(&usual, bench->tree, sink, NULL, err);
	oci_sink_free(sink);
	if (!rc)
		assert_string_equal(layer.digest.text, usual.digest.text);
	return rc;
}

static int use_lint(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_lint_result result = { 0 };
	int rc = oci_lint_image(&result, bench->store, &bench->image, options,
				err);

	assert_int_equal(result.images, 1);
	if (!rc)
		rc = oci_lint_archive(&result, in_folder("a.tar"), options,
				      NULL, NULL, err);
	return rc;
}

static int use_pack(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_descriptor image, usual;
	struct oci_spec *spec;
	int rc = oci_spec_open(&spec, bench->spec, NULL, err);

	if (!rc)
		rc = oci_spec_pack(&image, spec, bench->store, options, err);
	if (!rc)
		rc = oci_spec_pack(&usual, spec, bench->store, NULL, err);
	if (!rc) {
		assert_string_equal(image.digest.text, usual.digest.text);
		oci_descriptor_release(&image);
		oci_descriptor_release(&usual);
	}
	oci_spec_free(spec);
	return rc;
}

static int use_registry(struct bench *bench, const void *options,
			struct oci_error *err)
{
	struct oci_registry *registry;
	int rc = oci_registry_new(&registry, options, err);

	(void)bench;
	oci_registry_free(registry);
	return rc;
}

static int use_rootfs(struct bench *bench, const void *options,
		      struct oci_error *err)
{
	struct oci_image_documents image;
	struct oci_rootfs *rootfs = NULL;
	int rc = oci_image_open(&image, bench->store, &bench->image, NULL, err);

	if (rc)
		return rc;
	rc = oci_image_rootfs(&rootfs, bench->store, &image, options, err);
	oci_rootfs_free(rootfs);
	oci_image_documents_release(&image);
	return rc;
}

static int use_spec(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_spec *spec;
	int rc = oci_spec_open(&spec, bench->spec, options, err);

	oci_spec_free(spec);
	return rc;
}

static int use_tree(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_tree *tree;
	int rc = oci_tree_new(&tree, options, err);

	(void)bench;
	oci_tree_free(tree);
	return rc;
}

static int use_verify(struct bench *bench, const void *options,
		      struct oci_error *err)
{
	size_t findings;

	return oci_image_verify(&findings, bench->store, options, err);
}

/* One struct: its defaults, its fields in order, and what takes it. */
struct subject {
	const char *name;
	use_fn *use;
	const void *defaults;
	size_t size;
	size_t fields[32];	/* where each one ends; 0 ends the list */
};

#define SUBJECT(s) #s, use_##s, &s##_defaults, sizeof(s##_defaults)

#define AT(s, f) offsetof(struct oci_##s##_options, f)
#define END(s, f) (AT(s, f) + sizeof(((struct oci_##s##_options *)NULL)->f))

static const struct oci_archive_options archive_defaults =
	OCI_ARCHIVE_OPTIONS_INIT;
static const struct oci_copy_options copy_defaults = OCI_COPY_OPTIONS_INIT;
static const struct oci_join_options join_defaults = OCI_JOIN_OPTIONS_INIT;
static const struct oci_layer_options layer_defaults = OCI_LAYER_OPTIONS_INIT;
static const struct oci_lint_options lint_defaults = OCI_LINT_OPTIONS_INIT;
static const struct oci_pack_options pack_defaults = OCI_PACK_OPTIONS_INIT;
static const struct oci_registry_options registry_defaults =
	OCI_REGISTRY_OPTIONS_INIT;
static const struct oci_rootfs_options rootfs_defaults =
	OCI_ROOTFS_OPTIONS_INIT;
static const struct oci_spec_options spec_defaults = OCI_SPEC_OPTIONS_INIT;
static const struct oci_tree_options tree_defaults = OCI_TREE_OPTIONS_INIT;
static const struct oci_verify_options verify_defaults =
	OCI_VERIFY_OPTIONS_INIT;

static const struct subject subjects[] = {
	{ SUBJECT(archive),
	  { AT(archive, mtime), AT(archive, platform), AT(archive, temp_dir),
	    AT(archive, max_inflated), AT(archive, cancelled),
	    END(archive, cancelled) } },
	{ SUBJECT(copy),
	  { AT(copy, platform), AT(copy, jobs), AT(copy, progress),
	    AT(copy, progress_data), AT(copy, referrers), AT(copy, cancelled),
	    AT(copy, note), AT(copy, note_data), END(copy, note_data) } },
	{ SUBJECT(join),
	  { AT(join, platforms), AT(join, platform_count),
	    AT(join, attestations), AT(join, note), AT(join, note_data),
	    AT(join, cancelled), END(join, cancelled) } },
	{ SUBJECT(layer),
	  { AT(layer, compression), AT(layer, level), AT(layer, jobs),
	    AT(layer, name), AT(layer, progress), AT(layer, progress_data),
	    END(layer, progress_data) } },
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
	    AT(registry, plan), AT(registry, plan_data),
	    AT(registry, only_host), AT(registry, http_proxy),
	    AT(registry, https_proxy), AT(registry, all_proxy),
	    AT(registry, no_proxy), AT(registry, first_byte_seconds),
	    AT(registry, lowest_rate), AT(registry, system_ca_file),
	    AT(registry, system_ca_folders), AT(registry, token_hosts),
	    AT(registry, warning), AT(registry, warning_data),
	    END(registry, warning_data) } },
	/* clang-format on */
	{ SUBJECT(rootfs),
	  { AT(rootfs, max_inflated), AT(rootfs, cancelled),
	    END(rootfs, cancelled) } },
	{ SUBJECT(spec),
	  { AT(spec, folder), AT(spec, vars), AT(spec, platforms),
	    AT(spec, platform_count), AT(spec, report), AT(spec, report_data),
	    END(spec, report_data) } },
	{ SUBJECT(tree),
	  { AT(tree, epoch), AT(tree, temp_dir), AT(tree, max_inflated),
	    AT(tree, cancelled), END(tree, cancelled) } },
	{ SUBJECT(verify),
	  { AT(verify, report), AT(verify, progress), AT(verify, data),
	    AT(verify, max_inflated), AT(verify, cancelled),
	    END(verify, cancelled) } },
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
