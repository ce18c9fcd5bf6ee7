#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Layers that go up while they are packed: when they do, that all ends well
whatever the registry makes of it, and that nothing is left behind.

    growing_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import Token                                  # noqa: E402
from harness import INPUTS, check, said                 # noqa: E402

SESSION = r"/blobs/uploads/session"
TESTS = []
SIZE = 6 << 20


def test(function):
    TESTS.append((function.__name__.replace("_", " "), function))
    return function


class Case(faults.Case):
    """One test, with a registry, and a spec of a large layer and a small."""

    def spec(self, large="large", **more):
        path = self.folder / "a.spec"
        path.write_text(json.dumps({
            "version": 1, "image": f"{self.registry.host}/x/y", "tags": ["t"],
            "layers": [
                {"name": "large", "entries": [
                    {"path": "/large", "from": str(INPUTS[large])}]},
                {"name": "small", "entries": [
                    {"path": "/small", "content": "small"}]}], **more}))
        return path

    def build(self, *args, push=("--push",), **kw):
        return self.run("build", self.spec(**kw), *push, "--retries", "3",
                        "--lint", "off", *args)

    def growing(self):
        """The requests that have a body without a length."""
        return [r for r in self.registry.requests("PATCH", SESSION)
                if r["headers"].get("transfer-encoding") == "chunked"]

    def fell_back(self):
        """It was tried, given up with the session, and sent from the start."""
        check(len(self.growing()) == 1, "it did not go up while it was packed")
        check(self.pushed(), "it is not whole")
        check(self.registry.requests("DELETE", SESSION) and
              not self.registry.uploads, "a session is left")
        check(any(int(r["headers"].get("content-length", 0)) >= SIZE
                  for r in self.registry.requests("PUT", SESSION)),
              "it was not sent from the start")


def is_growing(r):
    return r.chunked


def when_growing(answer):
    return lambda r: answer(r) if is_growing(r) else None


# The server has eight seconds or more before the input is read to its end, also
# on a machine that does other things: gzip takes a quarter of one.
SLOWLY = ("--compression", "zstd:19", "--jobs", "1")


def changing(c):
    """An input of its own, so large that it is not read at once."""
    path = c.folder / "changing"
    path.write_bytes(random.Random(3).randbytes(64 << 20))
    INPUTS[f"changing-{id(c)}"] = path
    return path


def move(c, r):
    """Takes the body, and has its session at another place from then on."""
    session = r.path.split("/")[-1]
    c.registry.uploads[session + "-moved"] = \
        c.registry.uploads.pop(session) + r.body()
    r.reply(202, {"Location": r.path + "-moved"})


@test
def an_empty_repository_gets_a_layer_while_it_is_packed(c):
    check(c.build() == 0, c.said)
    check(c.pushed(), "it is not whole")
    check(len(c.growing()) == 1, "not the large layer alone")
    check("content-range" not in c.growing()[0]["headers"], "a range")
    digests = [r["target"].split("digest=")[1]
               for r in c.registry.requests("PUT", SESSION)]
    check(len(digests) == 3, digests)
    check(len(c.registry.requests("HEAD", "/blobs/")) == 2,
          "the large one was asked for")
    check(not c.registry.uploads, "a session is left")
    said(c, "3 blobs uploaded")


@test
def a_file_of_an_artifact_goes_up_while_it_is_read(c):
    path = c.folder / "a.spec"
    path.write_text(json.dumps({
        "version": 1, "image": f"{c.registry.host}/x/y", "tags": ["t"],
        "artifact": "application/vnd.example", "files": [
            {"name": "large", "from": str(INPUTS["large"])},
            {"name": "small", "content": "small"}]}))
    check(c.run("build", path, "--push") == 0, c.said)
    check(c.pushed(), "it is not whole")
    check(len(c.growing()) == 1, "not the large file alone")
    check(not c.registry.uploads, "a session is left")


@test
def a_layer_of_a_base_is_known_by_its_digest(c):
    base = f"{c.server().host}/x/base:t"
    check(c.build(push=("--push", base)) == 0, c.said)
    check(c.build(large="small", base=f"docker://{base}") == 0, c.said)
    check(c.pushed() and not c.growing(), "it was sent blindly")


@test
def a_list_of_no_tags_is_empty_too(c):
    for text in ('{"name":"x/y","tags":null}', '{"name":"x/y","tags":[]}'):
        c.registry.clear()
        c.registry.log.clear()
        c.registry.on("GET", "/tags/list", lambda r, t=text: r.reply(
            200, body=t))
        check(c.build("--no-cache") == 0 and c.pushed(), c.said)
        check(len(c.growing()) == 1, text)


@test
def a_repository_with_tags_gets_what_it_lacks(c):
    c.fill()
    check(c.build() == 0, c.said)
    check(c.pushed(), "it is not whole")
    check(not c.growing(), "it was sent before its digest was known")


@test
def who_does_not_say_that_it_is_empty_gets_what_it_lacks(c):
    for answer in (lambda r: r.error(404, "NOT_FOUND", "no such page"),
                   lambda r: r.error(403, "DENIED", "no entry"),
                   lambda r: r.reply(404, body="<html>"),
                   lambda r: r.reply(200, body="["),
                   lambda r: r.reply(200, body='{"tags": 7}'),
                   lambda r: r.reply(500),
                   lambda r: r.drop()):
        c.registry.clear()
        c.registry.on("GET", "/tags/list", answer)
        check(c.build("--no-cache") == 0, c.said)
        check(c.pushed(), "it is not whole")
    check(not c.growing(), "it was sent before its digest was known")


@test
def an_archive_is_written_beside(c):
    check(c.build("-o", "a.tar", "--no-cache") == 0, c.said)
    check(c.pushed() and len(c.growing()) == 1, "not while it was packed")
    check(c.run("verify", "a.tar") == 0, c.said)


@test
def layers_of_several_platforms(c):
    check(c.build(platforms=["linux/riscv64", "linux/arm64"]) == 0, c.said)
    index = json.loads(c.registry.manifests["t"][1])
    for each in index["manifests"]:
        manifest = json.loads(c.registry.manifests[each["digest"]][1])
        check(all(d["digest"] in c.registry.blobs
                  for d in manifest["layers"]), "it is not whole")
    check(len(c.growing()) == 1, "equal layers went up twice")
    check(not c.registry.uploads, "a session is left")
    said(c, "4 blobs uploaded")


@test
def two_repositories_of_a_registry_share_an_upload(c):
    host = c.registry.host
    check(c.build(push=("--push", f"{host}/x/y:t", "--push",
                        f"{host}/x/z:t")) == 0, c.said)
    check(c.pushed() and not c.growing(), "sent twice")


@test
def blobs_to_mount_and_pieces_and_plans_do_not_grow(c):
    for more in (("--mount-from", "x/z"), ("--chunk-size", "1MiB"),
                 ("--dry-run",)):
        c.registry.clear()
        check(c.build("--no-cache", *more) == 0, c.said)
    check(not c.growing(), "it was sent before its digest was known")


@test
def what_is_kept_is_known_by_its_digest(c):
    check(c.build("-o", "kept.tar", push=()) == 0, c.said)
    time.sleep(2.1)         # what is younger is never trusted
    check(c.build("-o", "kept.tar", push=()) == 0, c.said)
    check(c.build() == 0 and c.pushed(), c.said)
    check("kept large" in c.told, "it was packed again")
    check(not c.growing(), "a layer that was known went up blindly")


@test
def a_body_without_a_length_is_refused(c):
    for status in (400, 404, 405, 411, 413, 416, 500, 501):
        c.registry.clear()
        c.registry.log.clear()
        c.registry.on("PATCH", SESSION, when_growing(
            lambda r, s=status: r.reply(s)))
        check(c.build("--no-cache") == 0, c.said)
        c.fell_back()


@test
def a_body_without_a_length_breaks_off(c):
    c.registry.on("PATCH", SESSION, when_growing(
        lambda r: (r.body(limit=1 << 20), r.drop())))
    check(c.build() == 0, c.said)
    c.fell_back()


@test
def the_registry_has_less_than_was_sent(c):
    c.registry.on("PATCH", SESSION, when_growing(lambda r: (
        r.body(), r.reply(202, {"Location": r.path, "Range": "0-99"}))))
    check(c.build() == 0, c.said)
    c.fell_back()


@test
def no_range_is_fine(c):
    def patch(r):
        c.registry.uploads[r.path.split("/")[-1]] += r.body()
        r.reply(202, {"Location": r.path})

    c.registry.on("PATCH", SESSION, when_growing(patch))
    check(c.build() == 0 and c.pushed(), c.said)
    check(not c.registry.requests("DELETE"), "it was not believed")


@test
def the_location_moves_with_the_body(c):
    c.registry.on("PATCH", SESSION, when_growing(lambda r: move(c, r)))
    check(c.build() == 0 and c.pushed(), c.said)
    check(any("-moved" in r["target"] for r in c.registry.requests(
        "PUT", SESSION)), "the first place was used")


@test
def the_commit_says_that_the_bytes_are_wrong(c):
    def patch(r):
        body = bytearray(r.body())
        body[len(body) // 2] ^= 1
        c.registry.uploads[r.path.split("/")[-1]] += body
        r.reply(202, {"Location": r.path})

    c.registry.on("PATCH", SESSION, when_growing(patch))
    check(c.build() == 0, c.said)
    check(c.pushed(), "it is not whole")


@test
def the_commit_is_lost(c):
    def put(r):
        if r.length or not c.growing():
            return
        r.drop()

    c.registry.on("PUT", SESSION, put, times=-1)
    check(c.build() == 0, c.said)
    check(c.pushed(), "it is not whole")


@test
def the_token_ends_in_mid_body(c):
    c.registry.token = Token(c.registry)
    c.login()

    def patch(r):
        r.body(limit=1 << 20)
        c.registry.token.issued.clear()
        r.error(401, "UNAUTHORIZED", "authentication required",
                {"WWW-Authenticate": c.registry.token.challenge()})

    c.registry.on("PATCH", SESSION, when_growing(patch))
    check(c.build() == 0, c.said)
    check(c.pushed(), "it is not whole")


@test
def the_body_is_led_elsewhere(c):
    other = c.server()

    def patch(r):
        r.reply(307, {"Location": r.target.replace("session", "moved")})

    c.registry.on("PATCH", SESSION, when_growing(patch))
    check(c.build() == 0, c.said)
    check(c.pushed(), "it is not whole")
    check(not other.log, "another host was asked")


@test
def a_location_on_another_host_gets_no_authorization(c):
    other = c.server()
    c.registry.token = Token(c.registry)
    c.login()

    def post(r):
        r.body()
        other.uploads[f"session-{len(other.uploads)}"] = bytearray()
        r.reply(202, {"Location": f"{other.url}/v2/x/y/blobs/uploads/"
                                  f"session-{len(other.uploads) - 1}"})

    c.registry.on("POST", "/blobs/uploads/", post, times=-1)
    c.build()
    check(other.requests("PATCH"), "it was not used")
    check(not any("authorization" in r["headers"] for r in other.log),
          "authorization went to another host")


@test
def packing_fails_in_mid_body(c):
    """An input that changes ends the build, and with it the session."""
    path = changing(c)

    def patch(r):
        os.truncate(path, 1 << 20)
        r.body()
        r.drop()

    c.registry.on("PATCH", SESSION, when_growing(patch))
    check(c.build(*SLOWLY, large=f"changing-{id(c)}") == 1, c.said)
    said(c, "became shorter while it was packed")
    check(c.registry.requests("DELETE", SESSION), "the session is left")
    check(not c.registry.manifests, "there is a manifest")


@test
def a_body_that_is_not_wanted_ends(c):
    """Real registries forget the session at its newest place alone."""
    path = changing(c)

    def patch(r):
        os.truncate(path, 1 << 20)
        move(c, r)

    c.registry.on("PATCH", SESSION, when_growing(patch))
    check(c.build(*SLOWLY, large=f"changing-{id(c)}") == 1, c.said)
    said(c, "became shorter while it was packed")
    check(not c.registry.uploads, "the session is left")
    check(not c.registry.manifests, "there is a manifest")


def kept(c):
    """Whether the cache has the large layer."""
    return any(p.stat().st_size >= SIZE
               for p in c.folder.rglob(".cache/oci-pack/blobs/sha256/*"))


@test
def a_cache_on_another_file_system_has_a_copy(c):
    other = pathlib.Path(tempfile.mkdtemp(prefix="faults.", dir="/dev/shm"))
    c.closing.append(lambda: shutil.rmtree(other))
    if other.stat().st_dev == c.folder.stat().st_dev:
        return "there is one file system here"
    check(c.build("-o", other / "layout", push=()) == 0, c.said)
    check(kept(c), "the cache has no copy of a layout's layer")
    shutil.rmtree(c.folder / ".cache")
    c.env["TMPDIR"] = str(other)
    check(c.build() == 0 and c.pushed(), c.said)
    check(kept(c), "the cache has no copy of a layer that was pushed")


@test
def a_cache_has_what_was_pushed(c):
    check(c.build() == 0 and c.pushed() and kept(c), c.said)


@test
def interrupted_in_mid_body(c):
    began = threading.Event()
    c.registry.on("PATCH", SESSION, when_growing(
        faults.hanging(began)))
    process = c.start("build", c.spec(), "--push", "--lint", "off")
    check(began.wait(20), "nothing was sent")
    process.send_signal(signal.SIGINT)
    check(c.finish(process, 20) == -signal.SIGINT, c.said)
    check(c.registry.requests("DELETE", SESSION), "the session is left")
    check(not c.registry.manifests, "there is a manifest")


@test
def equal_layers_are_one_upload(c):
    spec = c.spec()
    one = json.loads(spec.read_text())
    one["layers"] = [one["layers"][0], {**one["layers"][0], "name": "again"}]
    spec.write_text(json.dumps(one))
    check(c.run("build", spec, "--push", "--lint", "off", "--no-cache") == 0,
          c.said)
    check(c.pushed(), "it is not whole")
    said(c, "2 blobs uploaded")
    check(not c.registry.uploads, "a session is left")


def make_inputs(folder):
    faults.make_inputs(folder)
    INPUTS["large"] = folder / "large"
    INPUTS["large"].write_bytes(random.Random(2).randbytes(SIZE))


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, Case, make_inputs)


if __name__ == "__main__":
    sys.exit(main())
