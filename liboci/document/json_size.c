/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits the memory of a parsed JSON text: an empty object has two bytes but
 * takes two hundred. The text is counted before it is parsed.
 */
#include <stdbool.h>

#include "base/error.h"
#include "document/json.h"

/* An index.json of 20 MiB with 60,000 images has fewer. */
enum { CONTAINERS_MAX = 300 * 1000, VALUES_MAX = 600 * 1000 };

int oci_json_check_size(const char *json, size_t size, struct oci_error *err)
{
	size_t containers = 0, values = 0;
	bool text = false;

	for (size_t i = 0; i < size; i++) {
		if (text && json[i] == '\\')
			i++;
		else if (json[i] == '"')
			text = !text;
		else if (!text && (json[i] == '{' || json[i] == '['))
			containers++;
		else if (!text && json[i] == ',')
			values++;
	}
	if (containers <= CONTAINERS_MAX && values <= VALUES_MAX)
		return 0;
	return oci_fail(err, OCI_E_LIMIT, "a document has more than %d objects "
			"and lists, or %d values, the most that are read",
			CONTAINERS_MAX, VALUES_MAX);
}
