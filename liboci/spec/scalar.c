/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decodes typed scalars. The key decides the type, not YAML: 0755 is octal, and
 * "no" is a text where a text is expected.
 */
#include "spec/scalar.h"

#include <string.h>

#include <oci/tree.h>

#include "base/date.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/time.h"
#include "spec/plan.h"

enum { COUNT_MAX = 1000, SHORTEST = 1000000 };

/* The largest id; 2^32 - 1 means none. */
#define ID_MAX UINT64_C(4294967294)

bool oci_decode_flag(struct oci_decoder *d, const struct oci_yaml *node,
		     void *out)
{
	const char *text;

	if (!oci_decode_text(d, node, &text))
		return false;
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return oci_diagnose(d->report, node, "'%s' is '%s', expected "
				    "true or false", d->key, text);
	*(bool *)out = strcmp(text, "true") == 0;
	return true;
}

bool oci_decode_mode(struct oci_decoder *d, const struct oci_yaml *node,
		     void *out)
{
	const char *text, *digits;
	uint64_t mode;

	if (!oci_decode_text(d, node, &text))
		return false;
	if (strcmp(text, "keep") == 0) {
		*(int64_t *)out = OCI_KEEP;
		return true;
	}
	/* JSON specs may have 420 for 0644. */
	if (node->plain && node->text[0] >= '1' && node->text[0] <= '9')
		return oci_diagnose(d->report, node,
				    "'%s' is the decimal "
				    "number %s, expected octal digits with a 0 "
				    "in front, or in quotes, such as 0755 or "
				    "\"0755\"",
				    d->key, node->text);
	digits = strncmp(text, "0o", 2) == 0 ? text + 2 : text;
	if (!oci_number_parse(&mode, digits, 8, 07777))
		return oci_diagnose(d->report, node, "'%s' is '%s', expected "
				    "octal digits up to 07777 such as 0755, "
				    "or keep", d->key, text);
	*(int64_t *)out = (int64_t)mode;
	return true;
}

/* Splits text at its only colon into two numbers. */
static bool parse_ids(const char *text, uint64_t max, uint64_t *first,
		      uint64_t *second)
{
	size_t size = strcspn(text, ":");
	char head[16];

	if (!text[size] || size >= sizeof(head))
		return false;
	memcpy(head, text, size);
	head[size] = '\0';
	return oci_number_parse(first, head, 10, max) &&
	       oci_number_parse(second, text + size + 1, 10, max);
}

bool oci_decode_owner(struct oci_decoder *d, const struct oci_yaml *node,
		      void *out)
{
	struct oci_plan_owner *owner = out;
	const char *text;
	uint64_t uid, gid;

	if (!oci_decode_text(d, node, &text))
		return false;
	if (strcmp(text, "keep") == 0) {
		*owner = (struct oci_plan_owner){OCI_KEEP, OCI_KEEP};
		return true;
	}
	if (!parse_ids(text, ID_MAX, &uid, &gid))
		return oci_diagnose(d->report, node, "'%s' is '%s', expected "
				    "\"UID:GID\" in numbers such as \"0:0\", "
				    "or keep", d->key, text);
	*owner = (struct oci_plan_owner){(int64_t)uid, (int64_t)gid};
	return true;
}

bool oci_decode_mtime(struct oci_decoder *d, const struct oci_yaml *node,
		      void *out)
{
	const char *text;
	uint64_t seconds;

	if (!oci_decode_text(d, node, &text))
		return false;
	if (strcmp(text, "keep") == 0)
		*(int64_t *)out = OCI_KEEP;
	else if (oci_number_parse(&seconds, text, 10, OCI_TIME_MAX))
		*(int64_t *)out = (int64_t)seconds;
	else if (!oci_date_parse(out, text))
		return oci_diagnose(d->report, node, "'%s' is '%s', expected "
				    "seconds since 1970, a date such as "
				    "2026-01-31 or 2026-01-31T12:00:00Z, or "
				    "keep", d->key, text);
	return true;
}

bool oci_decode_count(struct oci_decoder *d, const struct oci_yaml *node,
		      void *out)
{
	const char *text;
	uint64_t count;

	if (!oci_decode_text(d, node, &text))
		return false;
	if (!oci_number_parse(&count, text, 10, COUNT_MAX))
		return oci_diagnose(d->report, node, "'%s' is '%s', expected a "
				    "number from 0 to %d", d->key, text,
				    COUNT_MAX);
	*(int64_t *)out = (int64_t)count;
	return true;
}

bool oci_decode_duration(struct oci_decoder *d, const struct oci_yaml *node,
			 void *out)
{
	const char *text;
	int64_t span;

	if (!oci_decode_text(d, node, &text))
		return false;
	if (!oci_duration_parse(&span, text))
		return oci_diagnose(d->report, node, "'%s' is '%s', expected a "
				    "time with its unit such as 30s, 1m30s or "
				    "500ms", d->key, text);
	if (span > 0 && span < SHORTEST)
		return oci_diagnose(d->report, node, "'%s' is '%s', expected 0 "
				    "or at least 1ms, which is the least that "
				    "engines take", d->key, text);
	*(int64_t *)out = span;
	return true;
}

bool oci_decode_device(struct oci_decoder *d, const struct oci_yaml *node,
		       void *out)
{
	struct oci_plan_device *device = out;
	const char *text;
	uint64_t major, minor;

	if (!oci_decode_text(d, node, &text))
		return false;
	if (strcmp(text, "p") == 0) {
		*device = (struct oci_plan_device){OCI_ENTRY_FIFO, 0, 0};
		return true;
	}
	if ((text[0] != 'c' && text[0] != 'b') || text[1] != ' ' ||
	    !parse_ids(text + 2, UINT32_MAX, &major, &minor))
		return oci_diagnose(d->report, node, "'%s' is '%s', expected "
				    "\"c MAJOR:MINOR\", \"b MAJOR:MINOR\" or "
				    "\"p\", such as \"c 10:229\"", d->key,
				    text);
	device->type = text[0] == 'c' ? OCI_ENTRY_CHARACTER_DEVICE :
					OCI_ENTRY_BLOCK_DEVICE;
	device->major = (uint32_t)major;
	device->minor = (uint32_t)minor;
	return true;
}

static const char *const signals[] = {
	"SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGKILL", "SIGUSR1",
	"SIGUSR2", "SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCONT",
	"SIGFPE", "SIGILL", "SIGIO", "SIGIOT", "SIGPIPE", "SIGPOLL", "SIGPROF",
	"SIGPWR", "SIGSEGV", "SIGSTKFLT", "SIGSTOP", "SIGSYS", "SIGTRAP",
	"SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGVTALRM", "SIGWINCH",
	"SIGXCPU", "SIGXFSZ",
};

enum { SIGNAL_COUNT = sizeof(signals) / sizeof(signals[0]) };

/* SIGRTMIN, SIGRTMIN+N, SIGRTMAX and SIGRTMAX-N. */
static bool is_realtime(const char *text)
{
	uint64_t offset;
	bool low = strncmp(text, "SIGRTMIN", 8) == 0;

	if (!low && strncmp(text, "SIGRTMAX", 8) != 0)
		return false;
	text += 8;
	return !*text || (*text == (low ? '+' : '-') &&
			  oci_number_parse(&offset, text + 1, 10, 30));
}

bool oci_decode_signal(struct oci_decoder *d, const struct oci_yaml *node,
		       void *out)
{
	const char *text, *near;
	uint64_t number;
	bool known;

	if (!oci_decode_word(d, node, &text))
		return false;
	known = is_realtime(text) ||
		(oci_number_parse(&number, text, 10, 64) && number > 0);
	for (size_t i = 0; !known && i < SIGNAL_COUNT; i++)
		known = strcmp(text, signals[i]) == 0;
	if (known) {
		*(const char **)out = text;
		return true;
	}
	if (!oci_diagnostics_hint(d->report))
		return false;
	near = oci_text_nearest(signals, SIGNAL_COUNT, text);
	return oci_diagnose(d->report, node, "'%s' is '%s', expected the name "
			    "or number of a signal such as %s", d->key, text,
			    near ? near : "SIGTERM");
}
