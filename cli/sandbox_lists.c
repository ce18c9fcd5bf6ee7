/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of system calls. Not all architectures have all of them; those
 * that are younger than some headers have the same number everywhere. */
#define _GNU_SOURCE /* the numbers */
#include <sys/syscall.h>

#include "sandbox_calls.h"

static const uint32_t forbidden[] = {
	/* programs and processes */
	SYS_execve,
	SYS_execveat,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
#endif
	SYS_unshare,
	SYS_setns,
	/* other processes */
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_kcmp,
	SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
#ifdef __GLIBC__ /* musl's raise(3) calls it */
	SYS_tkill,
#endif
	SYS_setpriority,
	SYS_sched_setaffinity,
	SYS_sched_setscheduler,
	SYS_sched_setparam,
	SYS_sched_setattr,
	SYS_ioprio_set,
	SYS_move_pages,
	SYS_migrate_pages,
	424 /* pidfd_send_signal */,
	434 /* pidfd_open */,
	438 /* pidfd_getfd */,
	440 /* process_madvise */,
	448 /* process_mrelease */,
/* memory and queues that processes share */
#ifdef SYS_ipc
	SYS_ipc,
#endif
#ifdef SYS_shmget
	SYS_shmget,
	SYS_shmat,
	SYS_shmctl,
	SYS_msgget,
	SYS_msgctl,
	SYS_msgsnd,
	SYS_msgrcv,
	SYS_semget,
	SYS_semctl,
#endif
#ifdef SYS_semop
	SYS_semop,
#endif
#ifdef SYS_semtimedop
	SYS_semtimedop,
#endif
	420 /* semtimedop_time64 */,
	SYS_mq_open,
	SYS_mq_unlink,
	/* servers */
	SYS_listen,
	SYS_accept4,
#ifdef SYS_accept
	SYS_accept,
#endif
	/* files by other ways than their paths, and mounts */
	SYS_open_by_handle_at,
	SYS_name_to_handle_at,
	SYS_fanotify_init,
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_truncate, /* Landlock covers it since Linux 6.2 */
#ifdef SYS_truncate64
	SYS_truncate64,
#endif
	428 /* open_tree */,
	429 /* move_mount */,
	430 /* fsopen */,
	431 /* fsconfig */,
	432 /* fsmount */,
	433 /* fspick */,
	442 /* mount_setattr */,
	467 /* open_tree_attr */,
	/* the kernel and the system */
	425 /* io_uring_setup */,
	426 /* io_uring_enter */,
	427 /* io_uring_register */,
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
	SYS_syslog,
	SYS_acct,
	SYS_swapon,
	SYS_swapoff,
	SYS_sethostname,
	SYS_setdomainname,
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_adjtimex,
	SYS_clock_adjtime,
	404 /* clock_settime64 */,
	405 /* clock_adjtime64 */,
	SYS_quotactl,
	443 /* quotactl_fd */,
	SYS_vhangup,
#ifdef SYS_iopl
	SYS_iopl,
	SYS_ioperm,
#endif
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
};

static const uint32_t attributes[] = {
	SYS_fchmod,
	SYS_fchmodat,
	SYS_fchown,
	SYS_fchownat,
	SYS_mknodat,
	SYS_setxattr,
	SYS_lsetxattr,
	SYS_fsetxattr,
	SYS_removexattr,
	SYS_lremovexattr,
	SYS_fremovexattr,
	452 /* fchmodat2 */,
	463 /* setxattrat */,
	466 /* removexattrat */,
	469 /* file_setattr */,
#ifdef SYS_chmod
	SYS_chmod,
#endif
#ifdef SYS_chown
	SYS_chown,
	SYS_lchown,
#endif
#ifdef SYS_chown32
	SYS_chown32,
	SYS_fchown32,
	SYS_lchown32,
#endif
#ifdef SYS_mknod
	SYS_mknod,
#endif
#ifdef SYS_utime
	SYS_utime,
#endif
#ifdef SYS_utimes
	SYS_utimes,
#endif
#ifdef SYS_futimesat
	SYS_futimesat,
#endif
};

static const uint32_t client[] = {
	SYS_socket,	SYS_socketpair, SYS_connect,  SYS_bind,
	SYS_sendto,	SYS_sendmsg,	SYS_sendmmsg, SYS_recvmsg,
#ifdef SYS_socketcall
	SYS_socketcall,
#endif
};

#define LIST(calls)                                                            \
	{                                                                      \
		calls, sizeof(calls) / sizeof(calls[0])                        \
	}

const struct sandbox_call_list sandbox_forbidden_calls = LIST(forbidden),
			       sandbox_attribute_calls = LIST(attributes),
			       sandbox_client_calls = LIST(client);
