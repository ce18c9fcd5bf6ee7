# SPDX-License-Identifier: Apache-2.0
"""The system calls of a command that change files, as strace records them, and
what they do to a disk (disk.py)."""
import re

from disk import File, Folder, Link

CALLS = ("open,openat,creat,close,dup,dup2,dup3,fcntl,lseek,read,pread64,"
         "write,pwrite64,writev,pwritev,sendfile,copy_file_range,ftruncate,"
         "truncate,fallocate,fsync,fdatasync,syncfs,sync_file_range,rename,"
         "renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,symlink,"
         "symlinkat,mmap")
STRACE = ["strace", "-f", "-q", "-xx", "-s", "100000000", "-e",
          "trace=?" + CALLS.replace(",", ",?"), "-e", "signal=none"]
LINE = re.compile(r"^(\d+) +(.*)$")
DONE = re.compile(r"^(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
UNFINISHED = " <unfinished ...>"


def calls(lines):
    """(name, arguments, result) of each call that did not fail, in the order of
    their ends."""
    begun = {}
    for line in lines:
        match = LINE.match(line.rstrip("\n"))
        if not match:
            continue
        thread, text = match.groups()
        if text.endswith(UNFINISHED):
            begun[thread] = text[:-len(UNFINISHED)]
            continue
        resumed = RESUMED.match(text)
        if resumed:
            text = begun.pop(thread) + resumed.group(2)
        done = DONE.match(text)
        if done and done.group(3) != "?" and int(done.group(3), 0) >= 0:
            yield (done.group(1), done.group(2).split(", "),
                   int(done.group(3), 0))


def decode(text):
    """The bytes of a string: "\\x61\\x62"."""
    return bytes.fromhex(text.strip('"').replace("\\x", ""))


class Open:
    """An open file: descriptors that were duplicated share its offset."""

    def __init__(self, node, path):
        self.node = node
        self.path = path
        self.offset = 0


class Replay:
    """Does the calls of a command to a disk. cwd: its working directory."""

    def __init__(self, disk, cwd):
        self.disk = disk
        self.cwd = str(cwd)
        self.open = {}

    def path(self, text, folder="AT_FDCWD"):
        path = decode(text).decode()
        if path.startswith("/proc/self/fd/"):
            return int(path.rpartition("/")[2])
        base = self.cwd if folder == "AT_FDCWD" else \
            self.open[int(folder)].path
        return path if path.startswith("/") else f"{base}/{path}"

    def node(self, descriptor):
        there = self.open.get(int(descriptor))
        return there.node if there else None

    def do(self, name, args, result):
        """Returns whether the disk is another one now."""
        action = getattr(self, "do_" + name, None)
        if action is None:
            raise AssertionError(f"no model of {name}({args})")
        return action(args, result)

    def do_openat(self, args, result):
        path, flags = self.path(args[1], args[0]), args[2]
        if isinstance(path, int):
            self.open[result] = Open(self.node(path), None)
            return False
        node = self.disk.find(path)
        if "O_TMPFILE" in flags:
            node = File()
        elif node is None and "O_CREAT" in flags:
            node = File()
            self.disk.put(path, node)
        elif isinstance(node, File) and "O_TRUNC" in flags:
            node.truncate(0)
        self.open[result] = Open(node, path)
        return "O_CREAT" in flags

    def do_open(self, args, result):
        return self.do_openat(["AT_FDCWD", *args], result)

    def do_close(self, args, _):
        self.open.pop(int(args[0]), None)

    def do_dup(self, args, result):
        if int(args[0]) in self.open:
            self.open[result] = self.open[int(args[0])]

    do_dup2 = do_dup3 = do_dup

    def do_fcntl(self, args, result):
        if args[1].startswith("F_DUPFD"):
            self.do_dup(args, result)

    def do_lseek(self, args, result):
        if int(args[0]) in self.open:
            self.open[int(args[0])].offset = result

    def do_read(self, args, result):
        if int(args[0]) in self.open:
            self.open[int(args[0])].offset += result

    def do_write(self, args, result):
        there = self.open.get(int(args[0]))
        if not there or not isinstance(there.node, File):
            return False
        there.node.write(there.offset, decode(args[1])[:result])
        there.offset += result
        return True

    def do_pwrite64(self, args, result):
        node = self.node(args[0])
        if not isinstance(node, File):
            return False
        node.write(int(args[3]), decode(args[1])[:result])
        return True

    def do_ftruncate(self, args, _):
        node = self.node(args[0])
        if isinstance(node, File):
            node.truncate(int(args[1]))
        return True

    def do_fsync(self, args, _):
        node = self.node(args[0])
        if node is not None:
            node.sync()
        return True

    do_fdatasync = do_fsync

    def do_syncfs(self, _args, _result):
        self.disk.sync()
        return True

    def nothing(self, _args, _result):
        return False

    # Not durable, and reading.
    do_pread64 = do_sync_file_range = nothing

    def do_mmap(self, args, _):
        if "PROT_WRITE" in args[2] and "MAP_SHARED" in args[3] and \
                self.node(args[4]) is not None:
            raise AssertionError("no model of shared mappings")
        return False

    def do_rename(self, args, _):
        self.disk.rename(self.path(args[0]), self.path(args[1]))
        return True

    def do_renameat(self, args, _):
        self.disk.rename(self.path(args[1], args[0]),
                         self.path(args[3], args[2]))
        return True

    do_renameat2 = do_renameat

    def do_linkat(self, args, _):
        old = self.path(args[1], args[0])
        node = self.node(old) if isinstance(old, int) else self.disk.find(old)
        if node is not None:
            self.disk.put(self.path(args[3], args[2]), node)
        return True

    def do_link(self, args, _):
        return self.do_linkat(["AT_FDCWD", args[0], "AT_FDCWD", args[1]], 0)

    def do_symlinkat(self, args, _):
        self.disk.put(self.path(args[2], args[1]),
                      Link(decode(args[0]).decode()))
        return True

    def do_unlink(self, args, _):
        self.disk.remove(self.path(args[0]))
        return True

    do_rmdir = do_unlink

    def do_unlinkat(self, args, _):
        self.disk.remove(self.path(args[1], args[0]))
        return True

    def do_mkdir(self, args, _):
        self.disk.put(self.path(args[0]), Folder())
        return True

    def do_mkdirat(self, args, _):
        self.disk.put(self.path(args[1], args[0]), Folder())
        return True
