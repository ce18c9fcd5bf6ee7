#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cat, extract and report: layers that registries change, and interrupts.

    inside_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import json
import pathlib
import re
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


# Everything that decides, or does not decide, what a path is.
STACK = [
    [("d", "etc", "0755"), ("f", "etc/passwd", "one"), ("f", "etc/old", "old"),
     ("f", "etc/gone", "gone"), ("l", "bin", "usr/bin"),
     ("d", "usr/bin", "0755"), ("f", "usr/bin/sh", "lower"),
     ("d", "srv", "0755"), ("f", "srv/lower", "x"), ("l", "link", "etc/old"),
     ("l", "loop", "loop"), ("f", "file", "a file"), ("d", "opt/x", "0700"),
     ("f", "opt/x/y", "y"), ("l", "data", "/srv")],
    [("d", "etc", "0700"), ("f", "etc/.wh.gone", ""), ("f", ".wh.file", ""),
     ("f", "usr/bin/tool", "tool")],
    [("f", "bin/new", "in a folder of its own"), ("h", "linked", "etc/old"),
     ("f", "opt/.wh.x", ""), ("d", "opt/x", "0755"), ("f", "opt/x/z", "z")],
    [("d", "srv", "0755"), ("f", "srv/.wh..wh..opq", ""),
     ("f", "srv/upper", "y"), ("d", "file", "0755"), ("f", "file/in", "z")],
    [("d", "etc", "0755"), ("f", "etc/passwd", "five"),
     ("l", "up", "srv/upper"), ("f", "etc/.wh.none", "")],
]
PATHS = ["/", "/etc", "/etc/", "/etc/passwd", "/etc/passwd/", "/etc/old",
         "/etc/gone", "/etc/none", "/etc/./passwd", "/etc/../etc/passwd",
         "/bin", "/bin/", "/bin/sh", "/bin/new", "/usr", "/usr/bin",
         "/usr/bin/sh", "/usr/bin/tool", "/srv", "/srv/lower", "/srv/upper",
         "/link", "/link/", "/loop", "/loop/x", "/file", "/file/in",
         "/file/none", "/linked", "/opt", "/opt/x", "/opt/x/y", "/opt/x/z",
         "/up", "/up/", "/data", "/data/", "/data/upper", "/none", "/none/x",
         "/srv/../etc/passwd", "../etc/passwd", "/data/../etc/passwd"]
# The layers that have to be fetched.
NEEDED = {"/etc/passwd": 1, "/etc/none": 1, "/srv": 2, "/srv/lower": 2,
          "/up": 2, "/file/in": 2, "/opt/x": 3, "/opt/x/y": 3, "/etc/gone": 4,
          "/etc/old": 5, "/": 5, "/etc": 5, "/data/upper": 5}


@found(18, "of an image in a registry, only the layers that a path needs")
def needed(c):
    image = foreign.Image([foreign.tar(layer) for layer in STACK])
    image.write(c.folder / "local")
    c.registry.blobs.update(image.blobs)
    c.registry.manifests["t"] = (image.manifest["mediaType"],
                                 image.blobs[image.manifest["digest"]])
    layers = {d["digest"] for d in json.loads(
        image.blobs[image.manifest["digest"]])["layers"]}
    remote = f"docker://{c.registry.host}/x/y:t"
    for path in PATHS:
        for args in (("ls",), ("ls", "-R"), ("cat",)):
            got = []
            before = len(c.registry.log)
            for name in (c.folder / "local", remote):
                c.forget()
                status = c.run(args[0], name, path, *args[1:])
                got.append((status, re.sub(r"'[^']*(local|:t)'|^(GET|HEAD) .*",
                                           "", c.said, flags=re.M)))
            check(got[0] == got[1], f"{args} {path}: {got}")
            fetched = [e["target"].split("/")[-1]
                       for e in list(c.registry.log)[before:]
                       if e["target"].split("/")[-1] in layers]
            if args != ("cat",):
                check(len(fetched) == len(set(fetched)), fetched)
                check(len(fetched) == NEEDED.get(path, len(fetched)),
                      f"{args} {path}: {len(fetched)} layers")


@found(18, "hard links to files of lower layers, in opaque directories")
def lower_links(c):
    image = foreign.Image([foreign.tar(layer) for layer in [
        [("f", "low", "text of the file"), ("d", "folder/x", "0755"),
         ("d", "own", "0711")],
        [("d", "srv", "0755"), ("f", "srv/.wh..wh..opq", ""),
         ("d", "srv/sub", "0755"), ("h", "srv/sub/hard", "low")],
        [("d", "opt", "0755"), ("f", "opt/.wh..wh..opq", ""),
         ("h", "opt/hard", "folder"), ("f", "opt/hard/x", "x")],
        [("f", ".wh..wh..opq", ""), ("h", "own", "own"), ("f", "z", "z")]]])
    whole = image.manifest["digest"]
    for count in (2, 3, 4):
        manifest = json.loads(image.blobs[whole])
        manifest["layers"] = manifest["layers"][:count]
        config = json.loads(image.blobs[manifest["config"]["digest"]])
        del config["rootfs"]["diff_ids"][count:], config["history"][count:]
        manifest["config"] = image.add(manifest["config"]["mediaType"],
                                       json.dumps(config).encode())
        image.manifest = image.add(image.manifest["mediaType"],
                                   json.dumps(manifest).encode())
        image.write(c.folder / f"local{count}")
        c.registry.blobs.update(image.blobs)
        c.registry.manifests["t"] = (
            image.manifest["mediaType"],
            image.blobs[image.manifest["digest"]])
        for path in ("/", "/srv", "/srv/sub", "/srv/sub/hard", "/opt", "/own"):
            got = []
            for name in (c.folder / f"local{count}",
                         f"docker://{c.registry.host}/x/y:t"):
                c.forget()
                status = c.run("ls", "-R", name, path)
                got.append((status, re.sub(r"'[^']*(local\d|:t)'|"
                                           r"^(GET|HEAD) .*", "", c.said,
                                           flags=re.M)))
            check(got[0] == got[1], f"{count} {path}: {got}")


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
