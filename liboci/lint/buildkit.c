/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init-missing, buildkit-entrypoint: checks images of BuildKit. buildx's
 * docker-container driver starts them with the engine's init, replaces Cmd by
 * flags, and runs buildctl in the container (docker/buildx,
 * driver/docker-container).
 */
#include <string.h>

#include "lint/command.h"

static bool is_buildkitd(const char *word)
{
	return strcmp(oci_command_name(word), "buildkitd") == 0;
}

static bool has_buildkitd(const struct oci_strings *list, bool *last)
{
	bool found = false;

	*last = list->count && is_buildkitd(list->items[list->count - 1]);
	for (size_t i = 0; i < list->count; i++)
		found |= is_buildkitd(list->items[i]);
	return found;
}

static bool is_program(const struct oci_rootfs_entry *entry)
{
	return entry && entry->type == OCI_ENTRY_FILE && (entry->mode & 0111);
}

static bool has_init(const struct oci_lint *lint)
{
	static const char *const inits[] = {
		"/sbin/docker-init", "/usr/bin/tini", "/usr/bin/docker-init",
		"/sbin/tini", "/bin/tini", "/usr/bin/tini-static", "/tini",
		"/usr/local/bin/tini",
	};

	for (size_t i = 0; i < sizeof(inits) / sizeof(inits[0]); i++)
		if (is_program(oci_lint_find(lint, inits[i])))
			return true;
	return false;
}

static void check_helpers(struct oci_lint *lint)
{
	if (!is_program(oci_command_find(lint, "buildctl")))
		oci_lint_report(lint, "buildkit-entrypoint", NULL,
				"buildctl is not on PATH: buildx talks to "
				"buildkitd through 'buildctl dial-stdio'");
	if (!is_program(oci_command_find(lint, "runc")) &&
	    !is_program(oci_command_find(lint, "buildkit-runc")) &&
	    !is_program(oci_command_find(lint, "crun")))
		oci_lint_report(lint, "buildkit-entrypoint", NULL,
				"neither runc nor crun is on PATH: buildkitd "
				"cannot run a build's commands");
}

int oci_lint_buildkit(struct oci_lint *lint, struct oci_error *err)
{
	const struct oci_config *config = lint->subject->config;
	bool last, other;
	bool entry = has_buildkitd(&config->entrypoint, &last);
	bool cmd = has_buildkitd(&config->cmd, &other);

	(void)err;
	if (!entry && !cmd)
		return 0;
	if ((entry && !last) || (!entry && config->entrypoint.count))
		oci_lint_report(
			lint, "buildkit-entrypoint", NULL,
			"its entrypoint does not end in buildkitd: "
			"buildx replaces the command by flags for "
			"buildkitd, which '%s' would get",
			config->entrypoint.items[config->entrypoint.count - 1]);
	if (!has_init(lint))
		oci_lint_report(lint, "init-missing", NULL,
				"it has neither /sbin/docker-init nor tini: "
				"on an engine whose docker-init is not static, "
				"'docker buildx create' ends with \"exec "
				"/sbin/docker-init: no such file or "
				"directory\"");
	check_helpers(lint);
	return 0;
}
