#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command, and fails (status 99) when it took more than 200 MB of memory
or of disk below TMPDIR, or 20 seconds of a processor: bounded.py COMMAND...
Its exit status is that of the command otherwise. MOST_MEMORY and MOST_SECONDS
are other numbers: sanitizers take more bytes, and an emulator more seconds."""

import os
import resource
import subprocess
import sys
import time

MOST = 200 * 1000 * 1000
MOST_MEMORY = int(os.environ.get('MOST_MEMORY', MOST))
SECONDS = int(os.environ.get('MOST_SECONDS', 20))


def disk_of(pid, folder):
    """Bytes of the files that a process has open below a folder, also of
    those without a name."""
    size = 0
    try:
        for fd in os.listdir(f'/proc/{pid}/fd'):
            path = f'/proc/{pid}/fd/{fd}'
            if os.readlink(path).startswith(folder):
                size += os.stat(path).st_blocks * 512
    except OSError:
        pass  # it was closed meanwhile, or the process ended
    return size


def main():
    folder = os.path.realpath(os.environ['TMPDIR']) + '/'
    limit = (resource.RLIMIT_CPU, (SECONDS, SECONDS))
    child = subprocess.Popen(sys.argv[1:], preexec_fn=lambda:
                             resource.setrlimit(*limit))
    most = 0
    while child.poll() is None:
        most = max(most, disk_of(child.pid, folder))
        time.sleep(0.002)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    for what, used, limit in (('memory', memory, MOST_MEMORY),
                              ('disk', most, MOST)):
        if used > limit:
            print(f'it took {used} bytes of {what}', file=sys.stderr)
            return 99
    if child.returncode < 0:
        print(f'it ended by signal {-child.returncode}', file=sys.stderr)
        return 99
    return child.returncode


if __name__ == '__main__':
    sys.exit(main())
