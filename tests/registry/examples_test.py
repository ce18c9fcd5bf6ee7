#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples that talk to registries, built from an installed library.

    examples_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import engine                                           # noqa: E402
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import Token                                  # noqa: E402
from harness import INPUTS, PAIR, check                       # noqa: E402

TESTS = []
ROOT = pathlib.Path(__file__).resolve().parents[2]


def example(title):
    def register(function):
        TESTS.append((title, function))
        return function
    return register


def make_inputs(folder):
    """The inputs of all registry tests, and an installed library with the
    environment that pkg-config and the programs need."""
    faults.make_inputs(folder)
    to = folder / "installed"
    subprocess.run(["make", "-s", "--no-print-directory", "-C", ROOT,
                    "install", "PREFIX=/opt/test", f"DESTDIR={to}"],
                   check=True, stdout=subprocess.DEVNULL)
    INPUTS["installed"] = {
        "PKG_CONFIG_SYSROOT_DIR": str(to),
        "PKG_CONFIG_PATH": f"{to}/opt/test/lib/pkgconfig",
        "LD_LIBRARY_PATH": f"{to}/opt/test/lib"}


def run(c, name, *args, folder=ROOT / "examples/link"):
    """Builds an example and runs it: its exit status and output."""
    env = {**os.environ, **INPUTS["installed"]}
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "liboci"],
                           env=env, check=True, stdout=subprocess.PIPE)
    program = c.folder / name
    subprocess.run(["cc", folder / f"{name}.c", "-o", program,
                    "-Wall", "-Wextra", "-Werror",
                    *flags.stdout.decode().split()], env=env, check=True)
    done = subprocess.run([program, *map(str, args)], cwd=c.folder,
                          env={**c.env, **INPUTS["installed"]}, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    program.unlink()
    c.told += done.stdout.decode()
    return done.returncode, done.stdout.decode()


@example("push-folder pushes an image that verify takes")
def push_folder(c):
    (c.folder / "in/sub").mkdir(parents=True)
    (c.folder / "in/sub/file").write_text("text\n")
    name = c.registry.host + "/x/y:1"
    rc, out = run(c, "push-folder", "in", "/opt/app", "linux/riscv64", name)
    check(rc == 0 and out.startswith(name + " sha256:"), out)
    check(c.run("verify", name) == 0, c.told)
    rc, out = run(c, "get-file", name, "/opt/app/sub/file")
    check((rc, out) == (0, "text\n"), out)
    rc, out = run(c, "push-folder", "none", "/", "linux/riscv64", name)
    check(rc == 1 and "'none'" in out, out)


@example("get-file lists tags, over several pages, and says what is missing")
def get_file(c):
    host = c.registry.host
    for tag in ("c", "a", "b"):
        check(c.run("push", INPUTS["small"], f"{host}/x/y:{tag}") == 0, c.told)
    page = {"name": "x/y", "tags": ["a"]}
    c.registry.on("GET", "/tags/list$", lambda r: r.reply(
        200, json.dumps(page).encode(),
        {"Link": '</v2/x/y/tags/list?last=a>; rel="next"'}))
    rc, out = run(c, "get-file", host + "/x/y")
    check((rc, out.split()[0]) == (0, "a"), out)
    check(set(out.split()) == {"a", "b", "c"}, out)
    c.registry.on("GET", "/tags/list", lambda r: r.error(
        404, "NAME_UNKNOWN", "unknown"))
    rc, out = run(c, "get-file", host + "/x/none")
    check(rc == 1 and "no repository x/none" in out, out)
    rc, out = run(c, "get-file", host + "/x/y:a", "/none")
    check(rc == 1 and "'/none'" in out, out)


@example("copy-image copies between registries and tells of each blob")
def copy_image(c):
    other = c.server()
    source, target = c.registry.host + "/x/y:1", other.host + "/x/z:2"
    check(c.run("push", INPUTS["small"], source) == 0, c.told)
    rc, out = run(c, "copy-image", source, target)
    check(rc == 0 and out.count("copying sha256:") >= 2, out)
    check(other.manifests["2"] == c.registry.manifests["1"], "it differs")


@example("load-image loads an archive and a layout into an engine")
def load_image(c):
    made = engine.Engine(path=c.folder / "engine.sock")
    c.closing.append(made.close)
    c.env["DOCKER_HOST"] = "unix:///none/docker.sock"
    rc, out = run(c, "load-image", INPUTS["small"], "a/b:1")
    check(rc == 1 and "unix:///none/docker.sock" in out, out)
    c.env["DOCKER_HOST"] = made.host
    check(c.run("copy", INPUTS["small"], "layout") == 0, c.told)
    for image in (INPUTS["small"], "layout"):
        rc, out = run(c, "load-image", image, "a/b:1")
        check((rc, out) == (0, "example.org/x/y:t\n"), out)
        check(b'"RepoTags":["a/b:1"]' in made.loads[-1].body, "name")
    made.script = lambda r: (r.read(), r.json(500, {"message": "no space"}))
    rc, out = run(c, "load-image", INPUTS["small"], "a/b:1")
    check(rc == 1 and "no space" in out, out)


@example("credentials are found where docker login kept them")
def credentials(c):
    c.registry.token = Token(c.registry)
    check(c.run("login", c.registry.host, "-u", "user", "--password-stdin",
                stdin=b"s3cret-password") == 0, c.told)
    name = c.registry.host + "/x/y:1"
    check(c.run("push", INPUTS["small"], name) == 0, c.told)
    for kept in (True, False):
        c.registry.log.clear()
        check(run(c, "get-file", c.registry.host + "/x/y") == (0, "1\n"),
              c.told)
        check(any(r["headers"].get("authorization", "") == "Basic " + PAIR
                  for r in c.registry.log) == kept, c.registry.log)
        (c.folder / ".docker/config.json").unlink(missing_ok=True)


@example("blobs whose sinks are open at once go up over one thread")
def open_sinks(c):
    rc, out = run(c, "open_sinks", c.registry.host + "/x/y",
                  folder=ROOT / "tests/registry")
    check(rc == 0 and "late: a blob was written to after" in out and
          "uploaded: 3" in out, out)
    check(len(c.registry.blobs) == 3, "not the blobs that were added")
    check(not c.registry.uploads, "a session is left")


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, faults.Case, make_inputs)


if __name__ == "__main__":
    sys.exit(main())
