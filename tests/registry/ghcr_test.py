#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command against a registry that does as GitHub's does, by its name.

    ghcr_test.py OCI-PACK

A proxy leads ghcr.io and its storage to servers on loopback, with
certificates of a CA of the tests. Prints TAP.
"""
import base64
import json
import os
import pathlib
import re
import ssl
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness                                                  # noqa: E402
from fake import Token, digest_of                               # noqa: E402
from ghcr import NAME, STORAGE, Account, Ghcr, Storage          # noqa: E402
from harness import INPUTS, check, pack, refusal, said          # noqa: E402
from proxy import Proxy                                         # noqa: E402

TESTS = []
test = harness.titled_in(TESTS)
OTHER = "registry.example"
WORKFLOW = "s3cret-password-workflow"
CLASSIC = "s3cret-password-classic"
REPOSITORY = "owner/name"
IMAGE = f"{NAME}/{REPOSITORY}:t"


def context():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*INPUTS["certificate"][1:])
    return tls


class Case(harness.Case):
    """One test, in a workflow of GitHub, with a token that may do all."""

    def __init__(self):
        super().__init__()
        tls = context()
        self.storage = self.server(kind=Storage, host="127.0.0.2", tls=tls)
        self.registry = self.server(kind=Ghcr, storage=self.storage, tls=tls)
        self.proxy = self.server(kind=Proxy)
        self.proxy.routes = {NAME + ":443": self.registry.host,
                             STORAGE + ":443": self.storage.host}
        self.accounts = self.registry.token.accounts
        self.accounts += [Account(WORKFLOW), Account(CLASSIC)]
        self.secrets.add(base64.b64encode(
            f"octocat:{WORKFLOW}".encode()).decode())
        self.env.update(HTTPS_PROXY=self.proxy.url, GITHUB_ACTOR="octocat",
                        GITHUB_TOKEN=WORKFLOW)

    def do(self, verb, *args, **more):
        return self.run(verb, "--ca-file", INPUTS["certificate"][0],
                        "--retries", "3", *args, **more)

    def push(self, image="small", name=IMAGE, *args):
        return self.do("push", INPUTS[image], name, *args)

    def pull(self, name=IMAGE, *args):
        return self.do("pull", name, "-o", self.folder / "out", *args)

    def package(self, name=REPOSITORY):
        return self.registry.package(name)

    def fill(self, image="small", name=IMAGE):
        assert self.push(image, name) == 0, self.told
        self.forget()
        for server in (self.registry, self.storage, self.proxy):
            server.log.clear()
        self.registry.token.pairs.clear()

    def leave(self):
        """Nobody's environment."""
        for name in ("GITHUB_TOKEN", "GITHUB_ACTOR"):
            self.env.pop(name, None)

    def complete(self, name=REPOSITORY, tag="t"):
        """Whether all that a tag leads to is in its package."""
        package = self.package(name)

        def whole(reference):
            if reference not in package.manifests:
                return False
            document = json.loads(package.manifests[reference][1])
            if "manifests" in document:
                return all(whole(d["digest"]) for d in document["manifests"])
            return all(d["digest"] in package.blobs for d in
                       document["layers"] + [document["config"]])
        return whole(tag)


def works(status, case):
    check(status == 0, case.told)


@test("push: GITHUB_TOKEN, as GITHUB_ACTOR, and to nobody else")
def push(c):
    works(c.push("layers"), c)
    check(c.complete(), "it is not whole")
    check(set(c.registry.token.pairs) == {f"octocat:{WORKFLOW}"},
          c.registry.token.pairs)
    check(set(c.proxy.targets()) == {NAME + ":443"}, c.proxy.targets())
    scopes = {s for asked in c.registry.token.scopes_seen for s in asked}
    check(scopes == {f"repository:{REPOSITORY}:pull,push"}, scopes)


@test("build --push: every tag, and it can be pulled")
def build_push(c):
    works(c.do("build", INPUTS["tags.spec"], "--push",
               f"{NAME}/{REPOSITORY}"), c)
    check(c.registry.tags(REPOSITORY) == ["a", "b"], "other tags")
    check(all(c.complete(tag=t) for t in "ab"), "they are not whole")
    works(c.pull(f"{NAME}/{REPOSITORY}:b"), c)


@test("push again: nothing goes up")
def push_again(c):
    c.fill("layers")
    works(c.push("layers"), c)
    said(c, "0 blobs uploaded", "4 there already")
    check(not c.registry.requests("POST"), "it opens uploads")


@test("push of an index: children, index, tag, in this order")
def push_index(c):
    works(c.push("index"), c)
    check(c.complete(), "it is not whole")
    puts = [r["target"].rsplit("/", 1)[1] for r in
            c.registry.requests("PUT", "/manifests/")]
    index = digest_of(c.package().manifests["t"][1])
    check(puts[-2:] == [index, "t"] and len(puts) == 4, puts)


@test("a child that is refused: no index, which would be taken")
def child_refused(c):
    c.registry.on("PUT", "/manifests/sha256", lambda r: (
        r.body(), r.error(400, "MANIFEST_INVALID", "no")))
    check(c.push("index") == 1, c.told)
    refusal(c, "MANIFEST_INVALID")
    check(not c.registry.tags(REPOSITORY) and
          len(c.registry.requests("PUT", "/manifests/")) == 1, "more was sent")


@test("a commit that says 404, late, the blob there: success")
def late_commit(c):
    c.registry.late = 2
    works(c.push("layers"), c)
    check(c.complete(), "it is not whole")
    check(len(c.registry.requests("PUT", "digest=")) == 4, "bodies went twice")


@test("pieces of 6 MiB: GHCR takes 4, and it goes on with those")
def pieces(c):
    works(c.push("large", IMAGE, "--chunk-size", "6MiB"), c)
    check(c.complete(), "it is not whole")
    sizes = [int(r["headers"]["content-length"])
             for r in c.registry.requests("PATCH")]
    check(sizes.count(6 << 20) == 1 and sizes.count(4 << 20) == 2, sizes)


@test("pull of what is private: blobs from the storage, with no token")
def pull_private(c):
    c.fill("index")
    works(c.pull(), c)
    works(c.run("verify", c.folder / "out"), c)
    check(c.storage.requests("GET"), "nothing came from the storage")
    check(set(c.proxy.targets()) == {NAME + ":443", STORAGE + ":443"},
          c.proxy.targets())


@test("pull without an account: what is public, with a token for nobody")
def pull_public(c):
    c.fill("index")
    c.registry.public.add(REPOSITORY)
    c.leave()
    works(c.pull(), c)
    works(c.run("verify", c.folder / "out"), c)
    check(set(c.registry.token.pairs) == {None}, c.registry.token.pairs)


@test("pull without an account of what is private: a line, and a hint")
def pull_denied(c):
    c.fill()
    c.leave()
    check(c.pull() == 1, c.told)
    refusal(c, "ghcr.io", "401", "log in")
    check(not (c.folder / "out").exists(), "something is left")


@test("an expired token is refused for what is public, too: the hint says it")
def pull_expired(c):
    c.fill()
    c.registry.public.add(REPOSITORY)
    c.accounts[0].taken = False
    check(c.pull() == 1, c.told)
    refusal(c, "403", "DENIED", "an expired token is refused even for public")


@test("signed addresses end in mid-body: asked for again, the rest alone")
def signature_ends(c):
    c.fill("large")
    blobs = c.package().blobs
    name, large = max(blobs.items(), key=lambda i: len(i[1]))

    def cut(r):
        r.reply(200, body=large[:3000000], length=len(large))
        c.storage.expire()
        r.drop()

    c.storage.on("GET", name, cut)
    works(c.pull(), c)
    works(c.run("verify", c.folder / "out"), c)
    ranges = [r["headers"].get("range") for r in c.storage.requests(
        "GET", name)]
    check(len(ranges) == 2 and int(ranges[1][6:-1]) > 0, ranges)
    signatures = {re.search("sig=([^&]+)", r["target"])[1]
                  for r in c.storage.requests("GET", name)}
    check(len(signatures) == 2, "the old address was used again")


@test("a signed address that has ended before it is used: another")
def signature_ended(c):
    c.fill("one")
    sign = c.storage.sign

    def late(digest):
        address = sign(digest)
        c.storage.expire()
        c.storage.sign = sign
        return address

    c.storage.sign = late
    works(c.pull(), c)
    works(c.run("verify", c.folder / "out"), c)


@test("a storage that refuses for good: bounded, a line, no address")
def storage_refuses(c):
    c.fill("one")
    c.storage.on("GET", "/blobs/", lambda r: c.storage.expire(), times=-1)
    check(c.pull() == 1, c.told)
    refusal(c, NAME, REPOSITORY, "403")
    check(len(c.storage.log) <= 8, f"{len(c.storage.log)} requests")
    check("sig=" not in c.told and not (c.folder / "out").exists(), c.told)


@test("a storage that cannot be reached: bounded, a line")
def storage_gone(c):
    c.fill("one")
    del c.proxy.routes[STORAGE + ":443"]
    check(c.do("pull", IMAGE, "-o", c.folder / "out", "--retries", "1") == 1,
          c.told)
    refusal(c, NAME, "pull blob")
    check("sig=" not in c.told and not (c.folder / "out").exists(), c.told)


@test("copy of an index between packages, to a layout, and inspect")
def copy_index(c):
    c.fill("index")
    wanted = c.package().manifests["t"]
    works(c.do("copy", IMAGE, f"{NAME}/owner/other:t"), c)
    check(c.complete("owner/other") and
          c.package("owner/other").manifests["t"] == wanted, "another index")
    works(c.do("copy", IMAGE, f"oci:{c.folder}/layout:t"), c)
    works(c.run("verify", c.folder / "layout"), c)
    c.forget()
    works(c.do("inspect", "--json", f"{NAME}/owner/other:t"), c)
    check(json.loads(c.said)["digest"] == digest_of(wanted[1]), c.said)


@test("mount across packages: with a token for both, nothing goes up")
def mount(c):
    c.fill("layers")
    works(c.push("layers", f"{NAME}/owner/other:t", "--mount-from",
                 REPOSITORY), c)
    check(c.complete("owner/other"), "it is not whole")
    said(c, "0 blobs uploaded", "4 mounted")
    check(["repository:owner/other:pull,push", f"repository:{REPOSITORY}:pull"]
          in c.registry.token.scopes_seen, c.registry.token.scopes_seen)


@test("mount of what is not there: an upload")
def mount_nothing(c):
    works(c.push("layers", IMAGE, "--mount-from", "owner/nothing"), c)
    check(c.complete(), "it is not whole")
    said(c, "4 blobs uploaded")


def attach(folder, layout, text):
    """A layout with a manifest whose subject the small image is."""
    index = json.loads((layout / "index.json").read_text())
    subject = {k: index["manifests"][0][k] for k in
               ("mediaType", "digest", "size")}
    config = {"mediaType": "application/vnd.oci.empty.v1+json",
              "digest": digest_of(b"{}"), "size": 2}
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": subject["mediaType"],
        "artifactType": "application/x-test", "config": config,
        "layers": [config], "subject": subject,
        "annotations": {"text": text}}).encode()
    out = folder / f"layout-{text}"
    (out / "blobs/sha256").mkdir(parents=True)
    for data in (b"{}", manifest):
        (out / "blobs" / digest_of(data).replace(":", "/")).write_bytes(data)
    (out / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (out / "index.json").write_text(json.dumps({
        "schemaVersion": 2, "manifests": [{
            "mediaType": subject["mediaType"], "digest": digest_of(manifest),
            "size": len(manifest), "annotations": {
                "org.opencontainers.image.ref.name": text}}]}))
    return out, subject["digest"].replace(":", "-"), digest_of(manifest)


@test("copy of manifests with a subject: the tag that lists them")
def subjects(c):
    c.fill()
    works(c.do("copy", IMAGE, c.folder / "layout"), c)
    made = {text: attach(c.folder, c.folder / "layout", text)
            for text in ("one", "two")}
    for text in ("one", "two", "one"):
        works(c.do("copy", made[text][0], f"{NAME}/{REPOSITORY}:{text}"), c)
    kind, body = c.package().manifests[made["one"][1]]
    check(kind == "application/vnd.oci.image.index.v1+json", kind)
    check([(e["digest"], e["artifactType"], e["annotations"])
           for e in json.loads(body)["manifests"]] ==
          [(made[t][2], "application/x-test", {"text": t})
           for t in ("one", "two")], body)


DENIALS = (
    ("permission_denied: write_package", "Actions write access"),
    ("installation not allowed to Write organization package",
     "packages: write"),
    ("installation not allowed to Create organization package",
     "packages: write"),
    ("permission_denied: The token provided does not match expected scopes.",
     "classic tokens"),
)


@test("denials of a push: one line, the registry's words, what to do, no tag")
def denials(c):
    c.accounts[0].writes = ()
    for words, hint in DENIALS:
        c.accounts[0].denial = words
        c.registry.log.clear()
        check(c.push("one") == 1, c.told)
        refusal(c, NAME, REPOSITORY, "403", words, hint)
        check(len(c.registry.requests("POST")) <= 2, "it tries again")
        c.forget()
    check(not c.registry.tags(REPOSITORY), "there is a tag")


@test("a fine-grained token: refused, and the hint says why")
def fine_grained(c):
    c.accounts[0].taken = False
    check(c.push() == 1, c.told)
    refusal(c, "log in", "403", "no fine-grained")


@test("429 with a delay as Go writes it: again; without end: a line")
def too_many(c):
    def busy(r):
        r.body()
        r.error(429, "TOOMANYREQUESTS", "retry-after: 153.456µs, allowed: "
                                        "44000/minute")
    c.registry.on("POST", "/blobs/", busy)
    c.registry.on("PUT", "/manifests/", busy)
    works(c.push(), c)
    check(c.complete(), "it is not whole")
    c.forget()
    c.registry.on("PUT", "/manifests/", busy, times=-1)
    check(c.do("push", INPUTS["small"], f"{NAME}/{REPOSITORY}:u",
               "--retries", "1") == 1, c.told)
    refusal(c, "429", "TOOMANYREQUESTS", "too many requests")


@test("the secondary rate limit: told apart from other 403s")
def secondary(c):
    c.registry.on("POST", "/blobs/", lambda r: r.error(
        403, "DENIED", "You have exceeded a secondary rate limit. Please wait "
        "a few minutes"), times=-1)
    check(c.do("push", INPUTS["one"], IMAGE, "--retries", "0") == 1, c.told)
    refusal(c, "403", "GitHub limits requests: wait")


@test("login: kept, and before GITHUB_TOKEN")
def login(c):
    works(c.do("login", NAME, "--username", "user", "--password-stdin",
               stdin=CLASSIC.encode()), c)
    kept = c.folder / ".docker/config.json"
    check(kept.stat().st_mode & 0o777 == 0o600, "others may read it")
    c.registry.token.pairs.clear()
    works(c.push(), c)
    check(set(c.registry.token.pairs) == {"user:" + CLASSIC},
          c.registry.token.pairs)


@test("login with what is no token: refused, nothing is kept")
def login_refused(c):
    check(c.do("login", NAME, "--username", "user", "--password-stdin",
               stdin=b"s3cret-password-wrong") == 1, c.told)
    refusal(c, NAME, "403", "classic tokens")
    check(not (c.folder / ".docker").exists(), "something is kept")


@test("a credential helper for ghcr.io: before GITHUB_TOKEN")
def helper(c):
    c.helper(NAME, 'read host; [ "$host" = ghcr.io ] || exit 1\n'
             'echo \'{"ServerURL":"ghcr.io","Username":"user","Secret":"' +
             CLASSIC + '"}\'\n')
    works(c.push(), c)
    check(set(c.registry.token.pairs) == {"user:" + CLASSIC},
          c.registry.token.pairs)


@test("GITHUB_TOKEN is for ghcr.io alone: other hosts do not see it")
def other_hosts(c):
    other = c.server(tls=context())
    other.token = Token(other)
    for name in (OTHER, "ghcr.io.example", "my-ghcr.io", "sub.ghcr.io"):
        c.proxy.routes[name + ":443"] = other.host
        other.token.realm = f"https://{name}/token"
        works(c.push("small", f"{name}/x/y:t"), c)
    check(not any("Basic" in r["headers"].get("authorization", "")
                  for r in other.log), "they do")
    c.proxy.routes[NAME + ":443"] = c.registry.host
    works(c.do("copy", f"{OTHER}/x/y:t", IMAGE), c)
    check(c.complete(), "it is not whole")


def make_inputs(folder):
    INPUTS["certificate"] = harness.make_certificate(
        folder, [NAME, STORAGE, OTHER, "ghcr.io.example", "my-ghcr.io",
                 "sub.ghcr.io"])
    (folder / "small").write_bytes(os.urandom(1 << 19))
    (folder / "large").write_bytes(os.urandom(9 << 20))
    one = [{"path": "/a", "content": "one"}]
    pack(folder, "small", [one])
    pack(folder, "one", [[{"path": "/r", "from": "small"}]])
    pack(folder, "large", [[{"path": "/r", "from": "large"}], one])
    pack(folder, "layers", [one, [{"path": "/b", "content": "two"}],
                            [{"path": "/c", "content": "three"}]])
    pack(folder, "tags", [one], tags=("a", "b"))
    INPUTS["tags.spec"] = folder / "tags.spec"
    pack(folder, "index", [one], platforms=("linux/riscv64", "linux/amd64"))


if __name__ == "__main__":
    sys.exit(harness.run_all(TESTS, Case, make_inputs))
