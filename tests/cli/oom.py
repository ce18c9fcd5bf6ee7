# SPDX-License-Identifier: Apache-2.0
"""A command whose n-th allocation fails, for many n.

    oom.py FAIL.SO EVERY ARGUMENT...

Runs OCI_PACK with the arguments, with the first allocation failing, then the
one EVERY later, and so on. Each run has to end in one of these ways: as
the run in which nothing fails; or with exit 1, a line that says that memory
ran out, and nothing left of `out` and `out.tar`. The ends that the dynamic
loader (127) and libarchive put to a process, crashes inside libraries that do
not survive their own failed allocations, and two causes that libc does not
tell apart from others are counted and passed over.
"""

import collections
import os
import re
import shutil
import subprocess
import sys

COMMAND = os.environ["OCI_PACK"]
PRELOAD, EVERY = sys.argv[1], int(sys.argv[2])
ARGUMENTS = sys.argv[3:]
MEMORY = re.compile(r"memory|cannot start a thread", re.I)
OUTPUTS = ("out", "out.tar")


def clean():
    for name in OUTPUTS:
        shutil.rmtree(name, ignore_errors=True)
        if os.path.exists(name):
            os.remove(name)


def run(number, **more):
    clean()
    env = dict(os.environ, LD_PRELOAD=PRELOAD, FAIL=f"alloc:{number}", **more)
    result = subprocess.run([COMMAND] + ARGUMENTS, env=env, timeout=60,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return (result.returncode, result.stdout,
            result.stderr.decode(errors="replace"))


def left():
    """What a failed run has left of its outputs."""
    return [name for name in OUTPUTS if os.path.exists(name)]


def backtrace_is_ours(number):
    """Whether a crash is in our code and not in a library's."""
    gdb = shutil.which("gdb")
    if not gdb:
        return False
    clean()
    told = subprocess.run(
        [gdb, "-q", "-batch", "-ex", "set startup-with-shell off",
         "-ex", f"set environment LD_PRELOAD={PRELOAD}",
         "-ex", f"set environment FAIL=alloc:{number}", "-ex", "run",
         "-ex", "bt 1", "--args", COMMAND] + ARGUMENTS,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
    return re.search(rb"#0 .* at (liboci|cli)/", told.stdout) is not None


def judge(number, wanted):
    status, output, said = run(number)
    where = f"allocation {number} of {' '.join(ARGUMENTS)}: exit {status}"
    if status == 127:
        return "loader"
    if "Fatal Internal Error in libarchive" in said:
        return "libarchive's own end"
    if status < 0:
        if backtrace_is_ours(number):
            sys.exit(f"{where}: a crash of ours")
        return "crash of a library"
    if (status, output) == wanted:
        return "as if nothing"
    if status != 1:
        sys.exit(f"{where}: {said or 'another result, and not a word'}")
    if not MEMORY.search(said):
        sys.exit(f"{where}: {said or 'not a word'}")
    if left():
        sys.exit(f"{where}: it left {left()}")
    return "told"


def main():
    status, output, said = run(0, FAIL_COUNT="count")
    if status not in (0, 3):
        sys.exit(f"exit {status}: {said}")
    with open("count") as file:
        total = int(file.read())
    ends = collections.Counter(judge(n, (status, output))
                               for n in range(1, total + 1, EVERY))
    if not ends["told"]:
        sys.exit("no allocation failed")
    print(ARGUMENTS[0], total, "allocations:", dict(ends))


main()
