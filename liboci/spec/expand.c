/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expands variables. A value is read once, from left to right, and values of
 * variables are not expanded again. The size of all values together is limited.
 */
#include "spec/expand.h"

#include <string.h>

#include "base/buf.h"

enum { NAME_MAX_SIZE = 64 };

size_t oci_expand_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				      "0123456789";
	size_t size = strspn(text, letters);

	if (size >= NAME_MAX_SIZE || (*text >= '0' && *text <= '9'))
		return 0;
	return size;
}

static bool add(struct oci_buf *out, struct oci_scope *scope,
		const struct oci_yaml *node, const char *text, size_t size)
{
	int rc;

	scope->expanded += size;
	if (scope->expanded > OCI_EXPANDED_MAX)
		return oci_diagnose(scope->report, node,
				    "the variables expand to more than %u MiB, "
				    "expected less", OCI_EXPANDED_MAX >> 20);
	rc = oci_buf_add(out, text, size, NULL);
	if (rc == OCI_E_LIMIT)
		return oci_diagnose(scope->report, node,
				    "the value expands to more than %u bytes, "
				    "expected less", OCI_SPEC_MAX);
	return rc ? oci_diagnose_nomem(scope->report) : true;
}

/* Adds the value of the variable at *p ("${"), and moves *p after "}". */
static bool add_variable(struct oci_buf *out, struct oci_scope *scope,
			 const struct oci_yaml *node, const char **p,
			 const char *end)
{
	const char *start = *p + 2;
	const char *close = memchr(start, '}', (size_t)(end - start));
	size_t size = oci_expand_name(start);
	char name[NAME_MAX_SIZE];
	const char *value;
	size_t value_size;

	if (!close)
		return oci_diagnose(scope->report, node,
				    "'%.30s' is not closed, expected "
				    "'${NAME}', or '$${' for a literal '${'",
				    *p);
	if (!size || start + size != close)
		return oci_diagnose(scope->report, node,
				    "'%.*s' is not a variable's name, expected "
				    "'${NAME}', or '$${' for a literal '${'",
				    close - start < 60 ? (int)(close - start) :
				    60, start);
	memcpy(name, start, size);
	name[size] = '\0';
	*p = close + 1;
	return oci_scope_get(&value, &value_size, scope, node, name) &&
	       add(out, scope, node, value, value_size);
}

/* Finds the next "${" or "$${"; returns end if there is none. */
static const char *next_sign(const char *p, const char *end)
{
	for (; p + 1 < end; p++) {
		if (p[0] != '$')
			continue;
		if (p[1] == '{' || (p + 2 < end && p[1] == '$' && p[2] == '{'))
			return p;
	}
	return end;
}

bool oci_expand(const char **text, size_t *size, struct oci_scope *scope,
		const struct oci_yaml *node)
{
	const char *p = node->text, *end = p + node->size, *sign;
	struct oci_buf out;
	bool good = true;

	sign = next_sign(p, end);
	*text = node->text;
	*size = node->size;
	if (sign == end)
		return true;
	oci_buf_init(&out, OCI_SPEC_MAX);
	while (good && p < end) {
		sign = next_sign(p, end);
		good = add(&out, scope, node, p, (size_t)(sign - p));
		p = sign;
		if (!good || p == end)
			continue;
		if (p[1] == '{') {
			good = add_variable(&out, scope, node, &p, end);
			continue;
		}
		good = add(&out, scope, node, "${", 2);
		p += 3;
	}
	if (good) {
		*size = out.len;
		*text = oci_arena_copy(scope->arena, out.data ? out.data : "",
				       out.len);
		good = *text || oci_diagnose_nomem(scope->report);
	}
	oci_buf_release(&out);
	return good;
}
