#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Start what an image starts, in its unpacked root, as an engine does.

    start.py ROOT ARCH CONFIG WORD...

CONFIG is the member "config" of an image's config, in JSON; the words take
the place of its Cmd. In namespaces of their own: users, mounts, processes, IPC
and network. ARCH is the architecture as OCI images name it: programs of others
than this machine's run under qemu's user emulation, which the kernel (6.7 and
later) lets a user namespace set up for itself.

The exit status is the program's; 125 where it was not started by a fault of
this machine, 126 where the kernel refused it, 127 where it is not there.
"""
import ctypes
import json
import os
import platform
import sys
import traceback

libc = ctypes.CDLL(None, use_errno=True)
NEW_NAMESPACES = 0x10000000 | 0x20000 | 0x20000000 | 0x8000000 | 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 1 << 18
USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# qemu's name, bits, byte order and e_machine of each.
MACHINES = {"amd64": ("x86_64", 64, "little", 62),
            "386": ("i386", 32, "little", 3),
            "arm64": ("aarch64", 64, "little", 183),
            "arm": ("arm", 32, "little", 40),
            "riscv64": ("riscv64", 64, "little", 243),
            "ppc64le": ("ppc64le", 64, "little", 21),
            "s390x": ("s390x", 64, "big", 22)}
NATIVE = {"x86_64": ("amd64", "386"), "aarch64": ("arm64",),
          "riscv64": ("riscv64",)}


def check(result):
    if result:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def mount(source, target, kind=None, flags=0, data=None):
    check(libc.mount(source.encode(), target.encode(),
                     kind and kind.encode(), flags, data and data.encode()))


def emulate(arch):
    """What starts ELF files of arch. F: the kernel keeps it open."""
    name, bits, order, machine = MACHINES[arch]
    magic = (b"\x7fELF" + bytes([bits // 32, 1 if order == "little" else 2, 1])
             + bytes(9))
    mask = b"\xff" * 7 + b"\0" + b"\xff" * 8
    little = order == "little"
    magic += (2).to_bytes(2, order) + machine.to_bytes(2, order)
    mask += (b"\xfe\xff" if little else b"\xff\xfe") + b"\xff\xff"

    def text(data):
        return b"".join(b"\\x%02x" % b for b in data)
    mount("binfmt_misc", "/proc/sys/fs/binfmt_misc", "binfmt_misc")
    with open("/proc/sys/fs/binfmt_misc/register", "wb", 0) as file:
        file.write(b":corpus:M::" + text(magic) + b":" + text(mask) +
                   f":/usr/bin/qemu-{name}-static:OCF".encode())


def mount_system(root):
    """/proc and a small /dev, which engines mount over what is there."""
    for name in ("proc", "dev"):
        os.makedirs(f"{root}/{name}", exist_ok=True)
    mount("proc", f"{root}/proc", "proc")
    dev = f"{root}/dev"
    mount("tmpfs", dev, "tmpfs", 0, "mode=755")
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        open(f"{dev}/{name}", "w").close()
        mount(f"/dev/{name}", f"{dev}/{name}", None, MS_BIND)
    os.symlink("/proc/self/fd", f"{dev}/fd")
    for i, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{i}", f"{dev}/{name}")
    os.mkdir(f"{dev}/shm")
    os.chmod(f"{dev}/shm", 0o1777)


def lines(path):
    try:
        with open(path, errors="replace") as file:
            return [line.rstrip("\n").split(":") for line in file]
    except OSError:
        return []


def find_user(text):
    """uid, gid and further groups of "USER[:GROUP]"."""
    user, _, group = (text or "0").partition(":")
    passwd = [f for f in lines("/etc/passwd") if len(f) > 3]
    groups = [f for f in lines("/etc/group") if len(f) > 3]
    found = [f for f in passwd if f[0] == user] or \
        [f for f in passwd if f[2] == user]
    uid = int(found[0][2] if found else user)
    gid = int(found[0][3]) if found else 0
    more = [int(f[2]) for f in groups
            if found and found[0][0] in f[3].split(",")]
    if group:
        named = [f for f in groups if f[0] == group]
        gid, more = int(named[0][2] if named else group), []
    return uid, gid, more


def enter(root, config, words):
    os.chroot(root)
    os.chdir("/")
    folder = config.get("WorkingDir") or "/"
    if not os.path.isdir(folder):
        os.makedirs(folder)
    uid, gid, more = find_user(config.get("User"))
    os.setgroups(more)
    os.setgid(gid)
    os.setuid(uid)
    os.chdir(folder)
    env = dict(e.split("=", 1) for e in config.get("Env") or [])
    env.setdefault("PATH", USUAL_PATH)
    env.setdefault("HOME", "/")
    os.environ.clear()
    os.environ.update(env)
    try:
        os.execvpe(words[0], words, env)
    except OSError as error:
        print(f"{words[0]}: {error.strerror}", file=sys.stderr)
        sys.stderr.flush()
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def first(root, arch, config, words):
    """The first process of the new process namespace."""
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    if arch not in NATIVE.get(platform.machine(), ()):
        mount("proc", "/proc", "proc")
        emulate(arch)
    mount_system(root)
    enter(root, config, words)


def guarded(function, *args):
    """In a child: no exception leads out of it."""
    try:
        function(*args)
    except BaseException:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(125)


def status_of(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xff


def separate(args, ready, mapped):
    check(libc.unshare(NEW_NAMESPACES))
    os.write(ready, b"x")
    os.read(mapped, 1)
    pid = os.fork()
    if pid == 0:
        guarded(first, *args)
    os._exit(status_of(pid))


def main():
    root, arch, config = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    words = (config.get("Entrypoint") or []) + sys.argv[4:]
    "x".encode("idna")      # what is imported late is not there after chroot
    is_ready, ready = os.pipe()
    is_mapped, mapped = os.pipe()
    pid = os.fork()
    if pid == 0:
        libc.prctl(1, 9)    # PR_SET_PDEATHSIG, SIGKILL
        guarded(separate, (root, arch, config, words), ready, is_mapped)
    os.read(is_ready, 1)
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/{pid}/{name}", "w") as file:
            file.write("0 0 65536")
    os.write(mapped, b"x")
    sys.exit(status_of(pid))


if __name__ == "__main__":
    main()
