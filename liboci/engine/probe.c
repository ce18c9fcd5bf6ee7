/* SPDX-License-Identifier: Apache-2.0 */
/* Why a unix socket cannot be connected to, and what to do about it. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "engine/address.h"

static const char *advice(int number, enum oci_engine_kind kind)
{
	bool podman = kind == OCI_ENGINE_PODMAN;

	switch (number) {
	case ENOENT:
	case ECONNREFUSED:
		return podman ? "start Podman's service, such as with "
				"'systemctl --user start podman.socket' (root: "
				"without --user), or set CONTAINER_HOST"
			      : "start Docker, or set DOCKER_HOST or "
				"DOCKER_CONTEXT";
	case EACCES:
	case EPERM:
		return podman ? "the service of another user cannot be used: "
				"start one with 'systemctl --user start "
				"podman.socket'"
			      : "only root and members of the group docker may "
				"use it: 'sudo usermod -aG docker USER' makes "
				"USER a member at the next login";
	default:
		return NULL;
	}
}

static int fail(const struct oci_engine_address *address,
		enum oci_engine_kind kind, struct oci_error *err)
{
	const char *what = advice(errno, kind);
	int rc = oci_fail_errno(err, "%s cannot be reached", address->name);

	return what ? oci_advise(err, rc, what) : rc;
}

int oci_engine_probe(const struct oci_engine_address *address,
		     enum oci_engine_kind kind, struct oci_error *err)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd, rc = 0;

	if (!address->socket)
		return 0;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return oci_fail_errno(err, "open a socket");
	memcpy(at.sun_path, address->socket, strlen(address->socket));
	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		rc = fail(address, kind, err);
	close(fd);
	return rc;
}
