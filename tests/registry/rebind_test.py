#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names that lead elsewhere later: a public registry does not reach a private
network by changing the address of its own name.

    rebind_test.py OCI-PACK

Runs itself in namespaces with an /etc/hosts of their own. Prints TAP.
"""
import http.server
import pathlib
import select
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import harness                                          # noqa: E402
from fake import Registry, Token                        # noqa: E402
from harness import INPUTS, check, said                 # noqa: E402

PUBLIC = "203.0.113.5"      # RFC 5737; in a network of the test's own
PRIVATE = "10.0.0.5"        # behind PUBLIC in the order of getaddrinfo
NAME = "registry.example"
TESTS = []


def inside(title):
    def register(function):
        TESTS.append(("faults 7: " + title, function))
        return function
    return register


def port_of(server):
    return server.host.rsplit(":", 1)[1]


class Case(harness.Case):
    """A public registry, and a private server that is not to be asked."""

    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()
        self.hosts(registry=PUBLIC)
        self.registry = self.server(host=PUBLIC)
        self.private = self.server()

    def hosts(self, **names):
        """What the names in .example resolve to."""
        lines = [f"{address} {name}.example" for name, list in names.items()
                 for address in list.split()]
        text = "\n".join(["127.0.0.1 localhost", *lines, ""])
        file = pathlib.Path("/etc/hosts")
        # What is there already is not written while the command reads it.
        with self.lock:
            if file.read_text() != text:
                file.write_text(text)

    def lead(self, url, before=lambda: None):
        """Uploads go to url."""
        def answer(r):
            before()
            r.reply(202, {"Location": url})
        self.registry.on("POST", "/uploads/", answer, times=-1)

    def push(self, *args):
        return self.run("push", INPUTS["small"],
                        f"{NAME}:{port_of(self.registry)}/x/y:t",
                        "--plain-http", *args)

    def rebind(self):
        self.hosts(registry="127.0.0.1")

    def refused(self, *args):
        check(self.push("--retries", "0", *args) == 1, self.told)
        said(self, ": refused")
        check(not self.private.log, f"the server got {self.private.log}")


@inside("another port of the registry's name, which then is private")
def another_port(c):
    url = f"http://{NAME}:{port_of(c.private)}/upload"
    c.lead(url, c.rebind)
    c.refused()


@inside("another port of the registry's name that stays public is followed")
def same_address(c):
    other = c.server(host=PUBLIC)
    c.lead(f"http://{NAME}:{port_of(other)}/upload")
    c.push("--retries", "0")
    check(other.log, "it was not followed: " + c.told)


@inside("a token server of the registry's name, which then is private")
def token_server(c):
    realm = f"http://{NAME}:{port_of(c.private)}/token"

    def ask(r):
        c.rebind()
        r.reply(401, {"WWW-Authenticate": f'Bearer realm="{realm}"'})
    for method in ("GET", "HEAD", "POST"):
        c.registry.on(method, "/v2/", ask, times=-1, optional=True)
    c.refused()


@inside("the registry's own port, once only a private address of it answers")
def own_port(c):
    c.hosts(registry=f"{PUBLIC} {PRIVATE}")
    port = port_of(c.registry)
    hidden = c.server(host=PRIVATE, port=int(port))
    vanishing = threading.Lock()
    gone = []

    def vanish():
        """Connections that wait to be accepted are served first: closing the
        socket would reset them, which is another fault than a port that
        refuses. The uploads come side by side: the first one does it."""
        server = c.registry.server
        server.shutdown()
        with vanishing:
            if gone:
                return
            gone.append(True)
            server.socket.setblocking(False)
            while select.select([server.socket], [], [], 0.2)[0]:
                server._handle_request_noblock()
            server.socket.close()
    c.lead(f"http://{NAME}:{port}/upload", vanish)
    c.refused()
    check(not hidden.log, f"the server got {hidden.log}")


@inside("a registry whose first answer was private and whose next are public")
def first_answer(c):
    c.hosts(registry="127.0.0.9 " + PUBLIC, inside="127.0.0.1")

    class Handler(http.server.BaseHTTPRequestHandler):
        """Answers once, and is gone."""

        def do_HEAD(self):
            self.send_response_only(503)
            self.end_headers()
            server.socket.close()
        do_GET = do_HEAD

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(
        ("127.0.0.9", int(port_of(c.registry))), Handler)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    c.lead(f"http://inside.example:{port_of(c.private)}/upload")
    c.push("--retries", "2")
    thread.join(10)
    check(not thread.is_alive(), "the first one was not asked: " + c.told)
    said(c, ": refused")
    check(not c.private.log, f"the server got {c.private.log}")


def make_inputs(folder):
    harness.pack(folder, "small", [[{"path": "/a", "content": "a"}]])


def run_inside():
    """One at a time: there is one /etc/hosts."""
    return harness.run_all(TESTS, Case, make_inputs, workers=1)


def main():
    if sys.argv[2:] == ["--inside"]:
        return run_inside()
    if subprocess.run(["unshare", "-nm", "true"],
                      stderr=subprocess.DEVNULL).returncode:
        print(f"1..{len(TESTS)}")
        for title, _ in TESTS:
            print(f"ok {title} # SKIP no namespaces here")
        return 0
    script = (f"ip link set lo up && ip addr add {PUBLIC}/32 dev lo && "
              f"ip addr add {PRIVATE}/32 dev lo && "
              "hosts=$(mktemp) && mount --bind \"$hosts\" /etc/hosts && "
              "rm \"$hosts\" && exec \"$@\"")
    return subprocess.run(
        ["unshare", "-nm", "sh", "-c", script, "sh", sys.executable, __file__,
         sys.argv[1], "--inside"], timeout=300).returncode


if __name__ == "__main__":
    sys.exit(main())
