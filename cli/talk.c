/* SPDX-License-Identifier: Apache-2.0 */
/* Messages, values of the environment, and signals. */
#include "cli.h"
#include "sandbox.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last second of the year 9999. */
#define YEAR_9999 UINT64_C(253402300799)

/* The signal that came, or 0. Written by a handler, read by any thread. */
static volatile int interrupted;

static void on_signal(int number)
{
	__atomic_store_n(&interrupted, number, __ATOMIC_RELAXED);
}

void catch_signals(void)
{
	/* The second signal of a kind ends the program at once. Calls go on
	 * after the first: what is complete is said, too. */
	struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = (int)(SA_RESETHAND | SA_RESTART),
	}, before;

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* nohup(1) */
	if (sigaction(SIGHUP, NULL, &before) != 0 ||
	    before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	/* If the reader of a pipe ends, write fails with a message. */
	action.sa_handler = SIG_IGN;
	action.sa_flags = 0;
	sigaction(SIGPIPE, &action, NULL);
}

bool was_interrupted(void)
{
	return __atomic_load_n(&interrupted, __ATOMIC_RELAXED) != 0;
}

void end_interrupted(void)
{
	int number = __atomic_load_n(&interrupted, __ATOMIC_RELAXED);

	if (!number)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

volatile const int *interrupted_flag(void)
{
	return &interrupted;
}

/* Whether standard output is a pipe that nobody reads any more. */
static bool reader_has_ended(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) == 1 && out.revents & POLLERR;
}

int say_error(const struct oci_error *err)
{
	/* The error of the interrupted call does not matter. */
	if (was_interrupted()) {
		say(stderr, "oci-pack: interrupted\n");
		return EXIT_FAILED;
	}
	/* As with other filters, the end of the reader is no message. */
	if (err->status != OCI_E_SYSTEM || !reader_has_ended())
		say(stderr, "oci-pack: %s%s\n", err->message,
		    sandbox_advice(err));
	return EXIT_FAILED;
}

int say_no_memory(void)
{
	say(stderr, "oci-pack: out of memory\n");
	return EXIT_FAILED;
}

int say_refused(const char *command, const char *option,
		const struct oci_error *err)
{
	if (err->status == OCI_E_NOMEM)
		return say_no_memory();
	return say_usage(command, "%s%s", option, err->message);
}

int say_usage(const char *command, const char *fmt, ...)
{
	va_list args;

	say(stderr, "oci-pack %s: ", command);
	va_start(args, fmt);
	say_args(stderr, fmt, args);
	va_end(args);
	say(stderr, "; 'oci-pack %s --help' tells the options\n", command);
	return EXIT_USAGE;
}

FILE *result_stream(const char *output)
{
	return strcmp(output, "-") == 0 ? stderr : stdout;
}

const char *temp_dir(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : NULL;
}

static uint64_t most_inflated;

void set_max_inflated(uint64_t bytes)
{
	most_inflated = bytes;
}

uint64_t max_inflated(void)
{
	return most_inflated;
}

bool parse_number(uint64_t *out, const char *text, uint64_t max)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned digit = (unsigned)(*text - '0');

		if (*text < '0' || *text > '9' || digit > max ||
		    value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

bool read_epoch(int64_t *epoch)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	uint64_t value;

	*epoch = OCI_DEFAULT;
	if (!text || !*text)
		return true;
	if (parse_number(&value, text, YEAR_9999)) {
		*epoch = (int64_t)value;
		return true;
	}
	say(stderr,
	    "oci-pack: SOURCE_DATE_EPOCH is '%s', not seconds since 1970, "
	    "up to the year 9999\n", text);
	return false;
}

bool parse_size(uint64_t *out, const char *text)
{
	static const char units[] = "KMG";
	size_t size = strspn(text, "0123456789");
	const char *unit = text[size] ? strchr(units, text[size]) : NULL;
	const char *rest = text + size + (unit != NULL);
	char digits[32];
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

	if (size == 0 || size >= sizeof(digits) ||
	    (*rest && !(unit && strcmp(rest, "iB") == 0)))
		return false;
	memcpy(digits, text, size);
	digits[size] = '\0';
	if (!parse_number(out, digits, UINT64_MAX >> shift))
		return false;
	*out <<= shift;
	return true;
}

const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

void format_size(char out[SIZE_TEXT], uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB" };
	double value = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(out, SIZE_TEXT, "%u B", (unsigned)bytes);
		return;
	}
	for (; value >= 999.95 && unit < 4; unit++)
		value /= 1000;
	snprintf(out, SIZE_TEXT, "%.1f %s", value, units[unit]);
}
