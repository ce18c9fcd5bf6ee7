/* SPDX-License-Identifier: Apache-2.0 */
/* A join that is changed by hand, and written. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "image/join.h"
#include "store/store.h"

static int fail_member(const struct oci_join *join, const char *what,
		       struct oci_error *err)
{
	struct oci_buf has;
	int rc;

	oci_buf_init(&has, 1024);
	for (size_t i = 0; i < join->count; i++) {
		char text[OCI_PLATFORM_TEXT];

		if (!join_is_image(&join->members[i]))
			continue;
		oci_platform_format(text, &join->members[i].platform);
		/* A list that is too long ends early. */
		if (oci_buf_format(&has, NULL, "%s%s", has.len ? ", " : "",
				   text))
			break;
	}
	rc = oci_fail(err, OCI_E_NOT_FOUND,
		      "the index has no member %s; it has %s", what,
		      has.len ? has.data : "no platform");
	oci_buf_release(&has);
	return rc;
}

int oci_join_remove(struct oci_join *join, const char *what,
		    struct oci_error *err)
{
	struct oci_digest digest = {0};
	struct oci_platform platform;
	size_t found = 0;

	if (oci_digest_parse(&digest, what, NULL) &&
	    oci_platform_parse(&platform, what, NULL))
		return oci_fail(err, OCI_E_INVALID, "'%.200s' is no platform, "
				"such as linux/riscv64, and no digest", what);
	for (size_t i = 0; i < join->count; i++) {
		struct join_member *m = &join->members[i];

		if (digest.text[0])
			m->gone = oci_digest_equal(&m->descriptor.digest,
						   &digest);
		else
			m->gone = join_is_image(m) &&
				  oci_platform_matches(&m->platform, &platform);
		found += m->gone;
	}
	if (!found)
		return fail_member(join, what, err);
	join_sweep(join);
	return 0;
}

int oci_join_annotate(struct oci_join *join,
		      const struct oci_platform *platform, const char *key,
		      const char *value, struct oci_error *err)
{
	char text[OCI_PLATFORM_TEXT] = "of any platform";
	size_t found = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < join->count; i++) {
		struct join_member *m = &join->members[i];

		if (!join_is_image(m) ||
		    (platform && !oci_platform_matches(&m->platform, platform)))
			continue;
		found++;
		rc = oci_pairs_set(&m->descriptor.annotations, key, value,
				   err);
	}
	if (rc || found)
		return rc;
	if (platform)
		oci_platform_format(text, platform);
	return fail_member(join, text, err);
}

/* Docker's manifest lists have no annotations, and no OCI manifests. */
static bool is_docker_list(const struct oci_join *join)
{
	if (strcmp(join->head.media_type, OCI_MEDIA_DOCKER_INDEX) != 0 ||
	    join->head.annotations.count)
		return false;
	for (size_t i = 0; i < join->count; i++) {
		const struct oci_descriptor *d = &join->members[i].descriptor;

		if (d->annotations.count ||
		    strcmp(d->media_type, OCI_MEDIA_DOCKER_MANIFEST) != 0)
			return false;
	}
	return true;
}

static int copy_members(struct oci_join *join, struct oci_store *to,
			const struct oci_copy_options *options,
			struct oci_error *err)
{
	struct oci_copy_options whole = OCI_COPY_OPTIONS_INIT;
	int rc = 0;

	if (options)
		whole = *options;
	whole.platform = NULL;
	for (size_t i = 0; !rc && i < join->count; i++) {
		struct join_member *m = &join->members[i];
		struct oci_descriptor copy;

		if (!m->source || oci_store_same(to, m->store))
			continue;
		rc = oci_store_copy(&copy, to, m->store, &m->descriptor,
				    &whole, err);
		if (rc)
			return oci_wrap(err, rc, "'%s'",
					join->names.items[m->source - 1]);
		oci_descriptor_release(&copy);
	}
	return rc;
}

static int write_index(struct oci_descriptor *out, const struct oci_join *join,
		       struct oci_store *to, struct oci_error *err)
{
	/* Borrows everything. */
	struct oci_index index = join->head;
	struct oci_descriptor *items = calloc(join->count, sizeof(*items));
	char *json = NULL;
	int rc = items ? 0 : oci_fail_nomem(err);

	for (size_t i = 0; !rc && i < join->count; i++)
		items[i] = join->members[i].descriptor;
	index.manifests = (struct oci_descriptors){
		.items = items, .count = join->count,
	};
	if (!is_docker_list(join))
		index.media_type = (char *)OCI_MEDIA_INDEX;
	if (!rc)
		rc = oci_index_format(&json, &index, err);
	free(items);
	if (!rc && strlen(json) > OCI_DOCUMENT_MAX)
		rc = oci_fail(err, OCI_E_LIMIT, "the index would have %zu "
			      "bytes, the most is %u", strlen(json),
			      OCI_DOCUMENT_MAX);
	if (!rc)
		rc = oci_text_copy(&out->media_type, index.media_type, err);
	if (!rc)
		rc = oci_store_put(out, to, json, strlen(json), err);
	free(json);
	return rc;
}

int oci_join_write(struct oci_descriptor *out, struct oci_join *join,
		   struct oci_store *to,
		   const struct oci_copy_options *options,
		   struct oci_error *err)
{
	static const struct oci_copy_options usual = OCI_COPY_OPTIONS_INIT;
	struct oci_copy_options o;
	size_t images = 0;
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	*out = (struct oci_descriptor){0};
	for (size_t i = 0; i < join->count; i++)
		images += join_is_image(&join->members[i]);
	if (!images)
		return oci_fail(err, OCI_E_INVALID,
				"the index would have no image");
	rc = copy_members(join, to, &o, err);
	if (!rc)
		rc = write_index(out, join, to, err);
	if (rc)
		oci_descriptor_release(out);
	return rc;
}
