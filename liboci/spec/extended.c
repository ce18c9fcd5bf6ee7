/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/extended.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "spec/plan.h"

#define CAPABILITY "security.capability"
#define EXAMPLE "cap_net_bind_service=ep"

/* Indexed by their numbers in linux/capability.h, without "cap_". */
static const char *const names[] = {
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill",
	"setgid", "setuid", "setpcap", "linux_immutable", "net_bind_service",
	"net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
	"sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
	"sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time",
	"sys_tty_config", "mknod", "lease", "audit_write", "audit_control",
	"setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm",
	"block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
};

enum { COUNT = sizeof(names) / sizeof(names[0]), VALUE_SIZE = 20 };

struct capabilities {
	uint64_t permitted;
	uint64_t inheritable;
	bool effective;
	bool some; /* a clause was read */
};

static bool append(struct oci_decoder *d, const struct oci_yaml *node,
		   struct oci_plan_extended *list, const char *name,
		   const void *value, size_t size)
{
	struct oci_extended *items;

	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].name, name) == 0)
			return oci_diagnose(d->report, node,
					    "'%s' gives %s a second time, "
					    "expected one of them",
					    d->key, name);
	items = oci_arena_alloc(d->arena, (list->count + 1) * sizeof(*items));
	if (!items)
		return oci_diagnose_nomem(d->report);
	if (list->count)
		memcpy(items, list->items, list->count * sizeof(*items));
	items[list->count] = (struct oci_extended){
		oci_arena_text(d->arena, name),
		oci_arena_copy(d->arena, value, size), size,
	};
	if (!items[list->count].name || !items[list->count].value)
		return oci_diagnose_nomem(d->report);
	list->items = items;
	list->count++;
	return true;
}

/* Returns the bit of "cap_net_raw" or "net_raw", all for "all", or 0. */
static uint64_t find_capability(const char *text, size_t size)
{
	if (size == 3 && strncasecmp(text, "all", size) == 0)
		return (UINT64_C(1) << COUNT) - 1;
	if (size > 4 && strncasecmp(text, "cap_", 4) == 0) {
		text += 4;
		size -= 4;
	}
	for (size_t i = 0; i < COUNT; i++)
		if (strlen(names[i]) == size &&
		    strncasecmp(text, names[i], size) == 0)
			return UINT64_C(1) << i;
	return 0;
}

/* Reads one clause, "NAME,NAME=FLAGS" or "NAME,NAME+FLAGS". */
static bool read_clause(struct capabilities *out, const char *text, size_t size)
{
	size_t end = strcspn(text, "=+ \t"), flags = end + 1;
	uint64_t bits = 0;
	bool effective = false, permitted = false, inheritable = false;

	if (end + 2 > size || text[end] == ' ' || text[end] == '\t')
		return false;
	while (*text != '=' && *text != '+') {
		size_t name = strcspn(text, ",=+");
		uint64_t bit = find_capability(text, name);

		if (!bit)
			return false;
		bits |= bit;
		name += text[name] == ',';
		text += name;
		flags -= name;
		size -= name;
	}
	for (size_t i = flags; i < size; i++) {
		effective |= text[i] == 'e';
		permitted |= text[i] == 'p';
		inheritable |= text[i] == 'i';
		if (!strchr("eip", text[i]))
			return false;
	}
	/* A file has one effective bit for all its capabilities. */
	if (!(permitted || inheritable) || !bits ||
	    (out->some && out->effective != effective))
		return false;
	out->some = true;
	out->effective = effective;
	out->permitted |= permitted ? bits : 0;
	out->inheritable |= inheritable ? bits : 0;
	return true;
}

static void put32(unsigned char *out, uint64_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> 8 * i);
}

/* The format is struct vfs_cap_data of linux/capability.h, revision 2. */
static void format(unsigned char out[VALUE_SIZE], const struct capabilities *c)
{
	put32(out, UINT64_C(0x02000000) | c->effective);
	put32(out + 4, c->permitted);
	put32(out + 8, c->inheritable);
	put32(out + 12, c->permitted >> 32);
	put32(out + 16, c->inheritable >> 32);
}

bool oci_decode_capabilities(struct oci_decoder *d, const struct oci_yaml *node,
			     void *out)
{
	unsigned char value[VALUE_SIZE];
	struct capabilities found = {0};
	const char *text, *at;

	if (!oci_decode_word(d, node, &text))
		return false;
	for (at = text; *at; at += strspn(at, " \t")) {
		size_t size = strcspn(at, " \t");

		if (size && !read_clause(&found, at, size))
			return oci_diagnose(d->report, node,
					    "'%s' is '%.200s', expected "
					    "capabilities(7) such as "
					    EXAMPLE, d->key, text);
		at += size;
	}
	if (!found.some)
		return oci_diagnose(d->report, node,
				    "'%s' is blank, expected capabilities(7) "
				    "such as " EXAMPLE, d->key);
	format(value, &found);
	return append(d, node, out, CAPABILITY, value, sizeof(value));
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Decodes the digits of "0x..." in place. */
static bool read_hex(char *text, size_t *size)
{
	*size = strlen(text) / 2;
	if (strlen(text) % 2)
		return false;
	for (size_t i = 0; i < *size; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		text[i] = (char)(high << 4 | low);
	}
	return true;
}

static bool read_value(struct oci_decoder *d, const struct oci_yaml *node,
		       struct oci_plan_extended *list, const char *name,
		       const char *text)
{
	char *value = NULL;
	size_t size = strlen(text);
	bool good = true;

	if (strncmp(text, "0s", 2) == 0) {
		good = oci_base64_decode(&value, &size, text + 2, NULL) == 0;
	} else if (strncmp(text, "0x", 2) == 0) {
		value = oci_arena_text(d->arena, text + 2);
		if (!value)
			return oci_diagnose_nomem(d->report);
		good = read_hex(value, &size);
	}
	/* linux/capability.h: revisions 2 and 3. */
	if (good && strcmp(name, CAPABILITY) == 0)
		good = (size == VALUE_SIZE && (value ? value : text)[3] == 2) ||
		       (size == VALUE_SIZE + 4 &&
			(value ? value : text)[3] == 3);
	if (!good)
		good = oci_diagnose(d->report, node,
				    "'%s' is '%.200s', expected a text, 0x and "
				    "hexadecimal digits, or 0s and base64",
				    name, text);
	else
		good = append(d, node, list, name, value ? value : text, size);
	if (text[0] == '0' && text[1] == 's')
		free(value);
	return good;
}

/* Returns whether all readers of pax records handle the name the same way. */
static bool is_user_name(const char *name)
{
	if (strncmp(name, "user.", 5) != 0 || !name[5] || strlen(name) > 255)
		return false;
	for (; *name; name++)
		if (*name <= ' ' || *name > '~' || *name == '%' || *name == '=')
			return false;
	return true;
}

bool oci_decode_xattrs(struct oci_decoder *d, const struct oci_yaml *node,
		       void *out)
{
	struct oci_pairs map = {0};
	bool good = oci_decode_pairs(d, node, &map);

	for (size_t i = 0; good && i < map.count; i++) {
		const char *name = map.items[i].key;

		if (strcmp(name, CAPABILITY) != 0 && !is_user_name(name))
			good = oci_diagnose(d->report, node,
					    "'%s' has '%.300s', expected "
					    "user.NAME or " CAPABILITY,
					    d->key, name);
		else
			good = read_value(d, node, out, name,
					  map.items[i].value);
	}
	return good;
}
