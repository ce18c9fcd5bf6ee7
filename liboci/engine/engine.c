/* SPDX-License-Identifier: Apache-2.0 */
/* Opens an engine, and sends requests to it. */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "document/token.h"

enum { URL_ROOM = 8192, DOCUMENT_MAX = 4 * 1024 * 1024 };

static int fail_status(const struct oci_http_response *response,
		       struct oci_error *err)
{
	char *code, *message;
	int rc = oci_answer_parse(&code, &message, response->text,
				  response->text_size, err);

	if (rc)
		return rc;
	for (char *p = message; (p = strpbrk(p, "\r\n\t")); p++)
		*p = ' ';
	rc = oci_fail(err, OCI_E_SYSTEM, "status %ld%s%.1000s",
		      response->status, *message ? ": " : "", message);
	free(code);
	free(message);
	return rc;
}

int oci_engine_send(struct oci_http_response *out, struct oci_engine *engine,
		    struct oci_http_request *request, const char *path,
		    struct oci_error *err)
{
	const struct oci_engine_address *address = &engine->address;
	char *url = NULL;
	int rc = oci_format(&url, URL_ROOM, err, "%s%s", address->url, path);

	*out = (struct oci_http_response){ 0 };
	if (rc)
		return rc;
	request->url = url;
	request->unix_socket = address->socket;
	request->authorities = address->authorities;
	request->certificate = address->certificate;
	request->key = address->key;
	request->insecure = address->insecure;
	request->trust_advice = "ca.pem in the folder of the certificates "
				"(DOCKER_CERT_PATH) names its authority";
	request->plain_advice = "the engine's port may be one without TLS: "
				"see DOCKER_HOST and DOCKER_TLS_VERIFY";
	rc = oci_http_send(out, engine->http, request, err);
	if (!rc && out->status / 100 != 2)
		rc = fail_status(out, err);
	else if (rc && out->stream_failed) {
		free(url);
		return rc; /* the message of the body or of the sink */
	}
	free(url);
	return rc && rc != OCI_E_NOMEM ? oci_wrap(err, rc, "%s", address->name)
				       : rc;
}

static int get(struct oci_http_response *out, struct oci_engine *engine,
	       const char *path, struct oci_error *err)
{
	struct oci_http_request request = {
		.method = "GET",
		.text_max = DOCUMENT_MAX,
	};

	return oci_engine_send(out, engine, &request, path, err);
}

static int fail_answer(const struct oci_engine *engine, int rc,
		       const char *path, struct oci_error *err)
{
	return rc == OCI_E_NOMEM ? rc
				 : oci_wrap(err, rc,
					    "%s: the answer to GET %s is not "
					    "that of an engine",
					    engine->address.name, path);
}

static int ask_version(struct oci_engine *engine, struct oci_error *err)
{
	struct oci_http_response response;
	int rc = get(&response, engine, "/version", err);

	if (!rc) {
		rc = oci_engine_version_parse(&engine->version, response.text,
					      response.text_size, err);
		if (rc)
			rc = fail_answer(engine, rc, "/version", err);
	}
	oci_http_response_release(&response);
	return rc;
}

static int ask_info(struct oci_engine *engine, struct oci_error *err)
{
	struct oci_http_response response;
	int rc = get(&response, engine, "/info", err);

	if (!rc) {
		rc = oci_engine_info_parse(&engine->containerd, response.text,
					   response.text_size, err);
		if (rc)
			rc = fail_answer(engine, rc, "/info", err);
	}
	oci_http_response_release(&response);
	return rc;
}

/* A load may be silent for as long as the engine unpacks. */
static int connect_to(struct oci_engine *engine, enum oci_engine_kind kind,
		      struct oci_error *err)
{
	struct oci_http_options http = {
		/* Only ca.pem is trusted if there is one. */
		.ca_folders = engine->address.authorities
				      ? engine->address.certs
				      : NULL,
		.stall_seconds = 600,
		.answer_seconds = 3600,
		.first_byte_seconds = 60,
		.document_seconds = 60,
		.cancelled = engine->cancelled,
	};
	int rc = oci_engine_probe(&engine->address, kind, err);

	if (!rc)
		rc = oci_http_new(&engine->http, &http, err);
	if (!rc)
		rc = ask_version(engine, err);
	if (!rc && !engine->version.podman)
		rc = ask_info(engine, err);
	return rc;
}

int oci_engine_open(struct oci_engine **out,
		    const struct oci_engine_options *options,
		    struct oci_error *err)
{
	static const struct oci_engine_options usual = OCI_ENGINE_OPTIONS_INIT;
	struct oci_engine *engine = calloc(1, sizeof(*engine));
	struct oci_engine_options o;
	int rc;

	*out = NULL;
	if (!engine)
		return oci_fail_nomem(err);
	oci_options_read(&o, sizeof(o), &usual, options);
	engine->cancelled = o.cancelled;
	rc = o.variable ? oci_engine_find(&engine->address, &o, err)
			: oci_fail(err, OCI_E_INVALID,
				   "options.variable is not set");
	if (!rc)
		rc = connect_to(engine, o.kind, err);
	if (rc)
		oci_engine_free(engine);
	else
		*out = engine;
	return rc;
}

const char *oci_engine_name(const struct oci_engine *engine)
{
	return engine->version.podman ? "Podman" : "Docker";
}

const struct oci_platform *oci_engine_platform(const struct oci_engine *engine)
{
	return *engine->version.platform.os ? &engine->version.platform : NULL;
}

bool oci_engine_keeps_platforms(const struct oci_engine *engine)
{
	return engine->containerd;
}

const struct oci_strings *oci_engine_loaded(const struct oci_engine *engine)
{
	return &engine->loaded;
}

void oci_engine_free(struct oci_engine *engine)
{
	if (!engine)
		return;
	oci_http_free(engine->http);
	oci_engine_address_release(&engine->address);
	oci_strings_release(&engine->loaded);
	free(engine);
}
