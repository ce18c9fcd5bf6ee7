#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cat, extract and report: layers that registries change, and interrupts.

    inside_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import json
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from harness import check, said                         # noqa: E402
sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import foreign                                          # noqa: E402

TESTS = []
found = harness.found_in(TESTS)


def lay(server, text):
    """An image with the file a and one behind it. Returns its name, and its
    layer's digest and bytes."""
    image = foreign.Image([foreign.tar([("f", "a", text),
                                        ("f", "b", "x" * 300000)])],
                          compression="none")
    data = image.blobs[image.manifest["digest"]]
    server.blobs.update(image.blobs)
    server.manifests[image.manifest["digest"]] = (
        image.manifest["mediaType"], data)
    layer = json.loads(data)["layers"][0]["digest"]
    name = f"docker://{server.host}/x/y@{image.manifest['digest']}"
    return name, layer, image.blobs[layer]


@found(30, "a registry that gives other bytes at the second read is noticed")
def other_bytes(c):
    name, layer, _ = lay(c.registry, "right")
    wrong = lay(c.server(), "wrong")[2]
    for args in (("cat", name, "/a"), ("extract", name, "-o", "-"),
                 ("extract", name, "/a", "-o", "-"),
                 ("extract", name, "-o", "out"),
                 ("extract", name, "/a", "-o", "out")):
        c.forget()
        c.registry.on("GET", f"/blobs/{layer}", c.registry.answer)
        c.registry.on("GET", f"/blobs/{layer}",
                      lambda request: request.reply(200, body=wrong))
        check(c.run(*args) == 1, f"{args}: {c.told}")
        said(c, layer, "has the digest")
        check(not (c.folder / "out").exists(), "it was extracted")
    check(not c.registry.unused(), c.registry.unused())


@found(30, "an interrupt ends what is written to a slow reader")
def interrupt(c):
    foreign.Image([foreign.tar([("f", "a", "x" * 5000000)])],
                  compression="none").write(c.folder / "image")
    for args in (("cat", "image", "/a"), ("extract", "image", "-o", "-"),
                 ("extract", "image", "--layer", "1", "-o", "-")):
        process = c.start(*args)
        check(process.stdout.read(1), f"{args}: no output")
        process.send_signal(signal.SIGINT)
        check(c.finish(process) == -signal.SIGINT, f"{args}: {c.said[-200:]}")
        said(c, "interrupted")
        c.forget()


@found(30, "a report downloads each blob once, and leaves no copy")
def report(c):
    name, layer, data = lay(c.registry, "right")
    temp = c.folder / "tmp"
    temp.mkdir(exist_ok=True)
    c.env["TMPDIR"] = str(temp)
    c.forget()
    check(c.run("report", name, "-o", "page.html") == 0, c.told)
    check(len(c.registry.requests("GET", f"/blobs/{layer}")) == 1,
          "the layer was read again")
    check((c.folder / "page.html").stat().st_size > 1000, "no page")
    check(not list(temp.iterdir()), f"left: {list(temp.iterdir())}")
    c.registry.on("GET", f"/blobs/{layer}",
                  lambda request: request.reply(200, body=data[:-1] + b"x"))
    check(c.run("report", name, "-o", "other.html") == 1, c.told)
    said(c, layer, "digest")
    check(not (c.folder / "other.html").exists(), "it wrote a page")
    check(not list(temp.iterdir()), f"left: {list(temp.iterdir())}")
    check(c.run("report", name, name, "-o", "two.html") == 0, c.told)


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, faults.Case, faults.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
