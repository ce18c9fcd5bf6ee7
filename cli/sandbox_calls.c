/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter of system calls (seccomp(2)), which all threads get. It refuses,
 * with EPERM, calls that start processes, use a network, reach other processes,
 * change the system, or change modes, owners and attributes of files, which
 * Landlock does not cover. A command that uses registries keeps
 * the calls of a client. On i386 and s390x, where socketcall(2) has all of them
 * in one, the kinds of its sockets are not looked at.
 */
#define _GNU_SOURCE /* syscall, CLONE_THREAD */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox_calls.h"

#if defined(__x86_64__) && defined(__LP64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__arm__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#elif defined(__s390x__)
#define ARCHITECTURE AUDIT_ARCH_S390X
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#endif

#ifdef ARCHITECTURE
enum {
	/* Above the numbers of all calls; on amd64, those of the ABI x32
	 * follow. */
	NUMBERS_END = 0x40000000,
	/* The same on all architectures; younger than some headers. */
	CLONE3 = 435,
	UTIMENSAT_TIME64 = 412,
	CODE_MAX = 512,
	REFUSE = SECCOMP_RET_ERRNO | EPERM,
/* The argument of clone(2) with its flags. */
#ifdef __s390x__
	CLONE_FLAGS = 1,
#else
	CLONE_FLAGS = 0,
#endif
	NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
		     CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET,
	TYPES = 0xf /* of sockets, without SOCK_CLOEXEC and SOCK_NONBLOCK */
};

struct filter {
	struct sock_filter code[CODE_MAX];
	unsigned short count;
};

static void add(struct filter *f, uint16_t code, uint32_t value)
{
	f->code[f->count++] = (struct sock_filter)BPF_STMT(code, value);
}

/* Loads the word at offset of the struct seccomp_data. */
static void load(struct filter *f, size_t offset)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

/* The lower half of an argument, or the upper one. */
static void load_argument(struct filter *f, unsigned number, bool upper)
{
	const bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	load(f, offsetof(struct seccomp_data, args) + 8 * number +
			(upper != big ? 4 : 0));
}

/* Starts steps for which the loaded word has to be value; end_when ends them.
 * The last one of them returns. */
static unsigned when(struct filter *f, uint32_t value)
{
	f->code[f->count] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, value, 0, 0);
	return f->count++;
}

static void end_when(struct filter *f, unsigned start)
{
	f->code[start].jf = (uint8_t)(f->count - start - 1);
}

static void give(struct filter *f, uint32_t what)
{
	add(f, BPF_RET | BPF_K, what);
}

static void give_when(struct filter *f, uint32_t value, uint32_t what)
{
	unsigned start = when(f, value);

	give(f, what);
	end_when(f, start);
}

static void refuse(struct filter *f, const struct sandbox_call_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		give_when(f, list->calls[i], REFUSE);
}

/* The call needs value in the bits of mask of an argument. */
static void need(struct filter *f, uint32_t call, unsigned argument,
		 uint32_t mask, uint32_t value)
{
	unsigned start = when(f, call);

	load_argument(f, argument, false);
	add(f, BPF_ALU | BPF_AND | BPF_K, mask);
	give_when(f, value, SECCOMP_RET_ALLOW);
	give(f, REFUSE);
	end_when(f, start);
}

/* Commands of a call, as its second argument, that are refused. */
static void refuse_commands(struct filter *f, uint32_t call,
			    const uint32_t *commands, size_t count)
{
	unsigned start = when(f, call);

	load_argument(f, 1, false);
	for (size_t i = 0; i < count; i++)
		give_when(f, commands[i], REFUSE);
	give(f, SECCOMP_RET_ALLOW);
	end_when(f, start);
}

static void filter_commands(struct filter *f)
{
	static const uint32_t ioctls[] = {
		/* They type into a terminal, for the shell that reads it. */
		TIOCSTI,
		TIOCLINUX,
		/* They have signals sent to a process. */
		FIOSETOWN,
		SIOCSPGRP,
		/* They set attributes of files, also FS_IOC32_SETFLAGS. */
		FS_IOC_SETFLAGS,
		0x40046602,
		FS_IOC_FSSETXATTR,
	};
	static const uint32_t fcntls[] = {
		F_SETOWN, F_SETOWN_EX, F_SETSIG, F_SETLEASE, F_NOTIFY,
	};

	refuse_commands(f, SYS_ioctl, ioctls, sizeof(ioctls) / 4);
	refuse_commands(f, SYS_fcntl, fcntls, sizeof(fcntls) / 4);
#ifdef SYS_fcntl64
	refuse_commands(f, SYS_fcntl64, fcntls, sizeof(fcntls) / 4);
#endif
}

/* The times of an open file may be set: its path is NULL. */
static void filter_times(struct filter *f, uint32_t call)
{
	unsigned start = when(f, call), lower;

	load_argument(f, 1, false);
	lower = when(f, 0);
	load_argument(f, 1, true);
	give_when(f, 0, SECCOMP_RET_ALLOW);
	give(f, REFUSE);
	end_when(f, lower);
	give(f, REFUSE);
	end_when(f, start);
}

static void filter_processes(struct filter *f)
{
	const uint32_t self = (uint32_t)getpid();

	/* A thread, and no process. libc takes clone instead of clone3, whose
	 * flags a filter cannot read. */
	need(f, SYS_clone, CLONE_FLAGS, CLONE_THREAD | NAMESPACES,
	     CLONE_THREAD);
	give_when(f, CLONE3, SECCOMP_RET_ERRNO | ENOSYS);
	need(f, SYS_kill, 0, UINT32_MAX, self);
	need(f, SYS_tgkill, 0, UINT32_MAX, self);
	need(f, SYS_prlimit64, 0, UINT32_MAX, 0);
}

static void filter_ip(struct filter *f, uint32_t family)
{
	unsigned start = when(f, family);

	load_argument(f, 1, false);
	add(f, BPF_ALU | BPF_AND | BPF_K, TYPES);
	give_when(f, SOCK_STREAM, SECCOMP_RET_ALLOW);
	give_when(f, SOCK_DGRAM, SECCOMP_RET_ALLOW);
	give(f, REFUSE);
	end_when(f, start);
}

/* The sockets of a client: TCP, UDP, and netlink's routes, which resolvers look
 * at. local: local ones, too. */
static void filter_sockets(struct filter *f, bool local)
{
	unsigned start = when(f, SYS_socket), netlink;

	load_argument(f, 0, false);
	if (local)
		give_when(f, AF_UNIX, SECCOMP_RET_ALLOW);
	filter_ip(f, AF_INET);
	filter_ip(f, AF_INET6);
	netlink = when(f, AF_NETLINK);
	load_argument(f, 2, false);
	give_when(f, NETLINK_ROUTE, SECCOMP_RET_ALLOW);
	end_when(f, netlink);
	give(f, REFUSE);
	end_when(f, start);
}

/* Ends a process whose calls are those of another architecture. */
static void begin(struct filter *f)
{
	load(f, offsetof(struct seccomp_data, arch));
	f->code[f->count++] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	give(f, SECCOMP_RET_KILL_PROCESS);
	load(f, offsetof(struct seccomp_data, nr));
	f->code[f->count++] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JGE | BPF_K, NUMBERS_END, 0, 1);
	give(f, REFUSE);
}

bool sandbox_restrict_calls(const struct sandbox *sandbox)
{
	struct filter filter = { .count = 0 };
	struct sock_fprog program = { .filter = filter.code };

	begin(&filter);
	refuse(&filter, &sandbox_forbidden_calls);
	filter_commands(&filter);
	filter_processes(&filter);
	if (!sandbox->attributes) {
		refuse(&filter, &sandbox_attribute_calls);
		filter_times(&filter, SYS_utimensat);
		filter_times(&filter, UTIMENSAT_TIME64);
	}
	if (sandbox->network)
		filter_sockets(&filter, sandbox->local_sockets);
	else
		refuse(&filter, &sandbox_client_calls);
	give(&filter, SECCOMP_RET_ALLOW);
	program.len = filter.count;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}
#else
bool sandbox_restrict_calls(const struct sandbox *sandbox)
{
	(void)sandbox;
	errno = ENOSYS;
	return false;
}
#endif
