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
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void told(const char *what, int failed)
{
	dprintf(STDERR_FILENO, "hostile: %s: %s\n", what,
		failed ? strerror(errno) : "done");
}

static const char *name_in_home(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("HOME"), name);
	return path;
}

static void open_file(const char *what, const char *name, int flags)
{
	told(what, open(name_in_home(name), flags | O_CLOEXEC, 0600) < 0);
}

/* Tries something in a process of its own, which ends with errno. */
static void in_child(const char *what, int (*try)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(try() ? errno : 0);
	if (pid > 0) {
		waitpid(pid, &status, 0);
		errno = WEXITSTATUS(status);
	}
	told(what, pid < 0 || errno);
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

/* A file that it may open: a temporary one. */
static int change_open(void)
{
	int fd = open(getenv("TMPDIR"), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd < 0 || fchmod(fd, 0600) != 0;
}

static int own_pipe(void)
{
	int ends[2];

	return pipe(ends) != 0 || fcntl(ends[0], F_SETOWN, getpid()) != 0;
}

static int nothing(void)
{
	return 0;
}

static int make_namespace(void)
{
	return syscall(SYS_clone,
		       CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWUTS,
		       0, 0, 0, 0) < 0 &&
	       unshare(CLONE_NEWUTS) != 0;
}

/* Standard input is no terminal here, which is another error. */
static int type_into_terminal(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x") != 0 && errno != ENOTTY &&
	       errno != EINVAL && errno != EIO;
}

static int limit_parent(void)
{
	struct rlimit now;

	return prlimit(getppid(), RLIMIT_CPU, NULL, &now);
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
	told("shorten a file", truncate(name_in_home(".ssh/id_test"), 4));
	told("change a mode", chmod(name_in_home(".ssh/id_test"), 0600));
	told("change the mode of an open file", change_open());
	told("have a process signalled", own_pipe());
	told("type into the terminal", type_into_terminal());
	told("signal a process", kill(getppid(), 0));
	told("limit a process", limit_parent());
	told("share memory", shmget(IPC_PRIVATE, 1, IPC_CREAT | 0600) < 0);
	in_child("start a process", nothing);
	in_child("execute", execute);
	in_child("trace", trace);
	in_child("make a namespace", make_namespace);
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
	int family = AF_UNSPEC;
	socklen_t room = sizeof(family);

	if (!real)
		real = (ssize_t(*)(int, void *, size_t, int))dlsym(RTLD_NEXT,
								   "recv");
	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &room);
	if (family == AF_INET)
		attack_once();
	return real(fd, data, size, flags);
}
