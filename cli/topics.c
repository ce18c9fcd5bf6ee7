/* SPDX-License-Identifier: Apache-2.0 */
#include "topics.h"

#include <string.h>

#include <oci/text.h>

static const struct topic topics[] = {
	{
		"spec",
		"the keys of a spec",
		"A spec is a YAML or JSON file. 'oci-pack init' writes one to "
		"start from; oci-pack-spec(5) and docs/spec.md describe every "
		"key. ${arch}, ${os} and the names under vars are replaced in "
		"texts.",
		{
			{ "version", "1" },
			{ "image", "the name, such as ghcr.io/me/app" },
			{ "tags", "a list of texts" },
			{ "platforms", "a list, such as linux/riscv64" },
			{ "vars", "names with values; --set NAME=VALUE "
				  "changes one" },
			{ "base", "the image below: docker://REF, FILE.tar, "
				  "oci:DIR:TAG, or another spec" },
			{ "layers", "a list; each has entries, debs, or both" },
			{ "layers: debs", "Debian packages to unpack" },
			{ "layers: entries",
			  "a list of {path: TARGET, ...} with one of from, "
			  "archive, content, dir, symlink, hardlink, device, "
			  "remove; and mode, owner, mtime, include, exclude" },
			{ "config", "entrypoint, cmd, env, user, working-dir, "
				    "exposed-ports, labels and more" },
			{ "annotations", "of manifests and indexes" },
			{ "lint", "rules of the checks to ignore" },
			{ "artifact, files",
			  "files that are not an image, instead of layers" },
		},
	},
	{
		"images",
		"how images and destinations are named",
		"",
		{
			{ "FILE.tar", "an archive, as docker load takes it; to "
				      "read, also one of docker save, podman "
				      "save, skopeo, crane or umoci" },
			{ "FILE.tar:NAME", "one image of an archive; to read" },
			{ "DIR, oci:DIR", "an OCI layout" },
			{ "oci:DIR:TAG", "one image of a layout" },
			{ "dir:DIR", "a folder of skopeo; to read" },
			{ "docker://REF",
			  "an image in a registry: HOST[:PORT]/REPO:TAG or "
			  "HOST[:PORT]/REPO@sha256:...; push, pull, copy and "
			  "index take a REF with a host without docker://" },
			{ "REPO@", "a destination that gets no tag" },
			{ "docker-daemon:[NAME]",
			  "into Docker; a destination of copy, and build "
			  "--load" },
			{ "podman:[NAME]",
			  "into Podman; a destination of copy, and build "
			  "--load=podman" },
			{ "-", "an archive or a spec on standard input; -o -: "
			       "an archive on standard output" },
		},
	},
	{
		"registries",
		"credentials, certificates and proxies",
		"The options of one registry stand in the --help of the "
		"commands that use it.",
		{
			{ "Credentials",
			  "of oci-pack login, docker login and podman login, "
			  "with their credential helpers; --authfile FILE; "
			  "for ghcr.io also GITHUB_TOKEN" },
			{ "Token servers",
			  "get a password if they belong to the registry's "
			  "owner; --token-host REGISTRY=HOST allows another" },
			{ "Certificates",
			  "the system's; --ca-file FILE adds some for all "
			  "hosts; /etc/docker/certs.d/HOST and "
			  "/etc/containers/certs.d/HOST have those of one "
			  "host, and client certificates" },
			{ "Plain http", "is used with loopback hosts, and with "
					"--plain-http" },
			{ "Proxies", "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, "
				     "NO_PROXY, by Go's rules: localhost has "
				     "none" },
			{ "Mounts",
			  "blobs of another repository of the registry are not "
			  "uploaded: of those that --mount-from names, and of "
			  "those where oci-pack saw them before" },
			{ "Limits",
			  "--retries, --first-byte-timeout, --speed-limit; "
			  "--chunk-size, if uploads are refused with 413" },
		},
	},
	{
		"environment",
		"the variables that are read",
		"",
		{
			{ "SOURCE_DATE_EPOCH",
			  "the date of an image, in seconds since 1970; "
			  "otherwise 1970-01-01" },
			{ "TMPDIR", "the folder for temporary files; otherwise "
				    "/var/tmp" },
			{ "XDG_CACHE_HOME",
			  "the cache is in its folder oci-pack; otherwise in "
			  "~/.cache/oci-pack" },
			{ "GITHUB_TOKEN, GITHUB_ACTOR",
			  "the credential for ghcr.io, if no other is found" },
			{ "DOCKER_CONFIG, REGISTRY_AUTH_FILE",
			  "where docker login and podman login keep "
			  "credentials" },
			{ "DOCKER_HOST, DOCKER_CONTEXT, CONTAINER_HOST",
			  "the engine that an image is loaded into" },
			{ "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY",
			  "proxies, by Go's rules" },
			{ "SSL_CERT_FILE, SSL_CERT_DIR",
			  "certificates to trust instead of the system's" },
			{ "NO_COLOR", "no colours in the display of "
				      "progress" },
		},
	},
	{
		"exit-status",
		"what the status of a run means",
		"",
		{
			{ "0", "done" },
			{ "1", "failed; earlier outputs are unchanged" },
			{ "2", "wrong usage; nothing was changed" },
			{ "3", "verify, lint or the checks of build found a "
			       "fault, diff a difference, or convert left "
			       "something out" },
		},
	},
};

enum { TOPICS = sizeof(topics) / sizeof(topics[0]) };

const struct topic *all_topics(size_t *count)
{
	*count = TOPICS;
	return topics;
}

const struct topic *find_topic(const char *name)
{
	for (size_t i = 0; i < TOPICS; i++)
		if (strcmp(topics[i].name, name) == 0)
			return &topics[i];
	return NULL;
}

const struct topic *find_near_topic(const char *name)
{
	const char *names[TOPICS], *near;

	for (size_t i = 0; i < TOPICS; i++)
		names[i] = topics[i].name;
	near = oci_text_nearest(names, TOPICS, name);
	return near ? find_topic(near) : NULL;
}
