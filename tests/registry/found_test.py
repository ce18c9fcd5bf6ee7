#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults that users and reviews found, by the number of their report.

    found_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import http.server
import json
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from faults import NAME, secure                         # noqa: E402
from fake import Registry, Token                        # noqa: E402
from harness import INPUTS, check, said                 # noqa: E402

TESTS = []


def found(number, title):
    def register(function):
        TESTS.append((f"faults {number}: {title}", function))
        return function
    return register


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
    secure(c)
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
    check(not asked, f"the private server got {asked}")
    # A registry that is at a private address itself may lead to others.
    own = Registry(host="127.0.0.2")
    own.on("POST", "/uploads/", lambda r: r.reply(
        202, {"Location": elsewhere + "/upload"}), times=-1)
    own_port = own.host.rsplit(":", 1)[1]
    case.run("push", folder / "small.tar", f"own.example:{own_port}/x/y:t",
             "--plain-http", "--retries", "0")
    check(asked, "a private registry was not followed: " + case.told)
    case.close()


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
    check(run.returncode == 0, run.stdout)


def main():
    if sys.argv[2:3] == ["--inside"]:
        return inside()
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, faults.Case, faults.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
