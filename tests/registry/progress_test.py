#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The display of progress: on a real terminal (tmux), over a slow line to a
real registry (distribution), and as lines and JSON.

    progress_test.py OCI-PACK

Prints TAP.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness                                          # noqa: E402
import line_test                                        # noqa: E402
from harness import COMMAND, INPUTS, check, pack        # noqa: E402

TESTS = []
test = harness.titled_in(TESTS)
PAGE = pathlib.Path(__file__).parents[1] / "cli/json_page.py"
SEVERAL = 7
BAR = re.compile(r"^(downloading|uploading) +[0-9a-f]{12} +\[=*>? *\] +"
                 r"\d+\.\d/\d+\.\d [kM]B +(\d+\.\d [kM]B/s)? *(\d+:\d\d)?$")


class Screen:
    """A terminal of its own."""

    def __init__(self, case, width, height, *args, **env):
        self.socket = case.folder / f"tmux{len(case.closing)}"
        case.closing.append(self.close)
        command = " ".join(shlex.quote(str(a)) for a in [*COMMAND, *args])
        self.tmux("new-session", "-d", "-x", width, "-y", height,
                  f"trap : INT; {command}; echo status $?; exec sleep 600",
                  env={**case.env, "TERM": "screen", **env})

    def tmux(self, *args, env=None):
        return subprocess.run(
            ["tmux", "-S", self.socket, "-f", "/dev/null",
             *map(str, args)], env=env, stdout=subprocess.PIPE,
            timeout=30, check=True, text=True).stdout

    def lines(self):
        text = self.tmux("capture-pane", "-p", "-e")
        self.colours = "\033[32m" in text
        text = re.sub(r"\033\[[0-9;]*m", "", text)
        return [line for line in text.split("\n") if line.strip()]

    def wait(self, pattern, seconds=30):
        """The screen once a line of it matches."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            lines = self.lines()
            if any(re.search(pattern, line) for line in lines):
                return lines
            time.sleep(0.05)
        raise AssertionError(f"no '{pattern}' in:\n" + "\n".join(lines))

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"],
                       stderr=subprocess.DEVNULL, check=False)


def slow(c, image, bandwidth=1_000_000):
    """The image is in a registry at the end of a slow line."""
    c.serve(bandwidth=bandwidth)
    c.fill(image)
    return f"{c.line.host}/x:t"


@test("bars at 40, 80 and 200 columns, the summary, and nothing else")
def widths(c):
    name = slow(c, "large", 4_000_000)
    for width in (40, 80, 200):
        out = c.folder / f"{width}.tar"
        screen = Screen(c, width, 24, "pull", name, "-o", out)
        # Two thirds of the way, the rate is known.
        lines = screen.wait(r"[56]\.\d/8\.4 MB|(6|7)\d%")
        check(len(lines) == 1, lines)
        check(len(lines[0]) < width, lines)
        if width > 70:
            check(BAR.match(lines[0]), lines)
            check(screen.colours, "no colours")
        else:
            check(re.match(r"downloading [0-9a-f]{12}  [67]\d%    \d:\d\d$",
                           lines[0]), lines)
        lines = screen.wait("^status 0$")
        check("ing " not in "".join(lines), lines)
        text = "".join(lines)
        check("downloaded 2 blobs (8.4 MB) in" in text, lines)
        check(out.is_file(), "no archive")
        screen.close()


@test("a terminal that becomes narrower, and wider, has one row for each bar")
def resize(c):
    name = slow(c, "large")
    screen = Screen(c, 120, 24, "pull", name, "-o", c.folder / "out.tar")
    screen.wait(r"downloading .*\]")
    for width in (60, 45, 100):
        screen.tmux("resize-window", "-x", width)
        time.sleep(0.5)
        lines = screen.lines()
        check(len(lines) == 1 and len(lines[0]) < width, lines)


@test("more blobs than rows: the rest is counted, and the screen stays whole")
def many(c):
    c.serve(bandwidth=500_000)
    screen = Screen(c, 80, 6, "push", INPUTS["several"],
                    f"{c.line.host}/x:t")
    lines = screen.wait("and [0-9]+ more")
    rows = [line for line in lines if line.startswith("uploading")]
    check(len(rows) == 3, lines)
    lines = screen.wait("^status 0$", 60)
    check(f"uploaded {SEVERAL + 1} blobs" in "".join(lines), lines)


@test("an interrupt leaves a clean screen")
def interrupt(c):
    name = slow(c, "large")
    screen = Screen(c, 80, 24, "pull", name, "-o", c.folder / "out.tar")
    screen.wait(r"downloading .*\]")
    screen.tmux("send-keys", "C-c")
    lines = screen.wait("^status ")
    # The terminal itself writes ^C where the cursor is.
    check([line.replace("^C", "") for line in lines] ==
          ["oci-pack: interrupted", "status 130"], lines)
    check(not (c.folder / "out.tar").exists(), "there is an archive")


@test("messages stand above the bars")
def messages(c):
    name = slow(c, "large")
    screen = Screen(c, 200, 24, "pull", "-v", name, "-o",
                    c.folder / "out.tar")
    lines = screen.wait(r"downloading .*\]")
    check(lines[0].startswith("GET http://"), lines)
    check(len(lines) == 2, lines)


@test("no bars: NO_COLOR, TERM=dumb, -q, none, and without a terminal")
def none(c):
    name = slow(c, "large", 6_000_000)
    screen = Screen(c, 80, 24, "pull", name, "-o", c.folder / "1", NO_COLOR="1")
    screen.wait(r"downloading .*\]")
    check(not screen.colours, "colours")
    screen.close()
    for args, env in (((), {"TERM": "dumb"}), (("-q",), {}),
                      (("--progress", "none"), {}),
                      (("-q", "--progress", "json"), {})):
        screen = Screen(c, 80, 24, "pull", name, "-o", c.folder / "2", *args,
                        **env)
        lines = screen.wait("^status ")
        text = "".join(lines)
        check("loading" not in text and "event" not in text, lines)
        check(text.endswith("status 0"), lines)
        screen.close()
        shutil.rmtree(c.folder / "2")
    check(c.pull() == 0, c.told)
    check("loading" not in c.told, c.told)


@test("without a terminal, what takes longer than ten seconds is told")
def late(c):
    c.serve(bandwidth=4_000_000)
    c.fill("large")
    c.hurry()
    check(c.pull("--speed-limit", "0") == 0, c.told)
    check(re.search(r"^downloading [0-9a-f]{12}: \d\.\d MB of 8\.4 MB, "
                    r"\d+\.\d kB/s$", c.told, re.M), c.told)
    check(re.search(r"^downloaded [0-9a-f]{12}: 8\.4 MB in ", c.told, re.M),
          c.told)


@test("plain: a line at each begin and end")
def plain(c):
    c.serve()
    check(c.push("large", "--progress", "plain") == 0, c.told)
    check(len(re.findall(r"^uploading [0-9a-f]{12}: ", c.told, re.M)) == 2,
          c.told)
    check(len(re.findall(r"^uploaded [0-9a-f]{12}: .* in \d+\.\d s$", c.told,
                         re.M)) == 2, c.told)
    check("\nuploaded 2 blobs (8.4 MB) in " in c.told, c.told)
    check("2 blobs uploaded" not in c.told, c.told)


def objects(c):
    return [json.loads(line) for line in c.told.splitlines()
            if line.startswith("{")]


def by_name(c):
    """The objects of each item, whose order is checked."""
    items = {}
    for o in objects(c):
        subprocess.run([PAGE, "progress"], input=json.dumps(o), text=True,
                       check=True)
        items.setdefault((o["activity"], o["name"]), []).append(o)
    for events in items.values():
        check([o["event"] for o in events if o["event"] != "progress"] ==
              ["start", "end"], events)
        check(events[0]["event"] == "start", events)
        check(events[-1]["event"] == "end", events)
        check(events[-1]["done"] == events[-1]["total"], events)
        times = [o["seconds"] for o in events]
        check(times == sorted(times), events)
    return items


@test("json: push, push again, pull, copy, build, verify, lint")
def as_json(c):
    c.serve(bandwidth=4_000_000)
    check(c.push("large", "--progress", "json") == 0, c.told)
    items = by_name(c)
    check({a for a, _ in items} == {"upload"}, items)
    check(len(items) == 2, items)
    check(any(len(events) > 2 for events in items.values()),
          "nothing in between")
    sizes = sum(e[-1]["total"] for e in items.values())
    check(sizes > line_test.SIZE, sizes)
    c.told = ""
    check(c.run("push", INPUTS["large"], f"{c.line.host}/x:again",
                "--progress", "json") == 0, c.told)
    check(all(o["known"] for o in objects(c)), c.told)
    c.told = ""
    check(c.pull("--progress", "json") == 0, c.told)
    check({a for a, _ in by_name(c)} == {"download"}, c.told)
    for args, activity in ((("verify", c.folder / "out"), "read"),
                           (("lint", c.folder / "out"), "read"),
                           (("copy", c.folder / "out", c.folder / "two"),
                            "read")):
        c.told = ""
        c.run(*args, "--progress", "json")
        items = by_name(c)
        check(items and {a for a, _ in items} == {activity}, c.told)
    c.told = ""
    spec = INPUTS["large"].with_suffix(".spec")
    check(c.run("build", spec, "--progress", "json", "--no-cache", "-o",
                c.folder / "b.tar") == 0, c.told)
    check([n for _, n in by_name(c)] == ["l0"], c.told)
    c.told = ""
    check(c.run("build", spec, "--progress", "json", "--push",
                f"{c.line.host}/new/x:t") == 0, c.told)
    check({a for a, _ in by_name(c)} == {"pack", "upload"}, c.told)


def make_inputs(folder):
    line_test.make_inputs(folder)
    for i in range(SEVERAL):
        (folder / f"several{i}").write_bytes(os.urandom(1 << 20))
    pack(folder, "several", [[{"path": f"/{i}", "from": f"several{i}"}]
                             for i in range(SEVERAL)])


def main():
    os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"
    if line_test.is_missing("tmux"):
        return 1 if os.environ.get("CI") == "true" else 0
    return harness.run_all(TESTS, line_test.Case, make_inputs, workers=4)


if __name__ == "__main__":
    sys.exit(main())
