/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pattern that matches a directory also matches everything below it, so a
 * path and all its parents are compared.
 */
#include "layer/filter.h"

#include <string.h>

#include "base/glob.h"
#include "base/options.h"
#include "base/path.h"

static bool matches(const struct oci_strings *patterns, const char *path)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (oci_glob_match(patterns->items[i], path))
			return true;
	return false;
}

/* Returns whether path or one of its parents matches. */
static bool covers(const struct oci_strings *patterns, const char *path)
{
	char part[OCI_PATH_MAX];
	size_t size;

	if (!patterns || !patterns->count)
		return false;
	size = strlen(path);
	if (size >= sizeof(part))
		return false;
	memcpy(part, path, size + 1);
	while (part[0]) {
		if (matches(patterns, part))
			return true;
		part[oci_path_parent(part)] = '\0';
	}
	return false;
}

const struct oci_filter *oci_filter_read(struct oci_filter *out,
					 const struct oci_filter *given)
{
	static const struct oci_filter usual = OCI_FILTER_INIT;

	if (!given)
		return NULL;
	oci_options_read(out, sizeof(*out), &usual, given);
	return out;
}

void oci_filter_mark(const struct oci_filter *filter, const char *path,
		     unsigned char *seen)
{
	size_t count = filter && filter->exclude ? filter->exclude->count : 0;

	if (!seen)
		return;
	__atomic_store_n(&seen[count], 1, __ATOMIC_RELAXED);
	for (size_t i = 0; i < count; i++) {
		struct oci_strings one = { .items = &filter->exclude->items[i],
					   .count = 1 };

		if (!__atomic_load_n(&seen[i], __ATOMIC_RELAXED) &&
		    covers(&one, path))
			__atomic_store_n(&seen[i], 1, __ATOMIC_RELAXED);
	}
}

static bool includes_all(const struct oci_filter *filter)
{
	return !filter->include || !filter->include->count;
}

bool oci_filter_matches(const struct oci_filter *filter, const char *path)
{
	if (!filter)
		return true;
	if (covers(filter->exclude, path))
		return false;
	return includes_all(filter) || covers(filter->include, path);
}

bool oci_filter_enters(const struct oci_filter *filter, const char *path)
{
	if (oci_filter_matches(filter, path))
		return true;
	if (covers(filter->exclude, path))
		return false;
	for (size_t i = 0; i < filter->include->count; i++)
		if (oci_glob_below(filter->include->items[i], path))
			return true;
	return false;
}
