#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is left of secrets in a process that has done its work.

    secrets_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import base64
import json
import os
import pathlib
import re
import resource
import signal
import ssl
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import Token                                  # noqa: E402
from harness import INPUTS, PAIR, check, said                 # noqa: E402

TESTS = []
titled = harness.titled_in(TESTS)
PASSWORD = "s3cret-password"


class Case(faults.Case):
    def stopped(self, *args, stdin=b""):
        """Starts the command, and waits until it stops at its end."""
        library = self.folder / "stop.so"
        source = pathlib.Path(__file__).parent / "stop_at_end.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source],
                       check=True)
        self.env["LD_PRELOAD"] = str(library)
        process = self.start(*args, stdin=stdin)
        until = time.monotonic() + 30
        while state_of(process.pid) != "T":
            check(time.monotonic() < until and process.poll() is None,
                  "it did not stop at its end")
            time.sleep(0.01)
        return process

    def left(self, *args, stdin=b"", secrets=(), status=0):
        """Those secrets that are still in memory at the end."""
        process = self.stopped(*args, stdin=stdin)
        memory = list(memory_of(process.pid))
        process.send_signal(signal.SIGCONT)
        check(self.finish(process) == status, self.said)
        check(any(b"SPDX" in part or b"oci-pack" in part
                  for _, part in memory), "no memory was read")
        return [f"{secret} in {where}: {around(part, secret.encode())}"
                for secret in secrets for where, part in memory
                if secret.encode() in part]


def around(memory, secret):
    at = memory.index(secret)
    return memory[max(0, at - 80):at + 80]


def state_of(pid):
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return text.rpartition(")")[2].split()[0]


def memory_of(pid):
    """What the process may write to: its heap, stacks and variables."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for line in open(f"/proc/{pid}/maps"):
            start, end, mode, name = re.match(
                r"(\w+)-(\w+) (\S+) \S+ \S+ \S+ *(.*)", line).groups()
            if mode.startswith("rw"):
                mem.seek(int(start, 16))
                yield name or "a mapping", mem.read(int(end, 16) -
                                                    int(start, 16))


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@titled("login: the password is not in memory at the end")
def login(c):
    c.registry.token = Token(c.registry)
    found = c.left("login", c.registry.host, "--username", "user",
                   "--password-stdin", "--authfile",
                   c.folder / "auth.json", stdin=PASSWORD.encode(),
                   secrets=(PASSWORD, PAIR, "s3cret-token"))
    check(not found, found)
    check(PAIR in (c.folder / "auth.json").read_text(), "it is not stored")


@titled("push: no password or token is in memory at the end")
def push(c):
    c.registry.token = Token(c.registry)
    c.login()
    found = c.left("push", INPUTS["small"], c.registry.host + "/x/y:t",
                   secrets=(PASSWORD, PAIR, "s3cret-token"))
    check(not found, found)
    check(c.pushed(), "it is not pushed")


@titled("push: no password for Basic, or of a helper, is in memory at the end")
def push_basic(c):
    c.registry.takes_passwords = True
    c.registry.on("GET", "/v2/$", lambda r: None, times=-1, optional=True)
    c.helper(c.registry.host, "cat >/dev/null\necho '" + json.dumps(
        {"Username": "user", "Secret": PASSWORD}) + "'\n")
    c.registry.token = Token(c.registry)
    found = c.left("push", INPUTS["small"], c.registry.host + "/x/y:t",
                   secrets=(PASSWORD, PAIR, "s3cret-token"))
    check(not found, found)


@titled("pull: no identity token is in memory at the end")
def identity_token(c):
    c.fill()
    token = c.registry.token = Token(c.registry)
    c.registry.on("POST", "/token", lambda r: (r.body(), token.grant(
        r, ["repository:x/y:pull"])), times=-1)
    c.login(identitytoken=PASSWORD)
    found = c.left("pull", c.registry.host + "/x/y:t", "-o", c.folder / "out",
                   secrets=(PASSWORD, "s3cret-token"))
    check(not found, found)


@titled("pull: no secret is in the memory of TLS at the end")
def tls(c):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca, *pair = INPUTS["certificate"]
    context.load_cert_chain(*pair)
    c.registry = c.server(tls=context)
    trust = ("--ca-file", ca)
    check(c.push("small", *trust) == 0, c.said)
    c.registry.token = Token(c.registry)
    c.login()
    found = c.left("pull", c.registry.host + "/x/y:t", "-o", c.folder / "out",
                   *trust, secrets=(PASSWORD, PAIR, "s3cret-token"))
    check(not found, found)


@titled("a secret that is in use is found, so the search works")
def search(c):
    c.env["KEPT"] = "s3cret" + "-kept"
    found = c.left("--version", secrets=("s3cret-kept",))
    check(found, "it is not found")


@titled("no core is dumped while there are secrets")
def core(c):
    c.login()
    c.registry.token = Token(c.registry)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    process = c.stopped("push", INPUTS["small"], c.registry.host + "/x/y:t")
    limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
    process.send_signal(signal.SIGCONT)
    c.finish(process)
    check(re.search(r"Max core file size +0 +", limits), limits)
    said(c, "dumpable: 0")


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function if os.geteuid() == 0 else lambda c: "only root "
              "may read the memory of a process that dumps no core")
             for title, function in TESTS if word in title]
    return harness.run_all(tests, Case, faults.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
