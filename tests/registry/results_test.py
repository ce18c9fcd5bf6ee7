#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What commands tell the next program about a real registry (distribution).

    results_test.py OCI-PACK

Prints TAP.
"""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness                                          # noqa: E402
import line_test                                        # noqa: E402
from harness import COMMAND, INPUTS, check              # noqa: E402

TESTS = []
test = harness.titled_in(TESTS)
PAGE = pathlib.Path(__file__).parents[1] / "cli/json_page.py"
RESULTS = "Results of build, push, pull, copy and index"


def json_of(c, *args, title=RESULTS):
    """What the command prints, which is as docs/json.md says."""
    done = subprocess.run(COMMAND + [str(a) for a in args] + ["--json"],
                          env=c.env, cwd=c.folder, check=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    c.told += done.stderr.decode()
    valid(title, done.stdout)
    return json.loads(done.stdout)


def valid(title, text):
    subprocess.run([PAGE, title], input=text, check=True)


@test("push: counts, names, metadata; an index in another repository")
def push(c):
    c.serve()
    got = json_of(c, "push", INPUTS["large"], f"{c.far}/x/y:1",
                  f"{c.far}/x/y:2", "--metadata-file", "m.json")
    one, two = got["destinations"]
    check(one["uploaded"] == 2 and one["uploadedBytes"] > line_test.SIZE, one)
    check(one["destination"] == f"{c.far}/x/y:1", one)
    check(one["names"] == [f"{c.far}/x/y:1"], one)
    check(two["names"] == [f"{c.far}/x/y:1", f"{c.far}/x/y:2"], two)
    text = (c.folder / "m.json").read_bytes()
    valid("metadata-file", text)
    metadata = json.loads(text)
    check(metadata["image.name"] == f"{c.far}/x/y:1,{c.far}/x/y:2", metadata)
    # The digest is that of the registry.
    seen = json.loads(subprocess.run(
        COMMAND + ["inspect", "--json", f"docker://{c.far}/x/y:2"], check=True,
        env=c.env, stdout=subprocess.PIPE).stdout)
    check(metadata["containerimage.digest"] == seen["digest"], metadata)
    check(got["config"] == seen["document"]["config"]["digest"], got)
    again = json_of(c, "push", INPUTS["large"], f"{c.far}/x/y:1")
    check(again["destinations"][0]["present"] == 2, again)
    index = json_of(c, "index", "create", f"{c.far}/x/z:all",
                    f"{c.far}/x/y:1", "--iidfile", "id")
    check("config" not in index, index)
    check((c.folder / "id").read_text() == index["digest"], index)
    check(index["destinations"][0]["mounted"] == 2, index)


@test("build: push by digest has the repository's name")
def by_digest(c):
    c.serve()
    spec = INPUTS["medium"].with_suffix(".spec")
    got = json_of(c, "build", spec, "--push", f"{c.far}/x/y",
                  "--push-by-digest", "--metadata-file", "m.json")
    check(got["destinations"][0]["names"] == [f"{c.far}/x/y"], got)
    metadata = json.loads((c.folder / "m.json").read_text())
    check(metadata["image.name"] == f"{c.far}/x/y", metadata)


@test("lock: what changed")
def lock(c):
    c.serve()
    check(c.push("medium", host=c.far) == 0, c.told)
    base = f"docker://{c.far}/x:t"
    (c.folder / "a.spec").write_text(json.dumps({
        "version": 1, "image": "example.org/a", "base": base,
        "layers": [{"entries": [{"path": "/a", "content": "a"}]}]}))
    got = json_of(c, "lock", "a.spec", title="lock")["bases"]
    check([b["base"] for b in got] == [base], got)
    check(got[0]["changed"], got)
    again = json_of(c, "lock", "a.spec", "--update", title="lock")["bases"]
    check(not again[0]["changed"], again)
    check(again[0]["digest"] == got[0]["digest"], again)


def main():
    os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"
    if line_test.is_missing():
        return 1 if os.environ.get("CI") == "true" else 0
    return harness.run_all(TESTS, line_test.Case, line_test.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
