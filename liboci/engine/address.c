/* SPDX-License-Identifier: Apache-2.0 */
/* Finds an engine: the environment, contexts and usual sockets. */
#include "engine/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "io/file.h"

enum { PATH_ROOM = 4096, PEM_MAX = 1024 * 1024 };

static const char docker_socket[] = "unix:///var/run/docker.sock";

/* An address as it was found, before it is parsed. */
struct found {
	const char *host;
	const char *from; /* for messages: "DOCKER_HOST"; NULL: a usual place */
	const char *certs; /* folder; NULL: no TLS */
	bool insecure;
};

static bool starts(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

/* Sets *out to FOLDER/NAME, or to NULL if there is no such file. */
static int find_pem(char **out, const char *folder, const char *name,
		    struct oci_error *err)
{
	int rc = oci_format(out, PATH_ROOM, err, "%s/%s", folder, name);

	if (!rc && access(*out, F_OK) != 0)
		rc = oci_text_set(out, NULL, err);
	return rc;
}

static int load_certs(struct oci_engine_address *out, const char *folder,
		      struct oci_error *err)
{
	char *ca = NULL;
	size_t size;
	int rc = oci_text_copy(&out->certs, folder, err);

	if (!rc)
		rc = find_pem(&ca, folder, "ca.pem", err);
	if (!rc && ca)
		rc = oci_file_load(&out->authorities, &size, ca, PEM_MAX, err);
	if (!rc)
		rc = find_pem(&out->certificate, folder, "cert.pem", err);
	if (!rc)
		rc = find_pem(&out->key, folder, "key.pem", err);
	if (!rc && !out->certificate != !out->key)
		rc = oci_fail(err, OCI_E_INVALID,
			      "'%s' has only one of cert.pem and key.pem",
			      folder);
	free(ca);
	return rc;
}

/* tcp://HOST[:PORT][/PATH]; the ports are Docker's. */
static int parse_tcp(struct oci_engine_address *out, const struct found *found,
		     struct oci_error *err)
{
	const char *rest = strstr(found->host, "://") + 3;
	size_t host = strcspn(rest, "/"), size = strlen(rest);
	size_t name = *rest == '[' ? strcspn(rest, "]") : 0;
	bool tls = found->certs || starts(found->host, "https:");
	const char *port = memchr(rest + name, ':', host - name) ? ""
			   : tls				 ? ":2376"
								 : ":2375";
	int rc = 0;

	if (!host || memchr(rest, '@', host))
		return oci_fail(err, OCI_E_INVALID,
				"the address has to be tcp://HOST:PORT");
	while (size > host && rest[size - 1] == '/')
		size--;
	if (found->certs)
		rc = load_certs(out, found->certs, err);
	return rc ? rc
		  : oci_format(&out->url, PATH_ROOM, err, "%s://%.*s%s%.*s",
			       tls ? "https" : "http", (int)host, rest, port,
			       (int)(size - host), rest + host);
}

static int parse_unix(struct oci_engine_address *out, const char *path,
		      struct oci_error *err)
{
	struct sockaddr_un address;
	int rc;

	if (*path != '/')
		return oci_fail(err, OCI_E_INVALID,
				"the address has to be unix:///PATH");
	if (strlen(path) >= sizeof(address.sun_path))
		return oci_fail(err, OCI_E_LIMIT,
				"the path of a socket has at most %zu bytes",
				sizeof(address.sun_path) - 1);
	rc = oci_text_copy(&out->socket, path, err);
	return rc ? rc : oci_text_copy(&out->url, "http://localhost", err);
}

static int refuse_ssh(enum oci_engine_kind kind, struct oci_error *err)
{
	bool podman = kind == OCI_ENGINE_PODMAN;

	return oci_fail(err, OCI_E_UNSUPPORTED,
			"engines behind ssh are not supported: use '-o - | %s "
			"load', which goes through ssh itself, or forward the "
			"engine's socket with ssh -L and set %s to unix://PATH",
			podman ? "podman" : "docker",
			podman ? "CONTAINER_HOST" : "DOCKER_HOST");
}

static int parse(struct oci_engine_address *out, const struct found *found,
		 enum oci_engine_kind kind, struct oci_error *err)
{
	const char *host = found->host;

	out->insecure = found->insecure;
	if (starts(host, "unix://"))
		return parse_unix(out, host + 7, err);
	if (starts(host, "tcp://") || starts(host, "http://") ||
	    starts(host, "https://"))
		return parse_tcp(out, found, err);
	if (starts(host, "ssh://"))
		return refuse_ssh(kind, err);
	return oci_fail(
		err, strstr(host, "://") ? OCI_E_UNSUPPORTED : OCI_E_INVALID,
		"the address has to be unix:///PATH or tcp://HOST:PORT");
}

static int take(struct oci_engine_address *out, const struct found *found,
		enum oci_engine_kind kind, struct oci_error *err)
{
	char from[300] = "";
	int rc;

	if (found->from)
		snprintf(from, sizeof(from), " (%s)", found->from);
	rc = oci_format(&out->name, PATH_ROOM, err, "%s at %s%s",
			kind == OCI_ENGINE_PODMAN ? "Podman" : "Docker",
			found->host, from);
	if (!rc)
		rc = parse(out, found, kind, err);
	return rc && rc != OCI_E_NOMEM && out->name
		       ? oci_wrap(err, rc, "%s", out->name)
		       : rc;
}

/* As docker: any text in DOCKER_TLS_VERIFY or DOCKER_TLS counts. */
static int find_by_host(struct oci_engine_address *out, const char *host,
			const struct oci_engine_options *o,
			struct oci_error *err)
{
	const char *path = oci_engine_variable(o, "DOCKER_CERT_PATH");
	bool verify = oci_engine_variable(o, "DOCKER_TLS_VERIFY") != NULL;
	bool tls = verify || oci_engine_variable(o, "DOCKER_TLS") != NULL;
	struct found found = { .host = host, .from = "DOCKER_HOST" };
	char *folder = NULL;
	int rc = path ? 0 : oci_engine_docker_folder(&folder, o, err);

	if (rc)
		return rc;
	if (tls)
		found.certs = path ? path : folder ? folder : "/nonexistent";
	found.insecure = tls && !verify;
	rc = take(out, &found, OCI_ENGINE_DOCKER, err);
	free(folder);
	return rc;
}

static int find_docker(struct oci_engine_address *out,
		       const struct oci_engine_options *o,
		       struct oci_error *err)
{
	const char *host = oci_engine_variable(o, "DOCKER_HOST");
	struct oci_docker_context context;
	char from[300];
	struct found found = { .host = docker_socket };
	int rc;

	if (host)
		return find_by_host(out, host, o, err);
	rc = oci_docker_context_read(&context, o, err);
	if (!rc && context.name) {
		snprintf(from, sizeof(from), "context '%.200s'", context.name);
		found = (struct found){ context.host, from, context.certs,
					context.insecure };
	}
	if (!rc)
		rc = take(out, &found, OCI_ENGINE_DOCKER, err);
	oci_docker_context_release(&context);
	return rc;
}

static int find_podman(struct oci_engine_address *out,
		       const struct oci_engine_options *o,
		       struct oci_error *err)
{
	static const char usual[] = "unix:///run/podman/podman.sock";
	const char *host = oci_engine_variable(o, "CONTAINER_HOST");
	const char *runtime = oci_engine_variable(o, "XDG_RUNTIME_DIR");
	struct found found = { .host = usual };
	char *own = NULL;
	int rc = 0;

	if (host)
		found = (struct found){ .host = host,
					.from = "CONTAINER_HOST" };
	else if (runtime)
		rc = oci_format(&own, PATH_ROOM, err,
				"unix://%s/podman/podman.sock", runtime);
	/* Without root, the usual place is the user's own. */
	if (!rc && own && (access(own + 7, F_OK) == 0 || geteuid() != 0))
		found.host = own;
	if (own && access(own + 7, F_OK) != 0 && access(usual + 7, F_OK) == 0)
		found.host = usual;
	if (!rc)
		rc = take(out, &found, OCI_ENGINE_PODMAN, err);
	free(own);
	return rc;
}

int oci_engine_find(struct oci_engine_address *out,
		    const struct oci_engine_options *options,
		    struct oci_error *err)
{
	*out = (struct oci_engine_address){ 0 };
	return options->kind == OCI_ENGINE_PODMAN
		       ? find_podman(out, options, err)
		       : find_docker(out, options, err);
}

void oci_engine_address_release(struct oci_engine_address *address)
{
	free(address->name);
	free(address->socket);
	free(address->url);
	free(address->authorities);
	free(address->certs);
	free(address->certificate);
	free(address->key);
	*address = (struct oci_engine_address){ 0 };
}
