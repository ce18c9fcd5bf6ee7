#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names that a push or a copy sets, and those that it leaves alone.

    names_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import io
import json
import pathlib
import sys
import tarfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import Token                                  # noqa: E402
from found_test import referrer                         # noqa: E402
from harness import INPUTS, check, said                 # noqa: E402
from index_test import entry, image, index              # noqa: E402

TESTS = []
found = harness.found_in(TESTS)
REF, NAME = "org.opencontainers.image.ref.name", "io.containerd.image.name"


def tags(server):
    return {name for name in server.manifests if ":" not in name}


def renamed(layout, *names):
    """Gives the one image of a layout these names: (tag, full name)."""
    path = layout / "index.json"
    there = json.loads(path.read_text())
    one = there["manifests"][0]
    there["manifests"] = [
        {**one, "annotations": {key: value for key, value in
                                ((REF, tag), (NAME, full)) if value}}
        for tag, full in names]
    path.write_text(json.dumps(there))


def names_of(path):
    """Those of an archive or a layout, and what docker load would see."""
    def load(member):
        if path.is_dir():
            file = path / member
            return json.loads(file.read_text()) if file.exists() else []
        with tarfile.open(path) as tar:
            return json.load(tar.extractfile(member))
    listed = [(d.get("annotations", {}).get(REF),
               d.get("annotations", {}).get(NAME))
              for d in load("index.json")["manifests"]]
    docker = [] if path.is_dir() else load("manifest.json")
    return listed, [tag for one in docker for tag in one["RepoTags"] or ()]


def two_names(c):
    """One image under two names, as an archive, a layout and docker save."""
    check(c.run("copy", INPUTS["small"], "oci:two") == 0, c.told)
    renamed(c.folder / "two", ("1.0", "docker.io/library/a:1.0"),
            ("latest", "docker.io/library/b:latest"))
    check(c.run("copy", "two", "two.tar") == 0, c.told)
    with tarfile.open(c.folder / "two.tar") as whole, \
            tarfile.open(c.folder / "saved.tar", "w") as saved:
        for member in whole:
            if member.name in ("oci-layout", "index.json"):
                continue
            data = whole.extractfile(member) if member.isfile() else None
            if member.name == "manifest.json":
                text = json.load(data)
                check(text[0]["RepoTags"] == ["a:1.0", "b:latest"], text)
                data = io.BytesIO(json.dumps(text).encode())
                member.size = len(data.getvalue())
            saved.addfile(member, data)
    return ("oci:two:1.0", "two.tar:a:1.0", "two.tar:1.0", "saved.tar:a:1.0",
            "saved.tar:docker.io/library/a:1.0")


@found(26, "what names one tag pushes that one")
def push_of_one_name(c):
    for source in two_names(c):
        for verb in ("push", "copy"):
            c.registry.clear()
            check(c.run(verb, source, c.registry.host + "/x/y") == 0, c.told)
            check(tags(c.registry) == {"1.0"}, (source, tags(c.registry)))
    # A name without a tag is that of "latest", as for docker.
    for source in ("two.tar:b", "saved.tar:docker.io/library/b"):
        c.registry.clear()
        check(c.run("push", source, c.registry.host + "/x/y") == 0, c.told)
        check(tags(c.registry) == {"latest"}, (source, tags(c.registry)))
    check(c.run("push", "two.tar:a", c.registry.host + "/x/y") == 1, c.told)
    for source in ("two", "two.tar", "saved.tar"):
        c.registry.clear()
        check(c.run("push", source, c.registry.host + "/x/y") == 0, c.told)
        check(tags(c.registry) == {"1.0", "latest"}, source)


@found(26, "what names one tag copies that one to files, too")
def copy_of_one_name(c):
    for number, source in enumerate(two_names(c)):
        for out in (f"out{number}.tar", f"out{number}"):
            check(c.run("copy", source, out) == 0, c.told)
            listed, docker = names_of(c.folder / out)
            check(listed == [("1.0", "docker.io/library/a:1.0")], listed)
            check(docker in ([], ["a:1.0"]), docker)
    check(c.run("copy", "two", "all.tar") == 0, c.told)
    check(len(names_of(c.folder / "all.tar")[0]) == 2, c.told)


@found(26, "an image that its digest names takes no name along")
def copy_by_digest(c):
    two_names(c)
    digest = json.loads((c.folder / "two/index.json").read_text())[
        "manifests"][0]["digest"]
    check(c.run("copy", f"two.tar:{digest}", "out.tar") == 0, c.told)
    check(names_of(c.folder / "out.tar") == ([(None, None)], []),
          names_of(c.folder / "out.tar"))
    check(c.run("push", f"two.tar:{digest}", c.registry.host + "/x/y") == 0,
          c.told)
    check(tags(c.registry) == {"latest"}, tags(c.registry))


@found(26, "a whole name where others write the tag is the tag")
def whole_name(c):
    check(c.run("copy", INPUTS["small"], "oci:podman") == 0, c.told)
    renamed(c.folder / "podman", ("docker.io/library/a:1.0", None))
    check(c.run("push", "podman", c.registry.host + "/x/y") == 0, c.told)
    check(tags(c.registry) == {"1.0"}, tags(c.registry))
    check(c.run("copy", "podman", "out.tar") == 0, c.told)
    check(names_of(c.folder / "out.tar") ==
          ([("1.0", "docker.io/library/a:1.0")], ["a:1.0"]),
          names_of(c.folder / "out.tar"))


@found(27, "REPO@ and --push-by-digest set no tag")
def by_digest(c):
    spec = str(INPUTS["small"]).replace(".tar", ".spec")
    there = c.registry.host + "/x/y"
    for args in (("push", INPUTS["small"], there + "@"),
                 ("copy", INPUTS["small"], there + "@"),
                 ("build", spec, "--push", there + "@"),
                 ("build", spec, "--push=" + there, "--push-by-digest"),
                 ("build", spec, "--push-by-digest", "--push", there)):
        c.registry.clear()
        c.forget()
        check(c.run(*args) == 0, c.told)
        check(not tags(c.registry), (args, tags(c.registry)))
        check(any(digest in c.said for digest in c.registry.manifests), args)
    for wrong in (("push", INPUTS["small"], there + ":t@"),
                  ("build", spec, "--push", there + ":t@"),
                  ("build", spec, "--push", there + ":t",
                   "--push-by-digest")):
        check(c.run(*wrong) in (1, 2), c.told)
    check(not tags(c.registry), "a tag was set")
    # A digest is the image's own, not for the caller to choose.
    c.registry.log.clear()
    c.forget()
    check(c.run("push", INPUTS["small"], f"{there}@sha256:{'0' * 64}") == 1,
          c.told)
    said(c, "cannot name a digest", "REPO:TAG", "REPO@")
    check(not c.registry.log, "it asked")


@found(27, "--username and --plain-http are for REPO@ as for REPO:TAG")
def options_of_bare(c):
    source, other = c.registry.host + "/x/y:t", c.server()
    check(c.run("push", INPUTS["small"], source) == 0, c.told)
    other.token = Token(other)
    check(c.run("copy", source, other.host + "/x/z@", "--username", "user",
                "--password-stdin", "--retries", "0",
                stdin=b"s3cret-password") == 0, c.told)
    check(any("Basic" in r["headers"].get("authorization", "")
              for r in other.log), "no password was sent")
    check(c.run("copy", source, other.host + "/x/z@", "--plain-http") == 2,
          c.told)


def many(c):
    """An index of three platforms, two of them with attestations as BuildKit
    0.32 writes them: with a subject."""
    members = []
    for platform in ("linux/amd64", "linux/arm64", "linux/riscv64"):
        one = image(c.registry, platform, content=platform)
        members.append(entry(one, platform))
        note = referrer(c, one, "attestation of " + platform)
        members.append(entry(note, "unknown/unknown", annotations={
            "vnd.docker.reference.digest": one["digest"],
            "vnd.docker.reference.type": "attestation-manifest"}))
    return index(c.registry, members, "t", annotations={"a.note": "stays"})


@found(27, "copy --platform a,b makes an index of these")
def copy_of_platforms(c):
    many(c)
    source = c.registry.host + "/x/y:t"
    check(c.run("copy", source, "oci:out:t", "--platform",
                "linux/riscv64,linux/amd64") == 0, c.told)
    layout = c.folder / "out"
    top = json.loads((layout / "index.json").read_text())["manifests"]
    inner = json.loads((layout / "blobs/sha256" /
                        top[0]["digest"][7:]).read_text())
    images = [m["platform"]["architecture"] for m in inner["manifests"]]
    check(images == ["amd64", "unknown", "riscv64", "unknown"], images)
    check(inner["annotations"] == {"a.note": "stays"}, inner)
    check(c.run("verify", "out") == 0, c.told)
    for verb, there in (("copy", "new.tar"), ("push", None)):
        other = c.server()
        check(c.run(verb, "oci:out:t", there or other.host + "/x/z",
                    "--platform", "linux/amd64,linux/riscv64") == 0, c.told)
    c.forget()
    check(c.run("copy", source, "oci:none", "--platform",
                "linux/amd64,linux/s390x") == 1, c.told)
    said(c, "linux/s390x", "linux/arm64")
    check(not (c.folder / "none").exists(), "something is left")
    check(c.run("copy", source, "x.tar", "--platform", "linux/amd64,") == 2,
          c.told)


@found(27, "attestations of an index leave no referrers tags behind")
def no_referrers_tags(c):
    many(c)
    other = c.server()
    other.subject = False
    source = c.registry.host + "/x/y:t"
    c.registry.on("GET", "/referrers/", lambda r: r.reply(404), times=-1,
                  optional=True)
    check(c.run("copy", source, other.host + "/x/z:t") == 0, c.told)
    check(tags(other) == {"t"}, tags(other))
    # Those that are asked for are listed.
    other.clear()
    check(c.run("copy", "--referrers", source, other.host + "/x/z:t") == 0,
          c.told)
    check(len(tags(other)) == 4, tags(other))
    # One that is pushed by itself, too.
    other.clear()
    note = next(n for n, (_, body) in c.registry.manifests.items()
                if b'"subject"' in body)
    check(c.run("copy", f"{c.registry.host}/x/y@{note}",
                other.host + "/x/z:note") == 0, c.told)
    check(len(tags(other)) == 2, tags(other))


# --- 29: several destinations ------------------------------------------------

@found(29, "of several destinations of a copy, none is changed if one fails")
def all_or_none(c):
    small = INPUTS["small"]
    earlier = (b"an earlier file", "t")
    other = c.server()
    there = c.folder / "there.tar"
    there.write_bytes(earlier[0])
    check(c.run("copy", small, "oci:lay:old") == 0, c.told)
    index = (c.folder / "lay/index.json").read_bytes()

    def untouched():
        check(there.read_bytes() == earlier[0], "the archive is another one")
        check((c.folder / "lay/index.json").read_bytes() == index,
              "the layout is another one")
        check(tags(other) == set(), tags(other))

    # One that cannot be opened is found before another is written to.
    for bad in ("oci:lay:b@d", "lay2.tar.gz", c.registry.host + "/Up/x:t"):
        check(c.run("copy", small, there, "oci:lay:new", other.host + "/x/z:t",
                    bad) in (1, 2), c.told)
        untouched()
        check(not other.blobs, "something was pushed")
    # Its manifest is refused last of all.
    c.registry.on("PUT", "/manifests/", lambda r: r.error(403, "DENIED", "no"),
                  times=-1)
    for verb, *more in (("copy", there, "oci:lay:new"), ("push",)):
        c.forget()
        check(c.run(verb, small, *more, other.host + "/x/z:t",
                    c.registry.host + "/x/y:t") == 1, c.told)
        untouched()
    left = {p.name for p in c.folder.iterdir()} - {".cache", "lay", "there.tar"}
    check(not left, left)


@found(29, "two destinations in one layout or repository")
def one_place(c):
    small = INPUTS["small"]
    check(c.run("copy", small, "oci:lay:a", "oci:lay:b", "oci:./lay:c") == 0,
          c.told)
    names = json.loads((c.folder / "lay/index.json").read_text())["manifests"]
    check(sorted(n["annotations"]["org.opencontainers.image.ref.name"]
                 for n in names) == ["a", "b", "c"], names)
    host = c.registry.host
    check(c.run("push", small, host + "/x/y:1", host + "/x/y:2",
                host + "/x/z:3") == 0, c.told)
    check(tags(c.registry) == {"1", "2", "3"}, tags(c.registry))
    sent = [r["target"] for r in c.registry.requests("PUT", "/x/y/blobs/")]
    check(sent and len(sent) == len({t.split("digest=")[1] for t in sent}),
          sent)
    check(c.run("push", "--dry-run", small, host + "/x/y:4",
                host + "/x/y:5") == 0, c.told)
    check(tags(c.registry) == {"1", "2", "3"}, tags(c.registry))


# --- 28: what an image is based on -------------------------------------------

BASE = "org.opencontainers.image.base."


def documents(layout):
    """The documents of a layout's one image: the index, or manifest, first."""
    def read(descriptor):
        value = json.loads((layout / "blobs/sha256" /
                            descriptor["digest"][7:]).read_text())
        return [value] + [d for m in value.get("manifests", ())
                          for d in read(m)]
    return read(json.loads((layout / "index.json").read_text())
                ["manifests"][0])


@found(28, "the base's digest is the one that its name has")
def base_digest(c):
    whole = many(c)["digest"]
    base = f"{c.registry.host}/x/y:t"
    for number, platforms in enumerate((["linux/amd64"],
                                        ["linux/amd64", "linux/riscv64"])):
        spec = c.folder / "a.spec"
        spec.write_text(json.dumps({
            "version": 1, "base": "docker://" + base, "platforms": platforms,
            "layers": [{"entries": [{"path": "/a", "content": "a"}]}]}))
        out = f"based{number}"
        check(c.run("build", spec, "-o", out, "--lint", "off") == 0, c.told)
        made = documents(c.folder / out)
        check(len(made) == 2 * number + 1, made)
        for one in made:
            noted = one["annotations"]
            check(noted[BASE + "digest"] == whole, noted)
            check(noted[BASE + "name"] == base, noted)
        # The lock pins the same digest.
        check(c.run("lock", spec) == 0, c.told)
        check(c.run("build", spec, "-o", out + "again", "--lint", "off") == 0,
              c.told)
        check(documents(c.folder / (out + "again")) == made, "it differs")
        (c.folder / "a.spec.lock").unlink()


@found(28, "an index tells the base that all its images have")
def base_of_index(c):
    many(c)
    for arch, name in (("amd64", "y"), ("riscv64", "z")):
        (c.folder / f"{arch}.spec").write_text(json.dumps({
            "version": 1, "base": f"docker://{c.registry.host}/x/{name}:t",
            "platforms": ["linux/amd64", "linux/riscv64"]}))
    spec = c.folder / "both.spec"
    spec.write_text(json.dumps({
        "version": 1, "base": "${arch}.spec",
        "platforms": ["linux/amd64", "linux/riscv64"],
        "annotations": {"a": "b"},
        "layers": [{"entries": [{"path": "/a", "content": "a"}]}]}))
    check(c.run("build", spec, "-o", "both", "--lint", "off") == 0, c.told)
    top, *images = documents(c.folder / "both")
    check(top["annotations"].get(BASE + "name") is None, top)
    check(top["annotations"]["a"] == "b", top)
    check(len({i["annotations"][BASE + "name"] for i in images}) == 2, images)
    # A spec has the last word.
    spec.write_text(spec.read_text().replace('"a": "b"',
                                             f'"{BASE}name": "own"'))
    check(c.run("build", spec, "-o", "own", "--lint", "off") == 0, c.told)
    for one in documents(c.folder / "own"):
        check(one["annotations"][BASE + "name"] == "own", one)


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, faults.Case, faults.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
