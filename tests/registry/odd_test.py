#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Registries that keep to the specification in odd ways, or nearly.

    odd_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import gzip
import hashlib
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import digest_of                              # noqa: E402
from found_test import MEDIA, in_layout, listed         # noqa: E402
from harness import INPUTS, check, said                 # noqa: E402
from index_test import (CONFIG, LAYER, MANIFEST,        # noqa: E402
                        blob, document, entry, image, index, layer_of)

TESTS = []
found = harness.found_in(TESTS)
ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"


def source(c):
    return c.registry.host + "/x/y:t"


def windows(c, present):
    """An image with a foreign layer, and one of its own."""
    data, diff_id = layer_of("base")
    own, own_id = layer_of("own")
    config = {"architecture": "amd64", "os": "windows", "rootfs": {
        "type": "layers", "diff_ids": [diff_id, own_id]}}
    foreign = blob(c.registry, data, FOREIGN)
    if not present:
        del c.registry.blobs[foreign["digest"]]
    foreign["urls"] = ["http://127.0.0.9:1/blob", "http://127.0.0.9:1/other"]
    document(c.registry, {
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": blob(c.registry, json.dumps(config).encode(), CONFIG),
        "layers": [foreign, blob(c.registry, own, LAYER)]}, "t")
    return foreign


@found(24, "a foreign layer that the registry lacks is not copied, and told")
def foreign(c):
    lacking = windows(c, False)
    other = c.server()
    for there in (other.host + "/x/z:t", "oci:out:t", "out.tar"):
        c.forget()
        check(c.run("copy", source(c), there, "--retries", "0") == 0, c.told)
        said(c, lacking["digest"], "http://127.0.0.9:1/blob", "not copied")
    check(other.manifests["t"] == c.registry.manifests["t"], "it was changed")
    check(lacking["digest"] not in other.blobs and len(other.blobs) == 2,
          other.blobs.keys())
    # A layer without urls is missed as before.
    for name in list(c.registry.blobs):
        if name not in other.blobs:
            continue
        data = c.registry.blobs.pop(name)
        check(c.run("copy", source(c), "oci:no:t", "--retries", "0") == 1,
              c.told)
        c.registry.blobs[name] = data


@found(24, "a foreign layer that the registry has is copied")
def foreign_there(c):
    has = windows(c, True)
    other = c.server()
    check(c.run("copy", source(c), other.host + "/x/z:t") == 0, c.told)
    check(has["digest"] in other.blobs, "it is not there")
    check("not copied" not in c.said, c.said)


@found(24, "a Range that is refused: the download starts over")
def refused_range(c):
    data = harness.os.urandom(300000)
    for number, status in enumerate((416, 501, 400)):
        document(c.registry, {
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": blob(c.registry, b"{}", CONFIG),
            "layers": [blob(c.registry, data, "text/plain")]}, "t")

        def cut(r):
            r.reply(200, {}, data[:200000], length=len(data))
            r.handler.close_connection = True

        def refuse(r, s=status):
            if "Range" in r.headers:
                r.reply(s, {}, b"no ranges here")
        c.registry.on("GET", "/blobs/" + digest_of(data), cut)
        c.registry.on("GET", "/blobs/" + digest_of(data), refuse, times=2)
        check(c.run("pull", source(c), "-o", f"out{number}", "--retries",
                    "1") == 0, c.told)
        got = c.folder / f"out{number}/blobs/sha256" / digest_of(data)[7:]
        check(got.read_bytes() == data, "other bytes")


@found(24, "documents that a proxy compressed")
def compressed(c):
    image(c.registry, "linux/riscv64", "t")
    kind, body = c.registry.manifests["t"]

    def reply(r):
        check("Accept-Encoding" not in r.headers, "it was asked for")
        r.reply(200, {"Content-Type": kind, "Content-Encoding": "gzip"},
                gzip.compress(body))
    c.registry.on("GET", "/manifests/", reply, times=-1)
    check(c.run("pull", source(c), "-o", "out") == 0, c.told)
    check(c.run("verify", "out") == 0, c.told)
    # What inflates without end is ended.
    c.registry.scripts.clear()
    c.registry.on("GET", "/manifests/", lambda r: r.reply(
        200, {"Content-Type": kind, "Content-Encoding": "gzip"},
        gzip.compress(bytes(64 << 20))), times=-1)
    check(c.run("pull", source(c), "-o", "out2", "--retries", "0") == 1,
          c.told)


@found(24, "a Content-Type in capitals, without one, or one for any file")
def content_types(c):
    image(c.registry, "linux/riscv64", "t")
    kind, body = c.registry.manifests["t"]
    for number, name in enumerate((kind.upper(), None, "", "text/plain",
                                   "application/octet-stream",
                                   kind + "; charset=utf-8")):
        c.registry.scripts.clear()
        c.registry.on("GET", "/manifests/", lambda r, n=name: r.reply(
            200, {} if n is None else {"Content-Type": n}, body), times=-1)
        check(c.run("pull", source(c), "-o", f"out{number}", "--retries", "0")
              == 0, c.told)
        check((c.folder / f"out{number}/blobs/sha256" /
               digest_of(body)[7:]).read_bytes() == body, "other bytes")
    for name, text in (("text/html", body), ("text/plain", b"<html>"),
                       (None, b'{"schemaVersion":2}'), (None, b"")):
        c.registry.scripts.clear()
        c.registry.on("GET", "/manifests/", lambda r, n=name, t=text: r.reply(
            200, {"Content-Type": n} if n else {}, t), times=-1)
        check(c.run("pull", source(c), "-o", "no", "--retries", "0") == 1,
              c.told)
        said(c, "Content-Type")


@found(24, "HEAD says 404 where GET has it")
def head_404(c):
    image(c.registry, "linux/riscv64", "t")
    image(c.registry, "linux/amd64", "u")
    c.registry.on("HEAD", "/manifests/", lambda r: r.reply(404), times=-1)
    here = c.registry.host + "/x/y:"
    check(c.run("index", "append", here + "t", here + "u", "--retries", "0")
          == 0, c.told)
    kinds = [m["platform"]["architecture"] for m in
             json.loads(c.registry.manifests["t"][1])["manifests"]]
    check(kinds == ["riscv64", "amd64"], kinds)
    c.forget()
    check(c.run("push", INPUTS["small"], here + "t", "--dry-run") == 0,
          c.told)
    old = digest_of(c.registry.manifests["t"][1])
    said(c, old[7:19])


@found(24, "a blob that is unknown just after its upload is waited for")
def eventually(c):
    for times, status in ((2, 0), (-1, 1)):
        c.registry.clear()
        c.registry.scripts.clear()
        c.registry.on("PUT", "/manifests/", lambda r: (
            r.body(), r.error(400, "MANIFEST_BLOB_UNKNOWN", "unknown")),
            times=times)
        check(c.run("push", INPUTS["small"], c.registry.host + "/x/y:t",
                    "--retries", "3" if times > 0 else "1") == status, c.told)
    said(c, "MANIFEST_BLOB_UNKNOWN")


@found(24, "what a registry warns of is shown once")
def warnings(c):
    real = c.registry.answer

    def answer(r):
        reply = r.reply

        def warned(status, headers=(), *more, **kw):
            reply(status, {**dict(headers), "Warning": [
                '299 - "the quota is 97 % used up"',
                '299 - "moves to \\"new.example\\" \x1b[31m"',
                '199 - "stale"', '299 garbage', '299 - "']}, *more, **kw)
        r.reply = warned
        real(r)
    c.registry.answer = answer
    check(c.run("push", INPUTS["small"], c.registry.host + "/x/y:t", "-q")
          == 0, c.told)
    for text in (f"registry {c.registry.host} warns: the quota is 97 % used "
                 "up\n", 'moves to "new.example" \\x1b[31m\n'):
        check(c.said.count(text) == 1, c.said)
    check("stale" not in c.said and "garbage" not in c.said, c.said)


@found(24, "referrers of the type that release candidates had")
def artifact_manifests(c):
    one = image(c.registry, "linux/riscv64", "t")
    note = document(c.registry, {
        "mediaType": ARTIFACT, "artifactType": "text/plain",
        "blobs": [blob(c.registry, b"signed", "text/plain")],
        "subject": one, "annotations": {"a": "b"}})
    listed(c, [[{**note, "artifactType": "text/plain"}]])
    other = c.server()
    there = other.host + "/x/z:t"
    check(c.run("copy", "--referrers", source(c), there) == 0, c.told)
    check(note["digest"] in other.manifests, other.manifests.keys())
    check(digest_of(b"signed") in other.blobs, "its blob is not there")
    check(c.run("copy", "--referrers", source(c), "oci:out:t") == 0, c.told)
    check(note["digest"] in in_layout(c), in_layout(c))
    check(c.run("verify", "out") == 0, c.told)
    # Back from the layout.
    other.clear()
    check(c.run("copy", "--referrers", "oci:out:t", there) == 0, c.told)
    check(note["digest"] in other.manifests, other.manifests.keys())
    for wrong in ({"manifests": []}, {"layers": []},
                  {"blobs": [{"digest": "x"}]}):
        bad = document(c.registry, {"mediaType": ARTIFACT, "subject": one,
                                    **wrong})
        c.registry.scripts.clear()
        listed(c, [[bad]])
        check(c.run("copy", "--referrers", source(c), "oci:no:t") == 1,
              c.told)


def sha512(c):
    """An image of which all is named by SHA-512."""
    def named(descriptor, data):
        digest = "sha512:" + hashlib.sha512(data).hexdigest()
        return {**descriptor, "digest": digest}, digest

    def put_blob(data, kind):
        made, digest = named(blob(c.registry, data, kind), data)
        c.registry.blobs[digest] = data
        return made
    data, diff_id = layer_of("base")
    config = {"architecture": "riscv64", "os": "linux", "rootfs": {
        "type": "layers", "diff_ids": [diff_id]}}
    text = json.dumps({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": put_blob(json.dumps(config).encode(), CONFIG),
        "layers": [put_blob(data, LAYER)]}).encode()
    made, digest = named({"mediaType": MANIFEST, "size": len(text)}, text)
    c.registry.manifests[digest] = (MANIFEST, text)
    return index(c.registry, [entry(made, "linux/riscv64")], "t")


@found(24, "SHA-512 in layouts, archives and verify")
def long_digests(c):
    sha512(c)
    check(c.run("copy", source(c), "oci:out:t") == 0, c.told)
    check(len(list((c.folder / "out/blobs/sha512").iterdir())) == 3, c.told)
    check(c.run("verify", "out") == 0, c.told)
    check(c.run("copy", "oci:out:t", "out.tar") == 0, c.told)
    check(c.run("verify", "out.tar") == 0, c.told)
    names = subprocess.run(["tar", "-tf", c.folder / "out.tar"], check=True,
                           stdout=subprocess.PIPE).stdout.decode().split()
    check(sum(len(name) == 141 for name in names) == 3, names)
    for archive in ("out.tar", "oci:out:t"):
        other = c.server()
        check(c.run("copy", archive, "oci:again:t") == 0, c.told)
        check(c.run("inspect", archive) == 0, c.told)
        check(c.run("lint", archive) in (0, 3), c.told)
        # A registry that names manifests by SHA-256 alone says so.
        c.run("copy", archive, other.host + "/x/z:t", "--retries", "0")
    victim = next((c.folder / "out/blobs/sha512").iterdir())
    data = bytearray(victim.read_bytes())
    data[-1] ^= 1
    victim.chmod(0o600)
    victim.write_bytes(bytes(data))
    check(c.run("verify", "out") == 3, c.told)


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, faults.Case, faults.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
