/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates without the C library's time zones. Days are converted in eras of 400
 * Gregorian years (146,097 days) from 0000-03-01.
 */
#include "base/time.h"

#include <stdio.h>

void oci_time_format(char out[OCI_TIME_TEXT], int64_t seconds)
{
	unsigned second, day_of_era, year_of_era, day_of_year, shifted, month;
	unsigned year;

	if (seconds < 0)
		seconds = 0;
	if (seconds > OCI_TIME_MAX)
		seconds = OCI_TIME_MAX;
	second = (unsigned)(seconds % 86400);
	day_of_era = (unsigned)((seconds / 86400 + 719468) % 146097);
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
		       day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 -
				    year_of_era / 100);
	shifted = (5 * day_of_year + 2) / 153;
	month = shifted < 10 ? shifted + 3 : shifted - 9;
	year = year_of_era + (month <= 2) + 400 *
	       (unsigned)((seconds / 86400 + 719468) / 146097);
	snprintf(out, OCI_TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ", year,
		 month, day_of_year - (153 * shifted + 2) / 5 + 1,
		 second / 3600, second / 60 % 60, second % 60);
}

bool oci_time_same(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}
