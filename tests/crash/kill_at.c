/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command, and kills it at its N-th system call that changes files or
 * writes to a connection:
 *
 *   kill_at N COMMAND...
 *
 * The calls of all threads are counted, from the start of the program; the N-th
 * call is not made. N 0: none is killed. If the command ends by itself, the
 * number of its calls is printed on standard error, in a line "calls NUMBER".
 *
 * Exit status: that of the command; 137 if it was killed; 125 if it cannot be
 * traced here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT = 125, KILLED = 137 };

static const long counted[] = {
#ifdef SYS_open
	SYS_open,      SYS_creat,      SYS_rename,
	SYS_link,      SYS_unlink,     SYS_mkdir,
	SYS_rmdir,     SYS_symlink,    SYS_chmod,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
	SYS_openat,    SYS_close,      SYS_write,
	SYS_pwrite64,  SYS_writev,     SYS_sendto,
	SYS_sendmsg,   SYS_sendfile,   SYS_copy_file_range,
	SYS_renameat2, SYS_linkat,     SYS_unlinkat,
	SYS_mkdirat,   SYS_symlinkat,  SYS_ftruncate,
	SYS_fallocate, SYS_fsync,      SYS_fdatasync,
	SYS_flock,     SYS_fchmod,     SYS_fchmodat,
	SYS_fchown,    SYS_fchownat,   SYS_utimensat,
	SYS_syncfs,    SYS_exit_group,
};

static bool is_counted(unsigned long long number)
{
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		if (number == (unsigned long long)counted[i])
			return true;
	return false;
}

static pid_t start(char **command)
{
	pid_t child = fork();

	if (child)
		return child;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(CANNOT);
	raise(SIGSTOP);
	execvp(command[0], command);
	_exit(CANNOT);
}

/* Returns whether the thread stopped before a call that counts. */
static bool is_call(pid_t thread)
{
	struct __ptrace_syscall_info info;

	return ptrace(PTRACE_GET_SYSCALL_INFO, thread, (void *)sizeof(info),
		      &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY &&
	       is_counted(info.entry.nr);
}

/* The signal to deliver: none of those that ptrace itself makes. */
static int signal_of(int status)
{
	int number = WSTOPSIG(status);
	bool ours = status >> 16 || number == (SIGTRAP | 0x80) ||
		    number == SIGSTOP || number == SIGTRAP;

	return ours ? 0 : number;
}

/* Returns the exit status of the child. */
static int follow(pid_t child, unsigned long at)
{
	unsigned long calls = 0;
	int status;

	for (;;) {
		pid_t thread = waitpid(-1, &status, __WALL);

		if (thread < 0)
			return errno == ECHILD ? CANNOT : 1;
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			if (thread != child)
				continue;
			if (WIFSIGNALED(status))
				return 128 + WTERMSIG(status);
			fprintf(stderr, "calls %lu\n", calls);
			return WEXITSTATUS(status);
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && is_call(thread) &&
		    ++calls == at)
			kill(child, SIGKILL);
		else
			ptrace(PTRACE_SYSCALL, thread, NULL,
			       (void *)(long)signal_of(status));
	}
}

int main(int argc, char **argv)
{
	const long options =
		PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
	int status;
	pid_t child;

	if (argc < 3)
		return 2;
	child = start(argv + 2);
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)options) != 0 ||
	    ptrace(PTRACE_SYSCALL, child, NULL, NULL) != 0)
		return CANNOT;
	status = follow(child, strtoul(argv[1], NULL, 10));
	return status == 128 + SIGKILL ? KILLED : status;
}
