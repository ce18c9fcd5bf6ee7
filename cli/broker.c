/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question is the number of a repository in the list that both processes
 * have. An answer is a struct answer and the four texts of the credential.
 */
#define _GNU_SOURCE /* pipe2 */
#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "credentials.h"
#include "secrets.h"

enum { TEXTS = 4, SLICE_MS = 100, WAITS = 1000, NONE = -1 };

struct known {
	const struct remote_side *side;
	struct oci_reference name;
};

struct broker {
	struct known *items;
	size_t count;
	pid_t pid;		/* 0: not started */
	int questions, answers; /* ends of pipes */
	struct oci_sink *sink;	/* writes questions */
	bool broken;		/* an answer was not read to its end */
	pthread_mutex_t lock;	/* one question at a time */
};

struct answer {
	int rc;
	struct oci_error err; /* if rc is not 0 */
	size_t sizes[TEXTS];  /* bytes; 0: the text is NULL */
};

int broker_add(struct broker **broker, const struct remote_side *side,
	       const struct oci_reference *name, struct oci_error *err)
{
	struct broker *b = *broker;
	struct known *more;

	if (!b) {
		b = calloc(1, sizeof(*b));
		if (!b)
			return fail_nomem(err);
		b->questions = b->answers = NONE;
		pthread_mutex_init(&b->lock, NULL);
		*broker = b;
	}
	more = realloc(b->items, (b->count + 1) * sizeof(*more));
	if (!more)
		return fail_nomem(err);
	b->items = more;
	b->items[b->count++] = (struct known){ side, *name };
	return 0;
}

/* Returns false at the end of the pipe, or if the command was interrupted. */
static bool read_all(int fd, void *data, size_t size)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	char *to = data;

	while (size && !was_interrupted()) {
		ssize_t n;

		if (poll(&waiting, 1, SLICE_MS) <= 0)
			continue;
		n = read(fd, to, size);
		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		to += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return size == 0;
}

static void list_texts(char **out[TEXTS], struct oci_credential *credential)
{
	out[0] = &credential->user;
	out[1] = &credential->password;
	out[2] = &credential->identity_token;
	out[3] = &credential->registry_token;
}

static int answer(struct oci_sink *sink, const struct known *known)
{
	struct oci_credential credential = { 0 };
	struct answer answer = { 0 };
	char **texts[TEXTS];
	int rc;

	answer.rc = credentials_read(&credential, known->side, known->name.host,
				     known->name.path, &answer.err);
	list_texts(texts, &credential);
	for (size_t i = 0; i < TEXTS; i++)
		answer.sizes[i] = *texts[i] ? strlen(*texts[i]) + 1 : 0;
	rc = oci_sink_write(sink, &answer, sizeof(answer), NULL);
	for (size_t i = 0; !rc && i < TEXTS; i++)
		rc = oci_sink_write(sink, *texts[i], answer.sizes[i], NULL);
	oci_credential_release(&credential);
	return rc;
}

/* Interrupts a helper once the command has ended. Landlock keeps the signal of
 * PR_SET_PDEATHSIG from this process. */
static void *watch(void *data)
{
	struct pollfd end = { .fd = *(const int *)data };

	while (poll(&end, 1, -1) < 0 && errno == EINTR)
		;
	kill(getpid(), SIGTERM);
	return NULL;
}

static _Noreturn void serve(const struct broker *b, int questions, int answers)
{
	struct oci_sink *sink;
	pthread_t thread;
	size_t number;

	guard_secrets();
	if (oci_sink_open_fd(&sink, answers, NULL))
		_exit(EXIT_FAILED);
	if (pthread_create(&thread, NULL, watch, &questions) == 0)
		pthread_detach(thread);
	while (read_all(questions, &number, sizeof(number)) &&
	       number < b->count)
		if (answer(sink, &b->items[number]))
			break;
	_exit(EXIT_DONE);
}

static int start(struct broker *b, struct remote_options *remote,
		 const int ends[4], struct oci_error *err)
{
	int rc = oci_sink_open_fd(&b->sink, ends[1], err);

	if (rc)
		return rc;
	b->pid = fork();
	if (b->pid < 0) {
		b->pid = 0;
		return oci_error_set_errno(err, "fork");
	}
	if (b->pid == 0) {
		close(ends[1]);
		close(ends[2]);
		wipe_password(remote->password);
		serve(b, ends[0], ends[3]);
	}
	b->questions = ends[1];
	b->answers = ends[2];
	return 0;
}

int broker_start(struct broker *b, struct remote_options *remote,
		 struct oci_error *err)
{
	int ends[4] = { NONE, NONE, NONE, NONE }, rc;

	rc = pipe2(ends, O_CLOEXEC) != 0 || pipe2(ends + 2, O_CLOEXEC) != 0
		     ? oci_error_set_errno(err, "pipe")
		     : start(b, remote, ends, err);
	for (size_t i = 0; i < 4 && ends[i] != NONE; i++)
		if (rc || i == 0 || i == 3)
			close(ends[i]);
	return rc;
}

bool broker_started(const struct broker *broker)
{
	return broker && broker->pid;
}

static bool find(size_t *out, const struct broker *b,
		 const struct remote_side *side, const char *host,
		 const char *repository)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct known *known = &b->items[i];

		*out = i;
		if (known->side == side &&
		    strcmp(known->name.host, host) == 0 &&
		    strcmp(known->name.path, repository) == 0)
			return true;
	}
	return false;
}

static int fail(struct oci_error *err)
{
	if (was_interrupted())
		return oci_error_set(err, OCI_E_CANCELLED, "interrupted");
	return oci_error_set(err, OCI_E_SYSTEM,
			     "the process that finds credentials has ended: "
			     "run the command again");
}

static int ask(struct oci_credential *out, struct broker *b, size_t number,
	       struct oci_error *err)
{
	struct answer answer;
	char **texts[TEXTS];

	if (b->broken)
		return fail(err);
	b->broken = true;
	list_texts(texts, out);
	if (oci_sink_write(b->sink, &number, sizeof(number), NULL) ||
	    !read_all(b->answers, &answer, sizeof(answer)))
		return fail(err);
	for (size_t i = 0; i < TEXTS; i++) {
		if (!answer.sizes[i])
			continue;
		*texts[i] = calloc(1, answer.sizes[i]);
		if (!*texts[i])
			return fail_nomem(err);
		if (!read_all(b->answers, *texts[i], answer.sizes[i]))
			return fail(err);
	}
	b->broken = false;
	if (answer.rc && err)
		*err = answer.err;
	return answer.rc;
}

int broker_find(struct oci_credential *out, struct broker *b,
		const struct remote_side *side, const char *host,
		const char *repository, struct oci_error *err)
{
	size_t number;
	int rc;

	if (!find(&number, b, side, host, repository))
		return oci_error_set(err, OCI_E_UNSUPPORTED,
				     "the sandbox allows no credential for "
				     "'%.200s/%.200s', which neither the "
				     "command line nor the spec names: use "
				     "--sandbox off",
				     host, repository);
	pthread_mutex_lock(&b->lock);
	rc = ask(out, b, number, err);
	pthread_mutex_unlock(&b->lock);
	return rc;
}

/* A helper that has to be ended first takes a moment. */
static void wait_for_end(pid_t pid)
{
	const struct timespec slice = { .tv_nsec = 2 * 1000 * 1000 };

	for (int i = 0; i < WAITS && waitpid(pid, NULL, WNOHANG) == 0; i++)
		nanosleep(&slice, NULL);
}

void broker_free(struct broker *b)
{
	if (!b)
		return;
	if (b->pid) {
		close(b->questions);
		close(b->answers);
		wait_for_end(b->pid);
	}
	oci_sink_free(b->sink);
	pthread_mutex_destroy(&b->lock);
	free(b->items);
	free(b);
}
