/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs docker-credential-NAME (docker-credential-helpers' protocol): input on
 * standard input, JSON on standard output. No shell is used; time and output
 * are limited.
 */
#define _GNU_SOURCE /* memfd_create is Linux's own */
#include "registry/helper.h"
#include "registry/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "base/wipe.h"
#include "document/auths.h"
#include "io/file.h"
#include "registry/client.h"

enum {
	OUTPUT_MAX = 64 * 1024,
	SECONDS = 30,
	SLICE = 100 /* milliseconds between checks of cancelled */
};

extern char **environ;

static bool name_valid(const char *name)
{
	return *name && name[0] != '-' && strlen(name) < 64 &&
	       !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")];
}

/* The input is a file in memory: there is no pipe that can break, and the
 * secret is not written to disk. */
static int open_input(int *fd, const char *text, struct oci_error *err)
{
	int rc;

	*fd = memfd_create("input", MFD_CLOEXEC);
	if (*fd < 0)
		return oci_fail_errno(err, "memfd_create");
	rc = oci_file_write(*fd, text, strlen(text), err);
	if (!rc && lseek(*fd, 0, SEEK_SET) != 0)
		rc = oci_fail_errno(err, "seek");
	if (rc)
		close(*fd);
	return rc;
}

static int spawn(pid_t *pid, const char *program, const char *verb, int in,
		 int out, struct oci_error *err)
{
	char *argv[] = { (char *)program, (char *)verb, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed)
		return oci_fail_nomem(err);
	/* The threads of this library block all signals; a helper must not. */
	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	failed = posix_spawnp(pid, program, &actions, &attributes, argv,
			      environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (!failed)
		return 0;
	errno = failed;
	return oci_fail_errno(err, "start '%s'", program);
}

static bool is_set(volatile const int *cancelled)
{
	return cancelled && __atomic_load_n(cancelled, __ATOMIC_RELAXED);
}

/* Reads until the end, the size limit, or the time limit. */
static int read_output(struct oci_buf *out, int fd,
		       volatile const int *cancelled, struct oci_error *err)
{
	int64_t until = oci_clock() + SECONDS * 1000;
	char data[4096];
	int rc = 0;

	while (!rc) {
		struct pollfd waiting = { .fd = fd, .events = POLLIN };
		int64_t left = until - oci_clock();
		ssize_t n;

		if (left <= 0)
			return oci_fail(err, OCI_E_SYSTEM,
					"it said nothing for %d seconds",
					SECONDS);
		if (is_set(cancelled))
			return oci_fail(err, OCI_E_CANCELLED, "cancelled");
		if (poll(&waiting, 1, left < SLICE ? (int)left : SLICE) <= 0)
			continue;
		n = read(fd, data, sizeof(data));
		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return oci_fail_errno(err, "read");
		if (n > 0)
			rc = oci_buf_add(out, data, (size_t)n, err);
		oci_wipe(data, sizeof(data));
	}
	return rc;
}

/* Waits for the helper's end, and kills it after the time limit. */
static int reap(int *status, pid_t pid, int rc,
		volatile const int *cancelled, struct oci_error *err)
{
	int64_t until = oci_clock() + SECONDS * 1000;
	const struct timespec slice = { 0, 10 * 1000000 };
	pid_t ended;

	while ((ended = waitpid(pid, status, WNOHANG)) == 0 &&
	       oci_clock() < until && !is_set(cancelled))
		nanosleep(&slice, NULL);
	if (ended)
		return rc;
	kill(pid, SIGKILL);
	waitpid(pid, status, 0);
	if (is_set(cancelled))
		return oci_fail(err, OCI_E_CANCELLED, "cancelled");
	return oci_fail(err, OCI_E_SYSTEM, "it did not end in %d seconds",
			SECONDS);
}

static int run(struct oci_buf *out, int *status, const char *program,
	       const char *verb, const char *input,
	       volatile const int *cancelled, struct oci_error *err)
{
	int in, ends[2], rc;
	pid_t pid;

	rc = open_input(&in, input, err);
	if (rc)
		return rc;
	if (pipe(ends) != 0) {
		rc = oci_fail_errno(err, "pipe");
		close(in);
		return rc;
	}
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	rc = spawn(&pid, program, verb, in, ends[1], err);
	close(ends[1]);
	close(in);
	if (!rc) {
		rc = read_output(out, ends[0], cancelled, err);
		if (rc)
			kill(pid, SIGKILL);
		rc = reap(status, pid, rc, cancelled, err);
	}
	close(ends[0]);
	return rc;
}

static int use_output(struct oci_credential *out, const struct oci_buf *text,
		      int status, struct oci_error *err)
{
	char *user, *secret;
	int rc;

	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		if (text->data &&
		    strstr(text->data, "credentials not found"))
			return 0;
		return oci_fail(err, OCI_E_SYSTEM, "it failed");
	}
	rc = oci_helper_parse(&user, &secret, text->data ? text->data : "",
			      text->len, err);
	if (rc)
		return rc;
	if (!*user && !*secret) {
		free(user);
		free(secret);
	} else if (strcmp(user, "<token>") == 0) {
		free(user);
		out->identity_token = secret;
	} else {
		out->user = user;
		out->password = secret;
	}
	return 0;
}

static int program_name(char out[128], const char *name,
			struct oci_error *err)
{
	if (!name_valid(name))
		return oci_fail(
			err, OCI_E_INVALID,
			"'%.80s' is not the name of a credential helper", name);
	snprintf(out, 128, "docker-credential-%s", name);
	return 0;
}

int oci_helper_get(struct oci_credential *out, const char *name,
		   const char *host, volatile const int *cancelled,
		   struct oci_error *err)
{
	char program[128];
	struct oci_buf text;
	int status = 0, rc = program_name(program, name, err);

	if (rc)
		return rc;
	oci_buf_init(&text, OUTPUT_MAX);
	rc = run(&text, &status, program, "get", oci_auths_key(host), cancelled,
		 err);
	if (!rc)
		rc = use_output(out, &text, status, err);
	oci_buf_wipe(&text);
	return rc ? oci_wrap(err, rc, "credential helper '%s'", program) : 0;
}

int oci_helper_store(const char *name, const char *host,
		     const struct oci_credential *credential,
		     struct oci_error *err)
{
	char program[128], *json = NULL;
	struct oci_buf text;
	int status = 0, rc = program_name(program, name, err);

	if (rc)
		return rc;
	oci_buf_init(&text, OUTPUT_MAX);
	rc = oci_helper_format(&json, oci_auths_key(host), credential->user,
			       credential->password, err);
	if (!rc)
		rc = run(&text, &status, program, "store", json, NULL, err);
	if (!rc && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		rc = oci_fail(err, OCI_E_SYSTEM, "it failed");
	oci_buf_wipe(&text);
	oci_text_wipe(json);
	return rc ? oci_wrap(err, rc, "credential helper '%s'", program) : 0;
}
