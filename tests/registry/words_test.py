#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is said of a registry that refuses something.

    words_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import json
import pathlib
import re
import ssl
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import Token                                  # noqa: E402
from faults import NAME, secure                         # noqa: E402
from harness import INPUTS, check, said                 # noqa: E402

TESTS = []
found = harness.found_in(TESTS)
UPPER = "upper-case"


def push(c, *args, **kw):
    c.forget()
    return c.run("push", INPUTS["small"], c.registry.host + "/x/y:t",
                 "--retries", "0", *args, **kw)


@found(25, "upper case in a name is said, in every command")
def upper_case(c):
    spec = str(INPUTS["small"]).replace(".tar", ".spec")
    name = "registry.example/Me/App:1"
    own = c.folder / "own.spec"
    own.write_text(json.dumps({"version": 1, "image": name, "layers": []}))
    based = c.folder / "based.spec"
    based.write_text(json.dumps({"version": 1, "base": "docker://" + name}))
    for args in (("push", INPUTS["small"], name),
                 ("copy", INPUTS["small"], name), ("copy", name, "x.tar"),
                 ("pull", name, "-o", "x.tar"), ("inspect", name),
                 ("inspect", "docker://" + name), ("lint", name), ("build", spec, "--push", name),
                 ("build", spec, "--push=" + name),
                 ("build", spec, "-t", name, "-o", "x.tar"),
                 ("build", own, "-o", "x.tar"),
                 ("build", based, "-o", "x.tar"), ("lock", based),
                 ("index", "create", name, INPUTS["small"]),
                 ("index", "append", name, INPUTS["small"])):
        c.forget()
        check(c.run(*args) in (1, 2), c.told)
        said(c, UPPER, "registry.example/me/app")
    c.forget()
    check(c.run("build", spec, "-t", "Me/App", "-o", "x.tar") == 2, c.told)
    said(c, UPPER, "'me/app'")
    check(sorted(p.name for p in c.folder.iterdir()
                 if p.suffix != ".spec") == [], "something is left")


@found(25, "413 names a size below the one that was refused")
def too_large(c):
    c.registry.on("PUT", "/uploads/", lambda r: (r.body(), r.reply(413)),
                  times=-1)
    c.registry.on("PATCH", "/uploads/", lambda r: (r.body(), r.reply(413)),
                  times=-1)
    big = c.folder / "big"
    big.write_bytes(harness.os.urandom(3 << 20))
    spec = c.folder / "big.spec"
    spec.write_text(json.dumps({"version": 1, "layers": [
        {"entries": [{"path": "/big", "from": "big"}]}]}))
    check(c.run("build", spec, "-o", "big.tar") == 0, c.told)
    size = 3 << 20
    for option in ((), ("--chunk-size", "1MiB"), ("--chunk-size", "256KiB"),
                   ("--chunk-size", "200KiB")):
        c.forget()
        check(c.run("push", "big.tar", c.registry.host + "/x/y:t",
                    "--retries", "0", *option) == 1, c.told)
        hint = re.search(r"--chunk-size (\d+)(K|M)iB", c.said)
        told = int(hint[1]) << (20 if hint[2] == "M" else 10)
        if option:
            number, unit = re.match(r"(\d+)(.)", option[1]).groups()
            size = int(number) << (20 if unit == "M" else 10)
        check(64 << 10 <= told < size, (c.said, size))
    c.forget()
    check(c.run("push", "big.tar", c.registry.host + "/x/y:t", "--retries",
                "0", "--chunk-size", "64KiB") == 1, c.told)
    said(c, "413", "limit")
    check("--chunk-size" not in c.said, c.said)


@found(25, "413 of a manifest speaks of no chunks")
def large_manifest(c):
    c.registry.on("PUT", "/manifests/", lambda r: (r.body(), r.reply(413)))
    check(push(c) == 1, c.told)
    said(c, "413", "manifest is too large")
    check("--chunk-size" not in c.said, c.said)


@found(25, "http against https, and the other way")
def wrong_scheme(c):
    plain = c.registry
    # The server gets TLS, and takes it for a line that is no request.
    check(push(c, "--insecure", "--retries", "3") == 1, c.told)
    said(c, "--plain-http")
    check("waiting" not in c.told, "it was tried again")
    for words in ("Client sent an HTTP request to an HTTPS server.\n",
                  "<html><head><title>400 The plain HTTP request was sent to "
                  "HTTPS port</title></head></html>"):
        plain.scripts.clear()
        plain.on("GET", "/", lambda r, w=words: r.reply(400, {}, w), times=-1)
        plain.on("HEAD", "/", lambda r: r.reply(400), times=-1)
        check(push(c) == 1, c.told)
        said(c, "it speaks https", "--ca-file")
        check(push(c, "--plain-http") == 1, c.told)
        said(c, "leave --plain-http out")


@found(25, "a certificate that is not trusted names --ca-file, or its name")
def certificate(c):
    secure(c)
    there = ("push", INPUTS["small"], f"{NAME}/x/y:t", "--retries", "0")
    check(c.run(*there) == 1, c.told)
    said(c, "--ca-file")
    folder = c.folder / "certificates"
    folder.mkdir()
    ca, *pair = harness.make_certificate(folder, ("other.example",))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*pair)
    for path in folder.glob("*key*"):
        path.unlink()
    other = c.server(tls=tls)
    proxy = secure(c)
    proxy.routes[NAME + ":443"] = other.host
    c.forget()
    check(c.run(*there, "--ca-file", ca) == 1, c.told)
    said(c, "another name")
    check("with --ca-file" not in c.said, c.said)


@found(25, "reasons are shown, wherever a registry puts them")
def reasons(c):
    for body, words in (
            ('{"errors":[{"code":"DENIED","message":"denied",'
             '"detail":"quota of 5 GB is used up"}]}',
             ("DENIED", "quota of 5 GB is used up")),
            ('{"errors":[{"code":"DENIED","message":"denied",'
             '"detail":{"reason":"the project is read-only"}}]}',
             ("the project is read-only",)),
            ('{"error":"the repository is archived"}',
             ("the repository is archived",)),
            ('{"error":{"code":7,"message":"over quota"}}', ("over quota",)),
            ('{"error":"invalid_grant","error_description":"it has ended"}',
             ("invalid_grant", "it has ended")),
            ('{"message":"no space"}', ("no space",)),
            ('{"errors":["immutable"]}', ("immutable",)),
            ("blocked by the firewall of example.org\nmore", (
                "blocked by the firewall of example.org",)),
            ("<html>\n<head><TITLE>Access denied by policy</TITLE></head>",
             ("Access denied by policy",))):
        c.registry.scripts.clear()
        c.registry.on("PUT", "/manifests/", lambda r, b=body: (
            r.body(), r.reply(403, {}, b)), times=-1)
        check(push(c) == 1, c.told)
        said(c, "403", *words)
        check(c.said.count("\n") == 1, c.said)
    for body in ("", "{", "<html>", "[]", '{"errors":[]}', '{"errors":[7]}',
                 '{"errors":[{"detail":[1,{"a":2}]}]}', "\x01\x1b[31m",
                 "x" * 100000, '{"error":"' + "y" * 100000 + '"}'):
        c.registry.scripts.clear()
        c.registry.on("PUT", "/manifests/", lambda r, b=body: (
            r.body(), r.reply(403, {}, b)), times=-1)
        check(push(c) == 1, c.told)
        said(c, "403")
        check(c.said.isascii() and c.said.count("\n") == 1 and
              "\x1b" not in c.said and len(c.said) < 2200, c.said)


@found(25, "a wrong password is called one")
def wrong_password(c):
    token = c.registry.token = Token(c.registry)
    token.reply_with = lambda r, scopes: r.reply(
        401, {}, '{"details":"incorrect username or password"}')
    check(push(c) == 1, c.told)
    said(c, f"log in with 'oci-pack login {c.registry.host}'")
    check("wrong" not in c.said, c.said)
    login = ("--username", "user", "--password-stdin")
    check(push(c, *login, stdin=b"s3cret-x") == 1, c.told)
    said(c, "the password is wrong", "incorrect username or password",
         c.registry.host)
    # Without a token server, too.
    c.registry.token = None
    c.registry.takes_passwords = True
    c.registry.log.clear()
    for method in ("GET", "HEAD"):
        c.registry.on(method, "/v2/", lambda r: r.reply(
            401, {"WWW-Authenticate": 'Basic realm="x"'}), times=-1)
    check(push(c, *login, stdin=b"s3cret-x") == 1, c.told)
    said(c, "the password is wrong")
    check(len(c.registry.requests("HEAD")) == 2, "it was sent once more")
    c.forget()
    check(c.run("login", c.registry.host, *login, stdin=b"s3cret-x") == 1,
          c.told)
    said(c, "the password is wrong")


@found(25, "a registry that fails is no fault of a place in the spec")
def no_place(c):
    spec = c.folder / "a.spec"
    spec.write_text(json.dumps({
        "version": 1, "base": f"docker://{c.registry.host}/x/base:1",
        "layers": [{"entries": [{"path": "/a", "content": "a"}]}]}))
    build = ("build", spec, "-o", "x.tar", "--lint", "off")
    c.registry.on("GET", "/base/", lambda r: r.error(403, "DENIED", "no"))
    check(c.run(*build) == 1, c.told)
    check(c.said.startswith("oci-pack: base 'docker://"), c.said)
    c.forget()
    check(c.run(*build) == 1, c.told)
    check(re.match(r"\S*a\.spec:1:\d+: base", c.said), c.said)


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, faults.Case, faults.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
