/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads image configs from JSON; config_format.c writes them. OCI Image
 * Specification, config.md.
 */
#include <stdlib.h>
#include <string.h>

#include <oci/config.h>

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include "document/json.h"
#include "document/platform.h"

static void history_release(struct oci_history *entry)
{
	free(entry->created);
	free(entry->created_by);
	free(entry->author);
	free(entry->comment);
	*entry = (struct oci_history){0};
}

void oci_config_release(struct oci_config *config)
{
	free(config->created);
	free(config->author);
	free(config->user);
	free(config->working_dir);
	free(config->stop_signal);
	oci_strings_release(&config->env);
	oci_strings_release(&config->entrypoint);
	oci_strings_release(&config->cmd);
	oci_strings_release(&config->exposed_ports);
	oci_strings_release(&config->volumes);
	oci_pairs_release(&config->labels);
	oci_strings_release(&config->healthcheck.test);
	oci_strings_release(&config->on_build);
	oci_strings_release(&config->shell);
	free(config->diff_ids);
	for (size_t i = 0; i < config->history_count; i++)
		history_release(&config->history[i]);
	free(config->history);
	*config = (struct oci_config){0};
}

int oci_config_add_diff_id(struct oci_config *config,
			   const struct oci_digest *diff_id,
			   struct oci_error *err)
{
	struct oci_digest *items =
		oci_array_grow(config->diff_ids, &config->diff_id_capacity,
			       config->diff_id_count + 1, sizeof(*items));

	if (!items)
		return oci_fail_nomem(err);
	config->diff_ids = items;
	items[config->diff_id_count++] = *diff_id;
	return 0;
}

int oci_config_add_history(struct oci_config *config,
			   const struct oci_history *entry,
			   struct oci_error *err)
{
	struct oci_history copy = {.empty_layer = entry->empty_layer};
	struct oci_history *items =
		oci_array_grow(config->history, &config->history_capacity,
			       config->history_count + 1, sizeof(*items));
	int rc;

	if (!items)
		return oci_fail_nomem(err);
	config->history = items;
	rc = oci_text_set(&copy.created, entry->created, err);
	if (!rc)
		rc = oci_text_set(&copy.created_by, entry->created_by, err);
	if (!rc)
		rc = oci_text_set(&copy.author, entry->author, err);
	if (!rc)
		rc = oci_text_set(&copy.comment, entry->comment, err);
	if (rc)
		history_release(&copy);
	else
		items[config->history_count++] = copy;
	return rc;
}

static int read_healthcheck(struct oci_healthcheck *out, const json_t *json,
			    struct oci_error *err)
{
	int rc = oci_json_strings(&out->test, json, "Test", err);

	if (!rc)
		rc = oci_json_integer(&out->interval, json, "Interval", err);
	if (!rc)
		rc = oci_json_integer(&out->timeout, json, "Timeout", err);
	if (!rc)
		rc = oci_json_integer(&out->start_period, json, "StartPeriod",
				      err);
	if (!rc)
		rc = oci_json_integer(&out->start_interval, json,
				      "StartInterval", err);
	if (!rc)
		rc = oci_json_integer(&out->retries, json, "Retries", err);
	return rc;
}

static int read_lists(struct oci_config *out, const json_t *json,
		      struct oci_error *err)
{
	int rc = oci_json_strings(&out->env, json, "Env", err);

	if (!rc)
		rc = oci_json_strings(&out->entrypoint, json, "Entrypoint",
				      err);
	if (!rc)
		rc = oci_json_strings(&out->cmd, json, "Cmd", err);
	if (!rc)
		rc = oci_json_keys(&out->exposed_ports, json, "ExposedPorts",
				   err);
	if (!rc)
		rc = oci_json_keys(&out->volumes, json, "Volumes", err);
	if (!rc)
		rc = oci_json_pairs(&out->labels, json, "Labels", err);
	if (!rc)
		rc = oci_json_strings(&out->on_build, json, "OnBuild", err);
	if (!rc)
		rc = oci_json_strings(&out->shell, json, "Shell", err);
	return rc;
}

/* Reads the member "config". */
static int read_execution(struct oci_config *out, const json_t *root,
			  struct oci_error *err)
{
	const json_t *json, *healthcheck = NULL;
	int rc = oci_json_object(&json, root, "config", err);

	if (rc || !json)
		return rc;
	rc = oci_json_text(&out->user, json, "User", err);
	if (!rc)
		rc = oci_json_text(&out->working_dir, json, "WorkingDir", err);
	if (!rc)
		rc = oci_json_text(&out->stop_signal, json, "StopSignal", err);
	if (!rc)
		rc = oci_json_integer(&out->stop_timeout, json, "StopTimeout",
				      err);
	if (!rc)
		rc = read_lists(out, json, err);
	if (!rc)
		rc = oci_json_object(&healthcheck, json, "Healthcheck", err);
	if (!rc && healthcheck)
		rc = read_healthcheck(&out->healthcheck, healthcheck, err);
	return rc;
}

static int read_rootfs(struct oci_config *out, const json_t *root,
		       struct oci_error *err)
{
	const json_t *rootfs;
	struct oci_strings list = {0};
	struct oci_digest digest;
	int rc = oci_json_object(&rootfs, root, "rootfs", err);

	if (rc)
		return rc;
	if (!rootfs)
		return oci_fail(err, OCI_E_INVALID,
				"member 'rootfs' is absent");
	rc = oci_json_strings(&list, rootfs, "diff_ids", err);
	for (size_t i = 0; !rc && i < list.count; i++) {
		rc = oci_digest_parse(&digest, list.items[i], err);
		if (!rc)
			rc = oci_config_add_diff_id(out, &digest, err);
	}
	oci_strings_release(&list);
	return rc;
}

static int read_history_entry(struct oci_history *out, const json_t *json,
			      struct oci_error *err)
{
	int rc;

	if (!json_is_object(json))
		return oci_fail(err, OCI_E_INVALID,
				"an entry of 'history' is not an object");
	rc = oci_json_text(&out->created, json, "created", err);
	if (!rc)
		rc = oci_json_text(&out->created_by, json, "created_by", err);
	if (!rc)
		rc = oci_json_text(&out->author, json, "author", err);
	if (!rc)
		rc = oci_json_text(&out->comment, json, "comment", err);
	if (!rc)
		rc = oci_json_flag(&out->empty_layer, json, "empty_layer",
				   err);
	return rc;
}

static int read_history(struct oci_config *out, const json_t *root,
			struct oci_error *err)
{
	const json_t *array;
	int rc = oci_json_array(&array, root, "history", err);

	for (size_t i = 0; !rc && i < json_array_size(array); i++) {
		struct oci_history entry = {0};

		rc = read_history_entry(&entry, json_array_get(array, i), err);
		if (!rc)
			rc = oci_config_add_history(out, &entry, err);
		history_release(&entry);
	}
	return rc;
}

static int config_read(struct oci_config *out, const json_t *root,
		       struct oci_error *err)
{
	int rc = oci_platform_read(&out->platform, root, err);

	if (!rc)
		rc = oci_json_text(&out->created, root, "created", err);
	if (!rc)
		rc = oci_json_text(&out->author, root, "author", err);
	if (!rc)
		rc = read_execution(out, root, err);
	if (!rc)
		rc = read_rootfs(out, root, err);
	if (!rc)
		rc = read_history(out, root, err);
	return rc;
}

int oci_config_parse(struct oci_config *out, const char *json, size_t size,
		     struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, json, size, err);

	*out = (struct oci_config){0};
	if (!rc)
		rc = config_read(out, root, err);
	json_decref(root);
	if (!rc)
		return 0;
	oci_config_release(out);
	return oci_wrap(err, rc, "config");
}
