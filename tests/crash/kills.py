#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills commands, and looks at what is left.

    kills.py            a sample: some of the system calls of each command
    kills.py --full     every system call that changes files or sends, and 1,000
                        kills at random moments of larger runs
    kills.py --seed N   other moments

After each kill: what was there before is whole, or the new output is; the same
command then ends with status 0 and the right digest; and no file is there that
a run without kills would not have left. Each command is killed with files that
have no name while they are written, and again where the file system seems to
have no O_TMPFILE. Without a registry, commands that need one are skipped.
"""
import concurrent.futures
import contextlib
import random
import re
import subprocess
import sys
import time

from scenes import (ROOT, SCENES, Stage, check_after, check_between,
                    is_temporary, names, run_again)

JOBS = 2
STEP = 12           # of a sample: one of so many system calls
RANDOM = 1000       # kills at random moments, over all commands
LARGE = 4_000_000   # bytes of their input


def tool(stage, name, *flags):
    path = stage.top / name
    if not path.exists():
        subprocess.run(["cc", "-O1", *flags, "-o", path,
                        ROOT / f"tests/crash/{name.partition('.')[0]}.c"],
                       check=True)
    return str(path)


def prepared(stage, scene):
    folder = stage.folder()
    for line in scene.before:
        stage.must(folder, line)
    return folder


class Reference:
    """What a run without kills leaves, how many calls it makes, and how long
    it takes."""

    def __init__(self, stage, scene, env):
        self.env = env
        self.folder = prepared(stage, scene)
        said = stage.must(self.folder, scene.command, env=env,
                          before=[tool(stage, "kill_at"), "0"])
        self.calls = int(re.findall(r"^calls (\d+)$", said, re.M)[-1])
        self.names = names(self.folder)
        self.files = {name: (self.folder / name).read_bytes()
                      for name in scene.files}
        check_after(stage, scene, self.folder, self.files)
        self.seconds = min(self.measure(stage, scene) for _ in range(3))

    def measure(self, stage, scene):
        folder, began = prepared(stage, scene), time.monotonic()
        stage.must(folder, scene.command, env=self.env)
        return time.monotonic() - began


class Tally:
    def __init__(self):
        self.kills = self.ended = self.littered = self.litter = 0

    def add(self, killed, left):
        self.kills += killed
        self.ended += not killed
        self.littered += bool(left)
        self.litter += len(left)


def kill_at_call(stage, scene, reference, folder, call):
    status, _ = stage.run(folder, scene.command, env=reference.env,
                          before=[tool(stage, "kill_at"), str(call)])
    return status == 137


def kill_after(stage, scene, reference, folder, seconds):
    process = stage.start(folder, scene.command, env=reference.env)
    time.sleep(seconds)
    process.kill()
    process.communicate()
    return process.returncode == -9


def one_kill(stage, scene, reference, kill, when):
    """Returns whether it was killed, and the temporary files that it left."""
    folder = prepared(stage, scene)
    killed = kill(stage, scene, reference, folder, when)
    left = {n for n in names(folder) - reference.names if is_temporary(n)}
    for name in scene.files:
        if (folder / name).exists() and \
                (folder / name).read_bytes() != reference.files[name]:
            raise AssertionError(f"{name} is not whole")
    check_between(stage, scene, folder)
    run_again(stage, scene, folder, env=reference.env)
    check_after(stage, scene, folder, reference.files)
    odd = names(folder) ^ reference.names
    if odd:
        raise AssertionError(f"these are left or missing: {sorted(odd)}")
    subprocess.run(["rm", "-rf", folder], check=True)
    return killed, left


def kill_all(stage, scene, reference, kill, moments, tally):
    """Returns what was wrong, and when."""
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        runs = {pool.submit(one_kill, stage, scene, reference, kill, when):
                when for when in moments}
        for run in concurrent.futures.as_completed(runs):
            try:
                tally.add(*run.result())
            except AssertionError as error:
                wrong.append(f"killed at {runs[run]}: {error}")
    return wrong


def calls_of(reference, full, chance):
    first, step = (1, 1) if full else (chance.randrange(1, STEP + 1), STEP)
    return range(first, reference.calls + 1, step)


def moments_of(reference, chance):
    count = RANDOM // len(SCENES) + 1
    return [chance.uniform(0, reference.seconds) for _ in range(count)]


def run_scene(stage, scene, env, kind, seed, full):
    """Returns the numbers of a scene, and what was wrong."""
    chance = random.Random(f"{seed} {scene.name}")
    reference = Reference(stage, scene, env)
    tally = Tally()
    if kind == "system calls":
        wrong = kill_all(stage, scene, reference, kill_at_call,
                         calls_of(reference, full, chance), tally)
    else:
        wrong = kill_all(stage, scene, reference, kill_after,
                         moments_of(reference, chance), tally)
    return tally, wrong


def run_scenes(stage, env, kind, seed, full):
    """Prints a line of TAP for each scene. Returns how many failed."""
    bad = 0
    where = kind + (" without O_TMPFILE" if env else "")
    for scene in SCENES:
        if scene.remote and not stage.registry:
            print(f"ok {scene.name}, {where} # SKIP no registry here")
            continue
        tally, wrong = run_scene(stage, scene, env, kind, seed, full)
        bad += bool(wrong)
        print("not ok" if wrong else "ok",
              f"{scene.name}, {where}: {tally.kills} kills, {tally.ended} "
              f"ended before; {tally.littered} left {tally.litter} temporary "
              f"files, {'some' if wrong else 0} after the next run", flush=True)
        for text in wrong[:5]:
            print("#", text[:1000], flush=True)
    return bad


def can_trace(stage):
    run = subprocess.run([tool(stage, "kill_at"), "0", "true"],
                         stderr=subprocess.DEVNULL, check=False)
    return run.returncode == 0


def main(arguments):
    full = "--full" in arguments
    seed = arguments[arguments.index("--seed") + 1] \
        if "--seed" in arguments else "1"
    bad = 0
    with contextlib.closing(Stage()) as stage:
        if not can_trace(stage):
            print("ok kills # SKIP processes cannot be traced here")
            return 0
        preload = tool(stage, "no_tmpfile.so", "-shared", "-fPIC", "-ldl")
        for env in {}, {"LD_PRELOAD": preload}:
            bad += run_scenes(stage, env, "system calls", seed, full)
    if full:
        with contextlib.closing(Stage(LARGE)) as stage:
            bad += run_scenes(stage, {}, "random moments", seed, full)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
