#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Credentials as other programs leave them, and where they may go.

    login_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faults                                           # noqa: E402
import harness                                          # noqa: E402
from fake import Token                                  # noqa: E402
from faults import NAME, secure                         # noqa: E402
from harness import INPUTS, PAIR, check, said           # noqa: E402

TESTS = []
found = harness.found_in(TESTS)


def passwords(server):
    """What came as Basic, decoded."""
    return [base64.b64decode(r["headers"]["authorization"][6:])
            for r in server.log
            if r["headers"].get("authorization", "").startswith("Basic ")]


def push(c, *args, **kw):
    return c.run("push", INPUTS["small"], c.registry.host + "/x/y:t",
                 "--retries", "0", *args, **kw)


def auth_file(c, entry, path="auth.json", host=None):
    file = c.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"auths": {host or c.registry.host: entry}}))
    return file


# --- passwords ---------------------------------------------------------------

@found(22, "a password of several lines is taken whole")
def lines(c):
    key = b'{\n  "private_key": "s3cret-key",\r\n  "x": 1\n}'
    for end in (b"", b"\n", b"\r\n"):
        c.registry.log.clear()
        c.registry.token = Token(c.registry)
        check(push(c, "--username", "_json_key", "--password-stdin",
                   stdin=key + end) == 0, c.told)
        check(set(passwords(c.registry)) == {b"_json_key:" + key},
              passwords(c.registry))
    for wrong in (b"\n", b"", b"s3cret-\0x", b"x" * (64 * 1024 + 1)):
        check(push(c, "--username", "u", "--password-stdin",
                   stdin=wrong) == 2, c.told)


@found(22, "base64 with line ends, and NULs that Docker pads with")
def odd_base64(c):
    c.registry.token = Token(c.registry)
    padded = base64.b64encode(b"user:s3cret-password\0\0").decode()
    for auth in (PAIR[:8] + "\n" + PAIR[8:] + "\n", PAIR + "\r\n", padded):
        c.registry.log.clear()
        c.env["REGISTRY_AUTH_FILE"] = str(auth_file(c, {"auth": auth}))
        check(push(c) == 0, c.told)
        check(set(passwords(c.registry)) == {b"user:s3cret-password"}, auth)
    for wrong in ("%%%", "dXNlcg=="):
        c.env["REGISTRY_AUTH_FILE"] = str(auth_file(c, {"auth": wrong}))
        check(push(c) == 1, c.told)
        said(c, "auth.json", c.registry.host)


@found(22, "entries and helpers that are empty are anonymous")
def empty(c):
    c.registry.token = Token(c.registry)
    for entry in ({}, {"auth": ""}, {"auth": "Og=="},
                  {"username": "", "password": ""}):
        c.env["REGISTRY_AUTH_FILE"] = str(auth_file(c, entry))
        check(push(c) == 0, c.told)
    for answer in ('{"Username":"","Secret":""}', "{}",
                   '{"ServerURL":"","Username":""}'):
        c.helper(c.registry.host, f"echo '{answer}'\n")
        check(push(c) == 0, c.told)
    check(not passwords(c.registry), passwords(c.registry))


@found(22, "a registrytoken is sent as it is")
def registry_token(c):
    token = c.registry.token = Token(c.registry)
    own = "s3cret-token-own"
    token.given.append(own)
    token.issued[own] = ["repository:x/y:pull,push"]
    c.env["REGISTRY_AUTH_FILE"] = str(auth_file(c, {"registrytoken": own}))
    check(push(c) == 0, c.told)
    check(not c.registry.requests("GET", "/token"), "a token was asked for")
    del token.issued[own]
    c.registry.log.clear()
    check(push(c) == 1, c.told)
    check(len(c.registry.log) < 12, "it asked without end")
    c.env["REGISTRY_AUTH_FILE"] = str(
        auth_file(c, {"registrytoken": "a\nX-Header: b"}))
    check(push(c) == 1, c.told)
    said(c, "registrytoken")


# --- files -------------------------------------------------------------------

@found(22, "podman's auth.json in its places")
def places(c):
    c.registry.token = Token(c.registry)
    for variable, value, path in (
            (None, None, ".config/containers/auth.json"),
            ("XDG_CONFIG_HOME", "conf", "conf/containers/auth.json"),
            ("XDG_RUNTIME_DIR", "run", "run/containers/auth.json")):
        if variable:
            c.env[variable] = str(c.folder / value)
        file = auth_file(c, {"auth": PAIR}, path)
        c.registry.log.clear()
        check(push(c) == 0 and passwords(c.registry), path)
        file.unlink()


@found(22, "podman's auth.json of a user without a session")
def run_containers(c):
    if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "x", "/run"],
                      stderr=subprocess.DEVNULL).returncode:
        check(c.env.get("CI") != "true", "namespaces are missing")
        return "no namespaces here"
    c.registry.token = Token(c.registry)
    file = auth_file(c, {"auth": PAIR}, "kept/auth.json")
    script = (f"mount -t tmpfs x /run && mkdir -p /run/containers/{os.getuid()}"
              f" && cp {file} /run/containers/{os.getuid()}/ && exec \"$@\"")
    file.rename(c.folder / "auth.json")
    script = script.replace(str(file), str(c.folder / "auth.json"))
    run = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", *harness.COMMAND, "push",
         INPUTS["small"], c.registry.host + "/x/y:t", "--retries", "0"],
        env=c.env, cwd=c.folder, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=60)
    check(run.returncode == 0, run.stdout)
    check(passwords(c.registry), "no password was sent")
    return None


@found(22, "login takes https://HOST, and writes through a symlink")
def login(c):
    c.registry.token = Token(c.registry)
    real = c.folder / "dotfiles/docker.json"
    real.parent.mkdir()
    link = c.folder / "config.json"
    link.symlink_to("dotfiles/docker.json")
    c.env["DOCKER_CONFIG"] = str(c.folder)
    typed = ("--username", "user", "--password-stdin")
    for number, host in enumerate((c.registry.host,
                                   "https://" + c.registry.host,
                                   f"http://{c.registry.host}/v2/",
                                   c.registry.host + "/")):
        check(c.run("login", *typed, host, stdin=b"s3cret-password\n") == 0,
              c.told)
        check(link.is_symlink() and real.is_file(), "the link is gone")
        auths = json.loads(real.read_text())["auths"]
        check(list(auths) == [c.registry.host], auths)
        check(real.stat().st_mode & 0o777 == 0o600, "others may read it")
        if not number:
            real.write_text(json.dumps({"auths": {}, "x": 1}))
    check(json.loads(real.read_text())["x"] == 1, "the rest is lost")
    check(c.run("login", *typed, c.registry.host + "/x/y", stdin=b"x") == 2,
          c.told)
    said(c, f"for its host: '{c.registry.host}'")
    for wrong in ("https://", "/"):
        check(c.run("login", *typed, wrong, stdin=b"x") == 1, c.told)
        said(c, "HOST")
    link.unlink()
    link.symlink_to("config.json")
    check(c.run("login", *typed, c.registry.host,
                stdin=b"s3cret-password") == 1, c.told)
    real.rename(c.folder / "auth.json")


@found(22, "login stores with the helper that the file names")
def helper(c):
    c.registry.token = Token(c.registry)
    program = c.folder / "docker-credential-try"
    program.write_text("#!/bin/sh\ncat >stored\n"
                       "[ $1 = store ] && [ ! -e refuse ]\n")
    program.chmod(0o755)
    config = c.folder / "config.json"
    config.write_text('{"credsStore": "try"}')
    c.env.update(DOCKER_CONFIG=str(c.folder),
                 PATH=f"{c.folder}:{c.env['PATH']}")
    typed = ("--username", "user", "--password-stdin", c.registry.host)
    check(c.run("login", *typed, stdin=b"s3cret-password\n") == 0, c.told)
    stored = c.folder / "stored"
    check(json.loads(stored.read_text()) == {
        "ServerURL": c.registry.host, "Username": "user",
        "Secret": "s3cret-password"}, stored.read_text())
    check(config.read_text() == '{"credsStore": "try"}', "it was changed")
    (c.folder / "refuse").touch()
    check(c.run("login", *typed, stdin=b"s3cret-password\n") == 1, c.told)
    said(c, "docker-credential-try")
    stored.unlink()


@found(22, "SSL_CERT_FILE takes the place of the system's certificates")
def cert_file(c):
    secure(c)
    ca = c.trust[1]
    there = ("push", INPUTS["small"], f"{NAME}/x/y:t", "--retries", "0")
    check(c.run(*there) == 1, c.told)
    c.env["SSL_CERT_FILE"] = str(ca)
    check(c.run(*there) == 0, c.told)
    # Another authority beside it, and one that is no file.
    other = c.folder / "other.pem"
    harness.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
                    10, "-subj", "/CN=other", "-keyout", c.folder / "k.pem",
                    "-out", other)
    check(c.run(*there, "--ca-file", other) == 0, c.told)
    c.env["SSL_CERT_FILE"] = str(c.folder / "none.pem")
    check(c.run(*there) == 1, c.told)
    said(c, "SSL_CERT_FILE", "none.pem")


@found(22, "certificates of certs.d count for the token server, too")
def certs_of_tokens(c):
    secure(c)
    token = c.registry.token = Token(c.registry)
    token.realm = f"https://{NAME}/token"
    c.login(NAME)
    c.env["XDG_CONFIG_HOME"] = str(c.folder / "conf")
    folder = c.folder / "conf/containers/certs.d" / NAME
    folder.mkdir(parents=True)
    (folder / "ca.crt").write_bytes(pathlib.Path(c.trust[1]).read_bytes())
    check(c.run("push", INPUTS["small"], f"{NAME}/x/y:t", "--retries", "0")
          == 0, c.told)
    check(token.given, "no token was asked for")


# --- token servers -----------------------------------------------------------

def behind(c, registry, realm, *more):
    """A registry and its token server, by names that a proxy leads to."""
    secure(c, registry + ":443", realm, *more)
    token = c.registry.token = Token(c.registry)
    token.realm = f"https://{realm.removesuffix(':443')}/token"
    c.login(registry)
    # The certificate is of another name.
    return ("push", INPUTS["small"], f"{registry}/x/y:t", "--retries", "0")


@found(23, "a token server of another name is refused, with the option")
def other_name(c):
    args = behind(c, NAME, NAME + ".other.test:443")
    other = NAME + ".other.test"
    trust = ("--ca-file", c.trust[1])
    for wrong in ((), ("--token-host", f"other.example={other}"),
                  ("--token-host", f"{NAME}={other}:444")):
        c.forget()
        check(c.run(*args, *trust, *wrong) == 1, c.told)
        said(c, "another host", f"--token-host {NAME}={other}")
    check(not passwords(c.registry), "the password went there")
    for bad in ("x", "=x", "x=", "x=https://y"):
        check(c.run(*args, "--token-host", bad) == 2, c.told)
    # Allowed, its certificate is looked at: this one is of another name.
    c.forget()
    check(c.run(*args, *trust, "--token-host", f"{NAME}={other}") == 1,
          c.told)
    said(c, "certificate", other)


@found(23, "a token server that is allowed gets the password")
def allowed(c):
    folder = c.folder / "certificates"
    folder.mkdir()
    import ssl
    other = "tokens.other.test"
    ca, *pair = harness.make_certificate(folder, (NAME, other))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*pair)
    for path in folder.glob("*key*"):
        path.rename(c.folder / "user")      # no secret of ours
    proxy = secure(c, NAME + ":443", other + ":443")
    c.registry = c.server(tls=tls)
    proxy.routes.update({NAME + ":443": c.registry.host,
                         other + ":443": c.registry.host})
    token = c.registry.token = Token(c.registry)
    token.realm = f"https://{other}/token"
    c.login(NAME)
    push = ("push", INPUTS["small"], f"{NAME}/x/y:t", "--retries", "0",
            "--ca-file", ca)
    check(c.run(*push) == 1 and not passwords(c.registry), c.told)
    check(c.run(*push, "--token-host", f"{NAME}={other}") == 0, c.told)
    check(passwords(c.registry), "no password was sent")


@found(23, "another port of the registry's host is the same owner")
def other_port(c):
    for port in ("443", "8443"):
        secure(c, "10.9.8.7:5050", "10.9.8.7:" + port)
        token = c.registry.token = Token(c.registry)
        token.realm = f"https://10.9.8.7:{port}/token"
        c.login("10.9.8.7:5050")
        check(c.run("push", INPUTS["small"], "10.9.8.7:5050/x/y:t",
                    "--retries", "0", "--insecure") == 0, c.told)
        check(passwords(c.registry), "no password was sent")


@found(23, "token servers of Scaleway, and of Docker Hub by its other name")
def known_servers(c):
    for registry, realm in (("rg.fr-par.scw.cloud", "api.scaleway.com"),
                            ("registry.hub.docker.com", "auth.docker.io")):
        for server, reached in ((realm, True), ("api.evil.test", False)):
            c.forget()
            secure(c, registry + ":443")
            token = c.registry.token = Token(c.registry)
            token.realm = f"https://{server}/token"
            c.login(registry)
            check(c.run("push", INPUTS["small"], registry + "/x/y:t",
                        "--retries", "0", "--insecure") == 1, c.told)
            # The proxy knows no way there: it was asked for one.
            check(("another host" in c.said) != reached, c.said)


# --- scopes ------------------------------------------------------------------

@found(24, "the token of a mount has its scope with an identity token, too")
def mount_scope(c):
    token = c.registry.token = Token(c.registry)
    forms = []

    def post(r):
        form = dict(p.split("=") for p in r.body().decode().split("&"))
        forms.append(form["scope"].replace("%3A", ":").replace("%2F", "/")
                     .replace("%2C", ",").replace("%20", " "))
        token.grant(r, [forms[-1].split(" ")[0]])
    c.registry.on("POST", "/token", post, times=-1)
    c.env["REGISTRY_AUTH_FILE"] = str(
        auth_file(c, {"identitytoken": "s3cret-password"}))
    check(push(c, "--mount-from", "a/b") == 0, c.told)
    check("repository:x/y:pull,push repository:a/b:pull" in forms, forms)


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, faults.Case, faults.make_inputs)


if __name__ == "__main__":
    sys.exit(main())
