#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command and a real registry (distribution), with a bad line between.

    line_test.py OCI-PACK

What is asserted is bytes, requests at a time, and outcomes, never time. For
limits of minutes the command gets a clock that runs faster. Prints TAP.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import harness                                              # noqa: E402
from harness import COMMAND, INPUTS, check, pack, refusal   # noqa: E402
from line import Line                                       # noqa: E402

TESTS = []
test = harness.titled_in(TESTS)
SIZE = 8 << 20
LAYERS = 16
PASSWORD = "s3cret-password"


class Case(harness.Case):
    """One test, with a registry that is reached by a line."""

    def __init__(self):
        super().__init__()
        self.home = self.folder / "registry"

    def serve(self, kind="plain", **options):
        self.home.mkdir()
        (self.home / "user").write_text(f"user:{PASSWORD}\n")
        self.closing.append(lambda: self.distribution("stop"))
        self.distribution("start", kind)
        self.far = "127.0.0.1:" + (self.home / "port").read_text().strip()
        self.line = Line(self.far, **options)
        self.closing.append(self.line.close)
        if kind == "token":
            check(self.run("login", self.far, "--username", "user",
                           "--password-stdin",
                           stdin=PASSWORD.encode()) == 0, self.told)
            config = self.folder / ".docker/config.json"
            auths = json.loads(config.read_text())["auths"]
            auths[self.line.host] = auths[self.far]
            config.write_text(json.dumps({"auths": auths}))
            self.secrets.add("eyJ0eX")  # how each signed token begins

    def distribution(self, *args):
        done = subprocess.run([HERE / "distribution", args[0], self.home,
                               *args[1:]], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
        check(done.returncode == 0, done.stderr.decode())

    def push(self, image, *args, host=None, retries=8):
        return self.run("push", INPUTS[image], f"{host or self.line.host}/x:t",
                        "--retries", retries, *args)

    def pull(self, *args, host=None, retries=8):
        return self.run("pull", f"{host or self.line.host}/x:t", "-o",
                        self.folder / "out", "--retries", retries, *args)

    def fill(self, image):
        check(self.push(image, host=self.far) == 0, self.told)
        self.forget()

    def verify(self):
        check(self.run("verify", self.folder / "out") == 0, self.told)

    def complete(self):
        """What is in the registry, by another line."""
        check(self.run("pull", f"{self.far}/x:t", "-o",
                       self.folder / "out") == 0, self.told)
        self.verify()

    def has_tag(self):
        return (self.home / "data/docker/registry/v2/repositories/x/"
                            "_manifests/tags/t").exists()


def works(status, case):
    check(status == 0, case.told)


@test("latency: many small layers go up side by side")
def latency_push(c):
    c.serve(latency=0.05)
    works(c.push("layers"), c)
    check(c.line.most_busy > 1, "one request at a time")
    check(c.line.exchanges <= 4 * (LAYERS + 1) + 4,
          f"{c.line.exchanges} exchanges for {LAYERS + 1} blobs")
    c.complete()


@test("latency: many small layers come down side by side")
def latency_pull(c):
    c.serve(latency=0.05)
    c.fill("layers")
    works(c.pull(), c)
    c.verify()
    check(c.line.most_busy > 1, "one request at a time")
    check(c.line.exchanges <= LAYERS + 5, f"{c.line.exchanges} exchanges")


@test("a cut in mid-upload, and the line is back: complete")
def cut_upload(c):
    c.serve("token")
    c.line.cut_after("up", SIZE // 2, back_after=1)
    works(c.push("large"), c)
    check(c.line.cuts == 1, "there was no cut")
    check(c.line.bytes["up"] < 2 * SIZE, c.line.bytes)
    c.complete()


@test("a cut in mid-upload of pieces: distribution forgets them, complete")
def cut_pieces(c):
    c.serve()
    c.line.cut_after("up", SIZE // 2, back_after=1)
    works(c.push("large", "--chunk-size", "1MiB"), c)
    check(c.line.cuts == 1, "there was no cut")
    check(c.line.bytes["up"] < 2 * SIZE, c.line.bytes)
    c.complete()


@test("a cut in mid-upload of pieces: what is there is not sent again")
def cut_kept_pieces(c):
    registry = c.server()
    line = Line(registry.host)
    c.closing.append(line.close)
    line.cut_after("up", SIZE * 3 // 4, back_after=1)
    works(c.push("large", "--chunk-size", "1MiB", host=line.host), c)
    check(line.cuts == 1, "there was no cut")
    check(line.bytes["up"] < SIZE + (3 << 20), line.bytes)
    check("t" in registry.manifests, "there is no tag")


@test("cuts in mid-download, and the line is back: the rest alone, verified")
def cut_download(c):
    c.serve("token")
    c.fill("large")
    c.line.cut_after("down", SIZE // 2, back_after=1)
    works(c.pull(), c)
    c.verify()
    check(c.line.cuts == 1, "there was no cut")
    check(c.line.bytes["down"] < SIZE * 5 // 4, c.line.bytes)


@test("a cut for good, up and down: exit 1, a line, no tag, nothing left")
def cut_for_good(c):
    c.serve()
    c.line.cut_after("up", SIZE // 2, back_after=3600)
    check(c.push("large", retries=1) == 1, c.told)
    refusal(c, c.line.host)
    check(not c.has_tag(), "there is a tag")
    c.fill("large")
    again = Line(c.far)
    c.closing.append(again.close)
    again.cut_after("down", SIZE // 2, back_after=3600)
    before = len(c.told)
    check(c.pull(host=again.host, retries=1) == 1, c.told)
    refusal(c, again.host)
    check(c.told[before:].count("Failed to connect") <= 3, "more retries")
    check(not (c.folder / "out").exists() and not c.litter(), c.litter())


@test("a line that stalls for good in mid-upload: exit 1, a line, no tag")
def stall_upload(c):
    c.serve()
    c.hurry()
    c.line.stall_after("up", SIZE // 2)
    check(c.push("large", retries=1) == 1, c.told)
    refusal(c, c.line.host, "too long")
    check(not c.has_tag(), "there is a tag")


@test("a line that stalls for good in mid-download: exit 1, nothing left")
def stall_download(c):
    c.serve()
    c.fill("large")
    c.hurry()
    c.line.stall_after("down", SIZE // 2)
    check(c.pull(retries=1) == 1, c.told)
    refusal(c, c.line.host, "too long")
    check(not (c.folder / "out").exists() and not c.litter(), c.litter())


@test("each connection stalls for large bodies alone: exit 1, a line, no tag")
def stall_each_upload(c):
    c.serve(stall_each={"up": 1 << 16})
    c.hurry()
    check(c.push("large", retries=1) == 1, c.told)
    refusal(c, c.line.host)
    check(0 < c.line.stalls <= 6, f"{c.line.stalls} attempts")
    check(not c.has_tag(), "there is a tag")


@test("each connection stalls in mid-download: the rest by the next one")
def stall_each_download(c):
    c.serve(stall_each={"down": 3 << 20})
    c.fill("large")
    c.hurry()
    works(c.pull(retries=1), c)
    c.verify()
    check(c.line.stalls == 2, f"{c.line.stalls} stalls")
    check(c.line.bytes["down"] < SIZE * 5 // 4, c.line.bytes)


@test("a line that is slow, minutes long, but moves: no abort")
def slow_line(c):
    c.serve(bandwidth=400000)
    c.fill("medium")
    c.hurry()
    works(c.pull(retries=0), c)
    c.verify()
    check("waiting" not in c.told, c.told)


LOSSY = r"""
set -eu
ip link set lo up mtu 1500
iptables -w -A INPUT -p tcp -m statistic --mode nth --every 12 --packet 7 \
	-j DROP
trap '"$2/distribution" stop "$3"' EXIT
host=$("$2/distribution" start "$3")
"$1" push -v "$4" "$host/x:t"
"$1" pull -v "$host/x:t" -o "$3/out"
"$1" verify "$3/out"
iptables -w -n -v -x -L INPUT | awk '/statistic/ { print "lost " $1 }'
"""


@test("packets are lost, one of twelve: push and pull")
def loss(c):
    for program in ("unshare", "ip", "iptables"):
        if not shutil.which(program, path=c.env["PATH"]):
            check(os.environ.get("CI") != "true", f"'{program}' is missing")
            return f"'{program}' is missing"
    script = ("ip link set lo up && iptables -w -A INPUT -p tcp -m statistic "
              "--mode nth --every 12 --packet 7 -j DROP")
    if subprocess.run(["unshare", "-n", "sh", "-c", script], env=c.env,
                      stderr=subprocess.DEVNULL).returncode:
        return "a network of its own cannot be made here"
    done = subprocess.run(
        ["unshare", "-n", "bash", "-c", LOSSY, "-", COMMAND[0], HERE, c.home,
         INPUTS["medium"]], env=c.env, timeout=60, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    c.told += done.stdout
    check(done.returncode == 0, done.stdout)
    check(int(done.stdout.rsplit("lost ", 1)[1]) > 10, "nothing was lost")
    return None


def make_inputs(folder):
    harness.make_clock(folder)
    (folder / "large").write_bytes(os.urandom(SIZE))
    (folder / "medium").write_bytes(os.urandom(2 << 20))
    pack(folder, "large", [[{"path": "/r", "from": "large"}]])
    pack(folder, "medium", [[{"path": "/r", "from": "medium"}]])
    pack(folder, "layers", [[{"path": f"/{i}", "content": f"layer {i}"}]
                            for i in range(LAYERS)])


def is_missing(*programs):
    """Prints TAP about the first program that is missing: a failure in CI,
    where nothing is."""
    for program in ("docker-registry", *programs):
        if shutil.which(program):
            continue
        ci = os.environ.get("CI") == "true"
        print(f"1..1\nnot ok {program} is missing" if ci else
              f"1..1\nok all # SKIP {program} is missing")
        return True
    return False


def main():
    os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"
    if is_missing():
        return 1 if os.environ.get("CI") == "true" else 0
    return harness.run_all(TESTS, Case, make_inputs)


if __name__ == "__main__":
    sys.exit(main())
