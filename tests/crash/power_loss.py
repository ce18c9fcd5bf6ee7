#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Loses power during commands, in a model.

    power_loss.py           a sample of the next runs
    power_loss.py --full    a next run from every state

strace records the system calls of a command (record.py), and a model of a disk
(disk.py) gives what may be on it after each of them. In each of these states,
what was there before is whole, or the new output is; the same command then ends
with status 0 and the right digest. After the command has ended with status 0,
its output is whole in each state, also if it was killed before.

The cache is not synced: each of its files is checked when it is read. The next
runs show that, because they find what the states make of it.
"""
import os
import pathlib
import shutil
import subprocess
import sys

import disk
import record
from scenes import SCENES, Stage, check_after, check_between, run_again

STEP = 40           # of a sample: a next run from one of so many states
AFTER_KILL = ("build of a layout", "copy into a layout")
UNSYNCED = ("report", "cache prune", "push")


def prepared(stage, scene):
    folder = stage.folder()
    for line in scene.before:
        stage.must(folder, line)
    return folder


def recorded(stage, scene, folder, *options):
    """The exit status of the command, and its system calls."""
    log = stage.top / "strace.log"
    status, said = stage.run(folder, scene.command, before=[
        *record.STRACE, *options, "-o", str(log)])
    if status not in (0, -9, 137):
        raise AssertionError(f"'{scene.command}' ended with {status}: {said}")
    with open(log, encoding="ascii") as lines:
        return status, list(record.calls(lines))


def outputs_of(state):
    return {path: data for path, data in state.items()
            if not path.startswith(("cache", "tmp"))}


class Search:
    """Looks at the states of a command that lost power."""

    def __init__(self, stage, scene, step):
        self.stage = stage
        self.scene = scene
        self.step = step
        self.place = stage.top / "state"
        self.seen = {"outputs": set(), "all": set(), "end": set()}
        self.wrong = []
        self.runs = 0

    def is_new(self, kind, state):
        number = len(self.seen[kind])
        self.seen[kind].add(disk.key(state))
        return len(self.seen[kind]) > number

    def at(self, what, state, check):
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        disk.write(state, self.place)
        try:
            check(self.place)
        except AssertionError as error:
            self.wrong.append(f"{what}: {error}")

    def check_files(self, folder):
        for name, data in self.files.items():
            if (folder / name).exists() and \
                    (folder / name).read_bytes() != data:
                raise AssertionError(f"{name} is not whole")

    def between(self, folder):
        self.check_files(folder)
        check_between(self.stage, self.scene, folder)

    def again(self, folder):
        self.runs += 1
        run_again(self.stage, self.scene, folder)
        check_after(self.stage, self.scene, folder, self.files)

    def after(self, folder):
        check_after(self.stage, self.scene, folder, self.files)

    def look(self, what, states):
        for state in states:
            if self.is_new("outputs", outputs_of(state)):
                self.at(what, outputs_of(state), self.between)
            if self.is_new("all", state) and \
                    len(self.seen["all"]) % self.step == 0:
                self.at(f"{what}, again", state, self.again)

    def run(self):
        folder = prepared(self.stage, self.scene)
        model = disk.Disk(folder)
        _, calls = recorded(self.stage, self.scene, folder)
        self.files = {name: (folder / name).read_bytes()
                      for name in self.scene.files}
        replay = record.Replay(model, folder)
        for number, (name, args, result) in enumerate(calls):
            if replay.do(name, args, result):
                self.look(f"after call {number}, {name}", model.states())
        self.look_at_end("after the end", model)
        self.check_model(model, folder)

    def look_at_end(self, what, model):
        for state in model.states():
            if self.is_new("end", outputs_of(state)):
                self.at(what, outputs_of(state), self.after)

    def run_after_kill(self, number):
        """The command is killed at its N-th fsync, and run again; power is lost
        after that. Returns whether it has so many."""
        folder = prepared(self.stage, self.scene)
        model = disk.Disk(folder)
        killed, calls = recorded(
            self.stage, self.scene, folder,
            f"--inject=fsync:signal=KILL:when={number}")
        if self.scene.tree and (folder / self.scene.tree).exists():
            return killed != 0  # it is not written again
        _, more = recorded(self.stage, self.scene, folder)
        for those in calls, more:
            replay = record.Replay(model, folder)
            for call in those:
                replay.do(*call)
        self.look_at_end(f"again after a kill at fsync {number}", model)
        self.check_model(model, folder)
        return killed != 0

    def check_model(self, model, folder):
        """The model has the files that are really there."""
        for path in pathlib.Path(folder).rglob("*"):
            node = model.find(str(path))
            if node is None or (
                    os.readlink(path) != node.target if path.is_symlink()
                    else path.is_file() and path.read_bytes() != node.data):
                self.wrong.append(f"the model has not seen {path}")


def can_trace():
    return shutil.which("strace") and subprocess.run(
        ["strace", "-o", "/dev/null", "true"], check=False,
        stderr=subprocess.DEVNULL).returncode == 0


def main(arguments):
    if not can_trace():
        print("ok power loss # SKIP processes cannot be traced here")
        return 0
    step = 1 if "--full" in arguments else STEP
    stage = Stage(3000)
    bad = 0
    try:
        for scene in SCENES:
            if scene.name in UNSYNCED:
                continue
            if scene.remote and not stage.registry:
                print(f"ok {scene.name} # SKIP no registry here")
                continue
            search = Search(stage, scene, step)
            search.run()
            kills = 0
            while (step == 1 or scene.name in AFTER_KILL) and \
                    search.run_after_kill(kills + 1):
                kills += 1
            bad += bool(search.wrong)
            print("not ok" if search.wrong else "ok",
                  f"{scene.name}: {len(search.seen['outputs'])} states of the "
                  f"output, {search.runs} next runs, {len(search.seen['end'])} "
                  f"states after the end, {kills} kills before it",
                  flush=True)
            for text in search.wrong[:5]:
                print("#", text[:300], flush=True)
    finally:
        stage.close()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
