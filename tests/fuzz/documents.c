/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents: what can be parsed can be written, and what was written is read
 * back and written as the same bytes.
 */
#include <string.h>

#include "document/archive.h"
#include "document/artifact.h"
#include "document/engine.h"
#include "document/kind.h"
#include "document/token.h"
#include "target.h"

static void check_same(const char *a, const char *b)
{
	if (!a || !b || strcmp(a, b) != 0)
		abort();
}

static void try_manifest(const char *text, size_t size)
{
	struct oci_manifest m;
	char *first = NULL, *second = NULL;

	if (oci_manifest_parse(&m, text, size, NULL, NULL))
		return;
	if (oci_manifest_format(&first, &m, NULL))
		abort();
	oci_manifest_release(&m);
	if (oci_manifest_parse(&m, first, strlen(first), NULL, NULL) ||
	    oci_manifest_format(&second, &m, NULL))
		abort();
	check_same(first, second);
	oci_manifest_release(&m);
	free(first);
	free(second);
}

static void try_index(const char *text, size_t size)
{
	struct oci_index i;
	char *first = NULL, *second = NULL;

	if (oci_index_parse(&i, text, size, NULL, NULL))
		return;
	if (oci_index_format(&first, &i, NULL))
		abort();
	oci_index_release(&i);
	if (oci_index_parse(&i, first, strlen(first), NULL, NULL) ||
	    oci_index_format(&second, &i, NULL))
		abort();
	check_same(first, second);
	oci_index_release(&i);
	free(first);
	free(second);
}

static void try_config(const char *text, size_t size)
{
	struct oci_config c;
	char *first = NULL, *second = NULL;

	if (oci_config_parse(&c, text, size, NULL))
		return;
	if (oci_config_format(&first, &c, NULL))
		abort();
	oci_config_release(&c);
	if (oci_config_parse(&c, first, strlen(first), NULL) ||
	    oci_config_format(&second, &c, NULL))
		abort();
	check_same(first, second);
	oci_config_release(&c);
	free(first);
	free(second);
}

/* Answers end in a NUL, as what comes from a registry does. */
static void try_answer(const char *data, size_t size)
{
	char *text = strndup(data, size), *code, *message;

	if (!text)
		abort();
	if (oci_answer_parse(&code, &message, text, strlen(text), NULL))
		abort();
	free(code);
	free(message);
	free(text);
}

/* Answers of engines, and docker's files. */
static void try_engine(const char *text, size_t size)
{
	struct oci_engine_version version;
	struct oci_strings loaded = { 0 };
	char *host;
	bool flag;

	oci_engine_version_parse(&version, text, size, NULL);
	oci_engine_info_parse(&flag, text, size, NULL);
	oci_engine_answer_parse(&loaded, text, size, NULL);
	oci_strings_release(&loaded);
	oci_engine_config_parse(&host, text, size, NULL);
	free(host);
	oci_engine_context_parse(&host, &flag, text, size, NULL);
	free(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct oci_docker_images images;
	struct oci_manifest artifact;
	const char *kind;

	try_manifest(text, size);
	try_index(text, size);
	try_config(text, size);
	try_answer(text, size);
	try_engine(text, size);
	if (!oci_artifact_parse(&artifact, text, size, NULL))
		oci_manifest_release(&artifact);
	oci_layout_check(text, size, NULL);
	oci_document_kind(&kind, text, size, NULL);
	if (!oci_docker_images_parse(&images, text, size, NULL))
		oci_docker_images_release(&images);
	return 0;
}
