/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A seccomp filter: system calls that start programs, use a network, look into
 * other processes or change the system fail with EPERM. A command that uses
 * registries keeps the calls of a client, and no sockets but those of IP and
 * netlink, which resolvers use: a local socket may be that of an engine, whose
 * users are root. On i386 and s390x, where socketcall(2) has all of them in
 * one, it keeps that. All threads get the filter. See seccomp(2).
 */
#define _GNU_SOURCE /* syscall */
#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* Above the numbers of all calls; on amd64, those of the ABI x32 follow. */
enum { NUMBERS_END = 0x40000000 };

static const uint32_t client_calls[] = {
	SYS_socket,	SYS_socketpair, SYS_connect,  SYS_bind,
	SYS_sendto,	SYS_sendmsg,	SYS_sendmmsg, SYS_recvmsg,
#ifdef SYS_socketcall
	SYS_socketcall,
#endif
};

static const uint32_t forbidden[] = {
	SYS_execve,
	SYS_execveat,
	SYS_listen,
	SYS_accept4,
#ifdef SYS_accept
	SYS_accept,
#endif
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_kcmp,
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_unshare,
	SYS_setns,
	SYS_open_by_handle_at,
	SYS_name_to_handle_at,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_keyctl,
	SYS_add_key,
	SYS_request_key,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
	SYS_reboot,
	SYS_swapon,
	SYS_sethostname,
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_quotactl,
	/* The same on all architectures; younger than some headers. */
	425 /* io_uring_setup */,
	428 /* open_tree */,
	429 /* move_mount */,
	430 /* fsopen */,
	438 /* pidfd_getfd */,
};

#ifdef ARCHITECTURE
enum {
	CLIENT_CALLS = sizeof(client_calls) / sizeof(client_calls[0]),
	FORBIDDEN = sizeof(forbidden) / sizeof(forbidden[0]),
	REFUSE = SECCOMP_RET_ERRNO | EPERM
};

/* The lower half of the first argument. */
enum {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	ARGUMENT = offsetof(struct seccomp_data, args) + 4
#else
	ARGUMENT = offsetof(struct seccomp_data, args)
#endif
};

struct filter {
	struct sock_filter code[3 * (CLIENT_CALLS + FORBIDDEN) + 16];
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

/* Skips the next `skipped` steps if the loaded word is not value. */
static void unless_equal(struct filter *f, uint32_t value, uint8_t skipped)
{
	f->code[f->count++] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped);
}

static void end_with(struct filter *f, uint32_t what)
{
	add(f, BPF_RET | BPF_K, what);
}

static void refuse(struct filter *f, const uint32_t *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unless_equal(f, calls[i], 1);
		end_with(f, REFUSE);
	}
}

/* The last rule for a socket: its family decides. */
static void choose_family(struct filter *f)
{
	static const uint32_t families[] = { AF_INET, AF_INET6, AF_NETLINK };

	unless_equal(f, SYS_socket, 8);
	load(f, ARGUMENT);
	for (size_t i = 0; i < 3; i++) {
		unless_equal(f, families[i], 1);
		end_with(f, SECCOMP_RET_ALLOW);
	}
	end_with(f, REFUSE);
}

bool sandbox_restrict_calls(bool network)
{
	struct filter filter = { .count = 0 };
	struct sock_fprog program = { .filter = filter.code };

	load(&filter, offsetof(struct seccomp_data, arch));
	filter.code[filter.count++] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	end_with(&filter, SECCOMP_RET_KILL_PROCESS);
	load(&filter, offsetof(struct seccomp_data, nr));
	filter.code[filter.count++] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JGE | BPF_K, NUMBERS_END, 0, 1);
	end_with(&filter, REFUSE);
	refuse(&filter, forbidden, FORBIDDEN);
	if (network)
		choose_family(&filter);
	else
		refuse(&filter, client_calls, CLIENT_CALLS);
	end_with(&filter, SECCOMP_RET_ALLOW);
	program.len = filter.count;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}
#else
bool sandbox_restrict_calls(bool network)
{
	(void)network;
	errno = ENOSYS;
	return false;
}
#endif
