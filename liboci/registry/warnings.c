/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warning: 299 - "TEXT". A registry may send it with any answer, if a
 * repository is to move or a quota is nearly used up. OCI Distribution
 * Specification, "Warnings".
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/client.h"

enum { WARNINGS_MAX = 20, TEXT_ROOM = 1024 };

/* Reads the quoted text; the specification allows about 1000 bytes. */
static bool read_text(char out[TEXT_ROOM], const char *header)
{
	const char *p = strchr(header, '"');
	size_t n = 0;

	if (strncmp(header, "299 ", 4) != 0 || !p)
		return false;
	for (p++; *p && *p != '"' && n + 1 < TEXT_ROOM; p++) {
		if (*p == '\\' && p[1])
			p++;
		out[n++] = *p;
	}
	out[n] = '\0';
	return n > 0;
}

/* Each warning is reported once, because a push gets many answers. */
static bool is_new(struct oci_registry *registry, const char *text)
{
	return registry->warnings.count < WARNINGS_MAX &&
	       !oci_strings_has(&registry->warnings, text) &&
	       oci_strings_add(&registry->warnings, text, NULL) == 0;
}

void oci_client_warn(struct oci_client *client,
		     const struct oci_http_response *response)
{
	struct oci_registry *registry = client->registry;
	const char *header;
	char text[TEXT_ROOM];
	struct oci_error line;
	size_t at = 0;

	while (registry->options.warning &&
	       (header = oci_http_next_header(response, "warning", &at))) {
		if (!read_text(text, header))
			continue;
		oci_fail(&line, OCI_OK, "registry %s warns: %s", client->host,
			 text);
		pthread_mutex_lock(&registry->lock);
		if (is_new(registry, line.message))
			registry->options.warning(
				registry->options.warning_data, line.message);
		pthread_mutex_unlock(&registry->lock);
	}
}
