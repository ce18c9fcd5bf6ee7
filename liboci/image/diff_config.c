/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the fields of two configs, and the annotations of two manifests. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/json.h"
#include "image/diff.h"

enum kind { TEXT, LIST, NUMBER, PAIRS };

static const struct {
	const char *name;
	enum kind kind;
	size_t offset; /* in struct oci_config */
} fields[] = {
#define FIELD(name, kind, member)                                              \
	{                                                                      \
		name, kind, offsetof(struct oci_config, member)                \
	}
	FIELD("created", TEXT, created),
	FIELD("author", TEXT, author),
	FIELD("user", TEXT, user),
	FIELD("working-dir", TEXT, working_dir),
	FIELD("stop-signal", TEXT, stop_signal),
	FIELD("env", LIST, env),
	FIELD("entrypoint", LIST, entrypoint),
	FIELD("cmd", LIST, cmd),
	FIELD("exposed-ports", LIST, exposed_ports),
	FIELD("volumes", LIST, volumes),
	FIELD("healthcheck", LIST, healthcheck.test),
	FIELD("healthcheck interval", NUMBER, healthcheck.interval),
	FIELD("healthcheck timeout", NUMBER, healthcheck.timeout),
	FIELD("healthcheck start-period", NUMBER, healthcheck.start_period),
	FIELD("healthcheck start-interval", NUMBER, healthcheck.start_interval),
	FIELD("healthcheck retries", NUMBER, healthcheck.retries),
	FIELD("on-build", LIST, on_build),
	FIELD("shell", LIST, shell),
	FIELD("stop-timeout", NUMBER, stop_timeout),
	FIELD("label", PAIRS, labels),
#undef FIELD
};

struct comparison {
	struct oci_diff *out;
	const struct oci_diff_options *options;
	struct oci_error *err;
};

static int report(const struct comparison *c, const char *field, const char *a,
		  const char *b)
{
	if ((!a && !b) || (a && b && strcmp(a, b) == 0))
		return 0;
	c->out->fields++;
	return c->options->field ? c->options->field(c->options->data, field, a,
						     b, c->err)
				 : 0;
}

static int compare_lists(const struct comparison *c, const char *field,
			 const struct oci_strings *a,
			 const struct oci_strings *b)
{
	char *left = NULL, *right = NULL;
	int rc = a->count ? oci_json_list(&left, a, c->err) : 0;

	if (!rc && b->count)
		rc = oci_json_list(&right, b, c->err);
	if (!rc)
		rc = report(c, field, left, right);
	free(right);
	free(left);
	return rc;
}

static int compare_numbers(const struct comparison *c, const char *field,
			   int64_t a, int64_t b)
{
	char left[24], right[24];

	snprintf(left, sizeof(left), "%lld", (long long)a);
	snprintf(right, sizeof(right), "%lld", (long long)b);
	return report(c, field, a ? left : NULL, b ? right : NULL);
}

/* Each pair is a field of its own. */
static int compare_pairs(const struct comparison *c, const char *field,
			 const struct oci_pairs *a, const struct oci_pairs *b)
{
	char name[512];
	size_t i = 0, j = 0;
	int rc = 0;

	while (!rc && (i < a->count || j < b->count)) {
		const struct oci_pair *left =
			i < a->count ? &a->items[i] : NULL;
		const struct oci_pair *right =
			j < b->count ? &b->items[j] : NULL;
		int order = !left    ? 1
			    : !right ? -1
				     : strcmp(left->key, right->key);

		snprintf(name, sizeof(name), "%s %s", field,
			 order <= 0 ? left->key : right->key);
		rc = report(c, name, order <= 0 ? left->value : NULL,
			    order >= 0 ? right->value : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	return rc;
}

static int compare_field(const struct comparison *c, size_t i,
			 const struct oci_config *a, const struct oci_config *b)
{
	const void *left = (const char *)a + fields[i].offset;
	const void *right = (const char *)b + fields[i].offset;

	switch (fields[i].kind) {
	case TEXT:
		return report(c, fields[i].name, *(char *const *)left,
			      *(char *const *)right);
	case LIST:
		return compare_lists(c, fields[i].name, left, right);
	case NUMBER:
		return compare_numbers(c, fields[i].name,
				       *(const int64_t *)left,
				       *(const int64_t *)right);
	default:
		return compare_pairs(c, fields[i].name, left, right);
	}
}

int oci_diff_fields(struct oci_diff *out, const struct oci_image_documents *a,
		    const struct oci_image_documents *b,
		    const struct oci_diff_options *options,
		    struct oci_error *err)
{
	const struct comparison c = { out, options, err };
	char left[OCI_PLATFORM_TEXT], right[OCI_PLATFORM_TEXT];
	int rc;

	oci_platform_format(left, &a->config.platform);
	oci_platform_format(right, &b->config.platform);
	rc = report(&c, "platform", left, right);
	for (size_t i = 0; !rc && i < sizeof(fields) / sizeof(fields[0]); i++)
		rc = compare_field(&c, i, &a->config, &b->config);
	if (!rc)
		rc = oci_diff_history(out, &a->config, &b->config, options,
				      err);
	return rc ? rc
		  : compare_pairs(&c, "annotation", &a->manifest.annotations,
				  &b->manifest.annotations);
}
