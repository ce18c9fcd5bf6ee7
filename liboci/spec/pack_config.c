/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a spec says of the config, over what its base has: as a Dockerfile
 * does it. Lists and maps are merged by name, single values are replaced, and
 * an entrypoint takes the base's command away.
 */
#include "spec/pack.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

static int copy_texts(struct oci_strings *out, const struct oci_strings *from,
		      struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < from->count; i++)
		rc = oci_strings_add(out, from->items[i], err);
	return rc;
}

static int replace_texts(struct oci_strings *out,
			 const struct oci_strings *from, struct oci_error *err)
{
	oci_strings_release(out);
	return copy_texts(out, from, err);
}

static int merge_texts(struct oci_strings *out, const struct oci_strings *from,
		       struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < from->count; i++)
		if (!oci_strings_has(out, from->items[i]))
			rc = oci_strings_add(out, from->items[i], err);
	return rc;
}

/* "NAME=VALUE" takes the place of the base's NAME. */
static int merge_env(struct oci_strings *out, const struct oci_strings *from,
		     struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < from->count; i++) {
		const char *text = from->items[i];
		size_t size = strcspn(text, "=") + 1, at = 0;

		while (at < out->count &&
		       strncmp(out->items[at], text, size) != 0)
			at++;
		rc = at < out->count ?
			     oci_text_set(&out->items[at], text, err) :
			     oci_strings_add(out, text, err);
	}
	return rc;
}

int oci_pack_pairs(struct oci_pairs *out, const struct oci_pairs *from,
		   struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < from->count; i++)
		rc = oci_pairs_set(out, from->items[i].key,
				   from->items[i].value, err);
	return rc;
}

static int merge_health(struct oci_healthcheck *out,
			const struct oci_healthcheck *from,
			struct oci_error *err)
{
	if (!from->test.count)
		return 0;
	out->interval = from->interval;
	out->timeout = from->timeout;
	out->start_period = from->start_period;
	out->start_interval = from->start_interval;
	out->retries = from->retries;
	return replace_texts(&out->test, &from->test, err);
}

static int merge_text(char **out, const char *from, struct oci_error *err)
{
	return from ? oci_text_set(out, from, err) : 0;
}

static int merge_command(struct oci_config *out,
			 const struct oci_plan_settings *from,
			 struct oci_error *err)
{
	int rc = 0;

	if (from->has_entrypoint) {
		oci_strings_release(&out->cmd);
		rc = replace_texts(&out->entrypoint, &from->entrypoint, err);
	}
	if (!rc && from->has_cmd)
		rc = replace_texts(&out->cmd, &from->cmd, err);
	return rc;
}

int oci_pack_config(struct oci_config *out,
		    const struct oci_plan_settings *from,
		    struct oci_error *err)
{
	int rc = merge_text(&out->user, from->user, err);

	if (!rc)
		rc = merge_text(&out->working_dir, from->working_dir, err);
	if (!rc)
		rc = merge_text(&out->stop_signal, from->stop_signal, err);
	if (!rc)
		rc = merge_env(&out->env, &from->env, err);
	if (!rc)
		rc = merge_command(out, from, err);
	if (!rc)
		rc = merge_texts(&out->exposed_ports, &from->exposed_ports,
				 err);
	if (!rc)
		rc = merge_texts(&out->volumes, &from->volumes, err);
	if (!rc)
		rc = oci_pack_pairs(&out->labels, &from->labels, err);
	if (!rc)
		rc = merge_health(&out->healthcheck, &from->healthcheck, err);
	return rc;
}
