#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oci-pack index: what goes over the wire, and what the index holds then.

    index_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import gzip
import hashlib
import io
import json
import os
import pathlib
import signal
import sys
import tarfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import Token, digest_of                       # noqa: E402
from harness import check, refusal, said                # noqa: E402
from pushes_test import forget_where                    # noqa: E402

OCI = "application/vnd.oci.image."
MANIFEST, INDEX = OCI + "manifest.v1+json", OCI + "index.v1+json"
CONFIG, LAYER = OCI + "config.v1+json", OCI + "layer.v1.tar+gzip"
DOCKER = "application/vnd.docker."
DOCKER_MANIFEST = DOCKER + "distribution.manifest.v2+json"
DOCKER_LIST = DOCKER + "distribution.manifest.list.v2+json"
REFERENCE = "vnd.docker.reference."
TESTS = []


def test(function):
    TESTS.append((function.__name__.replace("_", " "), function))
    return function


# --- images, made by hand ----------------------------------------------------

def blob(server, data, kind):
    digest = digest_of(data)
    server.blobs[digest] = data
    return {"mediaType": kind, "digest": digest, "size": len(data)}


def document(server, value, tag=None):
    text = json.dumps(value).encode()
    digest = digest_of(text)
    server.manifests[digest] = (value["mediaType"], text)
    if tag:
        server.manifests[tag] = server.manifests[digest]
    return {"mediaType": value["mediaType"], "digest": digest,
            "size": len(text)}


def layer_of(name):
    """A layer with one file, and its diff_id."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = 4
        tar.addfile(member, io.BytesIO(b"data"))
    return gzip.compress(out.getvalue(), mtime=0), \
        "sha256:" + hashlib.sha256(out.getvalue()).hexdigest()


def image(server, platform, tag=None, content="x", docker=False, more=None):
    """An image of os/architecture[/variant]; more goes to its config."""
    system, arch, *variant = platform.split("/")
    data, diff_id = layer_of(f"{content}-{arch}")
    config = {"architecture": arch, "os": system, **(more or {}),
              "rootfs": {"type": "layers", "diff_ids": [diff_id]}}
    if variant:
        config["variant"] = variant[0]
    return document(server, {
        "schemaVersion": 2,
        "mediaType": DOCKER_MANIFEST if docker else MANIFEST,
        "config": blob(server, json.dumps(config).encode(), DOCKER +
                       "container.image.v1+json" if docker else CONFIG),
        "layers": [blob(server, data, DOCKER + "image.rootfs.diff.tar.gzip"
                        if docker else LAYER)]}, tag)


def live_in(server, *names):
    """What was laid there so far is in these repositories alone."""
    for key in server.manifests:
        server.places[key] = set(names)


def entry(descriptor, where, **more):
    system, arch, *variant = where.split("/")
    value = {"os": system, "architecture": arch, **more.pop("platform", {})}
    if variant:
        value["variant"] = variant[0]
    return {**descriptor, "platform": value, **more}


def attestation(server, subject, note="sbom"):
    """What BuildKit attaches to an image, as a member of an index."""
    data = json.dumps({"about": subject["digest"], "note": note}).encode()
    config = {"architecture": "unknown", "os": "unknown", "config": {},
              "rootfs": {"type": "layers", "diff_ids": [digest_of(data)]}}
    made = document(server, {
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": blob(server, json.dumps(config).encode(), CONFIG),
        "layers": [blob(server, data, "application/vnd.in-toto+json")]})
    return entry(made, "unknown/unknown", annotations={
        REFERENCE + "type": "attestation-manifest",
        REFERENCE + "digest": subject["digest"]})


def index(server, entries, tag=None, kind=INDEX, **more):
    return document(server, {"schemaVersion": 2, "mediaType": kind,
                             "manifests": entries, **more}, tag)


def attested(server, platform, tag, content="x"):
    """An index of an image and its attestation, as buildx pushes it."""
    one = image(server, platform, content=content)
    about = attestation(server, one, content)
    index(server, [entry(one, platform), about], tag)
    return one, about


class Case(faults.Case):
    def index(self, verb, *args, name="x/y:t", retries="0"):
        return self.run("index", verb, *(("--retries", retries)),
                        f"{self.registry.host}/{name}", *args)

    def create(self, *args, **kw):
        return self.index("create", *args, **kw)

    def at(self, name):
        return f"{self.registry.host}/{name}"

    def result(self, tag="t"):
        kind, text = self.registry.manifests[tag]
        value = json.loads(text)
        check(value["mediaType"] == kind, "types differ")
        return value

    def digests(self, tag="t"):
        return [m["digest"] for m in self.result(tag)["manifests"]]

    def layers(self):
        return {d["digest"] for _, text in self.registry.manifests.values()
                for d in json.loads(text).get("layers", [])}

    def check_no_layers(self):
        """No layer was fetched, and nothing was uploaded."""
        for r in self.registry.requests("GET", "/blobs/"):
            check(r["target"].split("/")[-1] not in self.layers(),
                  "a layer was fetched: " + r["target"])
        check(not self.registry.requests("PUT", "/blobs/"), "an upload")
        check(not self.registry.requests("PATCH"), "an upload")

    def refused(self, *words):
        """It failed, in one line, and the tag is as it was."""
        refusal(self, *words)
        check(not self.registry.requests("PUT", "/manifests/t$"), "tagged")


# --- create ------------------------------------------------------------------

@test
def two_images_of_one_repository(c):
    one = image(c.registry, "linux/amd64", "amd")
    two = image(c.registry, "linux/riscv64", "riscv")
    check(c.create(c.at("x/y:amd"), c.at("x/y:riscv")) == 0, c.said)
    got = c.result()
    check(got["mediaType"] == INDEX and got["schemaVersion"] == 2, got)
    check(got["manifests"] == [entry(one, "linux/amd64"),
                               entry(two, "linux/riscv64")], got)
    c.check_no_layers()
    check(not c.registry.requests("POST"), "it mounts within a repository")
    check(len(c.registry.requests("PUT")) == 2, "members are put again")
    check(not c.registry.requests("HEAD", "/blobs/"), "it asks for blobs")
    said(c, digest_of(c.registry.manifests["t"][1]))


@test
def images_by_digest(c):
    one = image(c.registry, "linux/amd64")
    two = image(c.registry, "linux/riscv64")
    check(c.create("-q", *[c.at("x/y@" + d["digest"]) for d in (one, two)])
          == 0, c.said)
    check(c.said == digest_of(c.registry.manifests["t"][1]) + "\n", c.said)
    check(c.digests() == [one["digest"], two["digest"]], c.digests())


@test
def the_order_is_as_given(c):
    for n, arch in enumerate(("s390x", "amd64", "riscv64", "arm64")):
        image(c.registry, "linux/" + arch, str(n))
    check(c.create(*[c.at(f"x/y:{n}") for n in (2, 0, 3, 1)]) == 0, c.said)
    check([m["platform"]["architecture"] for m in c.result()["manifests"]] ==
          ["riscv64", "s390x", "arm64", "amd64"], c.result())


@test
def images_of_other_repositories_are_mounted(c):
    """Each from where it is, whatever else was named."""
    held = forget_where(c.registry, ("x/a", "x/b", "x/c", "x/y"))
    for name, arch in (("x/a", "amd64"), ("x/b", "riscv64"), ("x/c", "arm64")):
        before = set(c.registry.blobs)
        image(c.registry, "linux/" + arch, arch, content=name[-1])
        held[name] |= set(c.registry.blobs) - before
    live_in(c.registry, "x/a", "x/b", "x/c")
    check(c.create("--mount-from", "x/a", c.at("x/a:amd64"),
                   c.at("x/b:riscv64"), c.at("x/c:arm64")) == 0, c.said)
    c.check_no_layers()
    said(c, "0 blobs uploaded", "6 mounted")
    check(len(c.registry.requests("POST")) == 6, "more tries than blobs")
    puts = [r["target"] for r in c.registry.requests("PUT")]
    check(puts == [f"/v2/x/y/manifests/{d}" for d in c.digests()] +
          ["/v2/x/y/manifests/" + digest_of(c.registry.manifests["t"][1]),
           "/v2/x/y/manifests/t"], puts)


@test
def a_registry_that_does_not_mount(c):
    held = forget_where(c.registry, ("x/a", "x/y"))
    image(c.registry, "linux/amd64", "a")
    image(c.registry, "linux/riscv64", "b")
    live_in(c.registry, "x/a")
    before = set(c.registry.blobs)
    check(c.create(c.at("x/a:a"), c.at("x/a:b")) == 0, c.said)
    check(held["x/y"] == before, "it is not whole")
    said(c, "4 blobs uploaded")


@test
def images_of_another_registry_are_copied(c):
    other = c.server()
    image(other, "linux/amd64", "a")
    image(c.registry, "linux/riscv64", "b")
    check(c.create(other.host + "/p/q:a", c.at("x/y:b")) == 0, c.said)
    check(all(d in c.registry.blobs for d in other.blobs), "not whole")
    check(len(c.registry.requests("PUT", "digest=")) == len(other.blobs),
          "it sends more")


@test
def archives_and_layouts_as_images_and_as_destinations(c):
    attested(c.registry, "linux/amd64", "amd")
    image(c.registry, "linux/riscv64", "riscv")
    check(c.run("pull", c.at("x/y:amd"), "-o", "a.tar") == 0, c.said)
    check(c.run("pull", c.at("x/y:riscv"), "-o", "oci:lay:r") == 0, c.said)
    for out in ("out.tar", "out", "oci:named:tag"):
        check(c.run("index", "create", "-o", out, "a.tar", "oci:lay:r") == 0,
              c.said)
        check(c.run("verify", out) == 0, c.said)
        c.forget()
        check(c.run("inspect", "--raw", out) == 0, c.said)
        check([m["platform"]["architecture"] for m in
               json.loads(c.said)["manifests"]] ==
              ["amd64", "unknown", "riscv64"], c.said)
    check(c.create("a.tar", "oci:lay:r") == 0, c.said)
    check(len(c.digests()) == 3, c.digests())
    check(c.run("verify", c.at("x/y:t")) == 0, c.said)
    check(not c.litter(), c.litter())


@test
def members_say_nothing_of_their_names_in_layouts(c):
    image(c.registry, "linux/riscv64", "riscv")
    check(c.run("pull", c.at("x/y:riscv"), "-o", "oci:lay:r") == 0, c.said)
    check(c.create("oci:lay:r") == 0, c.said)
    check("annotations" not in c.result()["manifests"][0], c.result())


@test
def attestations_go_along(c):
    one, about = attested(c.registry, "linux/amd64", "amd")
    two, other = attested(c.registry, "linux/riscv64", "riscv", "z")
    check(c.create(c.at("x/y:amd"), c.at("x/y:riscv")) == 0, c.said)
    check(c.result()["manifests"] == [
        entry(one, "linux/amd64"), about, entry(two, "linux/riscv64"), other],
        c.result())
    c.check_no_layers()


@test
def attestations_are_dropped_on_request(c):
    one, _ = attested(c.registry, "linux/amd64", "amd")
    two, _ = attested(c.registry, "linux/riscv64", "riscv")
    check(c.create("--no-attestations", c.at("x/y:amd"), c.at("x/y:riscv"))
          == 0, c.said)
    check(c.digests() == [one["digest"], two["digest"]], c.digests())


@test
def attestations_are_never_orphaned(c):
    """One platform of several; and a source that has orphans."""
    one, two = (image(c.registry, p) for p in ("linux/amd64", "linux/arm64"))
    about = [attestation(c.registry, d) for d in (one, two)]
    lost = attestation(c.registry, {"digest": digest_of(b"none")})
    index(c.registry, [entry(one, "linux/amd64"), entry(two, "linux/arm64"),
                       *about, lost], "s")
    check(c.create("--platform", "linux/arm64", c.at("x/y:s")) == 0, c.said)
    check(c.digests() == [two["digest"], about[1]["digest"]], c.digests())
    check(not c.registry.requests("GET", one["digest"]), "read for nothing")
    check(c.create(c.at("x/y:s")) == 0, c.said)
    check(c.digests() == [d["digest"] for d in (one, two, *about)],
          c.digests())


@test
def attestations_are_copied_with_their_blobs(c):
    other = c.server()
    one, about = attested(other, "linux/amd64", "amd")
    check(c.create(other.host + "/p/q:amd") == 0, c.said)
    check(c.digests() == [one["digest"], about["digest"]], c.digests())
    check(set(other.blobs) <= set(c.registry.blobs), "not whole")


@test
def platforms_are_chosen(c):
    entries = [entry(image(c.registry, p), p) for p in
               ("linux/amd64", "linux/arm64/v8", "linux/riscv64")]
    index(c.registry, entries, "s")
    check(c.create("--platform", "linux/arm64,linux/riscv64", c.at("x/y:s"))
          == 0, c.said)
    check(c.digests() == [e["digest"] for e in entries[1:]], c.digests())
    c.registry.log.clear()
    c.forget()
    check(c.create("--platform", "linux/s390x", c.at("x/y:s")) == 1, c.said)
    c.refused("x/y:s", "linux/amd64")


@test
def docker_manifests_keep_their_types(c):
    one = image(c.registry, "linux/amd64", "a", docker=True)
    two = image(c.registry, "linux/arm64/v8", "b")
    index(c.registry, [entry(one, "linux/amd64")], "l", kind=DOCKER_LIST)
    for source in ("a", "l"):
        check(c.create(c.at("x/y:" + source), c.at("x/y:b")) == 0, c.said)
        got = c.result()
        check(got["mediaType"] == INDEX, got)
        check(got["manifests"] == [entry(one, "linux/amd64"),
                                   entry(two, "linux/arm64/v8")], got)


@test
def one_platform_twice_names_both(c):
    image(c.registry, "linux/amd64", "a", "1")
    image(c.registry, "linux/amd64", "b", "2")
    check(c.create(c.at("x/y:a"), c.at("x/y:b")) == 1, c.said)
    c.refused("x/y:a", "x/y:b", "linux/amd64")
    check(not c.registry.requests("PUT"), "it wrote")


@test
def a_variant_that_goes_without_saying_is_the_same(c):
    for a, b in (("arm64", "arm64/v8"), ("amd64/v1", "amd64")):
        image(c.registry, "linux/" + a, "a", "1")
        image(c.registry, "linux/" + b, "b", "2")
        c.forget()
        check(c.create(c.at("x/y:a"), c.at("x/y:b")) == 1, c.said)
        c.refused("x/y:a", "x/y:b")
    image(c.registry, "linux/amd64/v3", "b", "2")
    check(c.create(c.at("x/y:a"), c.at("x/y:b")) == 0, c.said)


@test
def one_image_twice_is_there_once(c):
    one = image(c.registry, "linux/amd64", "a")
    index(c.registry, [entry(one, "linux/amd64")], "i")
    check(c.create(c.at("x/y:a"), c.at("x/y:i"), c.at("x/y:a")) == 0, c.said)
    check(c.digests() == [one["digest"]], c.digests())


@test
def an_index_may_have_two_of_a_platform(c):
    """As where one of them is compressed with zstd."""
    entries = [entry(image(c.registry, "linux/amd64", content=n),
                     "linux/amd64", annotations={"n": n}) for n in "ab"]
    index(c.registry, entries, "s")
    check(c.create(c.at("x/y:s")) == 0, c.said)
    check(c.result()["manifests"] == entries, c.result())


@test
def nested_indexes_are_flattened(c):
    one, two = (image(c.registry, "linux/" + a) for a in ("amd64", "arm64"))
    inner = index(c.registry, [entry(two, "linux/arm64")])
    index(c.registry, [entry(one, "linux/amd64"), inner], "s")
    check(c.create(c.at("x/y:s")) == 0, c.said)
    check(c.digests() == [one["digest"], two["digest"]], c.digests())


@test
def platforms_that_members_do_not_say_are_read(c):
    one = image(c.registry, "linux/arm/v7")
    index(c.registry, [one], "s")
    check(c.create(c.at("x/y:s")) == 0, c.said)
    check(c.result()["manifests"] == [entry(one, "linux/arm/v7")], c.result())


@test
def versions_and_features_of_the_system(c):
    more = {"os.version": "10.0.20348.1970", "os.features": ["win32k"]}
    one = image(c.registry, "windows/amd64", "a", "1", more=more)
    two = image(c.registry, "windows/amd64", "b", "2", more={
        "os.version": "10.0.17763.1"})
    check(c.create(c.at("x/y:a"), c.at("x/y:b")) == 0, c.said)
    check(c.result()["manifests"] == [
        entry(one, "windows/amd64", platform=more),
        entry(two, "windows/amd64", platform={"os.version": "10.0.17763.1"})],
        c.result())


@test
def annotations_as_buildx_has_them(c):
    one = image(c.registry, "linux/amd64", "a")
    two, about = attested(c.registry, "linux/riscv64", "b")
    check(c.create("--annotation", "a=1", "--annotation", "index:b=2=3",
                   "--annotation", "manifest-descriptor:c=x:y",
                   "--annotation", "manifest-descriptor[linux/riscv64]:d=",
                   "--annotation", "index,manifest-descriptor[linux/amd64]"
                   ":e=5", c.at("x/y:a"), c.at("x/y:b")) == 0, c.said)
    got = c.result()
    check(got["annotations"] == {"a": "1", "b": "2=3", "e": "5"}, got)
    check(got["manifests"] == [
        entry(one, "linux/amd64", annotations={"c": "x:y", "e": "5"}),
        entry(two, "linux/riscv64", annotations={"c": "x:y", "d": ""}),
        about], got)


@test
def annotations_that_are_wrong(c):
    image(c.registry, "linux/amd64", "a")
    for text in ("a", "=b", "manifest:a=b", "what:a=b", ":=", "index:=x",
                 "manifest-descriptor[]:a=b", "manifest-descriptor[x:a=b",
                 "manifest-descriptor[linux/amd64:a=b", ":a=b", "index,:a=b",
                 "manifest-descriptor[" + "x" * 200 + "]:a=b"):
        c.forget()
        check(c.create("--annotation", text, c.at("x/y:a")) == 2,
              f"{text}: {c.said}")
    c.forget()
    check(c.create("--annotation", "manifest-descriptor[linux/arm64]:a=b",
                   c.at("x/y:a")) == 1, c.said)
    c.refused("linux/arm64", "linux/amd64")


@test
def what_members_hold_is_kept(c):
    one = entry(image(c.registry, "linux/amd64"), "linux/amd64",
                platform={"os.features": ["f"], "x": {"y": [1]}},
                artifactType="a/b", annotations={"k": "v"},
                urls=["https://example.org/x"], data="e30=", new={"a": None})
    index(c.registry, [one], "s")
    check(c.create(c.at("x/y:s")) == 0, c.said)
    check(c.result()["manifests"] == [one], c.result())


@test
def usage(c):
    for args in ((), ("what",), ("create",), ("create", "x/y:t"),
                 ("append", "a"), ("remove", "a"), ("create", "-o", "x"),
                 ("append", "-o", "x", "y", "z"),
                 ("remove", "--platform", "linux/amd64", "a", "b"),
                 ("create", "--platform", "amd64", "a", "b")):
        check(c.run("index", *args) == 2, f"{args}: {c.said}")
    image(c.registry, "linux/amd64", "a")
    for args, words in (
            (("create", "here", c.at("x/y:a")), "-o"),
            (("create", c.at("x/y@") + digest_of(b""), c.at("x/y:a")),
             "tag"),
            (("create", "--dry-run", "-o", "l", c.at("x/y:a")), "--dry-run")):
        c.forget()
        check(c.run("index", *args) == 1, c.said)
        refusal(c, words)
    check(not list(c.folder.glob("l")), "it wrote")


@test
def a_plan(c):
    image(c.registry, "linux/amd64", "a")
    held = forget_where(c.registry, ("x/z", "x/y"))
    held["x/z"] |= set(c.registry.blobs)
    check(c.create("--dry-run", c.at("x/z:a")) == 0, c.said)
    check(not [r for r in c.registry.log if r["method"] not in
               ("GET", "HEAD")], "it changed something")
    said(c, "from x/z", "set     tag t, new", "to mount: 2")
    c.registry.scripts.clear()


# --- append and remove -------------------------------------------------------

def fill(c):
    """An index of two images with attestations, an annotation, and what
    nobody knows."""
    one, two = (image(c.registry, p) for p in ("linux/amd64", "linux/arm64"))
    about = [attestation(c.registry, d) for d in (one, two)]
    entries = [entry(one, "linux/amd64", data="e30=",
                     annotations={"k": "v"}),
               entry(two, "linux/arm64", platform={"os.features": ["f"]}),
               *about]
    index(c.registry, entries, "t", annotations={"note": "x"},
          artifactType="a/b")
    return entries


@test
def append_adds_a_platform(c):
    entries = fill(c)
    new, about = attested(c.registry, "linux/riscv64", "n", "new")
    check(c.index("append", c.at("x/y:n")) == 0, c.said)
    got = c.result()
    check(got["manifests"] == entries + [entry(new, "linux/riscv64"), about],
          got)
    check(got["annotations"] == {"note": "x"} and
          got["artifactType"] == "a/b", got)
    c.check_no_layers()
    check(len(c.registry.requests("PUT")) == 2, "members are put again")
    check(not c.registry.requests("GET", entries[0]["digest"]),
          "it reads what was there")


@test
def append_takes_the_place_of_a_platform(c):
    entries = fill(c)
    new, about = attested(c.registry, "linux/amd64", "n", "new")
    check(c.index("append", c.at("x/y:n")) == 0, c.said)
    check(c.result()["manifests"] == [
        entry(new, "linux/amd64"), entries[1], entries[3], about], c.result())
    said(c, new["digest"] + " replaces " + entries[0]["digest"])


@test
def append_of_what_is_there_changes_nothing(c):
    entries = fill(c)
    check(c.index("append", c.at("x/y@" + entries[0]["digest"])) == 0, c.said)
    check(c.result()["manifests"] == entries, c.result())


@test
def append_renews_an_attestation(c):
    entries = fill(c)
    about = attestation(c.registry, entries[0], "newer")
    index(c.registry, [entry(entries[0], "linux/amd64"), about], "n")
    check(c.index("append", c.at("x/y:n")) == 0, c.said)
    check(c.result()["manifests"] == [entries[0], entries[1], about,
                                      entries[3]], c.result())


@test
def append_of_one_platform_twice(c):
    fill(c)
    image(c.registry, "linux/amd64", "a", "1")
    image(c.registry, "linux/amd64", "b", "2")
    check(c.index("append", c.at("x/y:a"), c.at("x/y:b")) == 1, c.said)
    said(c, "x/y:a", "x/y:b", "linux/amd64")
    check(not c.registry.requests("PUT"), "it wrote")


@test
def append_to_a_manifest_makes_an_index(c):
    more = {"os.features": ["f"]}
    one = image(c.registry, "linux/amd64", "t", more=more)
    two = image(c.registry, "linux/riscv64", "n")
    check(c.index("append", c.at("x/y:n")) == 0, c.said)
    check(c.result()["manifests"] == [
        entry(one, "linux/amd64", platform=more),
        entry(two, "linux/riscv64")], c.result())


@test
def append_to_members_without_platforms(c):
    one = image(c.registry, "linux/amd64")
    two = image(c.registry, "linux/arm64")
    new = image(c.registry, "linux/amd64", "n", "new")
    index(c.registry, [one, two], "t")
    check(c.index("append", c.at("x/y:n")) == 0, c.said)
    check(c.result()["manifests"] == [entry(new, "linux/amd64"), two],
          c.result())


@test
def append_to_nothing_says_create(c):
    image(c.registry, "linux/amd64", "a")
    for name in (c.at("x/y:none"), "oci:lay:none", "none"):
        c.forget()
        check(c.run("index", "append", name, c.at("x/y:a")) == 1, c.said)
        refusal(c, "index create")
    check(not list(c.folder.glob("[ln]*")), "it made a layout")


@test
def a_list_of_dockers_stays_one(c):
    one = image(c.registry, "linux/amd64", docker=True)
    image(c.registry, "linux/arm64", "b", docker=True)
    image(c.registry, "linux/riscv64", "o")
    index(c.registry, [entry(one, "linux/amd64")], "t", kind=DOCKER_LIST)
    check(c.index("append", c.at("x/y:b")) == 0, c.said)
    check(c.result()["mediaType"] == DOCKER_LIST, c.result())
    check(c.index("append", c.at("x/y:o")) == 0, c.said)
    check(c.result()["mediaType"] == INDEX, c.result())


@test
def remove_takes_attestations_along(c):
    entries = fill(c)
    check(c.index("remove", "linux/arm64") == 0, c.said)
    check(c.result()["manifests"] == [entries[0], entries[2]], c.result())
    check(c.result()["annotations"] == {"note": "x"}, c.result())
    c.check_no_layers()
    check(c.index("remove", entries[2]["digest"]) == 0, c.said)
    check(c.result()["manifests"] == [entries[0]], c.result())


@test
def remove_by_digest(c):
    entries = fill(c)
    check(c.index("remove", entries[0]["digest"]) == 0, c.said)
    check(c.digests() == [entries[1]["digest"], entries[3]["digest"]],
          c.digests())


@test
def remove_of_what_is_not_there(c):
    fill(c)
    for what, word in (("linux/s390x", "linux/arm64"),
                       (digest_of(b"none"), "linux/arm64"),
                       ("amd64", "no platform")):
        c.forget()
        check(c.index("remove", what) == 1, c.said)
        c.refused(what, word)


@test
def remove_of_the_last_image(c):
    fill(c)
    check(c.index("remove", "linux/arm64", "linux/amd64") == 1, c.said)
    c.refused("no image")
    image(c.registry, "linux/amd64", "one")
    c.forget()
    check(c.index("remove", "linux/amd64", name="x/y:one") == 1, c.said)
    refusal(c, "no image")


@test
def layouts_keep_their_names(c):
    entries = fill(c)
    image(c.registry, "linux/riscv64", "n")
    image(c.registry, "linux/amd64", "other")
    for tag in ("t", "other"):
        check(c.run("pull", c.at("x/y:" + tag), "-o", "oci:lay:" + tag) == 0,
              c.said)
    check(c.run("index", "append", "oci:lay:t", c.at("x/y:n")) == 0, c.said)
    check(c.run("index", "remove", "oci:lay:t", "linux/arm64") == 0, c.said)
    names = json.loads((c.folder / "lay/index.json").read_text())["manifests"]
    check(sorted(n["annotations"]["org.opencontainers.image.ref.name"]
                 for n in names) == ["other", "t"], names)
    c.forget()
    check(c.run("inspect", "--raw", "oci:lay:t") == 0, c.said)
    got = json.loads(c.said)
    check([m["digest"] for m in got["manifests"]][:2] ==
          [entries[0]["digest"], entries[2]["digest"]], got)
    check(got["manifests"][0] == entries[0], got)
    check(c.run("verify", "lay") == 0, c.said)


@test
def a_layout_without_names(c):
    fill(c)
    image(c.registry, "linux/riscv64", "n")
    check(c.run("index", "create", "-o", "lay", c.at("x/y:t")) == 0, c.said)
    check(c.run("index", "append", "lay", c.at("x/y:n")) == 0, c.said)
    names = json.loads((c.folder / "lay/index.json").read_text())["manifests"]
    check(len(names) == 1, names)
    check(c.run("verify", "lay") == 0, c.said)


@test
def all_names_of_a_layouts_only_image(c):
    image(c.registry, "linux/riscv64", "n")
    harness.pack(c.folder, "lay", [[{"path": "/a", "content": "x"}]],
                 tags=("a", "b"), platforms=("linux/amd64",), layout=True)
    check(c.run("index", "append", "lay", c.at("x/y:n")) == 0, c.said)
    names = json.loads((c.folder / "lay/index.json").read_text())["manifests"]
    check(len(names) == 2 and len({n["digest"] for n in names}) == 1, names)
    check({n["annotations"]["io.containerd.image.name"] for n in names} ==
          {"example.org/x/y:a", "example.org/x/y:b"}, names)


@test
def archives_are_not_changed(c):
    fill(c)
    check(c.run("pull", c.at("x/y:t"), "-o", "a.tar") == 0, c.said)
    c.forget()
    for verb, what in (("append", c.at("x/y:t")), ("remove", "linux/arm64")):
        check(c.run("index", verb, "a.tar", what) == 1, c.said)
        refusal(c, "archive", "layout")
        c.forget()


@test
def a_plan_of_an_append(c):
    fill(c)
    before = c.registry.manifests["t"]
    image(c.registry, "linux/riscv64", "n")
    check(c.index("append", "--dry-run", c.at("x/y:n")) == 0, c.said)
    check(not c.registry.requests("PUT"), "it changed something")
    said(c, "set     tag t, now " + digest_of(before[1]))


# --- two at once -------------------------------------------------------------

def meddle(c, times):
    """While an index goes up, somebody else adds one more image."""
    added = []

    def change(r):
        r.body()
        got = c.result()
        added.append(image(c.registry, f"linux/mips{len(added)}"))
        got["manifests"].append(entry(added[-1],
                                      f"linux/mips{len(added) - 1}"))
        document(c.registry, got, "t")

    c.registry.on("PUT", "/manifests/sha256", change, times=times)
    return added


@test
def two_who_append_at_once(c):
    entries = fill(c)
    new = image(c.registry, "linux/riscv64", "n")
    added = meddle(c, 1)
    check(c.index("append", c.at("x/y:n")) == 0, c.said)
    check(c.digests() == [e["digest"] for e in entries] +
          [added[0]["digest"], new["digest"]], c.digests())
    said(c, "once more")


@test
def an_index_that_never_rests(c):
    fill(c)
    image(c.registry, "linux/riscv64", "n")
    added = meddle(c, -1)
    check(c.index("append", c.at("x/y:n")) == 1, c.said)
    check(len(added) == 20, f"{len(added)} tries")
    said(c, "tag t was changed meanwhile", "20 times", "again")
    check(not c.registry.requests("PUT", "/manifests/t$"), "it was set")


# --- what is wrong -----------------------------------------------------------

def wrong(c, *words, **change):
    """A member that differs from what its descriptor says."""
    one = entry(image(c.registry, "linux/amd64"), "linux/amd64", **change)
    index(c.registry, [one], "s")
    check(c.create(c.at("x/y:s")) == 1, c.said)
    c.refused("x/y:s", *words)
    check(not c.registry.requests("PUT"), "it wrote")


@test
def a_member_of_a_wrong_size(c):
    wrong(c, size=10)


@test
def a_member_that_is_too_large(c):
    wrong(c, "the most", size=5 << 20)


@test
def a_member_of_a_wrong_digest(c):
    digest = digest_of(b"else")
    one = image(c.registry, "linux/riscv64")
    c.registry.manifests[digest] = c.registry.manifests[one["digest"]]
    wrong(c, digest, digest=digest)


@test
def a_member_that_is_not_there(c):
    wrong(c, "manifest unknown", digest=digest_of(b"none"))


@test
def a_member_of_another_type(c):
    wrong(c, "mediaType", mediaType=DOCKER_MANIFEST)


@test
def a_platform_that_is_too_long(c):
    wrong(c, "platform", platform={"os": "x" * 100})


@test
def an_artifact_is_no_member(c):
    document(c.registry, {
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "a/b",
        "config": blob(c.registry, b"{}", OCI[:-6] + "empty.v1+json"),
        "layers": []}, "s")
    check(c.create(c.at("x/y:s")) == 1, c.said)
    c.refused("x/y:s", "artifact")


@test
def a_config_that_lies(c):
    for config in (b"{", b"[]", b"{}", b'{"os": 1, "architecture": "a"}'):
        document(c.registry, {
            "schemaVersion": 2, "mediaType": MANIFEST, "layers": [],
            "config": blob(c.registry, config, CONFIG)}, "s")
        c.forget()
        check(c.create(c.at("x/y:s")) == 1, c.said)
        c.refused("x/y:s")


def nest(c, depth):
    at = entry(image(c.registry, "linux/amd64"), "linux/amd64")
    for _ in range(depth):
        at = index(c.registry, [at], "s")
    return c.create(c.at("x/y:s"))


@test
def indexes_in_indexes(c):
    check(nest(c, 9) == 0, c.said)
    c.registry.log.clear()
    c.forget()
    check(nest(c, 10) == 1, c.said)
    c.refused("nested")


@test
def an_index_of_too_many(c):
    one = entry(image(c.registry, "linux/amd64"), "linux/amd64")
    index(c.registry, [one] * 1001, "s")
    check(c.create(c.at("x/y:s")) == 1, c.said)
    c.refused("1000")
    check(len(c.registry.log) == 1, "it reads them")


@test
def indexes_that_multiply(c):
    """A few documents that say a million members: each is read once."""
    at = entry(image(c.registry, "linux/amd64"), "linux/amd64")
    for _ in range(8):
        at = index(c.registry, [at] * 10, "s")
    check(c.create(c.at("x/y:s")) == 0, c.said)
    check(len(c.result()["manifests"]) == 1, c.result())
    check(len(c.registry.requests("GET", "/manifests/")) == 9, c.told)


@test
def both_an_index_and_a_manifest(c):
    one = image(c.registry, "linux/amd64")
    index(c.registry, [entry(one, "linux/amd64")], "s", layers=[])
    check(c.create(c.at("x/y:s")) == 1, c.said)
    c.refused("layers")


@test
def a_registry_that_breaks_in_the_middle(c):
    fill(c)
    before = c.registry.manifests["t"]
    other = c.server()
    image(other, "linux/riscv64", "n")
    c.registry.on("PUT", "/blobs/", lambda r: r.error(
        403, "DENIED", "no entry for you"), times=-1)
    check(c.index("append", other.host + "/p/q:n") == 1, c.said)
    said(c, "no entry for you")
    check(c.registry.manifests["t"] == before, "the tag was moved")


@test
def tokens_for_each_repository(c):
    token = c.registry.token = Token(c.registry)
    c.login()
    image(c.registry, "linux/amd64", "a", "1")
    image(c.registry, "linux/riscv64", "b", "2")
    live_in(c.registry, "x/a", "x/b")
    c.registry.on("HEAD", "/v2/x/y/blobs/", lambda r: token.valid(r) and
                  r.error(404, "BLOB_UNKNOWN", "not here"), times=-1)
    check(c.create(c.at("x/a:a"), c.at("x/b:b")) == 0, c.said)
    c.check_no_layers()
    check(["repository:x/y:pull,push", "repository:x/b:pull"] in
          token.scopes_seen, token.scopes_seen)


@test
def an_interrupted_join_leaves_nothing(c):
    image(c.registry, "linux/amd64", "a")
    began = threading.Event()

    def hang(r):
        if r.path.split("/")[-1] in c.layers():
            began.set()
            time.sleep(3)
            r.drop()

    c.registry.on("GET", "/blobs/", hang, times=-1)
    process = c.start("index", "create", "-o", "out", c.at("x/y:a"))
    check(began.wait(20), "nothing was asked for")
    process.send_signal(signal.SIGINT)
    check(c.finish(process, 20) == -signal.SIGINT, c.said)
    check(not (c.folder / "out").exists(), "there is something")


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, Case, lambda folder: None,
                           workers=min(4, os.cpu_count() or 1))


if __name__ == "__main__":
    sys.exit(main())
