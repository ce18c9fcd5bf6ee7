/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user-missing, group-missing: looks up the config's names in the image's
 * /etc/passwd and /etc/group; passwd(5) and group(5).
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "lint/command.h"

enum { FILE_MAX = 1024 * 1024, NAME_ROOM = 256, LIST_ROOM = 4096 };

/* Copies field n of a line; returns false if there are fewer fields. */
static bool field(char *out, size_t room, const char *line, size_t size,
		  unsigned n)
{
	const char *end = line + size;

	for (; n; n--) {
		line = memchr(line, ':', (size_t)(end - line));
		if (!line)
			return false;
		line++;
	}
	size = strcspn(line, ":\n");
	if (size > (size_t)(end - line))
		size = (size_t)(end - line);
	if (size >= room)
		return false;
	memcpy(out, line, size);
	out[size] = '\0';
	return true;
}

static bool number_field(uint32_t *out, const char *line, size_t size,
			 unsigned n)
{
	char text[NAME_ROOM];
	uint64_t number;

	if (!field(text, sizeof(text), line, size, n) ||
	    !oci_number_parse(&number, text, 10, UINT32_MAX))
		return false;
	*out = (uint32_t)number;
	return true;
}

/* Finds the line whose field n is value; returns NULL if there is none. */
static const char *find_line(size_t *size, const char *text, unsigned n,
			     const char *value)
{
	char found[NAME_ROOM];

	for (; *text; text += *size + (text[*size] == '\n')) {
		*size = strcspn(text, "\n");
		if (field(found, sizeof(found), text, *size, n) &&
		    strcmp(found, value) == 0)
			return text;
	}
	return NULL;
}

/* *unread: the file exists, but its contents are unknown. */
static int load(char **out, bool *unread, const struct oci_lint *lint,
		const char *path, struct oci_error *err)
{
	const struct oci_rootfs_entry *entry = oci_lint_find(lint, path);
	size_t size;

	*unread = entry && entry->unread;
	if (!entry || entry->type != OCI_ENTRY_FILE) {
		*out = calloc(1, 1);
		return *out ? 0 : oci_fail_nomem(err);
	}
	return oci_lint_load(out, &size, entry, FILE_MAX, err);
}

/* Splits "USER[:GROUP]". */
static bool split(char user[NAME_ROOM], char group[NAME_ROOM],
		  const char *text)
{
	size_t size = text ? strcspn(text, ":") : 0;

	user[0] = group[0] = '\0';
	if (!text || size >= NAME_ROOM || strlen(text) - size >= NAME_ROOM)
		return false;
	memcpy(user, text, size);
	user[size] = '\0';
	if (text[size])
		memcpy(group, text + size + 1, strlen(text + size + 1) + 1);
	return true;
}

static bool is_number(uint32_t *out, const char *text)
{
	uint64_t number;

	if (!oci_number_parse(&number, text, 10, UINT32_MAX))
		return false;
	*out = (uint32_t)number;
	return true;
}

/* Returns whether the list "a,b,c" contains name. */
static bool lists(const char *list, const char *name)
{
	size_t size = strlen(name);

	for (; *list; list += strcspn(list, ","), list += *list == ',')
		if (strncmp(list, name, size) == 0 &&
		    (list[size] == ',' || list[size] == '\0'))
			return true;
	return false;
}

/* Finds the groups that list a user. */
static void find_groups(struct oci_account *out, const char *groups,
			const char *user)
{
	const char *line = groups;
	char members[LIST_ROOM];
	size_t size;

	for (; *line && out->more_count < OCI_GROUPS;
	     line += size + (line[size] == '\n')) {
		size = strcspn(line, "\n");
		if (field(members, LIST_ROOM, line, size, 3) &&
		    lists(members, user) &&
		    number_field(&out->more[out->more_count], line, size, 2))
			out->more_count++;
	}
}

/* The result of looking up a user and a group; "" means root. */
struct lookup {
	bool user, group; /* they were found */
	bool unread;	  /* a missing one may be in a file that was not
			   * read */
	struct oci_account account;
};

static void look_up(struct lookup *out, const char *passwd,
		    const char *groups, const char *user, const char *group)
{
	struct oci_account *account = &out->account;
	char name[NAME_ROOM];
	const char *line;
	size_t size;

	*out = (struct lookup){ .user = true, .group = true };
	if (*user) {
		line = find_line(&size, passwd, 0, user);
		out->user = is_number(&account->uid, user) ||
			    (line && number_field(&account->uid, line, size,
						  2));
		if (!line)
			line = find_line(&size, passwd, 2, user);
		if (line)
			number_field(&account->gid, line, size, 3);
		if (line && !*group &&
		    field(name, sizeof(name), line, size, 0))
			find_groups(account, groups, name);
	}
	if (*group) {
		line = find_line(&size, groups, 0, group);
		out->group = is_number(&account->gid, group) ||
			     (line && number_field(&account->gid, line, size,
						   2));
	}
}

static int read_both(struct lookup *out, char user[NAME_ROOM],
		     char group[NAME_ROOM], const struct oci_lint *lint,
		     struct oci_error *err)
{
	char *passwd = NULL, *groups = NULL;
	bool no_users, no_groups;
	int rc;

	split(user, group, lint->subject->config->user);
	rc = load(&passwd, &no_users, lint, "/etc/passwd", err);
	if (!rc)
		rc = load(&groups, &no_groups, lint, "/etc/group", err);
	if (!rc) {
		look_up(out, passwd, groups, user, group);
		out->unread =
			(!out->user && no_users) || (!out->group && no_groups);
	}
	free(passwd);
	free(groups);
	return rc;
}

int oci_account_read(struct oci_account *out, const struct oci_lint *lint,
		     struct oci_error *err)
{
	char user[NAME_ROOM], group[NAME_ROOM];
	struct lookup found = {0};
	int rc = read_both(&found, user, group, lint, err);

	*out = found.account;
	out->known = found.user && found.group;
	return rc;
}

bool oci_account_executes(const struct oci_account *account,
			  const struct oci_rootfs_entry *entry)
{
	if (!account->known || account->uid == 0)
		return entry->mode & 0111;
	if (account->uid == entry->uid)
		return entry->mode & 0100;
	if (account->gid == entry->gid)
		return entry->mode & 0010;
	for (size_t i = 0; i < account->more_count; i++)
		if (account->more[i] == entry->gid)
			return entry->mode & 0010;
	return entry->mode & 0001;
}

int oci_lint_accounts(struct oci_lint *lint, struct oci_error *err)
{
	char user[NAME_ROOM], group[NAME_ROOM];
	struct lookup found = {0};
	int rc = read_both(&found, user, group, lint, err);

	if (rc || found.unread)
		return rc;
	if (!found.user)
		oci_lint_report(lint, "user-missing",
				oci_lint_find(lint, "/etc/passwd"),
				"the config's user '%s' is not in /etc/passwd",
				user);
	if (!found.group)
		oci_lint_report(lint, "group-missing",
				oci_lint_find(lint, "/etc/group"),
				"the config's group '%s' is not in /etc/group",
				group);
	return 0;
}
