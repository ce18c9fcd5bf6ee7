/* SPDX-License-Identifier: Apache-2.0 */
/* Opening specs: the cases that need more than a fixture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include <oci/spec.h>

#include "spec/handle.h"
#include "told.h"

#define GOOD FIXTURES "/spec/good"
#define BAD FIXTURES "/spec/bad"

/* A folder of its own for a test, with a spec in it. */
struct place {
	char folder[64];
	char file[128];
};

static void place_init(struct place *place, const char *text, size_t size)
{
	FILE *file;

	snprintf(place->folder, sizeof(place->folder),
		 "/tmp/spec_test.XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof(place->file), "%s/a.spec",
		 place->folder);
	file = fopen(place->file, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void place_release(struct place *place)
{
	unlink(place->file);
	assert_int_equal(rmdir(place->folder), 0);
}

static struct oci_spec *open_text(struct place *place, struct told *told,
				  const char *text,
				  struct oci_spec_options *options)
{
	struct oci_spec *spec;
	struct oci_error err = {0};
	int rc;

	place_init(place, text, strlen(text));
	told_init(told, place->folder);
	options->report = tell;
	options->report_data = told;
	rc = oci_spec_open(&spec, place->file, options, &err);
	assert_int_equal(rc == 0, spec != NULL);
	assert_int_equal(rc == 0, told->lines == 0);
	return spec;
}

#define LAYERS "layers:\n- entries:\n  - {path: /a, content: \"${V}\"}\n"

static void test_set(void **state)
{
	static const struct {
		const char *vars;
		const char *name;
		const char *value;
		const char *content;	/* NULL: an error */
		const char *error;
	} cases[] = {
		{ "{V: old}", NULL, NULL, "old", NULL },
		{ "{V: old}", "V", "new", "new", NULL },
		{ "{V: null}", "V", "new", "new", NULL },
		{ "{V: ~}", "V", "", "", NULL },
		{ "{V: 'null'}", NULL, NULL, "null", NULL },
		{ "{V: \"<${W}>\", W: w}", NULL, NULL, "<w>", NULL },
		{ "{V: \"<${W}>\", W: w}", "W", "${V}", "<${V}>", NULL },
		{ "{V: \"${arch}\"}", NULL, NULL, "riscv64", NULL },
		{ "{V: null}", NULL, NULL, NULL,
		  "a.spec:2:11: variable 'V' has no value, expected --set "
		  "V=...\n" },
		{ "{V: a, VERSION: b}", "VERSON", "c", NULL,
		  "a.spec:2:7: --set VERSON: no such variable in the spec, did "
		  "you mean 'VERSION'? Known: V, VERSION\n" },
		{ "{V: a}", "arch", "c", NULL,
		  "a.spec:2:7: --set arch: this variable is built in, expected "
		  "--platform\n" },
		{ "{V: a}", "V", "\xff", NULL,
		  "a.spec:2:7: --set V: the value is not UTF-8, expected text "
		  "in UTF-8\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;
		struct oci_pairs set = {0};
		struct oci_spec *spec;
		struct place place;
		struct told told;
		char text[512];

		if (cases[i].name)
			oci_pairs_set(&set, cases[i].name, cases[i].value,
				      NULL);
		options.vars = &set;
		snprintf(text, sizeof(text), "version: 1\nvars: %s\n" LAYERS,
			 cases[i].vars);
		spec = open_text(&place, &told, text, &options);
		if (cases[i].content)
			assert_string_equal(spec->plans[0].layers[0].entries[0]
					    .content.data, cases[i].content);
		else
			assert_string_equal(told.text.data, cases[i].error);
		oci_spec_free(spec);
		oci_pairs_release(&set);
		oci_buf_release(&told.text);
		place_release(&place);
	}
}

static void test_platforms(void **state)
{
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;
	struct oci_platform wanted[2];
	struct oci_spec *spec;
	struct place place;
	struct told told;
	size_t count;

	(void)state;
	oci_platform_parse(&wanted[0], "linux/amd64", NULL);
	oci_platform_parse(&wanted[1], "linux/arm/v7", NULL);
	options.platforms = wanted;
	options.platform_count = 2;
	spec = open_text(&place, &told, "version: 1\nvars: {V: '${platform}"
			 " ${os} ${arch} ${variant}'}\n" LAYERS, &options);
	assert_non_null(spec);
	assert_true(oci_platform_equal(&oci_spec_platforms(spec, &count)[1],
				       &wanted[1]));
	assert_int_equal(count, 2);
	assert_string_equal(spec->plans[1].layers[0].entries[0].content.data,
			    "linux/arm/v7 linux arm v7");
	oci_spec_free(spec);
	oci_buf_release(&told.text);
	place_release(&place);

	wanted[1] = wanted[0];
	spec = open_text(&place, &told, "version: 1\nvars: {V: x}\n" LAYERS,
			 &options);
	assert_null(spec);
	assert_string_equal(told.text.data,
			    "a.spec:1:1: platform "
			    "'linux/amd64' is selected twice, expected it "
			    "once\n");
	oci_buf_release(&told.text);
	place_release(&place);
}

/* The first of several errors, and how many there are. */
static void test_summary(void **state)
{
	struct oci_spec *spec;
	struct oci_error err = {0};
	const char *path = BAD "/several-errors.spec";

	(void)state;
	assert_int_equal(oci_spec_open(&spec, path, NULL, &err),
			 OCI_E_INVALID);
	assert_non_null(strstr(err.message, "several-errors.spec:1:10: "));
	assert_non_null(strstr(err.message, " (and 6 more errors)"));
	assert_int_equal(oci_spec_open(&spec, path, NULL, NULL),
			 OCI_E_INVALID);
	assert_int_equal(oci_spec_open(&spec, BAD "/none.spec", NULL, &err),
			 OCI_E_NOT_FOUND);
	assert_non_null(strstr(err.message, "none.spec'"));
	assert_int_equal(oci_spec_open(&spec, BAD, NULL, &err), OCI_E_SYSTEM);
	oci_spec_free(NULL);
}

/* Texts that are too large to be fixtures. */
static void test_large(void **state)
{
	static const struct {
		const char *head;
		const char *unit;
		const char *tail;
		size_t bytes;
		const char *error;
	} cases[] = {
		{ "version: 1\n", "# comment\n", "", 10 << 20,
		  "the spec has more than 1048576 bytes" },
		{ "a: [", "x,", "]", 1000000, "more than 250000 values" },
		{ "a: ", "[", "", 1000000, "nest deeper than 64" },
		{ "a: ", "{", "", 1000000, "nest deeper than 64" },
		{ "", "- ", "x", 1000000, "nest deeper than 64" },
		{ "", "k: ", "x", 100000, "mapping values are not allowed" },
		{ "version: 1\nvars: {V: x}\nlayers: [{entries: [", "{x: 1},",
		  "]}]", 500000, "unknown key 'x'" },
		{ "version: 1\nlayers: [{entries: [{path: /a, content: \"",
		  "${A}", "\"}]}]", 1000000, "'A' is not defined" },
		{ "version: 1\nlayers: [{entries: []}]\nannotations: {\"",
		  "x", "\": [a]}", 1000000, "expected YAML" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t unit = strlen(cases[i].unit);
		struct oci_spec *spec;
		struct oci_error err = {0};
		struct oci_buf text;
		struct place place;

		oci_buf_init(&text, 11 << 20);
		oci_buf_text(&text, cases[i].head, NULL);
		while (text.len + unit < cases[i].bytes)
			oci_buf_add(&text, cases[i].unit, unit, NULL);
		oci_buf_text(&text, cases[i].tail, NULL);
		place_init(&place, text.data, text.len);
		assert_int_equal(oci_spec_open(&spec, place.file, NULL, &err),
				 OCI_E_INVALID);
		if (!strstr(err.message, cases[i].error))
			fail_msg("case %zu: %s", i, err.message);
		place_release(&place);
		oci_buf_release(&text);
	}
}

/* Links on the way to an input, and -C. */
static void test_inputs(void **state)
{
	const char *text = "version: 1\nlayers:\n- entries:\n"
			   "  - {path: /a, from: link}\n";
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;
	struct oci_spec *spec;
	struct place place, other;
	struct told told;
	char link[128], wanted[512];

	(void)state;
	place_init(&other, text, strlen(text));
	snprintf(link, sizeof(link), "%s/link", other.folder);
	options.folder = other.folder;

	assert_int_equal(symlink("a.spec", link), 0);
	spec = open_text(&place, &told, text, &options);
	assert_non_null(spec);
	assert_int_equal(oci_spec_inputs(spec)->count, 2);
	assert_string_equal(oci_spec_inputs(spec)->items[1], link);
	oci_spec_free(spec);
	oci_buf_release(&told.text);
	place_release(&place);

	unlink(link);
	assert_int_equal(symlink("/dev/null", link), 0);
	spec = open_text(&place, &told, text, &options);
	assert_null(spec);
	snprintf(wanted, sizeof(wanted),
		 "a.spec:4:22: 'from' finds '%s', a link that leaves the "
		 "folder '%s', expected the absolute path '/dev/null'\n", link,
		 other.folder);
	assert_string_equal(told.text.data, wanted);
	oci_buf_release(&told.text);
	place_release(&place);

	unlink(link);
	place_release(&other);
}

/* What a plan holds in the end. */
static void test_plan(void **state)
{
	const struct oci_plan_entry *e;
	const struct oci_plan *plan;
	struct oci_spec *spec;
	struct oci_error err = {0};

	(void)state;
	assert_int_equal(oci_spec_open(&spec, GOOD "/attributes.spec", NULL,
				       &err), 0);
	plan = &spec->plans[0];
	e = plan->layers[0].entries;
	assert_int_equal(plan->layers[0].entry_count, 6);
	assert_int_equal(e[0].mode, 0711);
	assert_int_equal(e[0].mtime, 1700000000);
	assert_int_equal(e[1].mode, 01777);
	assert_int_equal(e[1].owner.gid, 65534);
	assert_int_equal(e[1].mtime, 1769817600);
	assert_int_equal(e[2].mode, 0700);
	assert_int_equal(e[2].mtime, 1769817600 + 11 * 3600);
	assert_int_equal(e[3].mode, OCI_KEEP);
	assert_int_equal(e[3].owner.uid, OCI_KEEP);
	assert_int_equal(e[3].mtime, OCI_KEEP);
	assert_int_equal(e[4].owner.uid, 7);
	assert_int_equal(e[5].mode, 0755);
	assert_string_equal(e[5].position, GOOD "/attributes.spec:9:9");
	oci_spec_free(spec);

	assert_int_equal(oci_spec_open(&spec, GOOD "/config.spec", NULL,
				       &err), 0);
	plan = &spec->plans[0];
	assert_string_equal(plan->config.env.items[2], "NUMBER=1.10");
	assert_string_equal(plan->config.env.items[3], "WORD=no");
	assert_string_equal(plan->config.cmd.items[1], "1234");
	assert_int_equal(plan->config.healthcheck.timeout,
			 INT64_C(90000000000));
	assert_int_equal(plan->config.healthcheck.start_interval,
			 INT64_C(1500000000));
	assert_string_equal(oci_pairs_get(&plan->config.labels, "answer"),
			    "42");
	oci_spec_free(spec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_platforms),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_inputs),
		cmocka_unit_test(test_plan),
	};

	return cmocka_run_group_tests_name("spec", tests, NULL, NULL);
}
