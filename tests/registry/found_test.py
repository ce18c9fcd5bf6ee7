#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults that users and reviews found, by the number of their report.

    found_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from faults import NAME, secure                         # noqa: E402
from fake import Registry, Token, digest_of                        # noqa: E402
from harness import INPUTS, check, said                 # noqa: E402
from index_test import (CONFIG, LAYER, MANIFEST,        # noqa: E402
                        blob, document, entry, image, index)

TESTS = []
found = harness.found_in(TESTS)


def authorizations(server):
    return [r["headers"]["authorization"] for r in server.log
            if "authorization" in r["headers"]]


# --- 5: proxies --------------------------------------------------------------

@found(5, "loopback never goes through a proxy, whatever the variables say")
def proxies_of_loopback(c):
    proxy = c.server(host="127.0.0.3")
    for variable in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                     "ALL_PROXY", "all_proxy"):
        c.env[variable] = proxy.url
    for host in (c.registry.host, "localhost:" + c.registry.host[10:]):
        check(c.run("push", INPUTS["small"], host + "/x/y:t",
                    "--retries", "0") == 0, c.told)
    check(not proxy.log, f"the proxy got {proxy.log}")


@found(5, "HTTP_PROXY in capitals, but not in a CGI program")
def capitals(c):
    proxy = c.server(host="127.0.0.3")
    proxy.on("HEAD", "http://", lambda r: r.reply(407), times=-1)
    push = ("push", INPUTS["small"], f"{NAME}/x/y:t", "--plain-http",
            "--retries", "0")
    c.env["HTTP_PROXY"] = proxy.url
    check(c.run(*push) == 1 and proxy.log, c.told)
    asked = len(proxy.log)
    c.env["REQUEST_METHOD"] = "GET"
    check(c.run(*push) == 1 and len(proxy.log) == asked, c.told)
    said(c, "resolve")


# --- 6: two registries -------------------------------------------------------

def two_registries(c):
    """NAME, with TLS and a password, behind a proxy; c.plain without."""
    c.plain = c.registry
    c.proxy = secure(c)
    c.ca = c.trust[1]
    c.registry.token = token = Token(c.registry)
    token.realm = f"https://{NAME}/token"
    c.login(NAME)
    c.secure, c.open = f"{NAME}/x/y:t", c.plain.host + "/x/y:t"


@found(6, "--plain-http with two registries is asked which one it is for")
def whose_option(c):
    two_registries(c)
    for option in ("--plain-http", "--insecure"):
        check(c.run("copy", c.secure, c.open, option) == 2, c.told)
        said(c, f"--src-{option[2:]}", f"--dest-{option[2:]}", NAME,
             c.plain.host)
    check(not c.registry.log and not c.plain.log, "it asked")
    # With one registry, or one side, there is nothing to ask.
    check(c.run("copy", INPUTS["small"], c.open, "--plain-http") == 0, c.told)


@found(6, "each side of a copy has its own options, and no password goes out")
def sides(c):
    two_registries(c)
    check(c.run("copy", INPUTS["small"], c.open) == 0, c.told)
    there = ("copy", c.open, c.secure, "--retries", "0")
    for side in ("--src-insecure", "--src-plain-http"):
        check(c.run(*there, side) == 1, c.told)
        check("certificate" in c.said or "reset" in c.said or
              "SSL" in c.said, c.told)
    check(not c.registry.log, "it was talked to without its certificate")
    check(c.run(*there, "--src-plain-http", "--dest-ca-file", c.ca) == 0,
          c.told)
    check(authorizations(c.registry), "no password was asked for")
    check(c.run(*there, "--src-plain-http", "--dest-insecure") == 0, c.told)
    # Over port 80 goes nothing at all: no proxy for it knows the name.
    check(c.run(*there, "--dest-plain-http") == 1 and "resolve" in c.said,
          c.told)
    back = ("copy", c.secure, c.plain.host + "/x/z:t", "--retries", "0")
    check(c.run(*back, "--dest-plain-http", "--src-insecure") == 0, c.told)
    check(c.run(*back, "--dest-plain-http") == 1, c.told)
    check(not authorizations(c.plain), "the other one got the password")


@found(6, "a side's own file of credentials comes before all others")
def side_files(c):
    two_registries(c)
    (c.folder / "auth.json").rename(c.folder / "config.json")
    push = ("copy", INPUTS["small"], c.secure, "--dest-ca-file", c.ca,
            "--retries", "0")
    for side, named in (((), False), (("--src-authfile",), False),
                        (("--dest-authfile",), True)):
        file = (c.folder / "config.json",) if side else ()
        check(c.run(*push, *side, *file) == 0, c.told)
        check(named == any(a.startswith("Basic ")
                           for a in authorizations(c.registry)), side)


@found(6, "--username of a copy is for its one registry, on either side")
def name_of_a_copy(c):
    c.registry.token = Token(c.registry)
    there, other = c.registry.host + "/x/y:t", c.server()
    login = ("--username", "user", "--password-stdin", "--retries", "0")
    for names in ((INPUTS["small"], there), (there, "oci:out:t"),
                  (there, c.registry.host + "/x/z:t")):
        c.registry.log.clear()
        check(c.run("copy", *names, *login, stdin=b"s3cret-password") == 0,
              c.told)
        check(any("Basic" in a for a in authorizations(c.registry)), names)
    # Of two, it is for the destination.
    c.registry.log.clear()
    check(c.run("copy", there, other.host + "/x/y:t", *login,
                stdin=b"s3cret-password") == 0, c.told)
    check(not any("Basic" in a for a in authorizations(c.registry)),
          "the source got the password")


@found(6, "--plain-http of a push is not for the registry of a base")
def plain_base(c):
    two_registries(c)
    check(c.run("copy", INPUTS["small"], f"{NAME}/x/base:t",
                "--dest-ca-file", c.ca) == 0, c.told)
    spec = c.folder / "a.spec"
    spec.write_text(json.dumps({
        "version": 1, "base": f"docker://{NAME}/x/base:t",
        "layers": [{"entries": [{"path": "/a", "content": "a"}]}]}))
    before = len(c.registry.log)
    build = ("build", spec, "--lint", "off", "--push", c.open,
             "--plain-http", "--retries", "0", "--no-cache")
    check(c.run(*build) == 1 and len(c.registry.log) == before, c.told)
    said(c, "certificate")
    check(c.run(*build, "--ca-file", c.ca) == 0, c.told)


@found(6, "options of one side are no options of push and pull")
def sides_of_others(c):
    for args in (("push", INPUTS["small"], c.registry.host + "/x/y:t"),
                 ("pull", c.registry.host + "/x/y:t", "-o", "x.tar")):
        check(c.run(*args, "--src-plain-http") == 2, c.told)
        said(c, "--src-plain-http")


def bases_of(c, **hosts):
    """A spec whose base is another one on each platform."""
    for arch, base in hosts.items():
        (c.folder / f"{arch}.spec").write_text(json.dumps({
            "version": 1, "base": f"docker://{base}",
            "platforms": ["linux/" + a for a in hosts],
            "layers": [{"entries": [{"path": "/a", "content": "a"}]}]}))
    spec = c.folder / "all.spec"
    spec.write_text(json.dumps({
        "version": 1, "base": "${arch}.spec",
        "platforms": ["linux/" + arch for arch in hosts],
        "layers": [{"entries": [{"path": "/b", "content": "b"}]}]}))
    return spec


@found(6, "an option for one registry with several: none of them is asked")
def several(c):
    two_registries(c)
    c.env["http_proxy"] = c.env["HTTPS_PROXY"]
    for first, second in ((c.open, c.secure), (c.secure, c.open)):
        spec = bases_of(c, riscv64=first, amd64=second)
        for command in (("push", INPUTS["small"], first, second),
                        ("index", "create", "-o", "out.tar", first, second),
                        ("lock", spec),
                        ("build", spec, "-o", "b.tar", "--lint", "off")):
            for option in (("--plain-http",), ("--insecure",),
                           ("--username", "user", "--password-stdin")):
                c.forget()
                check(c.run(*command, *option, "--retries", "0",
                            stdin=b"s3cret-password") == 1, c.told)
                harness.refusal(c, option[0] + " is for one registry", NAME,
                                c.plain.host)
    for server in (c.proxy, c.plain, c.registry):
        check(not server.log, f"{server.host} was asked: {server.log}")


@found(6, "an option for the destination of a copy with several of them")
def several_destinations(c):
    two_registries(c)
    copy = ("copy", INPUTS["small"], c.open, c.secure)
    for option in ("--dest-plain-http", "--dest-insecure"):
        c.forget()
        check(c.run(*copy, option) == 2, c.told)
        said(c, option, NAME, c.plain.host)
    check(not c.plain.log and not c.registry.log, "it asked")
    check(c.run("copy", INPUTS["small"], c.open, c.plain.host + "/x/z:t",
                "--dest-plain-http") == 0, c.told)


@found(6, "--insecure is not for hosts that the registry leads to")
def insecure_elsewhere(c):
    other = "other." + NAME
    secure(c, NAME + ":443", other + ":443")
    push = ("push", INPUTS["small"], f"{NAME}/x/y:t", "--retries", "0",
            "--insecure")
    c.registry.on("POST", "/uploads/", lambda r: r.reply(
        202, {"Location": f"https://{other}/session"}), times=-1)
    check(c.run(*push) == 1, c.told)
    said(c, "certificate", other)
    check(not c.registry.requests("PUT"), "a blob went there")
    c.registry.token = token = Token(c.registry)
    token.realm = f"https://{other}/token"
    c.login(NAME)
    c.forget()
    check(c.run(*push) == 1 and not token.given, c.told)
    said(c, "certificate", other)
    check(not authorizations(c.registry), "the password went there")


@found(6, "--plain-http is not for a token server of another name")
def plain_realm(c):
    proxy = c.server(host="127.0.0.3")
    c.env["http_proxy"] = proxy.url
    challenge = f'Bearer realm="http://token.{NAME}/token",service="x"'
    for method in ("GET", "HEAD", "POST"):
        proxy.on(method, f"http://{NAME}/", lambda r: r.reply(
            401, {"WWW-Authenticate": challenge}), times=-1, optional=True)
    c.login(NAME)
    check(c.run("push", INPUTS["small"], f"{NAME}/x/y:t", "--plain-http",
                "--retries", "0") == 1, c.told)
    said(c, "token." + NAME, "plain http")
    check(proxy.log and not authorizations(proxy), proxy.log)


# --- 4: what refers to an image ----------------------------------------------

MEDIA = "application/vnd.oci.image.index.v1+json"


def referrer(c, subject, note):
    """A manifest whose subject is an image, as the API lists it."""
    made = document(c.registry, {
        "schemaVersion": 2, "mediaType": MANIFEST,
        "artifactType": "text/plain", "config": blob(
            c.registry, b"{}", "application/vnd.oci.empty.v1+json"),
        "layers": [blob(c.registry, note.encode(), "text/plain")],
        "subject": subject})
    return {**made, "artifactType": "text/plain"}


def listed(c, pages, link=None):
    """The API answers with pages of descriptors; link is the target of each
    page's Link header, or makes that header."""
    def answer(r):
        number = int((r.target.split("page=") + ["0"])[1])
        headers = {"Content-Type": MEDIA}
        if link or number + 1 < len(pages):
            there = f"{r.target.split('?')[0]}?page={number + 1}"
            headers["Link"] = link(there) if callable(link) else \
                f'<{link or there}>; rel="next"'
        r.reply(200, headers, json.dumps({
            "schemaVersion": 2, "mediaType": MEDIA,
            "manifests": pages[min(number, len(pages) - 1)]}).encode())
    c.registry.on("GET", "/referrers/", answer, times=-1)


def copied(c, *options):
    return c.run("copy", "--referrers", f"{c.registry.host}/x/y:t",
                 "oci:out:t", "--retries", "0", *options)


def in_layout(c):
    index = json.loads((c.folder / "out/index.json").read_text())
    return {m["digest"] for m in index["manifests"]}


@found(4, "the list of referrers has pages, and all of them are copied")
def pages_of_referrers(c):
    one = image(c.registry, "linux/riscv64", "t")
    more = [referrer(c, one, f"note {i}") for i in range(5)]
    listed(c, [more[:2], more[2:4], more[4:]])
    check(copied(c) == 0, c.told)
    check({m["digest"] for m in more} < in_layout(c), in_layout(c))


@found(4, "a next page is found however its Link header is written")
def ways_to_link(c):
    one = image(c.registry, "linux/riscv64", "t")
    more = [referrer(c, one, f"note {i}") for i in range(2)]
    for number, link in enumerate((
            lambda at: f"<{at}>; rel=next",
            lambda at: f'<{at}>; title="a, \\"b\\""; REL="last next"',
            lambda at: ['</v2/>; rel="first"', f'<{at}>; rel="next"'])):
        c.registry.scripts.clear()
        # The last page has no link.
        listed(c, [[more[0]]], link)
        c.registry.on("GET", r"\?page=1", lambda r: r.reply(
            200, {"Content-Type": MEDIA}, json.dumps({
                "schemaVersion": 2, "mediaType": MEDIA,
                "manifests": [more[1]]})), times=-1)
        c.registry.scripts.reverse()
        check(c.run("copy", "--referrers", f"{c.registry.host}/x/y:t",
                    f"oci:out{number}:t", "--retries", "0") == 0, c.told)
        index = json.loads((c.folder / f"out{number}/index.json").read_text())
        check({m["digest"] for m in more} <
              {m["digest"] for m in index["manifests"]}, index)
    c.registry.scripts.clear()
    listed(c, [[]], lambda at: f"{at}; rel=next")
    check(copied(c) == 1, c.told)
    said(c, "Link", one["digest"], c.registry.host)


@found(4, "no status but 404 says that there is no list of referrers")
def statuses_of_referrers(c):
    one = image(c.registry, "linux/riscv64", "t")
    for status in (400, 401, 403, 405, 500):
        c.registry.scripts.clear()
        c.registry.on("GET", "/referrers/", lambda r, s=status: r.reply(s),
                      times=-1)
        check(copied(c) == 1, f"{status}: {c.told}")
        said(c, str(status), one["digest"], c.registry.host,
             "without --referrers")
    for body in (b"garbage", b"{}", b"x" * (5 << 20)):
        c.registry.scripts.clear()
        c.registry.on("GET", "/referrers/", lambda r, b=body: r.reply(
            200, {"Content-Type": MEDIA}, b), times=-1)
        check(copied(c) == 1, c.told)
        said(c, one["digest"], c.registry.host)
    check(not (c.folder / "out").exists(), "something is left")
    c.registry.scripts.clear()
    c.registry.on("GET", "/referrers/", lambda r: r.reply(404), times=-1)
    check(copied(c) == 0, c.told)


@found(4, "pages without end, and pages of another host, are refused")
def endless_referrers(c):
    one = image(c.registry, "linux/riscv64", "t")
    listed(c, [[referrer(c, one, "note")]] * 200)
    check(copied(c) == 1, c.told)
    said(c, "100 pages", one["digest"], c.registry.host)
    check(len(c.registry.requests("GET", "/referrers/")) == 100, c.told)
    # Back to one that was read: it ends at once.
    c.registry.scripts.clear()
    c.registry.log.clear()
    listed(c, [[]], link="?page=0")
    check(copied(c) == 1, c.told)
    said(c, "was read before", one["digest"])
    check(len(c.registry.requests("GET", "/referrers/")) == 2, c.told)
    # Each page is fine, all of them are not.
    c.registry.scripts.clear()
    listed(c, [[{**referrer(c, one, "note"),
                 "annotations": {"a": "x" * (3 << 20)}}]] * 50)
    check(copied(c) == 1, c.told)
    said(c, "16 MiB", one["digest"])
    check(not (c.folder / "out").exists(), "something is left")
    c.registry.scripts.clear()
    other = c.server()
    listed(c, [[]], link=f"http://{other.host}/v2/x/y/referrers/x")
    check(copied(c) == 1 and not other.log, c.told)
    said(c, "another host")


@found(4, "signatures that are found by their tags are copied along")
def signatures(c):
    members = [image(c.registry, p) for p in ("linux/riscv64", "linux/amd64")]
    whole = index(c.registry, [entry(members[0], "linux/riscv64"),
                               entry(members[1], "linux/amd64")], "t")
    tags = {}
    for about, suffix in ((whole, "sig"), (members[0], "sig"),
                          (members[1], "att"), (whole, "sbom")):
        tag = about["digest"].replace(":", "-") + "." + suffix
        tags[tag] = image(c.registry, "linux/amd64", tag, content=tag)
    c.registry.on("GET", "/referrers/", lambda r: r.reply(404), times=-1)
    check(copied(c) == 0, c.told)
    check({t["digest"] for t in tags.values()} < in_layout(c), in_layout(c))
    # From the layout: its image is found without a name, and they go along.
    check(c.run("inspect", "out") == 0, c.told)
    other = c.server()
    check(c.run("copy", "--referrers", "oci:out:t",
                other.host + "/a/b:v1") == 0, c.told)
    check(set(tags) | {"v1"} == {m for m in other.manifests
                                 if not m.startswith("sha256:")},
          list(other.manifests))
    # To docker load, a signature is no image.
    check(c.run("copy", "--referrers", "oci:out:t", "out.tar") == 0, c.told)
    listed_there = json.loads(subprocess.run(
        ["tar", "-xOf", c.folder / "out.tar", "manifest.json"], check=True,
        stdout=subprocess.PIPE).stdout)
    check(len(listed_there) == 1, listed_there)
    # Without the option, they stay.
    third = c.server()
    check(c.run("copy", "oci:out:t", third.host + "/a/b:v1") == 0, c.told)
    check("v1" in third.manifests and len(third.manifests) == 4,
          list(third.manifests))


def signature(server, about, *signatures):
    """One manifest with signatures, as cosign stores them: of one payload."""
    payload = json.dumps({"critical": {"image": {
        "docker-manifest-digest": about["digest"]}}}).encode()
    layer = blob(server, payload,
                 "application/vnd.dev.cosign.simplesigning.v1+json")
    return document(server, {
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": blob(server, json.dumps({
            "architecture": "", "os": "", "config": {}, "rootfs": {
                "type": "layers", "diff_ids": [layer["digest"]] *
                len(signatures)}}).encode(), CONFIG),
        "layers": [{**layer, "annotations": {
            "dev.cosignproject.cosign/signature": s}} for s in signatures]},
        about["digest"].replace(":", "-") + ".sig")


@found(4, "signatures at the destination are not replaced by fewer")
def signatures_there(c):
    one = image(c.registry, "linux/riscv64", "t")
    tag = one["digest"].replace(":", "-") + ".sig"
    other = c.server()
    places = (other.host + "/a/b:t", "oci:out:t")

    def copies(status, what):
        for place in places:
            check(c.run("copy", "--referrers", f"{c.registry.host}/x/y:t",
                        place, "--retries", "0") == status, what + c.told)

    def everywhere(made):
        check(digest_of(other.manifests[tag][1]) == made["digest"], "remote")
        check(made["digest"] in in_layout(c), "layout")

    copies(0, "none")
    first = signature(c.registry, one, "ours")
    copies(0, "the first")
    everywhere(first)
    both = signature(c.registry, one, "ours", "theirs")
    copies(0, "one more")
    everywhere(both)
    # The payload is the same, another key signed it.
    for fewer in (("ours",), ("ours", "others")):
        signature(c.registry, one, *fewer)
        copies(1, "fewer")
        said(c, tag, "remove 1 of", "without --referrers")
        everywhere(both)
    check(c.run("verify", "out") == 0, c.told)


@found(4, "a layout's tag of signatures that leads to no manifest is refused")
def no_signature(c):
    one = image(c.registry, "linux/riscv64", "t")
    signature(c.registry, one, "ours")
    check(copied(c) == 0, c.told)
    path = c.folder / "out/index.json"
    listing = json.loads(path.read_text())
    for m in listing["manifests"]:
        if m["annotations"]["org.opencontainers.image.ref.name"] != "t":
            m["mediaType"] = "text/plain"
    path.write_text(json.dumps(listing))
    check(c.run("copy", "--referrers", "oci:out:t", "oci:two:t") == 1, c.told)
    said(c, one["digest"].replace(":", "-") + ".sig", "no manifest")
    check(not (c.folder / "two/index.json").exists(), "something is left")


@found(4, "index append copies signatures along, and is not their tags' fault")
def signatures_of_members(c):
    other = c.server()
    one = image(other, "linux/riscv64", "t")
    tag = one["digest"].replace(":", "-") + ".sig"
    image(other, "linux/amd64", tag, content="signature")
    index(c.registry, [entry(image(c.registry, "linux/amd64"),
                             "linux/amd64")], "t")
    check(c.run("index", "append", "--referrers", f"{c.registry.host}/x/y:t",
                f"{other.host}/a/b:t", "--retries", "0") == 0, c.told)
    check(tag in c.registry.manifests, list(c.registry.manifests))


# --- C: several runs that change one index -----------------------------------

def overwritten(c, tag, others, times=1):
    """After the tag was set, another run sets it to what it made of an older
    index, of these images."""
    def answer(r):
        c.registry.manifests[tag] = c.registry.manifests[r.target] = (
            r.headers["Content-Type"], r.body())
        index(c.registry, [entry(d, p) if p else d for d, p in others], tag)
        r.reply(201)
    c.registry.on("PUT", f"/manifests/{tag}$", answer, times=times)


def platforms_of(c, tag):
    return sorted(m["platform"]["architecture"] for m in json.loads(
        c.registry.manifests[tag][1])["manifests"])


def fleet(c, *archs):
    return [(image(c.registry, f"linux/{a}", a), f"linux/{a}") for a in archs]


@found("C", "an append that another run overwrote is made again")
def overwritten_append(c):
    one, two, _ = fleet(c, "amd64", "arm64", "riscv64")
    index(c.registry, [entry(*one)], "t")
    overwritten(c, "t", [one, two])
    check(c.run("index", "append", f"{c.registry.host}/x/y:t",
                f"{c.registry.host}/x/y:riscv64") == 0, c.told)
    check(platforms_of(c, "t") == ["amd64", "arm64", "riscv64"], c.told)


@found("C", "what was removed and came back in part is removed again")
def overwritten_remove(c):
    all_of_it = fleet(c, "amd64", "arm64", "riscv64", "s390x")
    index(c.registry, [entry(*one) for one in all_of_it], "t")
    overwritten(c, "t", all_of_it[1:3])
    check(c.run("index", "remove", f"{c.registry.host}/x/y:t", "linux/amd64",
                "linux/arm64") == 0, c.told)
    check(platforms_of(c, "t") == ["riscv64"], platforms_of(c, "t"))


@found("C", "what another run built upon this one's index is left alone")
def built_upon(c):
    one, two, _ = fleet(c, "amd64", "arm64", "riscv64")
    index(c.registry, [entry(*one)], "t")

    def answer(r):
        kind, body = r.headers["Content-Type"], r.body()
        # As oci-pack writes it.
        made = json.loads(body)
        made["manifests"].append({**two[0], "platform": {
            "architecture": "arm64", "os": "linux"}})
        c.registry.manifests["t"] = kind, json.dumps(
            made, separators=(",", ":")).encode()
        r.reply(201)
    c.registry.on("PUT", "/manifests/t$", answer)
    check(c.run("index", "append", f"{c.registry.host}/x/y:t",
                f"{c.registry.host}/x/y:riscv64") == 0, c.told)
    check(platforms_of(c, "t") == ["amd64", "arm64", "riscv64"], c.told)
    check(len(c.registry.requests("PUT", "/manifests/t$")) == 1, c.told)
    # At first, after the pause, and to join once more.
    check(len(c.registry.requests("GET", "/manifests/t$")) == 3, c.told)


@found("C", "an append that is overwritten each time fails, and says so")
def always_overwritten(c):
    one, _ = fleet(c, "amd64", "riscv64")
    index(c.registry, [entry(*one)], "t")
    overwritten(c, "t", [one], times=-1)
    check(c.run("index", "append", f"{c.registry.host}/x/y:t",
                f"{c.registry.host}/x/y:riscv64") == 1, c.told)
    said(c, "after each of 20 attempts", c.registry.host + "/x/y:t", "again")


@found("C", "a list of referrers that another run overwrote is made again")
def overwritten_referrers(c):
    source = c.server()
    one = image(source, "linux/amd64", "t")
    ours, theirs = (referrer(c, one, n) for n in ("ours", "theirs"))
    source.blobs.update(c.registry.blobs)
    source.manifests.update(c.registry.manifests)
    c.registry.subject = False
    tag = one["digest"].replace(":", "-")
    push = ("copy", f"{source.host}/a/b@{ours['digest']}",
            f"{c.registry.host}/x/y:n", "--retries", "0")

    def listing():
        return {m["digest"] for m in
                json.loads(c.registry.manifests[tag][1])["manifests"]}

    overwritten(c, tag, [({**theirs, "artifactType": "text/plain"}, None)])
    check(c.run(*push) == 0, c.told)
    check(listing() == {ours["digest"], theirs["digest"]}, listing())
    overwritten(c, tag, [({**theirs, "artifactType": "text/plain"}, None)],
                times=-1)
    del c.registry.manifests["n"], c.registry.manifests[tag]
    del c.registry.manifests[ours["digest"]]
    check(c.run(*push) == 1, c.told)
    said(c, "list of referrers 20 times", c.registry.host, "again")
    check("n" not in c.registry.manifests, "it was tagged")


# --- 7: redirects to names in private networks -------------------------------

PUBLIC = "203.0.113.5"      # RFC 5737; in a network of the test's own


def inside():
    """What runs in the namespaces: a public registry that leads elsewhere."""
    folder = pathlib.Path(sys.argv[3])
    case = harness.Case()
    registry = Registry(host=PUBLIC)
    private = http.server.HTTPServer(("127.0.0.1", 0),
                                     http.server.BaseHTTPRequestHandler)
    asked = []
    private.RequestHandlerClass.do_PUT = private.RequestHandlerClass.do_GET = (
        lambda r: asked.append(r.path) or r.send_error(500))
    private.RequestHandlerClass.log_message = lambda *args: None
    threading.Thread(target=private.serve_forever, daemon=True).start()
    elsewhere = f"http://inside.example:{private.server_port}"
    port = registry.host.rsplit(":", 1)[1]
    names = (f"registry.example:{port}", registry.host)
    for number, name in enumerate(names):
        def lead(r):
            r.reply(202, {"Location": elsewhere + "/upload"})
        registry.on("POST", "/uploads/", lead, times=-1)
        status = case.run("push", folder / "small.tar", f"{name}/x/y{number}:t",
                          "--plain-http", "--retries", "0")
        check(status == 1 and "private" in case.said, case.told)
    for answer in (
            (307, {"Location": elsewhere + "/manifest"}),
            (307, {"Location": elsewhere.replace("inside.example",
                                                 "0x7f.1") + "/m"}),
            (401, {"WWW-Authenticate": f'Bearer realm="{elsewhere}/token"'})):
        for method in ("GET", "HEAD"):
            registry.scripts.clear()
            registry.on(method, "/manifests/", lambda r: r.reply(*answer),
                        times=-1)
            case.forget()
            status = case.run("pull", names[0] + "/x/y:t", "-o", "out.tar",
                              "--plain-http", "--retries", "0")
            check(status == 1 and (method == "HEAD" or
                                   "private" in case.said), case.told)
    check(not asked, f"the private server got {asked}")
    # A registry that is at a private address itself may lead to others.
    own = Registry(host="127.0.0.2")
    own.on("POST", "/uploads/", lambda r: r.reply(
        202, {"Location": elsewhere + "/upload"}), times=-1)
    own_port = own.host.rsplit(":", 1)[1]
    case.run("push", folder / "small.tar", f"own.example:{own_port}/x/y:t",
             "--plain-http", "--retries", "0")
    check(asked, "a private registry was not followed: " + case.told)
    kept_line(case, folder)
    case.close()


def kept_line(case, folder):
    """A private registry leads to a server, and a line to it is kept; then a
    public one leads there."""
    names = ("registry.example", "own.example", "inside.example")
    ca, *pair = harness.make_certificate(folder, names)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*pair)
    public, own, server = (Registry(host=host, tls=tls) for host in
                           (PUBLIC, "127.0.0.2", "127.0.0.1"))
    at = dict(zip(names, (f"{name}:{of.host.rsplit(':', 1)[1]}"
                          for name, of in zip(names, (public, own, server)))))
    index(server, [entry(image(server, p), p) for p in
                   ("linux/riscv64", "linux/amd64")], "t")
    for registry in (public, own):
        registry.on("GET", "/v2/", lambda r: r.reply(
            307, {"Location": "https://inside.example:" +
                  at["inside.example"].split(":")[1] + r.target}), times=-1)
    lock = ("lock", bases_of(case, riscv64=at["own.example"] + "/x/y:t",
                             amd64=at["registry.example"] + "/x/z:t"),
            "--ca-file", ca, "--retries", "0", "--no-cache")
    case.forget()
    check(case.run(*lock) == 1 and "private" in case.said, case.told)
    seen = {r["target"].split("/")[3] for r in server.log}
    check(seen == {"y"}, f"the private server got {server.log}")


@found(7, "a public registry does not lead to a name with a private address")
def private_names(c):
    if subprocess.run(["unshare", "-nm", "true"],
                      stderr=subprocess.DEVNULL).returncode:
        check(c.env.get("CI") != "true", "namespaces are missing")
        return "no namespaces here"
    hosts = c.folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost inside.example\n"
                     f"{PUBLIC} registry.example\n127.0.0.2 own.example\n")
    (c.folder / "small.tar").write_bytes(
        pathlib.Path(INPUTS["small"]).read_bytes())
    script = ("ip link set lo up && ip addr add " + PUBLIC + "/32 dev lo && "
              f"mount --bind {hosts} /etc/hosts && exec \"$@\"")
    run = subprocess.run(
        ["unshare", "-nm", "sh", "-c", script, "sh", sys.executable, __file__,
         harness.COMMAND[0], "--inside", str(c.folder)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    check(run.returncode == 0, run.stdout[-3000:])


# --- 10: slow answers --------------------------------------------------------
# By the fast clock, a second is half a minute.

def drip(body, pause, headers):
    """An answer of a few bytes now and then."""
    def answer(r):
        r.reply(200, headers, b"", length=len(body))
        for i in range(0, len(body), 8):
            try:
                r.handler.wfile.write(body[i:i + 8])
                r.handler.wfile.flush()
            except OSError:
                return
            time.sleep(pause)
    return answer


def pull_dripping(c, pattern, body, kind, *options):
    document(c.registry, {
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": blob(c.registry, b"{}", CONFIG),
        "layers": [blob(c.registry, b"x" * len(body), LAYER)]}, "t")
    c.registry.on("GET", pattern, drip(body, .2, {"Content-Type": kind}),
                  times=-1)
    c.hurry()
    return c.run("pull", f"{c.registry.host}/x/y:t", "-o", "out", "--retries",
                 "0", *options)


@found(10, "a body that drips is ended")
def dripping_body(c):
    check(pull_dripping(c, "/blobs/", b"x" * 4000,
                        "application/octet-stream") == 1, c.told)
    said(c, "too few bytes")
    check(not (c.folder / "out").exists(), "something is left")


@found(10, "a document has a longest time in all")
def dripping_document(c):
    check(pull_dripping(c, "/manifests/", b"x" * 4000, MANIFEST,
                        "--speed-limit", "0") == 1, c.told)
    said(c, "took too long")


@found(10, "an answer that begins after minutes is no failure, or as was said")
def late_answer(c):
    def late(r):
        time.sleep(5)       # 150 seconds
    image(c.registry, "linux/riscv64", "t")
    c.hurry()
    pull = ("pull", f"{c.registry.host}/x/y:t", "-o", "out.tar", "--retries",
            "0")
    c.registry.on("GET", "/manifests/", late)
    check(c.run(*pull) == 0, c.told)
    c.registry.on("GET", "/manifests/", late)
    check(c.run(*pull, "--first-byte-timeout", "60") == 1, c.told)
    said(c, "too long")
    # After a body, too.
    c.registry.on("PUT", "/manifests/", late, times=-1)
    check(c.run("push", INPUTS["small"], f"{c.registry.host}/x/z:t",
                "--retries", "0", "--first-byte-timeout", "60") == 1, c.told)
    said(c, "too long")
    for wrong in (("--first-byte-timeout", "0"), ("--speed-limit", "much")):
        check(c.run(*pull, *wrong) == 2, c.told)


def main():
    if sys.argv[2:3] == ["--inside"]:
        return inside()
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, faults.Case, faults.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
