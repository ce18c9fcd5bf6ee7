#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sandbox of commands that use registries: a parser that was taken over
reads no file but its inputs, and starts no program; credentials are found all
the same.

    sandbox_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import json
import pathlib
import re
import ssl
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import Token                                  # noqa: E402
from harness import COMMAND, INPUTS, PAIR, check, said           # noqa: E402

TESTS = []
titled = harness.titled_in(TESTS)
REFUSED = ("Operation not permitted", "Permission denied")
ATTEMPTS = (
    "connect", "connect to a local service", "serve", "read a password",
    "read a key", "list a folder", "write a file", "shorten a file",
    "change a mode", "change the mode of an open file",
    "have a process signalled", "type into the terminal", "signal a process",
    "limit a process", "share memory", "start a process", "execute", "trace",
    "make a namespace")


def is_allowed(attempt, command):
    """A client connects; what is extracted to a folder gets its modes."""
    return (attempt == "connect" or
            (attempt.startswith("change ") and command == "extract"))


class Case(faults.Case):
    """The home is neither the folder of temporary files nor of outputs."""

    def __init__(self):
        super().__init__()
        self.home = self.folder / "home"
        for folder in (".ssh", ".docker"):
            (self.home / folder).mkdir(parents=True)
        (self.home / ".ssh" / "id_test").write_text("key")
        for folder in ("temp", "out"):
            (self.folder / folder).mkdir()
        self.out = self.folder / "out"
        self.env.update(HOME=str(self.home),
                        TMPDIR=str(self.folder / "temp"))

    def login(self, host=None, **entry):
        path = self.home / ".docker" / "config.json"
        path.write_text(json.dumps({"auths": {
            host or self.registry.host: entry or {"auth": PAIR}}}))

    def attacked(self, *args, status=0):
        """Runs the command with a hostile parser. Returns what that did."""
        self.env["LD_PRELOAD"] = str(INPUTS["hostile"])
        self.forget()
        got = self.run(*args)
        del self.env["LD_PRELOAD"]
        check(got == status, f"{args}: {self.said}")
        return dict(re.findall("hostile: ([^:]+): (.*)", self.said))


def commands(c):
    """One of each; all need the registry and its password."""
    name = f"{c.registry.host}/x/y"
    base, lock = c.out / "base.spec", c.out / "lock.spec"
    for path in (base, lock):
        path.write_text(json.dumps({
            "version": 1, "image": name, "tags": ["built"],
            "base": f"docker://{name}:t", "platforms": ["linux/riscv64"],
            "layers": [{"entries": [{"path": "/b", "content": "b"}]}]}))
    yield "verify", name + ":t"
    yield "lint", name + ":t"
    yield "inspect", name + ":t"
    yield "ls", name + ":t"
    yield "cat", name + ":t", "/a"
    yield "extract", name + ":t", "-o", c.out / "files"
    yield "diff", name + ":t", INPUTS["small"]
    yield "report", name + ":t", "-o", c.out / "page.html"
    yield "pull", name + ":t", "-o", c.out / "pulled.tar"
    yield "push", INPUTS["small"], name + ":pushed"
    yield "push", INPUTS["small"], name + ":dry", "--dry-run"
    yield "copy", name + ":t", name + ":copied"
    yield "copy", name + ":t", "oci:" + str(c.out / "layout")
    yield "index", "create", name + ":index", name + ":t"
    yield "index", "append", name + ":index", INPUTS["small"]
    yield "lock", lock
    yield "tags", name
    yield "build", base, "-o", c.out / "built.tar"
    yield "build", base, "--push", "--metadata-file", c.out / "metadata"


@titled("with a registry, no command lets a hostile parser do harm")
def let_out(c):
    c.registry.token = Token(c.registry)
    c.login()
    c.fill()
    for args in commands(c):
        tried = c.attacked(*args, "--sandbox", "require")
        check(tuple(tried) == ATTEMPTS, f"{args}: {tried}")
        for what, outcome in tried.items():
            wanted = ("done",) if is_allowed(what, args[0]) else REFUSED
            check(outcome in wanted, f"{args}: {what}: {outcome}")
    check(not (c.home / "written").exists(), "it wrote a file")
    check((c.out / "built.tar").exists(), "nothing was built")


@titled("without the sandbox, the same parser succeeds")
def without(c):
    c.login()
    c.fill()
    tried = c.attacked("verify", f"{c.registry.host}/x/y:t",
                       "--sandbox", "off")
    check(tried == dict.fromkeys(ATTEMPTS, "done"), tried)


@titled("what is pulled and pushed is the same with and without a sandbox")
def same(c):
    c.fill()
    name = f"{c.registry.host}/x/y"
    for mode in ("off", "require"):
        check(c.run("pull", name + ":t", "-o", c.out / f"{mode}.tar",
                    "--sandbox", mode) == 0, c.said)
        check(c.run("push", INPUTS["layers"], f"{name}:{mode}", "--sandbox",
                    mode) == 0, c.said)
    check((c.out / "off.tar").read_bytes() ==
          (c.out / "require.tar").read_bytes(), "other bytes")
    check(c.registry.manifests["off"] == c.registry.manifests["require"],
          "another manifest")


def secure(c):
    """A registry with TLS; its authority is ca.pem in the home."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca, *pair = INPUTS["certificate"]
    context.load_cert_chain(*pair)
    (c.home / "ca.pem").write_bytes(ca.read_bytes())
    return c.server(tls=context)


@titled("certificates of a host may be links to files elsewhere")
def linked_certificates(c):
    c.registry = secure(c)
    folder = c.home / ".config/containers/certs.d" / c.registry.host
    folder.mkdir(parents=True)
    (folder / "ca.crt").symlink_to(c.home / "ca.pem")
    check(c.push("small", "--sandbox", "require") == 0, c.said)


@titled("certificates of SSL_CERT_DIR may be links to files elsewhere")
def linked_folder(c):
    c.registry = secure(c)
    folder = c.home / "certificates"
    folder.mkdir()
    (folder / "ca.pem").symlink_to(c.home / "ca.pem")
    subprocess.run(["openssl", "rehash", folder], check=True)
    c.env["SSL_CERT_DIR"] = str(folder)
    for mode in ("off", "require"):
        check(c.push("small", "--ca-file", INPUTS["other"], "--sandbox",
                     mode) == 0, mode + c.said)


@titled("OpenSSL's configuration counts, wherever it is")
def configuration(c):
    c.registry = secure(c)
    path = c.home / "openssl.cnf"
    path.write_text("openssl_conf = top\n[top]\nalg_section = algorithms\n"
                    "[algorithms]\ndefault_properties = fips=yes\n")
    for mode in ("off", "require"):
        for variable, status in (("UNUSED", 0), ("OPENSSL_CONF", 1)):
            c.env[variable] = str(path)
            got = c.push("small", "--ca-file", c.home / "ca.pem", "--retries",
                         "0", "--sandbox", mode)
            del c.env[variable]
            check(got == status, f"{mode} {variable}: {c.said}")


@titled("a pipe as the file of certificates does not turn the sandbox off")
def pipe(c):
    c.registry = secure(c)
    check(c.push("small", "--ca-file", c.home / "ca.pem") == 0, c.said)
    c.env["CA"] = str(c.home / "ca.pem")
    got = subprocess.run(
        ["bash", "-c", 'exec "$0" "$@" --ca-file <(cat "$CA")', *COMMAND,
         "tags", f"{c.registry.host}/x/y", "--sandbox", "require"], env=c.env, capture_output=True)
    check(got.returncode == 0, got.stderr)


@titled("a dry run reports the same mounts with and without a sandbox")
def dry_run(c):
    c.push("small", name="a/b:t")
    c.registry.on("HEAD", "/x/y/blobs/", lambda r: r.reply(404), times=-1)
    told = []
    for mode in ("off", "require"):
        c.forget()
        check(c.push("small", "--dry-run", "--sandbox", mode) == 0, c.said)
        told.append(c.said)
    check("a/b" in told[0] and told[0] == told[1], told)


@titled("a credential helper runs once, and only after a challenge")
def helper(c):
    asked = c.folder / "helper-argv"
    c.helper(c.registry.host, "cat >/dev/null\necho '" + json.dumps(
        {"Username": "user", "Secret": "s3cret-password"}) + "'\n")
    check(c.push("small", "--sandbox", "require") == 0, c.said)
    check(not asked.exists(), "it was asked in vain")
    c.registry.token = Token(c.registry)
    check(c.pull("--sandbox", "require") == 0, c.said)
    check(asked.read_bytes().count(b"docker-credential-test") == 1,
          asked.read_bytes())


@titled("a helper that fails gives the same message as without a sandbox")
def failing_helper(c):
    c.helper(c.registry.host, "cat >/dev/null\nexit 3\n")
    c.registry.token = Token(c.registry)
    told = []
    for mode in ("off", "require"):
        c.forget()
        check(c.push("small", "--sandbox", mode) == 1, c.said)
        told.append(c.said)
    check(told[0] == told[1], told)
    said(c, "docker-credential-test")


@titled("a copy finds the passwords of both sides")
def sides(c):
    other = c.server(host="127.0.0.2")
    c.fill()
    files = []
    for server in (c.registry, other):
        server.token = Token(server)
        path = c.home / ("source" if server == c.registry else "target")
        path.mkdir()
        files.append(path / "auth.json")
        files[-1].write_text(json.dumps({
            "auths": {server.host: {"auth": PAIR}}}))
    check(c.run("copy", f"{c.registry.host}/x/y:t", f"{other.host}/a/b:t",
                "--src-authfile", files[0], "--dest-authfile", files[1],
                "--sandbox", "require") == 0, c.said)
    check("t" in other.manifests, "it was not copied")


def make_inputs(folder):
    INPUTS["certificate"] = harness.make_certificate(folder, ["127.0.0.1"])
    INPUTS["other"] = folder / "other.pem"
    harness.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
                    "/CN=other", "-keyout", folder / "other-key.pem", "-out",
                    INPUTS["other"])
    INPUTS["hostile"] = folder / "hostile.so"
    source = pathlib.Path(__file__).parents[1] / "cli" / "hostile.c"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", INPUTS["hostile"],
                    source, "-ldl"], check=True)
    one = [{"path": "/a", "content": "one"}]
    harness.pack(folder, "small", [one])
    harness.pack(folder, "layers", [one, [{"path": "/b", "content": "two"}]])


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, Case, make_inputs)


if __name__ == "__main__":
    sys.exit(main())
