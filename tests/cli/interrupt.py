#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command that takes long, sends it a signal when it works, and fails
unless that signal ends it soon: interrupt.py SIGNAL COMMAND... What it said goes
to standard output.

interrupt.py committed FILE COMMAND...: the signal comes when FILE is there and the
command waits to write to its standard output; it has to end with status 0."""

import os
import resource
import signal
import subprocess
import sys
import time

WORKING = 0.15      # seconds of a processor
SOON = 4            # the same: each of these takes more than twice as much
LONG = 60           # seconds until it hangs


def stat_of(pid):
    with open(f'/proc/{pid}/stat') as file:
        fields = file.read().rpartition(')')[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return fields[0], ticks / os.sysconf('SC_CLK_TCK')


def wait_for(child, condition):
    until = time.monotonic() + LONG
    while child.poll() is None and time.monotonic() < until:
        if condition():
            return
        time.sleep(0.005)
    sys.exit(f'it ended too soon, or never began: {child.poll()}')


def start(command, **streams):
    # A shell that ran this in the background may have SIGINT ignored.
    return subprocess.Popen(command, preexec_fn=lambda: signal.signal(
        signal.SIGINT, signal.SIG_DFL), **streams)


def interrupt(number, command):
    child = start(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_for(child, lambda: stat_of(child.pid)[1] >= WORKING)
    child.send_signal(number)
    try:
        said = child.communicate(timeout=LONG)[0]
    finally:
        child.kill()
    sys.stdout.buffer.write(said)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode != -number:
        sys.exit(f'it ended with {child.returncode}, not by {number}')
    if used.ru_utime + used.ru_stime > SOON:
        sys.exit(f'it went on for {used.ru_utime + used.ru_stime} s')


def interrupt_done(path, command):
    source, sink = os.pipe()
    os.set_blocking(sink, False)
    try:
        while True:
            os.write(sink, b' ' * 4096)
    except BlockingIOError:
        os.set_blocking(sink, True)
    child = start(command, stdout=sink)
    os.close(sink)
    asleep = []

    def waits():
        asleep.append(os.path.exists(path) and stat_of(child.pid)[0] == 'S')
        return all(asleep[-40:]) and len(asleep) >= 40

    wait_for(child, waits)
    child.send_signal(signal.SIGINT)
    with os.fdopen(source, 'rb') as file:
        sys.stdout.buffer.write(file.read().lstrip())
    if child.wait(LONG) != 0:
        sys.exit(f'it ended with {child.returncode}')


if __name__ == '__main__':
    if sys.argv[1] == 'committed':
        interrupt_done(sys.argv[2], sys.argv[3:])
    else:
        interrupt(getattr(signal, 'SIG' + sys.argv[1]), sys.argv[2:])
