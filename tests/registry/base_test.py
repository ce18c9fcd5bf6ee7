#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bases in registries: locks, the cache, and images that are wrong.

    base_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import contextlib
import gzip
import json
import lzma
import os
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from foreign import Image, OCI, digest_of, tar          # noqa: E402
from harness import check, said                         # noqa: E402

TESTS = []
TAR = tar([("d", "usr/sbin", "0755"), ("l", "sbin", "usr/sbin"),
           ("f", "usr/sbin/ldconfig", "x" * 5000)])


@contextlib.contextmanager
def mounted(folder, option):
    """A small file system."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"{option},mode=0700",
                    "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test(function):
    TESTS.append((function.__name__.replace("_", " "), function))
    return function


class Case(faults.Case):
    """A registry with a base, and a spec on it."""

    def publish(self, image, tag="t"):
        self.registry.blobs.update(image.blobs)
        self.registry.manifests[tag] = self.registry.manifests[
            image.manifest["digest"]] = (
                image.manifest["mediaType"],
                image.blobs[image.manifest["digest"]])
        self.base = f"docker://{self.registry.host}/b/base:{tag}"
        return self.spec()

    def spec(self, base=None, name="a.spec", **more):
        path = self.folder / name
        path.write_text(json.dumps({
            "version": 1, "image": "example.org/a", "base": base or self.base,
            "layers": [{"entries": [{"path": "/sbin/init",
                                     "content": "i"}]}], **more}))
        return path

    def build(self, *args, out="a.tar", spec=None, status=0):
        self.forget()
        check(self.run(spec or self.folder / "a.spec", "-o",
                       self.folder / out, "-q", "--retries", "0",
                       *args) == status, self.said)
        return self.said.strip()

    def cached(self):
        folder = self.folder / ".cache/oci-pack/blobs"
        return {p.name: p for p in folder.rglob("*") if p.is_file()}

    def refused(self, *words):
        """The build fails, and leaves neither output nor litter."""
        self.build(status=1)
        said(self, *words)
        check(not (self.folder / "a.tar").exists(), "there is an archive")
        check(not self.litter(), self.litter())
        for name, path in self.cached().items():
            check(digest_of(path.read_bytes()) == "sha256:" + name,
                  f"{name} in the cache is wrong")

    def unplug(self):
        """From now on, whoever asks the registry fails the test."""
        self.registry.log.clear()

    def unasked(self):
        check(not self.registry.log, [r["target"] for r in self.registry.log])


@test
def a_base_is_fetched_once(c):
    c.publish(Image([TAR]))
    first = c.build()
    check(len(c.registry.requests("GET", "/blobs/")) == 2, c.registry.log)
    # The base's three, and the layer that was packed.
    check(len(c.cached()) == 4, c.cached())
    check(c.build() == first, "another digest")
    check(len(c.registry.requests("GET", "/blobs/")) == 2, "fetched again")
    check(c.build("--no-cache") == first, "another digest without cache")


@test
def a_lock_pins_what_a_tag_was(c):
    c.publish(Image([TAR]))
    check(c.run("lock", "a.spec") == 0, c.said)
    first = c.build()
    c.publish(Image([TAR, tar([("f", "new", "x")])]))
    check(c.build() == first, "it follows the tag")
    check(c.run("lock", "a.spec") == 0, c.said)
    check(c.build() == first, "a lock changes unasked")
    check(c.run("lock", "--update", "a.spec") == 0, c.said)
    check(c.build() != first, "--update does not update")


@test
def a_lock_makes_builds_offline(c):
    c.publish(Image([TAR]))
    check(c.run("lock", "a.spec") == 0, c.said)
    first = c.build()
    c.unplug()
    check(c.build() == first, "another digest")
    c.unasked()


@test
def so_does_a_digest(c):
    image = Image([TAR])
    c.publish(image)
    c.spec(f"{c.base}@{image.manifest['digest']}")
    first = c.build()
    c.unplug()
    check(c.build() == first, "another digest")
    c.unasked()
    check(c.run("lock", "a.spec") == 0, c.said)
    c.unasked()
    check(json.loads((c.folder / "a.spec.lock").read_text())["bases"] == {},
          "a digest needs no lock")


@test
def a_lock_that_lacks_a_base(c):
    c.publish(Image([TAR]))
    check(c.run("lock", "a.spec") == 0, c.said)
    c.publish(Image([TAR]), "other")
    c.refused("a.spec:", "oci-pack lock", ":other")


@test
def a_lock_that_has_too_much_is_told(c):
    c.publish(Image([TAR]))
    check(c.run("lock", "a.spec") == 0, c.said)
    old = c.base
    c.publish(Image([TAR]), "other")
    lock = json.loads((c.folder / "a.spec.lock").read_text())
    lock["bases"][c.base] = lock["bases"][old]
    (c.folder / "a.spec.lock").write_text(json.dumps(lock))
    c.build()
    said(c, old, "does not start from")
    check(c.run("lock", "a.spec", "-q") == 0, c.said)
    check(list(json.loads((c.folder / "a.spec.lock").read_text())["bases"])
          == [c.base], "it stays")


@test
def locks_that_are_wrong(c):
    c.publish(Image([TAR]))
    for text in ("", "{", "[]", '{"version": 2, "bases": {}}', '{"bases": 1}',
                 '{"version": 1, "bases": {"docker://x": {"digest": 1}}}',
                 '{"version": 1, "bases": {"docker://x": {"mediaType": "x/y",'
                 ' "size": 1, "digest": "sha256:' + "0" * 64 + '"}}}'):
        (c.folder / "a.spec.lock").write_text(text)
        c.refused("a.spec.lock")
    (c.folder / "a.spec.lock").write_text('{"bases": {}}')
    c.refused("a.spec.lock", "its version is 0")


@test
def a_lock_is_written_whole_or_not(c):
    c.publish(Image([TAR]))
    check(c.run("lock", "a.spec") == 0, c.said)
    before = (c.folder / "a.spec.lock").read_bytes()
    c.spec(platforms=["linux/riscv64", "linux/arm64"])
    check(c.run("lock", "--update", "a.spec") == 1, c.said)
    said(c, "linux/riscv64")
    c.registry.manifests.clear()
    check(c.run("lock", "--update", "a.spec", "--retries", "0") == 1, c.said)
    check((c.folder / "a.spec.lock").read_bytes() == before, "it changed")


@test
def bases_of_specs_that_are_bases_are_locked(c):
    c.publish(Image([TAR]))
    c.spec(name="low.spec")
    c.spec("low.spec")
    check(c.run("lock", "a.spec") == 0, c.said)
    said(c, c.base)
    first = c.build()
    c.unplug()
    check(c.build() == first, "another digest")
    c.unasked()


@test
def a_damaged_cache_mends_itself(c):
    c.publish(Image([TAR]))
    check(c.run("lock", "a.spec") == 0, c.said)
    first = c.build()
    for path in c.cached().values():
        good = path.read_bytes()
        for bad in (b"", good[:-1], good + b"x", b"x" + good[1:]):
            path.write_bytes(bad)
            check(c.build() == first, "another digest")
            check(path.read_bytes() == good, "it is damaged still")


@test
def a_cache_that_cannot_be_written(c):
    c.publish(Image([TAR]))
    (c.folder / "file").write_text("")
    c.build("--cache-dir", c.folder / "file/below")
    said(c, "cache", "Not a directory", "not kept")
    c.build("--cache-dir", c.folder / "file/below", "--no-cache")
    check("cache" not in c.said, c.said)
    digest = c.build()
    if os.geteuid() != 0:
        return          # only root may mount
    for name, option, reason in (("full", "size=4k", "No space left"),
                                 ("fixed", "ro", "Read-only")):
        with mounted(c.folder / name, option) as folder:
            c.build("--cache-dir", folder / "cache")
            said(c, digest, reason, "not kept")


@test
def a_cache_is_looked_at_and_pruned(c):
    c.publish(Image([TAR]))
    c.build()
    (c.folder / ".cache/oci-pack/blobs/sha256/.blob.1-1.tmp").write_text("x")
    c.forget()
    check(c.run("cache", "info") == 0, c.said)
    said(c, "4 blobs")
    kept = [p for p in (c.folder / ".cache/oci-pack").rglob("*")
            if p.is_file() and p.name[0] != "." and
            p.name not in ("seen", "key")]
    check(len(kept) == 6, kept)     # with two records
    size = sum(p.stat().st_size for p in kept)
    check(c.run("cache", "prune", "--keep", str(size)) == 0, c.said)
    said(c, "removed 0 blobs")
    check(c.run("cache", "prune", "--keep", str(size - 1)) == 0, c.said)
    said(c, "removed 1 blob,")
    check(c.run("cache", "prune") == 0, c.said)
    said(c, "removed 3 blobs")
    check(list(c.cached()) == [], c.cached())
    check(c.run("cache", "info", "--cache-dir", "nowhere") == 0, c.said)
    said(c, "0 blobs")
    for args in ((), ("info", "--keep", "1"), ("prune", "--keep", "much"),
                 ("other",)):
        check(c.run("cache", *args) == 2, c.said)


@test
def processes_share_a_cache(c):
    c.publish(Image([TAR, tar([("f", f"f{i}", "x" * 9000)
                               for i in range(200)])]))
    processes = [c.start(c.folder / "a.spec", "-o", c.folder / f"{i}.tar",
                         "-q") for i in range(6)]
    for process in processes:
        check(c.finish(process) == 0, c.said)
    check(len({(c.folder / f"{i}.tar").read_bytes() for i in range(6)}) == 1,
          "they differ")
    check(not c.litter(), c.litter())


# --- bases that are wrong ----------------------------------------------------

def serve_wrong(c, digest, data):
    """The registry answers with other bytes."""
    c.registry.blobs[digest] = data


@test
def a_layer_with_other_bytes(c):
    image = Image([TAR])
    c.publish(image)
    layer = [d for d in image.blobs if image.blobs[d][:2] == b"\x1f\x8b"][0]
    good = image.blobs[layer]
    for bad in (good[:-1], good + b"x", good[:-9] + b"123456789", b""):
        serve_wrong(c, layer, bad)
        c.refused("a.spec:", layer)
        check(layer[7:] not in c.cached(), "it is in the cache")
    serve_wrong(c, layer, good)
    c.build()


@test
def a_layer_that_is_compressed_twice(c):
    """Engines inflate once, and find no tar then."""
    for data in (gzip.compress(TAR, mtime=0), lzma.compress(TAR)):
        for compression in ("gzip", "none"):
            c.publish(Image([data], compression=compression))
            c.refused("a.spec:", "layer sha256:")


@test
def a_config_with_other_bytes(c):
    image = Image([TAR])
    c.publish(image)
    config = json.loads(image.blobs[image.manifest["digest"]])["config"]
    serve_wrong(c, config["digest"], b"{}" + b" " * (config["size"] - 2))
    c.refused("a.spec:", config["digest"])


@test
def a_layer_that_is_missing(c):
    image = Image([TAR])
    c.publish(image)
    layer = [d for d in image.blobs if image.blobs[d][:2] == b"\x1f\x8b"][0]
    del c.registry.blobs[layer]
    c.refused("a.spec:", layer, "404")


@test
def diff_ids_that_are_wrong(c):
    c.publish(Image([TAR], document={"rootfs": {
        "type": "layers", "diff_ids": ["sha256:" + "0" * 64]}}))
    c.refused("diff_id")


@test
def fewer_diff_ids_than_layers(c):
    c.publish(Image([TAR], document={"rootfs": {
        "type": "layers", "diff_ids": []}}))
    c.refused("config has 0 layers", "manifest has 1")


@test
def more_history_than_layers(c):
    c.publish(Image([TAR], document={"history": [{"created_by": "x"}] * 3}))
    c.refused("history")


@test
def a_config_of_another_platform(c):
    image = Image([TAR], platform="linux/amd64")
    index = json.dumps({
        "schemaVersion": 2, "mediaType": OCI + "index.v1+json",
        "manifests": [{**image.manifest, "platform": {
            "os": "linux", "architecture": "riscv64"}}]}).encode()
    c.publish(image)
    c.registry.manifests["t"] = (OCI + "index.v1+json", index)
    c.refused("linux/amd64", "linux/riscv64")


@test
def a_layer_that_is_no_tar(c):
    image = Image([b"no tar at all, but long enough " * 50])
    c.publish(image)
    c.refused("a.spec:", "layer sha256:")


@test
def a_layer_whose_type_is_wrong(c):
    for said_to_be, is_really in (("gzip", "none"), ("none", "gzip"),
                                  ("zstd", "gzip")):
        image = Image([TAR], compression=is_really)
        manifest = json.loads(image.blobs[image.manifest["digest"]])
        suffix = "" if said_to_be == "none" else "+" + said_to_be
        manifest["layers"][0]["mediaType"] = OCI + "layer.v1.tar" + suffix
        image.manifest = image.add(image.manifest["mediaType"],
                                   json.dumps(manifest).encode())
        c.publish(image)
        c.refused("media type")


@test
def layers_that_cannot_be_passed_on(c):
    for kind in (OCI + "layer.nondistributable.v1.tar+gzip",
                 "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                 OCI + "layer.v1.tar+gzip+encrypted", "text/plain"):
        image = Image([TAR])
        manifest = json.loads(image.blobs[image.manifest["digest"]])
        manifest["layers"][0]["mediaType"] = kind
        image.manifest = image.add(image.manifest["mediaType"],
                                   json.dumps(manifest).encode())
        c.publish(image)
        c.refused(kind)


@test
def an_artifact_is_no_base(c):
    image = Image([TAR])
    manifest = json.loads(image.blobs[image.manifest["digest"]])
    manifest["config"] = image.add("application/vnd.oci.empty.v1+json", b"{}")
    image.manifest = image.add(image.manifest["mediaType"],
                               json.dumps(manifest).encode())
    c.publish(image)
    c.refused("its config has no platform")


@test
def members_that_lead_out(c):
    for name in ("../x", "usr/../../x", "a/" * 3000 + "x", ".wh...", ".wh."):
        c.publish(Image([tar([("f", name, "x")])]))
        c.refused("a.spec:", "layer sha256:")


@test
def a_layer_cut_short_within(c):
    c.publish(Image([TAR[:1000]]))
    c.refused("layer sha256:")


@test
def an_empty_layer(c):
    for data in (b"", b"\0" * 1024, tar([])):
        c.publish(Image([data]))
        c.build("--no-cache")


@test
def a_manifest_that_is_too_large(c):
    image = Image([TAR])
    c.publish(image)
    text = image.blobs[image.manifest["digest"]]
    c.registry.manifests["t"] = (image.manifest["mediaType"],
                                 text + b" " * (5 << 20))
    c.refused("a.spec:", "bytes")


@test
def a_layer_that_inflates_without_end(c):
    bomb = gzip.compress(tar([("f", "zeros", "\0" * (64 << 20))]), 9)
    image = Image([TAR])
    layer = image.add(OCI + "layer.v1.tar+gzip", bomb)
    manifest = json.loads(image.blobs[image.manifest["digest"]])
    manifest["layers"] = [layer]
    image.manifest = image.add(image.manifest["mediaType"],
                               json.dumps(manifest).encode())
    c.publish(image)
    c.refused("diff_id")


@test
def attestations_stay_behind(c):
    image = Image([TAR])
    other = Image([TAR], platform="unknown/unknown")
    c.publish(other)
    c.publish(image)
    index = json.dumps({
        "schemaVersion": 2, "mediaType": OCI + "index.v1+json",
        "manifests": [
            {**image.manifest, "platform": {"os": "linux",
                                            "architecture": "riscv64"}},
            {**other.manifest, "platform": {"os": "unknown",
                                            "architecture": "unknown"},
             "annotations": {
                 "vnd.docker.reference.type": "attestation-manifest",
                 "vnd.docker.reference.digest": image.manifest["digest"]}},
        ]}).encode()
    c.registry.manifests["t"] = (OCI + "index.v1+json", index)
    c.build()
    check(c.run("inspect", "--raw", c.folder / "a.tar") == 0, c.said)
    check(other.manifest["digest"] not in c.said, "it came along")


@test
def an_interrupted_download_leaves_nothing(c):
    image = Image([TAR])
    c.publish(image)
    began, end = threading.Event(), threading.Event()

    def hang(r):
        began.set()
        end.wait(20)

    c.registry.on("GET", "/blobs/", hang, times=-1)
    process = c.start(c.folder / "a.spec", "-o", c.folder / "a.tar")
    check(began.wait(20), "nothing was asked")
    process.send_signal(faults.signal.SIGINT)
    check(c.finish(process) == -faults.signal.SIGINT, c.said)
    end.set()
    check(not c.litter(), c.litter())
    check(not (c.folder / "a.tar").exists(), "there is an archive")


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, Case, lambda folder: None)


if __name__ == "__main__":
    sys.exit(main())
