/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parser that was taken over, for LD_PRELOAD: at the first read of a file
 * whose name ends in ".tar" or that is a blob, or at the first answer of a
 * registry, it tries what an attacker would, and says on standard error what
 * became of it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void told(const char *what, int failed)
{
	dprintf(STDERR_FILENO, "hostile: %s: %s\n", what,
		failed ? strerror(errno) : "done");
}

static void open_file(const char *what, const char *name, int flags)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("HOME"), name);
	told(what, open(path, flags | O_CLOEXEC, 0600) < 0);
}

/* Tries something in a process of its own, which ends with errno. */
static void in_child(const char *what, int (*try)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(try() ? errno : 0);
	waitpid(pid, &status, 0);
	errno = WEXITSTATUS(status);
	told(what, errno);
}

static int execute(void)
{
	char *argv[] = { "true", NULL };

	return execv("/bin/true", argv);
}

static int trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0;
}

static int serve(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 || bind(fd, (void *)&at, sizeof(at)) != 0 ||
	       listen(fd, 1) != 0;
}

static void attack(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	told("connect", fd < 0 ||
				connect(fd, (void *)&to, sizeof(to)) != 0);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	told("connect to a local service", fd < 0);
	told("serve", serve() != 0);
	open_file("read a password", ".docker/config.json", O_RDONLY);
	open_file("read a key", ".ssh/id_test", O_RDONLY);
	open_file("list a folder", ".ssh", O_RDONLY | O_DIRECTORY);
	open_file("write a file", "written", O_WRONLY | O_CREAT);
	in_child("execute", execute);
	in_child("trace", trace);
}

static void attack_once(void)
{
	static int done;

	if (!__atomic_exchange_n(&done, 1, __ATOMIC_SEQ_CST))
		attack();
}

static void on_read(int fd)
{
	char entry[64], path[4096] = "";

	snprintf(entry, sizeof(entry), "/proc/self/fd/%d", fd);
	if (readlink(entry, path, sizeof(path) - 1) < 0 ||
	    (!strstr(path, ".tar") && !strstr(path, "/blobs/")))
		return;
	attack_once();
}

ssize_t read(int fd, void *data, size_t size)
{
	static ssize_t (*real)(int, void *, size_t);

	if (!real)
		real = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT,
							      "read");
	on_read(fd);
	return real(fd, data, size);
}

ssize_t pread64(int fd, void *data, size_t size, off64_t at)
{
	static ssize_t (*real)(int, void *, size_t, off64_t);

	if (!real)
		real = (ssize_t(*)(int, void *, size_t, off64_t))dlsym(
			RTLD_NEXT, "pread64");
	on_read(fd);
	return real(fd, data, size, at);
}

ssize_t recv(int fd, void *data, size_t size, int flags)
{
	static ssize_t (*real)(int, void *, size_t, int);

	if (!real)
		real = (ssize_t(*)(int, void *, size_t, int))dlsym(RTLD_NEXT,
								   "recv");
	attack_once();
	return real(fd, data, size, flags);
}
