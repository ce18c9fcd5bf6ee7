/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entrypoint-format, entrypoint-missing, entrypoint-not-executable,
 * shebang-missing: checks the program that the container starts, and the one
 * that an init starts.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "lint/command.h"
#include "lint/elf.h"

enum { HEAD_MAX = 256, DEPTH_MAX = 4, NOTES_MAX = 4096 };

/* How a program is started, and as which user. */
struct start {
	struct oci_lint *lint;
	const struct oci_account *account;
	bool by_execvp; /* by glibc's execvp(3), which starts a file without a
			 * known format with /bin/sh */
};

static int check_program(const struct start *start, const char *name,
			 const char *what, int depth, struct oci_error *err);

/* Reads "#! INTERPRETER [ARGUMENT]" (execve(2)); both are empty without it. A
 * carriage return is part of the name. *binary: it is an ELF file. */
static int read_head(bool *binary, char interpreter[HEAD_MAX],
		     char argument[HEAD_MAX],
		     const struct oci_rootfs_entry *entry,
		     struct oci_error *err)
{
	char *text, *line;
	size_t size, n;
	int rc = oci_lint_load(&text, &size, entry, HEAD_MAX - 1, err);

	interpreter[0] = argument[0] = '\0';
	*binary = false;
	if (rc)
		return rc;
	*binary = size >= 4 && memcmp(text, "\177ELF", 4) == 0;
	if (strncmp(text, "#!", 2) == 0) {
		n = strcspn(text, "\n");
		while (n > 2 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
			n--;
		text[n] = '\0';
		line = text + 2 + strspn(text + 2, " \t");
		n = strcspn(line, " \t");
		memcpy(interpreter, line, n);
		interpreter[n] = '\0';
		line += n + strspn(line + n, " \t");
		memcpy(argument, line, strlen(line) + 1);
	}
	free(text);
	return 0;
}

/* Returns the program that env starts: its only word, or with -S the first word
 * that sets no variable. Returns "" if it is unknown, for example because PATH
 * is set. */
static const char *program_of_env(char *argument)
{
	char *word, *rest;

	if (argument[0] != '-')
		return argument;
	if (strncmp(argument, "-S", 2) != 0)
		return "";
	for (word = strtok_r(argument + 2, " \t", &rest); word;
	     word = strtok_r(NULL, " \t", &rest))
		if (word[0] == '-' || strpbrk(word, "\"'$\\") ||
		    strncmp(word, "PATH=", 5) == 0)
			return "";
		else if (!strchr(word, '='))
			return word;
	return "";
}

static void add_started(struct oci_lint *lint,
			const struct oci_rootfs_entry *entry)
{
	if (lint->started_count < OCI_LINT_STARTED)
		lint->started[lint->started_count++] = entry;
}

/* Checks the interpreter of a script, and the program that env starts. */
static int check_script(const struct start *start,
			const struct oci_rootfs_entry *script,
			char *interpreter, char *argument, int depth,
			struct oci_error *err)
{
	struct oci_lint *lint = start->lint;
	const struct oci_rootfs_entry *found;
	const char *wanted;
	size_t n;

	found = oci_lint_find(lint, interpreter);
	if (!found || found->type != OCI_ENTRY_FILE) {
		n = strcspn(interpreter, "\r");
		oci_lint_report(lint, "shebang-missing", script,
				"its interpreter '%.*s' is not in the image%s",
				(int)n, interpreter, interpreter[n] ?
				": its lines end in carriage returns, which "
				"are part of the name" : "");
		return 0;
	}
	wanted = program_of_env(argument);
	if (strcmp(oci_command_name(interpreter), "env") == 0 && *wanted) {
		found = oci_command_find(lint, wanted);
		if (!found) {
			oci_lint_report(lint, "shebang-missing", script,
					"'%s', which env should start, is "
					"not on PATH",
					wanted);
			return 0;
		}
		add_started(lint, found);
	}
	return check_program(start, interpreter, "its interpreter", depth + 1,
			     err);
}

/* Checks that the kernel can start the file. */
static int check_format(const struct start *start,
			const struct oci_rootfs_entry *entry, const char *what,
			int depth, struct oci_error *err)
{
	char interpreter[HEAD_MAX], argument[HEAD_MAX];
	bool binary;
	int rc = read_head(&binary, interpreter, argument, entry, err);

	if (rc || binary)
		return rc;
	if (interpreter[0])
		return check_script(start, entry, interpreter, argument, depth,
				    err);
	if (start->by_execvp && depth == 0)
		return check_program(start, "/bin/sh", "its shell", depth + 1,
				     err);
	if (entry->mode & 0111)
		oci_lint_report(start->lint, "entrypoint-format", entry,
				"%s is neither an ELF program nor a script "
				"whose first line is '#!' and its interpreter",
				what);
	return 0;
}

static int check_program(const struct start *start, const char *name,
			 const char *what, int depth, struct oci_error *err)
{
	const struct oci_account *account = start->account;
	struct oci_lint *lint = start->lint;
	const struct oci_rootfs_entry *entry = oci_command_find(lint, name);
	const struct oci_rootfs_entry *folder;

	if (depth > DEPTH_MAX)
		return 0;
	if (!entry || entry->type != OCI_ENTRY_FILE) {
		oci_lint_report(lint, "entrypoint-missing", entry, "%s '%s' %s",
				what, name,
				entry		    ? "is not a file"
				: strchr(name, '/') ? "is not in the image"
						    : "is not on PATH");
		return 0;
	}
	add_started(lint, entry);
	if (!oci_account_executes(account, entry))
		oci_lint_report(lint, "entrypoint-not-executable", entry,
				"%s has mode %04o, owner %u:%u: the config's "
				"user may not execute it", what, entry->mode,
				entry->uid, entry->gid);
	folder = entry->parent;
	while (folder && oci_account_executes(account, folder))
		folder = folder->parent;
	if (folder)
		oci_lint_report(lint, "entrypoint-not-executable", folder,
				"it contains %s '%s', but has mode %04o, owner "
				"%u:%u: the config's user may not enter it",
				what, name, folder->mode, folder->uid,
				folder->gid);
	return check_format(start, entry, what, depth, err);
}

/* glibc marks programs that are linked with it, static ones too, with an ELF
 * note: name "GNU", 16 bytes, type 1 (NT_GNU_ABI_TAG); or with its OS ABI, for
 * functions that are chosen at start. */
static int has_abi_tag(bool *out, const struct oci_rootfs_entry *entry,
		       struct oci_error *err)
{
	static const char little[] = "\4\0\0\0\20\0\0\0\1\0\0\0GNU";
	static const char big[] = "\0\0\0\4\0\0\0\20\0\0\0\1GNU";
	char *text;
	size_t size;
	int rc = oci_lint_load(&text, &size, entry, NOTES_MAX, err);

	*out = !rc && size > EI_OSABI && text[EI_OSABI] == ELFOSABI_GNU;
	for (size_t i = 0; !rc && !*out && i + sizeof(big) <= size; i++)
		*out = memcmp(text + i, little, sizeof(little)) == 0 ||
		       memcmp(text + i, big, sizeof(big)) == 0;
	free(text);
	return rc;
}

/* Sets *out if the program's execvp is glibc's. */
static int uses_glibc(bool *out, const struct oci_rootfs_entry *entry,
		      struct oci_error *err)
{
	struct oci_arena arena = { 0 };
	struct oci_elf elf;
	int rc;

	*out = false;
	if (!entry || entry->type != OCI_ENTRY_FILE || !entry->kept)
		return 0;
	rc = oci_elf_read(&elf, &arena, entry, err);
	if (!rc && elf.interpreter)
		*out = !strstr(elf.interpreter, "/ld-musl-");
	else if (!rc)
		rc = has_abi_tag(out, entry, err);
	oci_arena_release(&arena);
	return rc;
}

int oci_lint_entrypoint(struct oci_lint *lint, struct oci_error *err)
{
	struct oci_command command;
	struct oci_account account;
	struct start start = { .lint = lint, .account = &account };
	int rc;

	if (strcmp(lint->subject->config->platform.os, "linux") != 0)
		return 0;
	oci_command_read(&command, lint->subject->config);
	/* Without a command, the user of the image decides what to start. */
	if (!command.count)
		return 0;
	rc = oci_account_read(&account, lint, err);
	if (!rc)
		rc = check_program(&start, command.words[0],
				   lint->subject->config->entrypoint.count
					   ? "the entrypoint"
					   : "the command",
				   0, err);
	if (rc || !command.payload)
		return rc;
	rc = uses_glibc(&start.by_execvp,
			oci_command_find(lint, command.words[0]), err);
	if (!rc)
		rc = check_program(&start, command.words[command.payload],
				   "what the init starts,", 0, err);
	return rc;
}
