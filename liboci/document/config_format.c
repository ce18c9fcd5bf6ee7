/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes image configs as JSON. The order of members is fixed, and so are the
 * bytes. OCI Image Specification, config.md.
 */
#include <oci/config.h>

#include "base/error.h"
#include "document/json.h"
#include "document/platform.h"

static int set_duration(json_t *object, const char *name, int64_t value,
			struct oci_error *err)
{
	return value ? oci_json_set_integer(object, name, value, err) : 0;
}

static int write_healthcheck(json_t *object, const struct oci_healthcheck *h,
			     struct oci_error *err)
{
	json_t *json;
	int rc;

	if (!h->test.count)
		return 0;
	json = json_object();
	rc = oci_json_set(object, "Healthcheck", json, err);
	if (!rc)
		rc = oci_json_set_strings(json, "Test", &h->test, err);
	if (!rc)
		rc = set_duration(json, "Interval", h->interval, err);
	if (!rc)
		rc = set_duration(json, "Timeout", h->timeout, err);
	if (!rc)
		rc = set_duration(json, "StartPeriod", h->start_period, err);
	if (!rc)
		rc = set_duration(json, "StartInterval", h->start_interval,
				  err);
	if (!rc)
		rc = set_duration(json, "Retries", h->retries, err);
	return rc;
}

static int write_execution(json_t *root, const struct oci_config *c,
			   struct oci_error *err)
{
	json_t *json = json_object();
	int rc = oci_json_set(root, "config", json, err);

	if (!rc)
		rc = oci_json_set_text(json, "User", c->user, err);
	if (!rc)
		rc = oci_json_set_keys(json, "ExposedPorts", &c->exposed_ports,
				       err);
	if (!rc)
		rc = oci_json_set_strings(json, "Env", &c->env, err);
	if (!rc)
		rc = oci_json_set_strings(json, "Entrypoint", &c->entrypoint,
					  err);
	if (!rc)
		rc = oci_json_set_strings(json, "Cmd", &c->cmd, err);
	if (!rc)
		rc = oci_json_set_keys(json, "Volumes", &c->volumes, err);
	if (!rc)
		rc = oci_json_set_text(json, "WorkingDir", c->working_dir,
				       err);
	if (!rc)
		rc = oci_json_set_pairs(json, "Labels", &c->labels, err);
	if (!rc)
		rc = oci_json_set_text(json, "StopSignal", c->stop_signal,
				       err);
	if (!rc)
		rc = write_healthcheck(json, &c->healthcheck, err);
	if (!rc)
		rc = oci_json_set_strings(json, "OnBuild", &c->on_build, err);
	if (!rc)
		rc = oci_json_set_strings(json, "Shell", &c->shell, err);
	if (!rc && c->stop_timeout)
		rc = oci_json_set_integer(json, "StopTimeout", c->stop_timeout,
					  err);
	return rc;
}

static int write_rootfs(json_t *root, const struct oci_config *c,
			struct oci_error *err)
{
	json_t *json = json_object();
	json_t *list;
	int rc = oci_json_set(root, "rootfs", json, err);

	if (!rc)
		rc = oci_json_set_text(json, "type", "layers", err);
	if (rc)
		return rc;
	list = json_array();
	rc = oci_json_set(json, "diff_ids", list, err);
	for (size_t i = 0; !rc && i < c->diff_id_count; i++)
		rc = oci_json_append(list, json_string(c->diff_ids[i].text),
				     err);
	return rc;
}

static int write_history_entry(json_t *json, const struct oci_history *entry,
			       struct oci_error *err)
{
	int rc = oci_json_set_text(json, "created", entry->created, err);

	if (!rc)
		rc = oci_json_set_text(json, "created_by", entry->created_by,
				       err);
	if (!rc)
		rc = oci_json_set_text(json, "author", entry->author, err);
	if (!rc)
		rc = oci_json_set_text(json, "comment", entry->comment, err);
	if (!rc && entry->empty_layer)
		rc = oci_json_set(json, "empty_layer", json_true(), err);
	return rc;
}

static int write_history(json_t *root, const struct oci_config *c,
			 struct oci_error *err)
{
	json_t *list;
	int rc;

	if (!c->history_count)
		return 0;
	list = json_array();
	rc = oci_json_set(root, "history", list, err);
	for (size_t i = 0; !rc && i < c->history_count; i++) {
		json_t *entry = json_object();

		rc = oci_json_append(list, entry, err);
		if (!rc)
			rc = write_history_entry(entry, &c->history[i], err);
	}
	return rc;
}

static int config_write(json_t *root, const struct oci_config *c,
			struct oci_error *err)
{
	int rc = oci_json_set_text(root, "created", c->created, err);

	if (!rc)
		rc = oci_json_set_text(root, "author", c->author, err);
	if (!rc)
		rc = oci_platform_write(root, &c->platform, err);
	if (!rc)
		rc = write_execution(root, c, err);
	if (!rc)
		rc = write_rootfs(root, c, err);
	if (!rc)
		rc = write_history(root, c, err);
	return rc;
}

int oci_config_format(char **out, const struct oci_config *config,
		      struct oci_error *err)
{
	json_t *root = json_object();
	int rc = root ? 0 : oci_fail_nomem(err);

	*out = NULL;
	if (!rc)
		rc = config_write(root, config, err);
	if (!rc)
		rc = oci_json_dump(out, root, err);
	json_decref(root);
	return rc;
}
