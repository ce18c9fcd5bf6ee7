/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entrypoint-missing, entrypoint-not-executable, shebang-missing: what the
 * container starts first, and behind an init what that starts.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "lint/command.h"

enum { HEAD_MAX = 256, DEPTH_MAX = 4 };

static int check_program(struct oci_lint *lint,
			 const struct oci_account *account, const char *name,
			 const char *what, int depth, struct oci_error *err);

/* "#! INTERPRETER [ARGUMENT]": both, or empty. execve(2). */
static int read_shebang(char interpreter[HEAD_MAX], char argument[HEAD_MAX],
			const struct oci_rootfs_entry *entry,
			struct oci_error *err)
{
	char *text, *line;
	size_t size, n;
	int rc = oci_lint_load(&text, &size, entry, HEAD_MAX - 1, err);

	interpreter[0] = argument[0] = '\0';
	if (rc)
		return rc;
	if (strncmp(text, "#!", 2) == 0) {
		text[strcspn(text, "\n")] = '\0';
		line = text + 2 + strspn(text + 2, " \t");
		n = strcspn(line, " \t\r");
		memcpy(interpreter, line, n);
		interpreter[n] = '\0';
		line += n + strspn(line + n, " \t");
		n = strcspn(line, " \t\r");
		memcpy(argument, line, n);
		argument[n] = '\0';
	}
	free(text);
	return 0;
}

/* A script is started by its interpreter, and env by what it is told. */
static int check_script(struct oci_lint *lint,
			const struct oci_account *account,
			const struct oci_rootfs_entry *script, int depth,
			struct oci_error *err)
{
	char interpreter[HEAD_MAX], argument[HEAD_MAX];
	const struct oci_rootfs_entry *found;
	int rc = read_shebang(interpreter, argument, script, err);

	if (rc || !interpreter[0])
		return rc;
	found = oci_lint_find(lint, interpreter);
	if (!found || found->type != OCI_ENTRY_FILE) {
		oci_lint_report(lint, "shebang-missing", script,
				"its interpreter '%s' is not in the image",
				interpreter);
		return 0;
	}
	if (strcmp(oci_command_name(interpreter), "env") == 0 &&
	    argument[0] && argument[0] != '-') {
		found = oci_command_find(lint, argument);
		if (!found) {
			oci_lint_report(lint, "shebang-missing", script,
					"'%s', which env is to find for it, is "
					"not on PATH", argument);
			return 0;
		}
	}
	return check_program(lint, account, interpreter, "its interpreter",
			     depth + 1, err);
}

static int check_program(struct oci_lint *lint,
			 const struct oci_account *account, const char *name,
			 const char *what, int depth, struct oci_error *err)
{
	const struct oci_rootfs_entry *entry = oci_command_find(lint, name);

	if (depth > DEPTH_MAX)
		return 0;
	if (!entry || entry->type != OCI_ENTRY_FILE) {
		oci_lint_report(lint, "entrypoint-missing", entry,
				"%s '%s' %s", what, name,
				entry ? "is no file" :
				strchr(name, '/') ? "is not in the image" :
						    "is not on PATH");
		return 0;
	}
	if (!oci_account_executes(account, entry))
		oci_lint_report(lint, "entrypoint-not-executable", entry,
				"%s has mode %04o, owner %u:%u: the config's "
				"user may not execute it", what, entry->mode,
				entry->uid, entry->gid);
	return check_script(lint, account, entry, depth, err);
}

int oci_lint_entrypoint(struct oci_lint *lint, struct oci_error *err)
{
	struct oci_command command;
	struct oci_account account;
	int rc;

	if (strcmp(lint->subject->config->platform.os, "linux") != 0)
		return 0;
	oci_command_read(&command, lint->subject->config);
	/* Without any, who runs it says what to start. */
	if (!command.count)
		return 0;
	rc = oci_account_read(&account, lint, err);
	if (!rc)
		rc = check_program(lint, &account, command.words[0],
				   lint->subject->config->entrypoint.count ?
					   "the entrypoint" : "the command", 0,
				   err);
	if (!rc && command.payload)
		rc = check_program(lint, &account,
				   command.words[command.payload],
				   "what the init starts,", 0, err);
	return rc;
}
