#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The faults that a client of registries has to live through, by number.

    faults.py OCI-PACK [NUMBER...]

Each is a test against a registry of ours that does what the fault says. No
secret may reach an output or another host in any of them. Prints TAP.
"""
import base64
import email.utils
import json
import os
import pathlib
import re
import shutil
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness                                          # noqa: E402
from fake import Token, digest_of                       # noqa: E402
from harness import INPUTS, PAIR, check, pack, said     # noqa: E402
from proxy import Proxy                                 # noqa: E402

FAULTS = {}
UPLOADS = r"/blobs/uploads/"
SESSION = r"/blobs/uploads/session"


def fault(number, title):
    def register(function):
        FAULTS[number, function.__name__] = (title, function)
        return function
    return register


class Case(harness.Case):
    """One test, with a registry."""

    def __init__(self):
        super().__init__()
        self.registry = self.server()

    def login(self, host=None, **entry):
        """A config file with credentials."""
        path = self.folder / "auth.json"
        path.write_text(json.dumps({"auths": {host or
                                              self.registry.host: entry or
                                              {"auth": PAIR}}}))
        self.env["REGISTRY_AUTH_FILE"] = str(path)

    def push(self, image="small", *args, name="x/y:t", server=None, **kw):
        server = server or self.registry
        return self.run("push", INPUTS[image], f"{server.host}/{name}",
                        "--retries", "3", *args, **kw)

    def pull(self, *args, name="x/y:t", server=None, **kw):
        server = server or self.registry
        return self.run("pull", f"{server.host}/{name}", "-o",
                        self.folder / "out", "--retries", "3", *args, **kw)

    def fill(self, image="small", server=None):
        """Puts an image into a registry, and forgets how."""
        server = server or self.registry
        assert self.push(image, server=server) == 0, self.said
        server.log.clear()
        self.forget()

    def pushed(self, image="small", server=None):
        """Whether the tag is there, and all that it leads to."""
        server = server or self.registry
        if "t" not in server.manifests:
            return False
        manifest = json.loads(server.manifests["t"][1])
        return all(d["digest"] in server.blobs
                   for d in manifest["layers"] + [manifest["config"]])


def uploads(case, status=0, image="small", *args, **kw):
    check(case.push(image, *args, **kw) == status, case.said)
    check(case.pushed() == (status == 0), "the tag is not as it should be")


def bodies(case, server=None):
    return (server or case.registry).requests("PUT", "digest=")


# --- is it there, can it be mounted ------------------------------------------

@fault(1, "HEAD 200: no upload")
def head_200(c):
    c.fill()
    uploads(c)
    check(not c.registry.requests("POST"), "it uploads what is there")


@fault(2, "HEAD 403 without a body: the GET's text is shown")
def head_403(c):
    c.registry.on("HEAD", "/blobs/", lambda r: r.reply(403), times=-1)
    c.registry.on("GET", "/blobs/", lambda r: r.error(
        403, "DENIED", "no entry for you"), times=-1)
    check(c.push() == 1, "it takes a 403 for success")
    said(c, "no entry for you", "403")


@fault(3, "HEAD 405 on a manifest: GET")
def head_405(c):
    c.fill()
    c.registry.on("HEAD", "/manifests/", lambda r: r.reply(405), times=-1,
                  optional=True)
    check(c.pull() == 0, c.said)


@fault(4, "HEAD 200, then the manifest is refused with BLOB_UNKNOWN: "
          "uploaded again, once")
def stale_head(c):
    c.registry.on("HEAD", "/blobs/", lambda r: r.reply(200), times=2)

    def refuse(r):
        r.body()
        if not all(d["digest"] in c.registry.blobs for d in
                   json.loads(r.body())["layers"]):
            r.error(404, "MANIFEST_BLOB_UNKNOWN", "blob unknown")

    c.registry.on("PUT", "/manifests/", refuse, times=-1)
    uploads(c)


@fault(5, "mount 201: done")
def mount_201(c):
    c.fill()
    c.registry.manifests.clear()
    wanted = dict(c.registry.blobs)
    c.registry.on("HEAD", "/blobs/", lambda r: r.reply(404), times=-1)
    uploads(c, 0, "small", "--mount-from", "a/b")
    check(not bodies(c), "it uploads what was mounted")
    check(wanted == c.registry.blobs, "other blobs")


@fault(6, "mount 202: its Location is used")
def mount_202(c):
    uploads(c, 0, "small", "--mount-from", "a/b")
    posts = c.registry.requests("POST")
    check(len(posts) == len(bodies(c)), f"{len(posts)} sessions")


@fault(7, "mount 401, 403, 404, 500: a plain POST")
def mount_refused(c):
    for status in (403, 404, 500, 401):
        c.registry.on("POST", "mount=", lambda r, s=status: r.reply(s))
    uploads(c, 0, "layers", "--mount-from", "a/b")


@fault(8, "a token with the mount's scope is refused: done without it")
def mount_token(c):
    c.registry.token = token = Token(c.registry)
    c.login()

    def answer(r, scopes):
        if len(scopes) > 1:
            return r.error(403, "DENIED", "not that one")
        return token.grant(r, scopes)

    token.reply_with = answer
    uploads(c, 0, "small", "--mount-from", "a/b")


# --- Location ----------------------------------------------------------------

def relocate(c, change, times=-1):
    """POST answers with another Location."""
    def answer(r):
        r.body()
        with c.registry.lock:
            c.registry.count += 1
            session = f"session-{c.registry.count}"
            c.registry.uploads[session] = bytearray()
        location = change(f"/v2/x/y/blobs/uploads/{session}", session)
        r.reply(202, {"Location": location} if location else {})
    c.registry.on("POST", UPLOADS, answer, times=times)


@fault(9, "Location is missing: a clear error")
def no_location(c):
    relocate(c, lambda path, s: None)
    uploads(c, 1)
    said(c, "Location")


@fault(10, "Location is relative")
def relative_location(c):
    relocate(c, lambda path, s: f"./{s}")
    uploads(c)


@fault(11, "Location with %3D: its bytes stay")
def encoded_location(c):
    relocate(c, lambda path, s: path + "?_state=a%2Fb%3D%3D&x=1")
    uploads(c)
    check(all("?_state=a%2Fb%3D%3D&x=1&digest=sha256" in r["target"]
              for r in bodies(c)), "the query changed")


@fault(12, "Location that ends in ? or has ?&: one digest parameter")
def odd_queries(c):
    ends = iter(["?", "?&", "?a=b&"] * 4)
    relocate(c, lambda path, s: path + next(ends))
    uploads(c, 0, "layers")
    check(all(r["target"].count("digest=") == 1 for r in bodies(c)),
          "the digest is there twice")


@fault(13, "Location on another host: no authorization goes there")
def other_host(c):
    other = c.server(host="127.0.0.2")
    c.registry.token = Token(c.registry)
    c.login()
    other.blobs = c.registry.blobs
    other.uploads = c.registry.uploads
    relocate(c, lambda path, s: other.url + path)
    uploads(c)
    check(other.requests("PUT"), "nothing came to the other host")
    check(not any("authorization" in r["headers"] for r in other.log),
          "the other host got the authorization")


@fault(13, "--username is for one host, and no other sees it")
def one_host(c):
    other = c.server(host="127.0.0.2")
    c.fill()
    other.token, c.registry.token = Token(other), Token(c.registry)
    login = ("--username", "user", "--password-stdin")
    check(c.run("copy", f"{c.registry.host}/x/y:t", f"{other.host}/x/y:t",
                *login, "--retries", "0", stdin=b"s3cret-password") == 0,
          c.said)
    check(not any("Basic" in r["headers"].get("authorization", "")
                  for r in c.registry.log), "the source got the password")
    check(any("Basic" in r["headers"].get("authorization", "")
              for r in other.log), "the destination did not get it")
    other.log.clear()
    check(c.run("push", INPUTS["small"], f"{c.registry.host}/x/y:t",
                f"{other.host}/x/y:t", *login,
                stdin=b"s3cret-password") == 1, c.said)
    check(not other.log, "the second registry was asked")
    other.log.clear()


@fault(15, "a tag of a layout that leads elsewhere: refused")
def tag_elsewhere(c):
    layout = c.folder / "layout"
    assert c.run("copy", INPUTS["small"], layout) == 0, c.said
    index = json.loads((layout / "index.json").read_text())
    index["manifests"][0]["annotations"] = {
        "org.opencontainers.image.ref.name":
        "t/../../../../victim/prod/manifests/latest"}
    (layout / "index.json").write_text(json.dumps(index))
    check(c.run("push", layout, f"{c.registry.host}/x/y") == 1, c.said)
    check(not c.registry.manifests or
          all(k.startswith("sha256:") for k in c.registry.manifests),
          c.registry.manifests.keys())


@fault(15, "Location with another scheme: refused")
def other_scheme(c):
    relocate(c, lambda path, s: "ftp://169.254.169.254" + path)
    uploads(c, 1)


@fault(16, "POST is redirected, its Location relative to the new place")
def post_redirect(c):
    other = c.server(host="127.0.0.2")
    other.blobs, other.uploads = c.registry.blobs, c.registry.uploads
    c.registry.on("POST", UPLOADS, lambda r: r.reply(
        307, {"Location": other.url + r.target}), times=-1)
    uploads(c)
    check(other.requests("PUT"), "the old place was used")


@fault(17, "PUT 307 after the body: the whole body again")
def put_redirect(c):
    other = c.server(host="127.0.0.2")
    other.blobs, other.uploads = c.registry.blobs, c.registry.uploads

    def redirect(r):
        r.body()
        r.reply(307, {"Location": other.url + r.target})

    c.registry.on("PUT", SESSION, redirect, times=-1)
    uploads(c, 0, "large")


@fault(18, "redirect loop, 303, file: a bounded error")
def bad_redirects(c):
    c.fill()
    for location in ("/v2/x/y/manifests/t", "file:///etc/passwd"):
        c.registry.on("GET", "/manifests/", lambda r, to=location: r.reply(
            307, {"Location": to}), times=12)
        check(c.pull() == 1, c.said)
        c.registry.scripts[-1]["left"] = 0
    check("root:" not in c.said, "it read a file")
    check(len(c.registry.log) < 40, f"{len(c.registry.log)} requests")


# --- the body ----------------------------------------------------------------

@fault(19, "reset in mid-body: again from the start")
def reset_in_body(c):
    def reset(r):
        r.body(limit=200000)
        r.drop()
    c.registry.on("PUT", SESSION, reset)
    uploads(c, 0, "large")


@fault(20, "an early 401 or 413 in mid-body: the answer is read")
def early_answer(c):
    def early(r):
        if r.length > 1000000:
            r.error(413, "SIZE_INVALID", "too much of it")

    c.registry.on("PUT", SESSION, early, times=-1)
    uploads(c, 0, "large")
    check(c.registry.requests("PATCH"), "it does not go on in pieces")


@fault(21, "10 seconds of silence after the body: no abort")
def silence(c):
    def slow(r):
        r.body()
        time.sleep(10)
    c.registry.on("PUT", SESSION, slow)
    uploads(c)


@fault(22, "a commit without an answer, the blob stored: HEAD, success")
def lost_answer(c):
    def store(r):
        if r.length > 1000000:
            c.registry.blobs[r.args["digest"][0]] = r.body()
            r.drop()
    c.registry.on("PUT", SESSION, store, times=-1)
    uploads(c, 0, "one")
    check(len(bodies(c)) == 2, f"{len(bodies(c))} bodies for two blobs")


@fault(22, "a commit that is never answered, the blob stored: HEAD, success")
def no_answer(c):
    ended = threading.Event()
    c.closing.append(ended.set)

    def store(r):
        if r.length > 1000000:
            c.registry.blobs[r.args["digest"][0]] = r.body()
            ended.wait(30)
            r.drop()

    c.hurry()
    c.registry.on("PUT", SESSION, store, times=-1)
    uploads(c, 0, "one")
    check(len(bodies(c)) == 2, f"{len(bodies(c))} bodies for two blobs")


@fault(23, "a commit 404, the blob missing: a new session")
def commit_404(c):
    def lose(r):
        r.body()
        r.error(404, "BLOB_UPLOAD_UNKNOWN", "what session?")
    c.registry.on("PUT", SESSION, lose)
    uploads(c)
    check(len(bodies(c)) == 3, f"{len(bodies(c))} bodies")


@fault(24, "a commit 200, 202, 204: HEAD verifies")
def odd_commits(c):
    statuses = iter((200, 202, 204))

    def store(r):
        c.registry.blobs[r.args["digest"][0]] = r.body()
        r.reply(next(statuses))

    c.registry.on("PUT", SESSION, store, times=3)
    uploads(c, 0, "layers")
    check(len(c.registry.requests("HEAD")) >= 6, "it does not ask")


@fault(25, "a commit 400 DIGEST_INVALID: the source again, then a clear error")
def digest_invalid(c):
    def refuse(r):
        r.body()
        r.error(400, "DIGEST_INVALID", "digest mismatch")
    c.registry.on("PUT", SESSION, refuse, times=-1)
    uploads(c, 1)
    said(c, "DIGEST_INVALID")
    worst = max(sum(d in r["target"] for r in bodies(c)) for d in
                {r["target"].split("digest=")[1] for r in bodies(c)})
    check(worst == 2, f"{worst} attempts")


@fault(26, "the source changes in mid-upload: detected")
def source_changes(c):
    layout = c.folder / "layout"
    shutil.copytree(INPUTS["layout"], layout)
    largest = max((layout / "blobs/sha256").iterdir(),
                  key=lambda p: p.stat().st_size)

    def change(r):
        r.body(limit=100000)
        with largest.open("r+b") as f:
            f.seek(-1000, os.SEEK_END)
            f.write(b"changed")
        r.body()
        r.got = None
        r.drop()

    c.registry.on("PUT", largest.name, change)
    status = c.run("push", layout, f"{c.registry.host}/x/y:t", "--retries",
                   "3")
    check(status == 1, "it pushed what had changed")
    check("t" not in c.registry.manifests, "there is a tag")
    said(c, largest.name)


# --- pieces ------------------------------------------------------------------

CHUNKS = ("--chunk-size", "1MiB")


@fault(27, "a piece 416 with Range: resumed")
def chunk_416(c):
    def cut(r):
        session = r.path.rsplit("/", 1)[1]
        c.registry.uploads[session] += r.body()[:300000]
        r.reply(416, {"Location": r.path,
                      "Range": c.registry.range_of(session)})
    c.registry.on("PATCH", SESSION, cut)
    uploads(c, 0, "large", *CHUNKS)


@fault(28, "a piece 416 without headers, GET 204: resumed")
def chunk_416_bare(c):
    def cut(r):
        c.registry.uploads[r.path.rsplit("/", 1)[1]] += r.body()[:300000]
        r.reply(416)
    c.registry.on("PATCH", SESSION, cut)
    uploads(c, 0, "large", *CHUNKS)
    check(c.registry.requests("GET", SESSION), "it does not ask")


@fault(29, "the status of a session is 404: from the start")
def session_gone(c):
    def forget(r):
        r.body()
        del c.registry.uploads[r.path.rsplit("/", 1)[1]]
        r.reply(416)
    c.registry.on("PATCH", SESSION, forget)
    uploads(c, 0, "large", *CHUNKS)


@fault(30, "a Range that is short: the tail again")
def short_range(c):
    def half(r):
        session = r.path.rsplit("/", 1)[1]
        c.registry.uploads[session] += r.body()[:500000]
        r.reply(202, {"Location": r.path,
                      "Range": c.registry.range_of(session)})
    c.registry.on("PATCH", SESSION, half)
    uploads(c, 0, "large", *CHUNKS)


@fault(31, "a Range that stands still (ECR): our own count holds")
def stalled_range(c):
    first = {}

    def stall(r):
        session = r.path.rsplit("/", 1)[1]
        c.registry.uploads[session] += r.body()
        r.reply(202, {"Location": r.path, "Range": first.setdefault(
            session, c.registry.range_of(session))})

    c.registry.on("PATCH", SESSION, stall, times=-1)
    uploads(c, 0, "large", *CHUNKS)


@fault(32, "Range: 0-0 is one byte or none: from the start")
def zero_range(c):
    c.registry.on("PATCH", SESSION, lambda r: (r.body(), r.reply(416)))
    uploads(c, 0, "large", *CHUNKS)
    check(c.registry.requests("GET", SESSION), "it does not ask")
    c.registry.clear()
    c.registry.on("PATCH", SESSION, lambda r: (r.body(), r.reply(
        202, {"Location": r.path, "Range": "0-0"})))
    uploads(c, 0, "large", *CHUNKS)


@fault(33, "a Range beyond what was sent, or no number: rejected")
def wrong_range(c):
    for wrong in ("0-99999999999", "0-99999999999999999999999", "7-9"):
        c.registry.on("PATCH", SESSION, lambda r, w=wrong: (
            r.body(), r.reply(202, {"Location": r.path, "Range": w})))
        uploads(c, 1, "large", *CHUNKS)


@fault(34, "a least piece of 2^63 bytes: capped")
def huge_minimum(c):
    c.registry.min_chunk = 2 ** 63
    uploads(c, 0, "large", *CHUNKS)
    check(c.registry.requests("PATCH"), "not in pieces")
    c.registry.log.clear()
    c.registry.clear()
    c.registry.min_chunk = 5 << 20
    uploads(c, 0, "large", *CHUNKS)
    sizes = [int(r["headers"]["content-length"])
             for r in c.registry.requests("PATCH")]
    check(max(sizes) == 5 << 20, sizes)


@fault(35, "416 with 4.00MiB in its text: smaller pieces")
def ghcr_cap(c):
    def cap(r):
        if r.length > 4 << 20:
            r.body()
            r.error(416, "BLOB_UPLOAD_INVALID",
                    "chunk is larger than 4.00MiB")
    c.registry.on("PATCH", SESSION, cap, times=-1)
    uploads(c, 0, "large", "--chunk-size", "6MiB")


@fault(36, "PATCH 201: handled")
def patch_201(c):
    def created(r):
        session = r.path.rsplit("/", 1)[1]
        c.registry.uploads[session] += r.body()
        r.reply(201, {"Location": r.path})
    c.registry.on("PATCH", SESSION, created, times=-1)
    uploads(c, 0, "large", *CHUNKS)


# --- again, later ------------------------------------------------------------

@fault(37, "429 with seconds, a date, a past date, garbage: a bounded wait")
def retry_after(c):
    past = email.utils.formatdate(harness.now() - 100, usegmt=True)
    soon = email.utils.formatdate(harness.now() + 2, usegmt=True)
    for value in ("1", past, soon):
        c.registry.on("POST", UPLOADS, lambda r, v=value: r.reply(
            429, {"Retry-After": v}))
    start = time.monotonic()
    uploads(c, 0, "layers")
    check(1 <= time.monotonic() - start < 20, "the wait")
    c.registry.on("HEAD", "/blobs/", lambda r: r.reply(
        429, {"Retry-After": "soon, maybe"}))
    uploads(c)


@fault(37, "429 with a wait of years: of a minute, at most")
def retry_after_huge(c):
    c.hurry()
    for value in ("99999999999999999999999", "86400",
                  "Fri, 31 Dec 9999 23:59:59 GMT"):
        c.registry.on("POST", UPLOADS, lambda r, v=value: r.reply(
            429, {"Retry-After": v}))
    uploads(c, 0, "layers")
    waits = [int(n) for n in re.findall(r"waiting (\d+) ms", c.told)]
    check(len(waits) == 3 and max(waits) <= 60000, waits)


@fault(38, "429 with the delay in its message alone: a pause")
def delay_in_message(c):
    c.registry.on("POST", UPLOADS, lambda r: r.error(
        429, "TOOMANYREQUESTS", "retry-after: 153.456µs"))
    uploads(c)


@fault(39, "403 secondary rate limit: a hint")
def secondary_limit(c):
    c.registry.on("POST", UPLOADS, lambda r: r.error(
        403, "DENIED", "You have exceeded a secondary rate limit"), times=-1)
    check(c.run("push", INPUTS["small"], f"{c.registry.host}/x/y:t",
                "--retries", "0") == 1, c.said)
    said(c, "secondary rate limit")


@fault(39, "403 secondary rate limit: a pause of half a minute, then success")
def secondary_pause(c):
    c.hurry()
    c.registry.on("POST", UPLOADS, lambda r: r.error(
        403, "DENIED", "You have exceeded a secondary rate limit"))
    uploads(c)
    check("waiting 30000 ms" in c.told, c.told)


@fault(40, "500, 502, 503, 504, then fine: success")
def passing_errors(c):
    for status in (500, 502, 503):
        c.registry.on("POST", UPLOADS, lambda r, s=status: r.reply(s))
    c.registry.on("PUT", "/manifests/", lambda r: (r.body(), r.reply(504)))
    uploads(c)
    c.registry.clear()
    c.registry.on("PATCH", SESSION, lambda r: (r.body(), r.reply(503)))
    uploads(c, 0, "large", *CHUNKS)
    token = with_token(c)
    c.registry.on("GET", "/token", lambda r: r.reply(503))
    uploads(c)
    check(token.scopes_seen, "no token was asked for")


@fault(41, "400 and 403 denials: no retry, a hint")
def denial(c):
    c.registry.on("POST", UPLOADS, lambda r: r.error(
        403, "DENIED", "permission_denied: write_package"), times=-1)
    uploads(c, 1, "one")
    said(c, "permission_denied", "rights")
    check(len(c.registry.requests("POST")) <= 2, "it tries again")


@fault(42, "an error's body of HTML, without end, cut short: capped")
def error_bodies(c):
    def endless(r):
        r.reply(403, {"Content-Type": "text/html"}, b"<html>" * 4096,
                length=1 << 30)
        try:
            for _ in range(1 << 15):
                r.handler.wfile.write(b"x" * 32768)
        except OSError:
            pass
        r.handler.close_connection = True

    c.registry.on("POST", UPLOADS, endless, times=-1)
    start = time.monotonic()
    uploads(c, 1)
    check(len(c.said) < 4000, "it prints all of it")
    check(time.monotonic() - start < 20, "it reads all of it")


# --- authentication ----------------------------------------------------------

def with_token(c):
    c.registry.token = Token(c.registry)
    c.login()
    return c.registry.token


@fault(43, "Negotiate, Basic and Bearer in one line: Bearer")
def many_challenges(c):
    token = with_token(c)
    real = token.challenge()
    token.challenge = lambda: 'Negotiate, Basic realm="x", ' + real
    uploads(c)


@fault(44, "a quoted comma, an escape, an open quote: read, or rejected")
def odd_challenges(c):
    token = with_token(c)
    real = token.realm
    token.challenge = lambda: (f'Bearer service="a, \\"b\\" c" ,realm='
                               f'"{real}"')
    uploads(c)
    check(any("service=a%2C" in r["target"] for r in
              c.registry.requests("GET", "/token")), "the service")
    token.issued.clear()
    token.challenge = lambda: f'Bearer realm="{real}'
    check(c.push() == 1, c.said)


@fault(45, "an attacker's realm: no credentials go there")
def foreign_realm(c):
    token = with_token(c)
    token.realm = "http://token.example.invalid/token"
    uploads(c, 1)
    said(c, "another host")


@fault(46, "the token's page redirects to another host: no credentials")
def token_redirect(c):
    token = with_token(c)
    other = c.server(host="127.0.0.2")
    token.reply_with = lambda r, scopes: r.reply(
        307, {"Location": other.url + "/token"})
    uploads(c, 1)
    check(not any("authorization" in r["headers"] for r in other.log),
          "credentials went there")


@fault(47, "access_token alone; expires_in 0 or negative: works")
def odd_tokens(c):
    token = with_token(c)
    for expires in (0, -5):
        token.reply_with = lambda r, scopes, e=expires: token.grant(
            r, scopes, access_token="TOKEN", expires_in=e)
        token.issued.clear()
        uploads(c)


@fault(48, "a token without push: one retry, a clear error")
def weak_token(c):
    token = with_token(c)
    token.deny_push = True
    uploads(c, 1)
    said(c, "401")
    check(len(c.registry.requests("GET", "/token")) < 12, "again and again")


@fault(49, "POST of an identity token 404 or 405: GET")
def no_oauth(c):
    token = with_token(c)
    c.login(auth=PAIR, identitytoken="s3cret-identity")
    for status in (404, 405):
        c.registry.on("POST", "/token", lambda r, s=status: (
            r.body(), r.reply(s)))
        token.issued.clear()
        token.scopes_seen.clear()
        uploads(c)
        check(token.scopes_seen, "no GET came")


@fault(50, "the token expires in mid-body: another, and once again")
def expired_token(c):
    token = with_token(c)

    def expire(r):
        r.body()
        token.issued.clear()

    c.registry.on("PUT", SESSION, expire)
    uploads(c, 0, "large")


@fault(51, "401 without end: bounded")
def endless_401(c):
    token = with_token(c)
    token.valid = lambda r: False
    uploads(c, 1)
    check(len(c.registry.log) < 40, f"{len(c.registry.log)} requests")


@fault(52, "a blob's GET 307 to storage: no authorization goes there")
def blob_storage(c):
    storage = c.server(host="127.0.0.2")
    storage.blobs, storage.signs = c.registry.blobs, True
    with_token(c)
    c.fill()
    c.registry.on("GET", r"/blobs/sha256", lambda r: r.reply(
        307, {"Location": storage.url + r.path + "?sig=s3cret-signature"})
        if c.registry.token.valid(r) else None, times=-1)
    check(c.pull() == 0, c.said)
    check(storage.requests("GET"), "nothing came to the storage")
    check(not any("authorization" in r["headers"] for r in storage.log),
          "the storage got the authorization")


@fault(53, "a signed address has expired (403): asked for again")
def signed_expired(c):
    storage = c.server(host="127.0.0.2")
    storage.blobs = c.registry.blobs
    c.fill()
    storage.on("GET", "/blobs/", lambda r: r.reply(403))
    c.registry.on("GET", r"/blobs/sha256", lambda r: r.reply(
        307, {"Location": storage.url + r.path}), times=-1)
    check(c.pull() == 0, c.said)


# --- downloads ---------------------------------------------------------------

@fault(54, "a GET cut short, its Range answered with 200: what was had is "
           "passed over")
def cut_get(c):
    c.fill("large")
    large = max(c.registry.blobs.values(), key=len)

    def cut(r):
        r.reply(200, body=large[:700000], length=len(large))
        r.drop()

    name = digest_of(large)
    c.registry.on("GET", name, cut)
    c.registry.on("GET", name, lambda r: r.reply(200, body=large))
    check(c.pull() == 0, c.said)
    check(c.run("verify", c.folder / "out") == 0, c.said)


@fault(55, "wrong bytes, or more of them: rejected, nothing is left")
def wrong_bytes(c):
    c.fill("large")
    large = max(c.registry.blobs.values(), key=len)
    for wrong in (large[:-1] + b"?", large + b"more", b""):
        c.registry.on("GET", digest_of(large), lambda r, w=wrong: r.reply(
            200, body=w))
        check(c.pull() == 1, "it takes wrong bytes")
        check(not (c.folder / "out").exists(), "something is left")
    check(not c.litter(), c.litter())


@fault(56, "a manifest that is not the digest asked for: rejected")
def other_manifest(c):
    c.fill()
    kind, body = c.registry.manifests["t"]
    c.registry.on("GET", "/manifests/sha256", lambda r: r.reply(
        200, {"Content-Type": kind}, body + b"\n"))
    check(c.pull(name="x/y@" + digest_of(body)) == 1, c.said)
    said(c, "digest")
    c.registry.manifests["sha512:" + "ab" * 64] = (kind, body)
    check(c.pull(name="x/y@sha512:" + "ab" * 64) == 1, "sha512 unchecked")


@fault(57, "a media type that differs; manifests beside layers: rejected")
def confused_types(c):
    c.fill()
    kind, body = c.registry.manifests["t"]
    index = "application/vnd.oci.image.index.v1+json"
    c.registry.manifests["t"] = (index, body)
    check(c.pull() == 1, c.said)
    both = json.dumps({**json.loads(body), "manifests": []}).encode()
    c.registry.manifests["t"] = (kind, both)
    check(c.pull() == 1, c.said)


@fault(58, "Docker-Content-Digest of a PUT wrong: an error; absent: fine")
def answered_digest(c):
    def keep(r, headers):
        body = r.body()
        c.registry.manifests[r.path.rsplit("/", 1)[1]] = (
            r.headers["Content-Type"], body)
        r.reply(201, headers)
    c.registry.on("PUT", "/manifests/", lambda r: keep(r, {}), times=2)
    uploads(c)
    c.registry.clear()
    c.registry.on("PUT", "/manifests/", lambda r: keep(
        r, {"Docker-Content-Digest": "sha256:" + "0" * 64}))
    check(c.push() == 1, c.said)


@fault(59, "a child's PUT fails: index and tag are never sent")
def child_fails(c):
    c.registry.on("PUT", "/manifests/sha256", lambda r: (
        r.body(), r.error(400, "MANIFEST_INVALID", "no")))
    check(c.push("index") == 1, c.said)
    check("t" not in c.registry.manifests, "there is a tag")
    check(len(c.registry.requests("PUT", "/manifests/")) == 1,
          "more was sent")


@fault(60, "one of several tags fails: what became of the others is told")
def tag_fails(c):
    c.registry.on("PUT", "/manifests/b", lambda r: (
        r.body(), r.error(403, "DENIED", "that tag is locked")))
    check(c.push("tags", name="x/y") == 1, c.said)
    said(c, "1 of 3 tags were set: a", "locked")


# --- the rest ----------------------------------------------------------------

def helper(c, script):
    c.helper(c.registry.host, script)


def subject_layout(c):
    """The small image, and a manifest whose subject it is."""
    layout = c.folder / "layout"
    assert c.run("copy", INPUTS["small"], layout) == 0, c.said
    index = json.loads((layout / "index.json").read_text())
    subject = {k: index["manifests"][0][k] for k in
               ("mediaType", "digest", "size")}
    empty = b"{}"
    config = {"mediaType": "application/vnd.oci.empty.v1+json",
              "digest": digest_of(empty), "size": 2}
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": subject["mediaType"],
        "artifactType": "application/x-test", "config": config,
        "layers": [config], "subject": subject,
        "annotations": {"a": "b"}}).encode()
    for data in (empty, manifest):
        (layout / "blobs" / digest_of(data).replace(":", "/")).write_bytes(
            data)
    index["manifests"] = [{"mediaType": subject["mediaType"],
                           "digest": digest_of(manifest),
                           "size": len(manifest),
                           "annotations": {"org.opencontainers.image.ref."
                                           "name": "s"}}]
    (layout / "index.json").write_text(json.dumps(index))
    return layout, subject["digest"].replace(":", "-"), digest_of(manifest)


@fault(61, "no OCI-Subject: the fallback tag is made, kept, or refused")
def referrers(c):
    c.fill()
    c.registry.subject = False
    layout, tag, digest = subject_layout(c)
    push = ("push", layout, f"{c.registry.host}/x/y:s")
    check(c.run(*push) == 0, c.said)
    entries = json.loads(c.registry.manifests[tag][1])["manifests"]
    check([(e["digest"], e["artifactType"], e["annotations"])
           for e in entries] == [(digest, "application/x-test", {"a": "b"})],
          entries)
    check(c.run(*push) == 0, c.said)
    check(len(json.loads(c.registry.manifests[tag][1])["manifests"]) == 1,
          "it is there twice")
    c.registry.manifests[tag] = c.registry.manifests["t"]
    check(c.run(*push) == 1, "it wrote over an image")
    said(c, "referrers")
    c.registry.subject = True
    del c.registry.manifests[tag]
    check(c.run(*push) == 0 and tag not in c.registry.manifests,
          "the fallback where the registry lists them itself")


@fault(61, "the fallback tag changes meanwhile: written once more, with both")
def referrers_race(c):
    c.fill()
    c.registry.subject = False
    layout, tag, digest = subject_layout(c)
    other = {"mediaType": "application/vnd.oci.image.manifest.v1+json",
             "digest": "sha256:" + "ab" * 32, "size": 7}

    def overtake(r):
        body = json.loads(r.body())
        body["manifests"] = [other]
        c.registry.manifests[tag] = (r.headers["Content-Type"],
                                     json.dumps(body).encode())
        r.reply(201)

    c.registry.on("PUT", "/manifests/" + tag, overtake)
    check(c.run("push", layout, f"{c.registry.host}/x/y:s") == 0, c.said)
    entries = json.loads(c.registry.manifests[tag][1])["manifests"]
    check([e["digest"] for e in entries] == [other["digest"], digest], entries)


NAME = "registry.example"


def secure(c, *names):
    """A registry with TLS that a proxy leads to by its names."""
    import ssl
    ca, server, key = certificate()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server, key)
    c.registry = c.server(tls=context)
    proxy = c.server(kind=Proxy)
    for name in names or (NAME + ":443",):
        proxy.routes[name] = c.registry.host
    c.env["HTTPS_PROXY"] = proxy.url
    c.trust = ("--ca-file", ca, "--retries", "1")
    return proxy


@fault(14, "Location drops :443, or adds it: the same origin")
def default_port(c):
    for name, place in ((NAME + ":443", NAME), (NAME, NAME + ":443")):
        proxy = secure(c)
        c.registry.token = token = Token(c.registry)
        token.realm = f"https://{place}/token"
        c.login(NAME)
        relocate(c, lambda path, s: f"https://{place}{path}")
        status = c.run("push", INPUTS["small"], f"{name}/x/y:t", *c.trust)
        check(status == 0 and c.pushed(), c.told)
        check(all("authorization" in r["headers"] for r in bodies(c)),
              "the authorization did not come along")
        check(set(proxy.targets()) == {NAME + ":443"}, proxy.targets())


@fault(15, "Location from https to http, or to a private address: refused")
def worse_location(c):
    proxy = secure(c)
    for place in ("http://" + NAME, "https://169.254.169.254",
                  "https://127.0.0.1", "https://[::1]"):
        relocate(c, lambda path, s: place + path)
        check(c.run("push", INPUTS["small"], f"{NAME}/x/y:t",
                    *c.trust) == 1, c.told)
        said(c, "https to http" if place[:5] == "http:" else "private")
        c.forget()
        c.registry.scripts.clear()
    check(set(proxy.targets()) == {NAME + ":443"}, proxy.targets())
    check("t" not in c.registry.manifests, "there is a tag")


@fault(66, "a proxy that refuses (407); NO_PROXY: the right way")
def proxies(c):
    proxy = c.server(host="127.0.0.3")
    proxy.on("HEAD", "http://", lambda r: r.reply(407), times=-1)
    proxy.on("GET", "http://", lambda r: r.reply(407), times=-1)
    c.env["http_proxy"] = proxy.url
    push = ("push", INPUTS["small"], f"{NAME}/x/y:t", "--plain-http",
            "--retries", "0")
    check(c.run(*push) == 1, c.said)
    said(c, "407", "the proxy wants")
    asked = len(proxy.log)
    c.env["NO_PROXY"] = NAME
    check(c.run(*push) == 1 and len(proxy.log) == asked, "it asked the proxy")
    said(c, "resolve")
    uploads(c)


@fault(66, "CONNECT 407: one line; with the proxy's password: done")
def connect_refused(c):
    proxy = secure(c)
    proxy.user, proxy.takes_passwords = "user:s3cret-password", True
    push = ("push", INPUTS["small"], f"{NAME}/x/y:t", *c.trust)
    check(c.run(*push) == 1, c.told)
    harness.refusal(c, "407", "registry registry.example", "the proxy wants")
    check(not c.registry.log, "a request came to the registry")
    check("waiting" not in c.told, "it tries again what is refused")
    c.env["HTTPS_PROXY"] = proxy.url.replace("//", f"//{proxy.user}@")
    check(c.run(*push) == 0 and c.pushed(), c.told)
    check(not any("proxy-authorization" in r["headers"]
                  for r in c.registry.log), "the registry got it, too")


@fault(66, "CONNECT is reset: again; without end: bounded, one line")
def connect_reset(c):
    proxy = secure(c)
    push = ("push", INPUTS["one"], f"{NAME}/x/y:t", *c.trust,
            "--retries", "2")
    proxy.answers = [None, None]
    check(c.run(*push) == 0 and c.pushed("one"), c.told)
    check(len(proxy.log) >= 4, "the resets did not come")
    c.forget()
    c.registry.manifests.clear()
    proxy.answers = [None] * 50
    check(c.run(*push) == 1, c.told)
    harness.refusal(c, "registry registry.example")
    check(len(proxy.answers) > 30, "it tries without end")
    check("t" not in c.registry.manifests, "there is a tag")
    proxy.answers.clear()


@fault(66, "a proxy's address that is wrong: one line, without its password")
def wrong_proxy(c):
    secure(c)
    for place in ("http://USER@[bad", "ftp://USER@127.0.0.3:1",
                  "http://USER@127.0.0.3:1", "http://USER@127.0.0.3:1:2",
                  "http://USER@proxy.invalid:99999",
                  "socks5://USER@127.0.0.3:1"):
        c.env["HTTPS_PROXY"] = place.replace("USER", "user:s3cret-password")
        check(c.run("push", INPUTS["small"], f"{NAME}/x/y:t", *c.trust,
                    "--retries", "0") == 1, c.told)
        harness.refusal(c, "registry registry.example")
        c.forget()


@fault(66, "NO_PROXY, by each of its spellings: past the proxy")
def past_proxy(c):
    proxy = secure(c)
    push = ("push", INPUTS["small"], f"{NAME}/x/y:t", *c.trust[:2],
            "--retries", "0")
    for variable in ("NO_PROXY", "no_proxy"):
        for value in (NAME, "*", "other.example," + NAME, "*.example",
                      ".example", "example", "Registry.Example:443"):
            c.env[variable] = value
            # No name is found here but by the proxy.
            check(c.run(*push) == 1 and "resolve" in c.said, c.told)
            del c.env[variable]
    check(not proxy.log, "it asked the proxy")
    for value in ("." + NAME, NAME + ":444", "xample", "10.0.0.0/8"):
        c.env["NO_PROXY"] = value
        check(c.run(*push) == 0 and c.pushed() and proxy.log,
              "the proxy was left out: " + c.told)
        c.registry.manifests.clear()


@fault(62, "a credential helper missing, garbage, not found: told apart")
def helpers(c):
    c.registry.token = Token(c.registry)
    helper(c, 'cat >/dev/null; echo \'{"ServerURL":"x","Username":"user",'
              '"Secret":"s3cret-password"}\'\n')
    uploads(c)
    helper(c, "cat >/dev/null; echo garbage\n")
    check(c.push() == 1, c.said)
    said(c, "docker-credential-test")
    helper(c, "echo credentials not found in native keychain; exit 1\n")
    check(c.push() == 0, "anonymous is fine here: " + c.said)
    (c.folder / "docker-credential-test").unlink()
    check(c.push() == 1, c.said)


@fault(62, "a credential helper that hangs, or does not end: ended, one line")
def hanging_helper(c):
    c.registry.token = Token(c.registry)
    c.hurry()
    for script in ("exec sleep 20", "exec >&-; exec sleep 20"):
        helper(c, script + "\n")
        check(c.push() == 1, c.told)
        harness.refusal(c, "docker-credential-test", "30 seconds")
        c.forget()
    check(not c.registry.manifests, "there is a manifest")


@fault(63, "bad base64, no colon, a colon in the password: defined")
def odd_auths(c):
    seen = []
    token = with_token(c)

    def answer(r, scopes):
        seen.append(r.headers.get("Authorization"))
        return token.grant(r, scopes)

    token.reply_with = answer
    pair = base64.b64encode(b"user:a:b:c").decode()
    c.login(auth=pair)
    uploads(c)
    check("Basic " + pair in seen, seen)
    for bad in ("!!!", base64.b64encode(b"nocolon").decode()):
        c.login(auth=bad)
        token.issued.clear()
        check(c.push() == 1, c.said)


@fault(64, "Set-Cookie: never sent back")
def cookies(c):
    c.registry.on("HEAD", "/blobs/", lambda r: r.reply(
        404, {"Set-Cookie": "id=s3cret-cookie"}), times=-1)
    uploads(c)
    check(not any("cookie" in r["headers"] for r in c.registry.log),
          "a cookie came back")


@fault(65, "a self-signed certificate, or http where TLS is meant: failure")
def tls(c):
    import ssl
    key, cert = c.folder / "key.pem", c.folder / "cert.pem"
    harness.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
                    7300, "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                    cert)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    secure = c.server(tls=context)
    name = f"{secure.host}/x/y:t"
    check(c.run("push", INPUTS["small"], name, "--retries", "0") == 1,
          "it spoke to it")
    check(not secure.log, "no request may come")
    trust = ("--ca-file", cert, "--retries", "0")
    check(c.run("push", INPUTS["small"], name, *trust) == 0, c.said)
    check(c.run("push", INPUTS["small"], c.registry.host + "/x/y:t",
                *trust) == 1 and not c.registry.log, "it spoke plain http")
    wrong = name.replace("127.0.0.1", "localhost")
    check(c.run("push", INPUTS["small"], wrong, *trust) == 1,
          "it takes a certificate for another name")


def hanging(began):
    """An answer that takes the first bytes, says so, and then none."""
    def hang(r):
        r.body(limit=100000)
        began.set()
        time.sleep(3)
        r.drop()
    return hang


@fault(67, "SIGINT in mid-push: the session is deleted")
def interrupted(c):
    began = threading.Event()
    c.registry.on("PUT", SESSION, hanging(began), times=-1)
    process = c.start("push", INPUTS["one"], f"{c.registry.host}/x/y:t")
    check(began.wait(20), "nothing was sent")
    process.send_signal(signal.SIGINT)
    check(c.finish(process, 20) == -signal.SIGINT, c.said)
    check("t" not in c.registry.manifests, "there is a tag")
    check(c.registry.requests("DELETE", SESSION), "the session is left")


@fault(67, "SIGINT while a credential helper hangs: both end at once")
def interrupted_helper(c):
    c.registry.token = Token(c.registry)
    began = c.folder / "helper-began"
    for script in ("exec sleep 25", "exec >&-; exec sleep 25"):
        helper(c, f"touch {began}; {script}\n")
        process = c.start("push", INPUTS["small"], f"{c.registry.host}/x/y:t")
        start = time.monotonic()
        while not began.exists() and time.monotonic() - start < 20:
            time.sleep(0.01)
        check(began.exists(), "the helper was not asked")
        began.unlink()
        process.send_signal(signal.SIGINT)
        check(c.finish(process, 20) == -signal.SIGINT, c.said)
        c.forget()
    check(not c.registry.manifests, "there is a manifest")


@fault(68, "equal layers and layers without bytes: one upload, valid")
def equal_layers(c):
    check(c.push("equal") == 0, c.said)
    layers = json.loads(c.registry.manifests["t"][1])["layers"]
    check(len(layers) == 3 and layers[0] == layers[1], layers)
    targets = [r["target"].split("digest=")[1] for r in bodies(c)]
    check(len(targets) == len(set(targets)), "a blob went up twice")


# --- inputs and the run ------------------------------------------------------

def certificate():
    return INPUTS["certificate"]


def make_inputs(folder):
    harness.make_clock(folder)
    INPUTS["certificate"] = harness.make_certificate(
        folder, [NAME, "127.0.0.1"])
    (folder / "random").write_bytes(os.urandom(9 << 20))
    one = [{"path": "/a", "content": "one"}]
    large = [{"path": "/r", "from": "random"}]
    pack(folder, "small", [one])
    pack(folder, "one", [large])
    pack(folder, "large", [large, one])
    pack(folder, "layout", [large], layout=True)
    pack(folder, "layers", [one, [{"path": "/b", "content": "two"}],
                            [{"path": "/c", "content": "three"}]])
    pack(folder, "equal", [one, [{"path": "/a", "content": "one"}],
                           [{"path": "/e", "content": ""}]])
    pack(folder, "tags", [one], tags=("a", "b", "c"))
    pack(folder, "index", [one], platforms=("linux/riscv64", "linux/amd64"))


def main():
    chosen = {int(n) for n in sys.argv[2:]}
    tests = [(f"fault {number} - {title}", function)
             for (number, _), (title, function) in sorted(FAULTS.items())
             if not chosen or number in chosen]
    return harness.run_all(tests, Case, make_inputs)


if __name__ == "__main__":
    sys.exit(main())
