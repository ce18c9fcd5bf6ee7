/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that a push can be: a client that knows all digests, checks
 * nothing, and has the kernel send each file as it is. What is left is the
 * registry's own work.
 *
 *   floor HOST PORT REPOSITORY TYPE MANIFEST [DIGEST FILE]...
 *
 * Puts the blobs, eight at a time, and then the manifest, under the tag 1. For
 * plain http, and registries that answer as distribution does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM = 16384, JOBS = 8 };

static struct {
	const char *host;
	struct addrinfo *address;
	const char *repository;
	char **blobs;		/* digest, file, digest, file ... */
	int count;
	atomic_int next;
} push;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int dial(void)
{
	const struct addrinfo *to = push.address;
	int one = 1, line = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC,
				   0);

	if (line < 0 || connect(line, to->ai_addr, to->ai_addrlen) != 0)
		die("connect");
	setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return line;
}

static void say(int line, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = send(line, text, left, MSG_NOSIGNAL);

		if (n <= 0)
			die("send");
		text += n;
		left -= (size_t)n;
	}
}

/* The head of an answer; bodies of those that are asked for here are empty. */
static void hear(char answer[ROOM], int line, const char *status)
{
	size_t size = 0;

	answer[0] = '\0';
	while (!strstr(answer, "\r\n\r\n")) {
		ssize_t n = recv(line, answer + size, ROOM - 1 - size, 0);

		if (n <= 0 || size + (size_t)n >= ROOM - 1)
			die("receive");
		size += (size_t)n;
		answer[size] = '\0';
	}
	if (strncmp(answer + 9, status, 3) != 0) {
		fprintf(stderr, "floor: %.200s\n", answer);
		exit(1);
	}
}

static void send_file(int line, int fd, off_t size)
{
	off_t done = 0;

	while (done < size)
		if (sendfile(line, fd, &done, (size_t)(size - done)) <= 0)
			die("sendfile");
}

static off_t open_file(int *fd, const char *path)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st) != 0)
		die(path);
	return st.st_size;
}

static void put_blob(int line, const char *digest, const char *path)
{
	char text[ROOM], answer[ROOM], *place, *end;
	off_t size;
	int fd;

	snprintf(text, sizeof(text), "POST /v2/%s/blobs/uploads/ HTTP/1.1\r\n"
		 "Host: %s\r\nContent-Length: 0\r\n\r\n", push.repository,
		 push.host);
	say(line, text);
	hear(answer, line, "202");
	place = strcasestr(answer, "\r\nlocation: http://");
	place = place ? strchr(place + 19, '/') : NULL;
	end = place ? strstr(place, "\r\n") : NULL;
	if (!end) {
		fprintf(stderr, "floor: no Location\n");
		exit(1);
	}
	*end = '\0';
	size = open_file(&fd, path);
	snprintf(text, sizeof(text), "PUT %s&digest=%s HTTP/1.1\r\nHost: %s\r\n"
		 "Content-Type: application/octet-stream\r\n"
		 "Content-Length: %lld\r\n\r\n", place, digest, push.host,
		 (long long)size);
	say(line, text);
	send_file(line, fd, size);
	close(fd);
	hear(answer, line, "201");
}

static void *work(void *arg)
{
	int line = dial(), i;

	while ((i = atomic_fetch_add(&push.next, 1)) < push.count)
		put_blob(line, push.blobs[2 * i], push.blobs[2 * i + 1]);
	close(line);
	return arg;
}

static void put_manifest(const char *type, const char *path)
{
	char text[ROOM], answer[ROOM];
	int fd, line = dial();
	off_t size = open_file(&fd, path);

	snprintf(text, sizeof(text), "PUT /v2/%s/manifests/1 HTTP/1.1\r\n"
		 "Host: %s\r\nContent-Type: %s\r\nContent-Length: %lld\r\n\r\n",
		 push.repository, push.host, type, (long long)size);
	say(line, text);
	send_file(line, fd, size);
	hear(answer, line, "201");
	close(line);
	close(fd);
}

int main(int argc, char **argv)
{
	const struct addrinfo kind = {
		.ai_family = AF_INET, .ai_socktype = SOCK_STREAM,
	};
	pthread_t threads[JOBS];

	if (argc < 6 || argc % 2) {
		fprintf(stderr, "usage: floor HOST PORT REPOSITORY TYPE "
			"MANIFEST [DIGEST FILE]...\n");
		return 2;
	}
	push.host = argv[1];
	push.repository = argv[3];
	push.blobs = argv + 6;
	push.count = (argc - 6) / 2;
	if (getaddrinfo(argv[1], argv[2], &kind, &push.address) != 0)
		die(argv[1]);
	for (int i = 0; i < JOBS; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			die("thread");
	for (int i = 0; i < JOBS; i++)
		pthread_join(threads[i], NULL);
	put_manifest(argv[4], argv[5]);
	freeaddrinfo(push.address);
	return 0;
}
