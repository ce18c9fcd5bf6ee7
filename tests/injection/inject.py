#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Commands on a system that fails, at one call after the other.

    inject.py OCI-PACK memory|calls [EVERY [COMMAND...]]

`memory`: the n-th allocation fails, and in a second row all from the n-th on.
`calls`: the n-th call of each function of calls.c fails, in each of the ways of
HOWS. Every EVERY-th injection is tried; the default, 1, tries all. Prints TAP,
a line for each command.

A run has to end in one of two ways. Either with the exit status, output, files
and tags of a run in which nothing fails. Or with exit status 1, a message that names
the cause, the files that were there before and no others; of tags in a
registry, an answer may be lost after the tag was set. The next run is as if
nothing had happened.

Processes that the dynamic loader (status 127) or libarchive ends for lack of
memory, and crashes inside libraries, are counted, and are no failures.
"""
import collections
import concurrent.futures
import errno
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from commands import COMMANDS, World

HERE = pathlib.Path(__file__).parent
READS = ["short", errno.EINTR, errno.EIO]
WRITES = ["short", errno.EINTR, errno.ENOSPC, errno.EIO]
HOWS = collections.defaultdict(lambda: [errno.EIO], {
    "read": READS, "pread": READS, "pread64": READS,
    "write": WRITES, "pwrite": WRITES, "pwrite64": WRITES,
    "recv": ["short", errno.EINTR, errno.ECONNRESET],
    "send": ["short", errno.EINTR, errno.EPIPE],
    "open": [errno.EMFILE, errno.EACCES, errno.EINTR],
    "open64": [errno.EMFILE, errno.EACCES, errno.EINTR],
    "close": [errno.EIO, errno.EINTR],
    "socket": [errno.EMFILE], "connect": [errno.ECONNREFUSED],
    "ftruncate": [errno.ENOSPC], "ftruncate64": [errno.ENOSPC],
    "rename": [errno.EIO, errno.ENOSPC], "link": [errno.EMLINK],
    "linkat": [errno.EIO, errno.EXDEV], "mkdir": [errno.ENOSPC],
    "flock": [errno.ENOLCK, errno.EINTR], "fsync": [errno.EIO, errno.ENOSPC],
    "syncfs": [errno.EIO, errno.ENOSPC], "symlinkat": [errno.ENOSPC],
    "mkdirat": [errno.ENOSPC], "fchownat": [errno.EPERM],
    "openat": [errno.EMFILE, errno.EACCES, errno.ENOSPC],
    "openat64": [errno.EMFILE, errno.EACCES, errno.ENOSPC],
})
# Those are taken up again wherever they happen.
RESUMED = ("read", "pread", "pread64", "write", "pwrite", "pwrite64", "recv",
           "send")
MEMORY = re.compile(r"memory|cannot start a thread", re.I)
NETWORK = re.compile(r"refused|reset|connect|send|Receive|response|resolve|"
                     r"empty reply|transfer", re.I)
SOCKETS = ("socket", "connect", "send", "recv")


class Wrong(Exception):
    pass


def build(kind, folder):
    library = pathlib.Path(folder) / f"{kind}.so"
    source = {"memory": "alloc.c", "calls": "calls.c"}[kind]
    subprocess.run(["cc", "-O1", "-Wall", "-shared", "-fPIC", "-o", library,
                    HERE / source, "-ldl", "-pthread"], check=True)
    return str(library)


class Trial:
    """One command, in a folder of its own."""

    def __init__(self, command, name, library, folder):
        self.words, earlier = COMMANDS[name]
        self.library, self.name = library, name
        self.ends = collections.Counter()
        self.saved = pathlib.Path(folder) / "saved"
        folder = pathlib.Path(folder) / "world"
        folder.mkdir()
        self.saved.mkdir()
        self.world = World(command, folder)
        self.inputs = set(os.listdir(folder))
        time.sleep(2.1)     # a file that is younger is never taken from caches
        for words in earlier:
            self.world.run(*words)
        for path in folder.iterdir():
            if path.name not in self.inputs:
                subprocess.run(["cp", "-a", path, self.saved], check=True)
        self.manifests = dict(self.world.registry.manifests)
        self.before = self.world.state()
        self.counts = self.count()
        self.wanted, self.after = self.run_once()
        if self.wanted[0] not in (0, 1, 3):
            raise SystemExit(f"{name}: exit {self.wanted[0]}")

    def reset(self):
        """Inputs stay, because the cache knows them by their inodes."""
        for path in self.world.folder.iterdir():
            if path.name in self.inputs:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        for path in self.saved.iterdir():
            subprocess.run(["cp", "-a", path, self.world.folder], check=True)
        self.world.registry.manifests = dict(self.manifests)

    def run_once(self, **env):
        self.reset()
        result = self.world.start(self.words, **env)
        return ((result.returncode, result.stdout,
                 result.stderr.decode(errors="replace")), self.world.state())

    def count(self):
        """How often the command calls each function."""
        path = pathlib.Path(self.library).with_name(self.name)
        self.run_once(FAIL_COUNT=str(path), LD_PRELOAD=self.library,
                      **sanitizer())
        found = dict(line.split() for line in path.read_text().splitlines())
        return {name: int(number) for name, number in found.items()}

    def inject(self, name, number, how):
        where = f"{name} {number} {how}"
        env = {"FAIL": f"{name}:{number}:{how}", "LD_PRELOAD": self.library,
               **sanitizer()}
        try:
            result, state = self.run_once(**env)
            end = self.judge(result, state, name, how)
        except subprocess.TimeoutExpired:
            raise Wrong(f"{where}: it never ended")
        except Wrong as wrong:
            raise Wrong(f"{where}: {wrong}")
        self.ends[end] += 1
        if end == "told" and self.ends[end] % 5 == 1:
            self.check_next(where)

    def check_next(self, where):
        """The failed run is followed by one in which nothing fails."""
        result = self.world.start(self.words)
        if (result.returncode, result.stdout) != self.wanted[:2]:
            raise Wrong(f"{where}: the next run: exit {result.returncode}, "
                        f"{result.stderr.decode()}")
        files, tags = self.world.state()
        left = unexpected(self.after[0], files, where)
        if left or tags != self.after[1]:
            raise Wrong(f"{where}: after the next run: {left[:5]}")

    def judge(self, result, state, name, how):
        status, _, said = result
        if status == 1 and not said:
            raise Wrong(f"exit {status}, and not a word")
        if "Sanitizer" in said:
            raise Wrong(said)
        if status == 127:
            return "loader"
        if "Fatal Internal Error in libarchive" in said:
            return "libarchive's own end"
        if status < 0:
            library = re.search(r"^crash in \S*/(lib\S+\.so\S*)$", said, re.M)
            if not library:
                raise Wrong(f"a crash of ours ({status}) {said}")
            return f"crash in {library[1]}"
        if result[:2] == self.wanted[:2]:
            left = unexpected(self.after[0], state[0], name)
            if left or state[1] != self.after[1]:
                raise Wrong(f"exit 0, but other files or tags: {left[:5]}")
            return "as if nothing"
        if status != 1:
            raise Wrong(f"exit {status}: {said}")
        if name in RESUMED and how in ("short", errno.EINTR):
            raise Wrong(f"it is not resumed: {said}")
        if not names_cause(said, name, how):
            raise Wrong(f"the cause is not named: {said}")
        left = unexpected(self.before[0], state[0], name)
        if left:
            raise Wrong(f"{said}: other files: {left[:5]}")
        if state[1] not in (self.before[1], self.after[1]):
            raise Wrong(f"{said}: the registry has other tags")
        return "told"


def names_cause(said, name, how):
    if name == "alloc":
        return MEMORY.search(said)
    if name in SOCKETS:
        return NETWORK.search(said) or os.strerror(how) in said
    return os.strerror(how) in said


def unexpected(wanted, got, call):
    """The names of files that are not as they should be. The last step of a
    commit to a layout gives blobs their names. If it fails, those that are
    named stay: they are whole, another run may use them already, and readers
    see none of them. Where unlink fails, temporary files stay."""
    def is_harmless(name):
        mode, data = got.get(name, (0, b""))
        digest = hashlib.sha256(data).hexdigest()
        return (name not in wanted and (
            re.fullmatch(r"out|out/blobs|out/blobs/sha256|out/oci-layout",
                         name) or
            name == f"out/blobs/sha256/{digest}" or
            "unlink" in call and name.endswith(".tmp")))
    return sorted(n for n in {*wanted, *got}
                  if wanted.get(n) != got.get(n) and not is_harmless(n))


def sanitizer():
    """A library before the sanitizer's own is meant."""
    return {"ASAN_OPTIONS": "verify_asan_link_order=0"}


def trials_of(kind, counts, every):
    if kind == "memory":
        for number in range(1, counts["alloc"] + 1, every):
            yield "alloc", number, 0
            yield "alloc", number, 10 ** 9
        return
    turn = 0
    for name, count in counts.items():
        for how in HOWS[name]:
            for number in range(1, count + 1):
                if turn % every == 0:
                    yield name, number, how
                turn += 1


def try_command(command, name, kind, library, every):
    wrong = []
    with tempfile.TemporaryDirectory(prefix="injection.") as folder:
        trial = Trial(command, name, library, folder)
        for where in trials_of(kind, trial.counts, every):
            try:
                trial.inject(*where)
            except Wrong as reason:
                wrong.append(str(reason))
        trial.world.registry.close()
    if not trial.ends and not wrong:
        wrong.append("nothing failed")
    return trial.ends, wrong


def report(name, ends, wrong):
    counts = ", ".join(f"{n} {end}" for end, n in sorted(ends.items()))
    print(f"{'not ok' if wrong else 'ok'} {name}: {counts}", flush=True)
    for line in wrong[:20]:
        print("# " + line.strip().replace("\n", "\n# "))
    if len(wrong) > 20:
        print(f"# and {len(wrong) - 20} more")


def main():
    command, kind = os.path.abspath(sys.argv[1]), sys.argv[2]
    every = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    names = sys.argv[4:] or list(COMMANDS)
    total, failed = collections.Counter(), False
    with tempfile.TemporaryDirectory() as folder:
        library = build(kind, folder)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            runs = {name: pool.submit(try_command, command, name, kind,
                                      library, every) for name in names}
            for name, run in runs.items():
                ends, wrong = run.result()
                report(f"{kind}/{name}", ends, wrong)
                total += ends
                failed = failed or bool(wrong)
    print("#", sum(total.values()), "injections:", dict(total))
    print(f"1..{len(names)}")
    sys.exit(failed)


main()
