#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a push does beside living through faults: plans, blobs that are
mounted from where they were seen, credentials of paths, certificates of
hosts, tokens that are renewed in time.

    pushes_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import base64
import json
import pathlib
import ssl
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import Token, digest_of                       # noqa: E402
from faults import SESSION, bodies                      # noqa: E402
from foreign import Image, OCI, tar                     # noqa: E402
from harness import INPUTS, check, said                 # noqa: E402

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
TESTS = []


def test(function):
    TESTS.append((function.__name__.replace("_", " "), function))
    return function


def named(title):
    def register(function):
        TESTS.append((title, function))
        return function
    return register


def basic(pair):
    return base64.b64encode(pair.encode()).decode()


def writes(server):
    return [r for r in server.log if r["method"] not in ("GET", "HEAD")]


@test
def a_plan_of_a_push_that_is_new(c):
    check(c.push("layers", "--dry-run") == 0, c.said)
    check(not writes(c.registry), "something was changed")
    check(c.said.count("  upload  blob ") == 4, c.said)
    said(c, "  upload  manifest ", "set     tag t, new",
         "4 blobs and 1 manifest,", "nothing was changed")
    check(not list(c.folder.rglob("seen")), "it remembers a plan")


@test
def a_plan_of_what_is_there_already(c):
    c.fill()
    check(c.push("small", "--dry-run") == 0, c.said)
    check(not writes(c.registry), "something was changed")
    check(c.said.count("  keep    ") == 4, c.said)
    said(c, "0 blobs and 0 manifests", "there already: 4")


@test
def a_plan_that_moves_a_tag(c):
    c.fill()
    before = c.registry.manifests["t"]
    digest = digest_of(before[1])
    check(c.push("layers", "--dry-run") == 0, c.said)
    said(c, f"set     tag t, now {digest}")
    check(c.registry.manifests["t"] == before, "the tag was moved")


@test
def a_plan_that_mounts(c):
    c.fill()
    c.registry.on("HEAD", "/v2/other/z/blobs/", lambda r: r.error(
        404, "BLOB_UNKNOWN", "not here"), times=-1)
    check(c.push("small", "--dry-run", name="other/z:t") == 0, c.said)
    check(not writes(c.registry), "something was changed")
    check(c.said.count("from x/y") == 2, c.said)
    said(c, "to mount: 2")


@test
def a_plan_where_manifests_have_no_head(c):
    c.fill()
    c.registry.on("HEAD", "/manifests/", lambda r: r.reply(405), times=-1)
    check(c.push("small", "--dry-run") == 0, c.said)
    said(c, "there already: 4")


@test
def a_plan_that_is_refused(c):
    c.registry.on("HEAD", "/blobs/", lambda r: r.reply(403), times=-1)
    c.registry.on("GET", "/blobs/", lambda r: r.error(
        403, "DENIED", "no entry for you"), times=-1)
    check(c.push("small", "--dry-run") == 1, c.said)
    said(c, "no entry for you")


@test
def a_build_is_planned_too(c):
    spec = c.folder / "a.spec"
    spec.write_text(json.dumps({
        "version": 1, "image": f"{c.registry.host}/x/y", "tags": ["t"],
        "layers": [{"entries": [{"path": "/a", "content": "one"}]}]}))
    check(c.run(spec, "--push", "--dry-run") == 0, c.said)
    check(not writes(c.registry), "something was changed")
    said(c, "  upload  blob ", "set     tag t, new")
    check(c.run(spec, "-o", "x.tar", "--dry-run") == 2, c.said)
    check(c.run(spec, "--push", "-o", "x.tar", "--dry-run") == 2, c.said)
    check(not (c.folder / "x.tar").exists(), "it wrote")


@test
def plans_are_for_registries(c):
    check(c.run("copy", INPUTS["small"], "out", "--dry-run") == 1, c.said)
    check(not (c.folder / "out").exists(), "it wrote")


def forget_where(registry, names):
    """Each repository knows the blobs that came to it, and no others."""
    held = {name: set() for name in names}

    def head(r):
        name, digest = r.path[4:].split("/blobs/")
        if digest not in held[name]:
            r.error(404, "BLOB_UNKNOWN", "not here")

    def post(r):
        r.body()
        name = r.path[4:].split("/blobs/")[0]
        mount, source = r.args.get("mount"), r.args.get("from")
        if mount and mount[0] in held.get(source[0], ()):
            held[name].add(mount[0])
            r.reply(201, {"Location": r.path})
        elif mount:
            del r.args["mount"]

    def put(r):
        held[r.path[4:].split("/blobs/")[0]].add(r.args["digest"][0])

    registry.on("HEAD", "/blobs/", head, times=-1)
    registry.on("POST", "/blobs/", post, times=-1)
    registry.on("PUT", SESSION, put, times=-1, optional=True)
    return held


@test
def what_is_there_with_its_tag_takes_one_question(c):
    c.fill("layers")
    check(c.push("layers") == 0, c.said)
    digest = digest_of(c.registry.manifests["t"][1])
    check([(r["method"], r["target"]) for r in c.registry.log] == [
        ("HEAD", "/v2/x/y/manifests/t")], c.registry.log)
    said(c, "0 blobs uploaded", "4 there already")


@test
def what_is_there_under_another_tag_is_not_sent_again(c):
    c.fill("layers")
    check(c.push("layers") == 0, c.said)
    kind, digest = c.registry.manifests["t"][0], \
        digest_of(c.registry.manifests["t"][1])
    c.registry.manifests["t"] = (kind, b"{}")
    c.registry.log.clear()
    check(c.push("layers") == 0, c.said)
    check([(r["method"], r["target"]) for r in c.registry.log] == [
        ("HEAD", "/v2/x/y/manifests/t"),
        ("HEAD", f"/v2/x/y/manifests/{digest}"),
        ("HEAD", "/v2/x/y/manifests/t"),
        ("PUT", "/v2/x/y/manifests/t")], c.registry.log)
    said(c, "0 blobs uploaded", "4 there already")


@test
def what_is_there_by_another_tag_is_tagged_alone(c):
    c.fill("layers")
    check(c.push("layers", name="x/y:other") == 0, c.said)
    check([r["target"] for r in writes(c.registry)] ==
          ["/v2/x/y/manifests/other"], c.registry.log)
    check(c.registry.manifests["other"] == c.registry.manifests["t"],
          "another image")


@test
def a_tag_that_leads_elsewhere_is_set_again(c):
    c.fill("layers")
    c.fill("small")
    small = c.registry.manifests["t"]
    check(c.push("layers") == 0, c.said)
    check([r["target"] for r in writes(c.registry)] ==
          ["/v2/x/y/manifests/t"], c.registry.log)
    check(c.registry.manifests["t"] != small, "the tag is as it was")


@test
def an_index_without_one_of_its_manifests_is_pushed_whole(c):
    c.fill("index")
    index = json.loads(c.registry.manifests["t"][1])
    gone = index["manifests"][-1]["digest"]
    del c.registry.manifests[gone]
    check(c.push("index") == 0, c.said)
    check(gone in c.registry.manifests, "it is missing")
    check(len(c.registry.requests("PUT", "/manifests/")) ==
          len(index["manifests"]) + 2, "other manifests")


@test
def a_registry_without_heads_of_manifests_is_asked_by_get(c):
    c.fill("layers")
    c.registry.on("HEAD", "/manifests/", lambda r: r.reply(405), times=-1)
    check(c.push("layers") == 0, c.said)
    check(not writes(c.registry), c.registry.log)


@test
def blobs_are_mounted_from_where_they_were_seen(c):
    forget_where(c.registry, ("x/y", "x/z"))
    check(c.push("layers") == 0, c.said)
    sent = len(bodies(c))
    check(c.push("layers", name="x/z:t") == 0, c.said)
    check(len(bodies(c)) == sent, "it uploads again")
    said(c, "4 mounted")
    seen = c.folder / ".cache/oci-pack/seen"
    check(seen.stat().st_mode & 0o777 == 0o600, "others can read it")


@test
def what_is_remembered_may_be_wrong(c):
    seen = c.folder / ".cache/oci-pack/seen"
    seen.parent.mkdir(parents=True)
    layout = INPUTS["small"]
    check(c.push() == 0, c.said)
    lines = seen.read_text()
    seen.write_text("\n\0\nno line\n" + lines.replace("x/y ", "gone/away ") +
                    "../../etc sha256:00\n" + "x" * 5000)
    c.registry.clear()
    check(c.push(layout and "small", name="x/w:t") == 0, c.said)
    check(c.pushed(), "it is not whole")


@test
def two_repositories_of_a_run_share_an_upload(c):
    forget_where(c.registry, ("x/y", "x/z"))
    spec = c.folder / "a.spec"
    (c.folder / "random").write_bytes(b"x" * 3000000)
    spec.write_text(json.dumps({
        "version": 1, "layers": [{"entries": [
            {"path": "/a", "from": "random"}]}]}))
    check(c.run(spec, "--push", c.registry.host + "/x/y:t", "--push",
                c.registry.host + "/x/z:t") == 0, c.said)
    check(len(bodies(c)) == 2, f"{len(bodies(c))} uploads")
    check(c.pushed(), "it is not whole")


@test
def a_copy_within_a_registry_mounts(c):
    forget_where(c.registry, ("x/y", "x/z"))
    check(c.push("layers") == 0, c.said)
    (c.folder / ".cache/oci-pack/seen").unlink()
    c.registry.log.clear()
    check(c.run("copy", c.registry.host + "/x/y:t",
                c.registry.host + "/x/z:t") == 0, c.said)
    check(not bodies(c), "it uploads")
    check(not c.registry.requests("GET", "/blobs/"), "it downloads")


def attach(server, name, subject, kind="application/x-signature"):
    """A manifest that refers to another, as oras attach makes it."""
    blob = json.dumps({"for": subject["digest"]}).encode()
    empty = b"{}"
    for data in (blob, empty):
        server.blobs[digest_of(data)] = data
    text = json.dumps({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind,
        "config": {"mediaType": "application/vnd.oci.empty.v1+json",
                   "digest": digest_of(empty), "size": 2},
        "layers": [{"mediaType": "application/x-data", "size": len(blob),
                    "digest": digest_of(blob)}],
        "subject": subject, "annotations": {"note": "x"}}).encode()
    digest = digest_of(text)
    server.manifests[digest] = (MANIFEST, text)
    entry = {"mediaType": MANIFEST, "digest": digest, "size": len(text)}
    index = json.dumps({
        "schemaVersion": 2, "mediaType": INDEX, "manifests": [
            {**entry, "artifactType": kind}]}).encode()
    tag = subject["digest"].replace(":", "-")
    server.manifests[tag] = (INDEX, index)
    return entry


def descriptor(server, name):
    kind, text = server.manifests[name]
    return {"mediaType": kind, "digest": digest_of(text),
            "size": len(text)}


@test
def referrers_go_along(c):
    """A signature, and a signature of that, through all kinds of stores."""
    c.fill("index")
    other = c.server()
    other.subject = False
    first = attach(c.registry, "x/y", descriptor(c.registry, "t"))
    second = attach(c.registry, "x/y", first)
    source = c.registry.host + "/x/y:t"
    check(c.run("copy", source, other.host + "/x/y:t") == 0, c.said)
    check(first["digest"] not in other.manifests, "unasked")
    steps = (source, c.folder / "layout", c.folder / "a.tar",
             other.host + "/x/y:t")
    for a, b in zip(steps, steps[1:]):
        check(c.run("copy", "--referrers", a, b) == 0, c.said)
    for entry in (first, second):
        check(entry["digest"] in other.manifests, "one is missing")
    for subject, entry in ((descriptor(c.registry, "t"), first),
                           (first, second)):
        tag = subject["digest"].replace(":", "-")
        listed = json.loads(other.manifests[tag][1])["manifests"]
        check([e["digest"] for e in listed] == [entry["digest"]], listed)
        check(listed[0]["artifactType"] == "application/x-signature",
              listed)
    for image in steps[1:3]:
        check(c.run("verify", image) == 0, c.said)


@test
def indexes_of_a_layout_are_referrers_too(c):
    image = Image([tar([("f", "a", "x")])])
    index = image.add(OCI + "index.v1+json", json.dumps({
        "schemaVersion": 2, "mediaType": OCI + "index.v1+json",
        "artifactType": "application/x", "manifests": [],
        "subject": image.manifest}).encode())
    image.write(c.folder / "in")
    path = c.folder / "in/index.json"
    listed = json.loads(path.read_text())
    listed["manifests"].append(index)
    path.write_text(json.dumps(listed))
    check(c.run("copy", "oci:in:t", "oci:out:t", "--referrers") == 0, c.said)
    copied = json.loads((c.folder / "out/index.json").read_text())
    check(index["digest"] in [d["digest"] for d in copied["manifests"]],
          copied)


@test
def a_registry_that_lists_referrers_is_asked(c):
    c.fill()
    entry = attach(c.registry, "x/y", descriptor(c.registry, "t"))
    tag = descriptor(c.registry, "t")["digest"]
    index = c.registry.manifests.pop(tag.replace(":", "-"))
    c.registry.on("GET", "/referrers/" + tag, lambda r: r.reply(
        200, {"Content-Type": INDEX}, index[1]))
    other = c.server()
    check(c.run("copy", "--referrers", c.registry.host + "/x/y:t",
                other.host + "/x/y:t") == 0, c.said)
    check(entry["digest"] in other.manifests, "it is missing")
    check(tag.replace(":", "-") not in other.manifests,
          "a tag where the registry lists itself")


@test
def credentials_by_the_longest_path(c):
    token = c.registry.token = Token(c.registry)
    given = []

    def answer(r, scopes):
        given.append(r.headers.get("Authorization", "")[6:])
        return token.grant(r, scopes)

    token.reply_with = answer
    host = c.registry.host
    (c.folder / "auth.json").write_text(json.dumps({"auths": {
        host: {"auth": basic("host:s3cret-password")},
        f"{host}/x": {"auth": basic("x:s3cret-password")},
        f"{host}/x/y": {"auth": basic("xy:s3cret-password")}}}))
    c.env["REGISTRY_AUTH_FILE"] = str(c.folder / "auth.json")
    for name, user in (("x/y", "xy"), ("x/z", "x"), ("z/y", "host")):
        given.clear()
        check(c.push(name=name + ":t") == 0, c.said)
        check(set(given) == {basic(user + ":s3cret-password")}, given)


def certify(folder, name):
    """A certificate that signs itself, and its key."""
    key, cert = folder / f"{name}-key.pem", folder / f"{name}.pem"
    harness.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
                    7300, "-subj", f"/CN={name}", "-keyout", key, "-out",
                    cert)
    return key, cert


@test
def certificates_of_a_host(c):
    ca, server, key = INPUTS["certificate"]
    client = certify(c.folder, "client")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server, key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(client[1])
    secure = c.server(tls=context)
    name = f"{secure.host}/x/y:t"
    certs = c.folder / ".config/containers/certs.d" / secure.host
    certs.mkdir(parents=True)

    def push():
        return c.run("push", INPUTS["small"], name, "--retries", "0")

    check(push() == 1 and not secure.log, "plain http to a TLS port")
    (certs / "own.crt").write_bytes(ca.read_bytes())
    check(push() == 1 and not secure.log, "without a certificate of ours")
    (certs / "me.cert").write_bytes(client[1].read_bytes())
    check(push() == 1, "a certificate without its key")
    said(c, "me.key")
    (certs / "me.key").write_bytes(client[0].read_bytes())
    check(push() == 0, c.said)
    check(c.pushed(server=secure), "it is not whole")
    # Other hosts get neither trust nor the certificate.
    check(c.push() == 0, c.said)


@test
def a_token_is_renewed_before_a_large_body(c):
    token = c.registry.token = Token(c.registry)
    c.login()
    token.reply_with = lambda r, scopes: token.grant(
        r, scopes, token="TOKEN", expires_in=60)
    used = []
    # An upload that is not begun at once: the token grows old.
    c.registry.on("POST", "/uploads/", lambda r: time.sleep(3.1), times=-1)
    c.registry.on("PUT", SESSION, lambda r: used.append(
        r.headers["Authorization"]), times=-1)
    check(c.push("one") == 0, c.said)
    check(len(c.registry.requests("GET", "/token")) == 2,
          "it was asked for " + str(len(c.registry.requests(
              "GET", "/token"))) + " tokens")
    check("Bearer " + token.given[1] in used, used)


@test
def a_line_that_carries_no_more_than_pieces(c):
    """Bodies of over 4 MiB break; pieces arrive, every other one in vain."""
    pieces = []

    def whole(r):
        if r.length > 4 << 20:
            r.body(limit=3 << 20)
            r.drop()

    def piece(r):
        pieces.append(r.length)
        if len(pieces) % 2:
            r.body(limit=1000)
            r.drop()

    c.registry.on("PUT", SESSION, whole, times=-1)
    c.registry.on("PATCH", SESSION, piece, times=-1)
    check(c.push("one") == 0, c.said)
    check(c.pushed(), "it is not whole")
    check(len(pieces) >= 6 and max(pieces) <= 4 << 20, pieces)


def build(c, content, *args, stdin=b""):
    """A spec whose image has content; as run."""
    (c.folder / "b.spec").write_text(
        "version: 1\nimage: a\ntags: [t]\n"
        f"layers: [{{entries: [{{path: /a, content: {content}}}]}}]\n")
    return c.run("build", c.folder / "b.spec", "--no-cache", "--retries", "0",
                 *args, stdin=stdin)


def outputs(folder):
    """Every file there is, but for the spec."""
    return {str(p.relative_to(folder)): p.read_bytes()
            for p in sorted(folder.rglob("*"))
            if p.is_file() and p.suffix != ".spec"}


@named("faults 31: push reads an archive from standard input")
def push_of_standard_input(c):
    check(build(c, "a", "-o", c.folder / "a.tar") == 0, c.said)
    check(c.run("push", "-", f"{c.registry.host}/x/y:t",
                stdin=(c.folder / "a.tar").read_bytes()) == 0, c.said)
    check(c.pushed(), "it is not whole")


REFUSALS = {
    "tag": ("PUT", "/manifests/t$"),
    "manifest": ("PUT", "/manifests/sha256"),
    "blob": ("PUT|POST|PATCH", "/blobs/uploads/"),
}


def refuse(server, what):
    methods, pattern = REFUSALS[what]
    for method in methods.split("|"):
        server.on(method, pattern,
                  lambda r: (r.body(), r.error(403, "DENIED", "no")),
                  times=-1, optional=True)


@named("faults 29: a push that fails leaves the earlier -o as it was")
def a_push_that_fails(c):
    for what in REFUSALS:
        for output in ("{}/out.tar", "oci:{}/out:t"):
            folder = c.folder / what / str(len(output))
            folder.mkdir(parents=True)
            server = c.server()
            place = output.format(folder)
            check(build(c, "earlier", "-o", place) == 0, c.said)
            before = outputs(folder)
            refuse(server, what)
            check(build(c, "later", "-o", place, "--push",
                        f"{server.host}/x/y:t") == 1, c.said)
            check(outputs(folder) == before, f"{what}, {output}: changed")
            check("t" not in server.manifests, "the tag is set")


@named("faults 29: a push that fails leaves no -o where there was none")
def a_push_that_fails_without(c):
    for what in REFUSALS:
        folder = c.folder / what
        folder.mkdir()
        server = c.server()
        refuse(server, what)
        for place in (folder / "new.tar", folder / "layout"):
            check(build(c, "a", "-o", place, "--push",
                        f"{server.host}/x/y:t") == 1, c.said)
            check(not list(folder.iterdir()), list(folder.iterdir()))


@named("faults 29: an -o that fails leaves the tag as it was")
def an_output_that_fails(c):
    ref = f"{c.registry.host}/x/y:t"
    check(build(c, "earlier", "--push", ref) == 0, c.said)
    before = c.registry.manifests["t"]
    check(build(c, "later", "--push", ref, "-o", "/dev/full") == 1, c.said)
    check(c.registry.manifests["t"] == before, "the tag was moved")


@named("faults 29: of two pushes, one that lacks its blobs sets no tag")
def two_pushes(c):
    for what in ("manifest", "blob"):
        for first in (True, False):
            good, bad = c.server(), c.server()
            refuse(bad, what)
            pushes = [f"{s.host}/x/y:t" for s in
                      ((bad, good) if first else (good, bad))]
            check(build(c, "a", "--push", pushes[0], "--push", pushes[1],
                        "-o", c.folder / "o.tar") == 1, c.said)
            check("t" not in good.manifests, "a tag is set")
            check(not (c.folder / "o.tar").exists(), "there is an archive")


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, faults.Case, faults.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
