/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates of RFC 3339, section 5.6, and durations of Go's time.ParseDuration
 * without a sign. Days are computed from the calendar, without the C library's
 * time zones.
 */
#include "base/date.h"

#include <stddef.h>
#include <string.h>

#include "base/time.h"

/* Reads exactly count digits. */
static bool read_digits(int *out, const char **p, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++, ++*p) {
		if (**p < '0' || **p > '9')
			return false;
		value = value * 10 + (**p - '0');
	}
	*out = value;
	return true;
}

static bool accept(const char **p, char c)
{
	if (**p != c)
		return false;
	++*p;
	return true;
}

static int days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Returns the days from 1970-01-01 to a date. Years start in March here, so
 * that the leap day is the last day of a year. */
static int64_t day_number(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day;

	return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 1 - 719468;
}

static bool read_date(int64_t *seconds, const char **p)
{
	int year, month, day;

	if (!read_digits(&year, p, 4) || !accept(p, '-') ||
	    !read_digits(&month, p, 2) || !accept(p, '-') ||
	    !read_digits(&day, p, 2))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_of(year, month))
		return false;
	*seconds = day_number(year, month, day) * 86400;
	return true;
}

static bool read_clock(int64_t *seconds, const char **p)
{
	int hour, minute, second;

	if (!read_digits(&hour, p, 2) || !accept(p, ':') ||
	    !read_digits(&minute, p, 2) || !accept(p, ':') ||
	    !read_digits(&second, p, 2))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	if (accept(p, '.')) {
		size_t digits = strspn(*p, "0123456789");

		if (!digits)
			return false;
		*p += digits;
	}
	*seconds += hour * 3600 + minute * 60 + second;
	return true;
}

static bool read_zone(int64_t *seconds, const char **p)
{
	int sign, hour, minute;

	if (accept(p, 'Z') || accept(p, 'z'))
		return true;
	if (accept(p, '+'))
		sign = -1;
	else if (accept(p, '-'))
		sign = 1;
	else
		return false;
	if (!read_digits(&hour, p, 2) || !accept(p, ':') ||
	    !read_digits(&minute, p, 2) || hour > 23 || minute > 59)
		return false;
	*seconds += sign * (hour * 3600 + minute * 60);
	return true;
}

bool oci_date_parse(int64_t *seconds, const char *text)
{
	const char *p = text;
	int64_t value;

	if (!read_date(&value, &p))
		return false;
	if (*p) {
		if (!accept(&p, 'T') && !accept(&p, 't') && !accept(&p, ' '))
			return false;
		if (!read_clock(&value, &p) || !read_zone(&value, &p))
			return false;
	}
	if (*p || value < 0 || value > OCI_TIME_MAX)
		return false;
	*seconds = value;
	return true;
}

/* Reads a unit; returns 0 if there is none. */
static int64_t read_unit(const char **p)
{
	static const struct {
		const char *name;
		int64_t nanoseconds;
	} units[] = {
		{ "ns", 1 },
		{ "us", 1000 },
		{ "\xc2\xb5s", 1000 },	/* the micro sign, and mu */
		{ "\xce\xbcs", 1000 },
		{ "ms", 1000000 },
		{ "s", INT64_C(1000000000) },
		{ "m", INT64_C(60000000000) },
		{ "h", INT64_C(3600000000000) },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t size = strlen(units[i].name);

		if (strncmp(*p, units[i].name, size) != 0)
			continue;
		*p += size;
		return units[i].nanoseconds;
	}
	return 0;
}

/* Reads one number with its unit, such as "1.5h", and adds it to *total. */
static bool read_span(int64_t *total, const char **p)
{
	int64_t whole = 0, part = 0, scale = 1, unit;
	bool digits = false;

	for (; **p >= '0' && **p <= '9'; ++*p, digits = true) {
		if (whole > (INT64_MAX - 9) / 10)
			return false;
		whole = whole * 10 + (**p - '0');
	}
	if (accept(p, '.'))
		for (; **p >= '0' && **p <= '9'; ++*p, digits = true)
			if (scale < 100000) { /* more digits are dropped */
				part = part * 10 + (**p - '0');
				scale *= 10;
			}
	unit = digits ? read_unit(p) : 0;
	if (!unit || whole > INT64_MAX / unit ||
	    whole * unit > INT64_MAX - unit - *total)
		return false;
	*total += whole * unit + part * unit / scale;
	return true;
}

bool oci_duration_parse(int64_t *nanoseconds, const char *text)
{
	const char *p = text;
	int64_t total = 0;

	if (strcmp(text, "0") == 0) {
		*nanoseconds = 0;
		return true;
	}
	do {
		if (!read_span(&total, &p))
			return false;
	} while (*p);
	*nanoseconds = total;
	return true;
}
