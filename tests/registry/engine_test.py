#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images that are loaded into a scripted engine: what it gets, and what is
said of an engine that refuses, breaks off or talks nonsense.

    engine_test.py OCI-PACK [WORD]

With a word, the tests with it in their titles. Prints TAP.
"""
import hashlib
import io
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tarfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import engine                                           # noqa: E402
import harness                                          # noqa: E402
from engine import LOADED                               # noqa: E402
from harness import INPUTS, check, refusal, said        # noqa: E402

TESTS = []
PLATFORMS = ["linux/riscv64", "linux/amd64"]


def found(title):
    def register(function):
        TESTS.append((title, function))
        return function
    return register


class Case(harness.Case):
    def __init__(self):
        super().__init__()
        os.chmod(self.folder, 0o755)

    def engine(self, **options):
        """An engine at a socket, which is DOCKER_HOST from now on."""
        made = engine.Engine(
            path=self.folder / f"{len(self.closing)}.sock", **options)
        self.closing.append(made.close)
        self.env["DOCKER_HOST"] = self.env["CONTAINER_HOST"] = made.host
        return made

    def build(self, *args, spec="small"):
        self.forget()
        # Without "build", since -v is not wanted.
        return self.run(INPUTS[spec].with_suffix(".spec"),
                        *(args or ("--load",)))


def make_inputs(folder):
    harness.make_clock(folder)
    INPUTS["clock"].chmod(0o755)
    harness.pack(folder, "small",
                 [[{"path": "/a", "content": "a"}],
                  [{"path": "/b", "content": "b"}]],
                 tags=("t", "u"))
    harness.pack(folder, "two", [[{"path": "/a", "content": "${platform}"}]],
                 platforms=PLATFORMS)
    (folder / "noise").write_bytes(os.urandom(3 << 20))
    harness.pack(folder, "large", [[{"path": "/n", "from": "noise"}],
                                   [{"path": "/b", "content": "b"}]])
    lint = json.loads((folder / "small.spec").read_text())
    lint["config"] = {"cmd": ["/missing"]}
    INPUTS["broken"] = folder / "broken.tar"
    (folder / "broken.spec").write_text(json.dumps(lint))
    late = json.loads((folder / "large.spec").read_text())
    (folder / "late.tar").write_bytes(b"no archive" * 100)
    late["layers"].append({"entries": [{"path": "/", "archive": "late.tar"}]})
    INPUTS["late"] = folder / "late"
    (folder / "late.spec").write_text(json.dumps(late))
    ca, server, key = harness.make_certificate(folder,
                                               ["localhost", "127.0.0.1"])
    INPUTS.update(ca=ca, cert=server, key=key)


def wait_for(what, seconds=10):
    end = time.monotonic() + seconds
    while not what():
        check(time.monotonic() < end, "it does not come")
        time.sleep(0.01)


def manifest_of(load):
    with tarfile.open(fileobj=io.BytesIO(bytes(load.body))) as tar:
        return json.load(tar.extractfile("manifest.json"))


# --- what an engine gets -----------------------------------------------------

@found("build --load: the engine gets the archive that -o writes")
def whole(c):
    e = c.engine()
    check(c.build("--load", "-o", "x.tar") == 0, c.told)
    said(c, "loaded example.org/x/y:t into Docker")
    check(c.said.count("example.org/x/y:t sha256:") == 1, c.said)
    check(bytes(e.loads[0].body) == (c.folder / "x.tar").read_bytes(),
          "another archive")
    check(e.loads[0].whole, "no last chunk")
    check(e.loads[0].path == "/images/load", e.loads[0].path)
    check(e.loads[0].headers["content-type"] == "application/x-tar", "type")
    check(c.build("-q", "--load") == 0 and c.said.startswith("sha256:") and
          c.said.count("\n") == 1, c.said)


@found("build --load: an image without a name is told by its ID")
def nameless(c):
    def script(r):
        r.read()
        r.begin()
        r.line({"stream": "Loaded image ID: sha256:0123\n"})
        r.end()
    c.engine(script=script)
    check(c.build() == 0, c.told)
    said(c, "loaded sha256:0123 into Docker")


@found("build --load=podman: Podman's own path, and all names of its answer")
def podman(c):
    e = c.engine(script=engine.podman_loads, version=engine.PODMAN)
    check(c.build("--load=podman") == 0, c.told)
    said(c, "loaded example.org/x/y:t into Podman",
         "loaded example.org/x/y:u into Podman")
    check(e.loads[0].path == "/v4.3.1/libpod/images/load", e.loads[0].path)
    check("GET /info" not in e.requests, "asked for what it has not")


@found("build --load podman: the engine as a word, if no file is called so")
def word(c):
    e = c.engine(script=engine.podman_loads, version=engine.PODMAN)
    check(c.build("--load", "podman") == 0 and len(e.loads) == 1, c.told)
    spec = INPUTS["small"].with_suffix(".spec").read_text()
    (c.folder / "podman").write_text(spec)
    c.forget()
    check(c.run("--load", "podman") == 0 and len(e.loads) == 2, c.told)
    check(c.build("--load", "podman") == 2, c.told)
    check(c.build("--load", "--load") == 2, c.told)
    check(c.build("--load", "--push", "--dry-run") == 2, c.told)
    check(len(e.loads) == 2, "a load in spite of it")


@found("build --load: Podman at the address of Docker is known as Podman")
def podman_as_docker(c):
    c.engine(script=engine.podman_loads, version=engine.PODMAN)
    check(c.build() == 0, c.told)
    said(c, "into Podman")


@found("copy: docker-daemon:NAME and podman:NAME, and without a name")
def copies(c):
    e = c.engine()
    tar = INPUTS["small"]
    check(c.run("copy", tar, "docker-daemon:me/app:2") == 0, c.told)
    check(manifest_of(e.loads[-1])[0]["RepoTags"] == ["me/app:2"], "name")
    check(c.run("copy", tar, "docker-daemon:me/app") == 0, c.told)
    check(manifest_of(e.loads[-1])[0]["RepoTags"] == ["me/app:latest"], "tag")
    check(c.run("copy", tar, "docker-daemon:") == 0, c.told)
    check(manifest_of(e.loads[-1])[0]["RepoTags"] ==
          ["example.org/x/y:t", "example.org/x/y:u"], "all names")
    check(c.run("copy", "-t", "a:1", tar, "podman:", "x.tar") == 0, c.told)
    check(manifest_of(e.loads[-1])[0]["RepoTags"] == ["a:1"], "-t")
    count = len(e.loads)
    for args in (("copy", "-t", "a", tar, "docker-daemon:b"),
                 ("copy", "--dry-run", tar, "docker-daemon:b"),
                 ("copy", tar, "docker-daemon:a@sha256:" + 64 * "0"),
                 ("copy", tar, "docker-daemon:A"),
                 ("push", tar, "docker-daemon:b")):
        c.forget()
        check(c.run(*args) == 1, c.told)
        check(c.said.count("\n") == 1, c.said)
    check(len(e.loads) == count, "a load in spite of it")


@found("copy: podman:PORT/NAME is a registry")
def port(c):
    e = c.engine()
    check(c.run("copy", INPUTS["small"], "podman:1/x/y:t", "--retries",
                "0") == 1, c.told)
    check(not e.requests, "the engine was asked")


@found("several platforms: a classic image store gets the engine's own")
def classic(c):
    e = c.engine()
    check(c.build("--load", spec="two") == 0, c.told)
    said(c, "Docker keeps one platform of an image, and has linux/amd64",
         "--platform")
    check(architecture(e.loads[0]) == "amd64", "another platform")
    e.version = dict(engine.DOCKER, Arch="s390x")
    check(c.build("--load", spec="two") == 0, c.told)
    said(c, "has linux/riscv64")
    check(architecture(e.loads[1]) == "riscv64", "not the first platform")
    check(c.build("--load", "--platform", "linux/amd64", spec="two") == 0,
          c.told)
    check("keeps one" not in c.said, c.said)
    c.forget()
    e.version = engine.DOCKER
    check(c.run("copy", INPUTS["two"], "docker-daemon:") == 0, c.told)
    said(c, "has linux/amd64")
    check(architecture(e.loads[-1]) == "amd64", "copy")


def architecture(load):
    with tarfile.open(fileobj=io.BytesIO(bytes(load.body))) as tar:
        config = json.load(tar.extractfile("manifest.json"))[0]["Config"]
        return json.load(tar.extractfile(config))["architecture"]


@found("several platforms: containerd's image store keeps all")
def containerd(c):
    c.engine(info=engine.CONTAINERD)
    check(c.build("--load", spec="two") == 0, c.told)
    check("keeps one" not in c.said, c.said)


# --- answers -----------------------------------------------------------------

@found("an error line in an answer of status 200 is a failure")
def error_line(c):
    def script(r):
        r.read()
        r.begin()
        r.line({"errorDetail": {"message": "no space\nleft \x1b[31m"},
                "error": "no space"})
        r.end()
    c.engine(script=script)
    check(c.build() == 1, c.told)
    refusal(c, "Docker did not load the image: no space left")
    check("\x1b" not in c.said, "it controls the terminal")


@found("an error line while the image is sent ends the build")
def early_error(c):
    def script(r):
        r.read(1 << 20)
        r.begin()
        r.line({"error": "no space left"})
        r.end()
        r.rfile.read(1)
        time.sleep(20)
    c.engine(script=script)
    start = time.monotonic()
    check(c.build(spec="large") == 1, c.told)
    check(time.monotonic() - start < 10, "it went on")
    refusal(c, "no space left")


@found("an engine that says that it loaded half of an image is not believed")
def half(c):
    def script(r):
        r.read(1 << 20)
        r.begin()
        r.line(LOADED)
        r.end()
    c.engine(script=script)
    check(c.build(spec="large") == 1, c.told)
    refusal(c, "Docker at unix://")
    check("loaded" not in c.said.replace("not be loaded", ""), c.said)


@found("Podman's status 500 is told with its message, on one line")
def status(c):
    def script(r):
        r.read()
        r.json(500, {"cause": "x", "message": "unable to load:\n * oci: y",
                     "response": 500})
    c.engine(script=script, version=engine.PODMAN)
    check(c.build("--load=podman") == 1, c.told)
    refusal(c, "status 500: unable to load:  * oci: y", "Podman at unix://")


@found("a refusal before the image is sent")
def refused_early(c):
    def script(r):
        r.json(413, {"message": "too large"})
    c.engine(script=script)
    check(c.build(spec="large") == 1, c.told)
    refusal(c, "413", "too large")


@found("an engine that closes in the middle of the image")
def closes(c):
    c.engine(script=lambda r: r.read(1 << 20))
    check(c.build(spec="large") == 1, c.told)
    refusal(c, "Docker at unix://", "gave no answer")


@found("an engine that closes instead of answering")
def no_answer(c):
    c.engine(script=lambda r: r.read())
    check(c.build() == 1, c.told)
    refusal(c, "Docker at unix://", "Empty reply", "gave no answer")


@found("answers that are garbage, cut off, or say nothing")
def garbage(c):
    def chunks(*data, end=True):
        def script(r):
            r.read()
            r.begin()
            for d in data:
                r.chunk(d)
            if end:
                r.end()
        return script
    loaded = json.dumps(LOADED).encode()
    e = c.engine()
    for script, words in (
            (chunks(b"<html>what?\n"), ["no JSON", "<html>"]),
            (chunks(loaded[:20]), ["cut off"]),
            (chunks(loaded + b"\n", end=False), ["outstanding", "not complete"]),
            (chunks(), ["does not say that an image was loaded"]),
            (chunks(b'{"status":"x"}\n\n'), ["does not say"]),
            (chunks(b'{"errorDetail":{"code":1}}\n'), ["without a message"]),
            (chunks(b'{"Names":[1,null]}'), ["does not say"]),
            (chunks(b"[]\n"), ["no JSON"]),
            (chunks(b'{"stream":"Loaded image: \\n"}'), ["does not say"])):
        e.script = script
        check(c.build() == 1, c.told)
        refusal(c, *words)


@found("the name may come in pieces, and without an end of line")
def pieces(c):
    def script(r):
        r.read()
        r.begin()
        for byte in json.dumps(LOADED).encode():
            r.chunk(bytes([byte]))
        r.end()
    c.engine(script=script)
    check(c.build() == 0, c.told)
    said(c, "loaded example.org/x/y:t into Docker")


@found("an answer that never ends, in lines or in one line")
def endless(c):
    def script(piece):
        def run(r):
            r.read()
            r.begin()
            while True:
                r.chunk(piece)
        return run
    e = c.engine(script=script(b'{"status":"%s"}\n' % (8000 * b"x")))
    check(c.build() == 1, c.told)
    refusal(c, "does not end", "64 MiB")
    e.script = script(b"x" * 65536)
    check(c.build() == 1, c.told)
    refusal(c, "a line of more than 1 MiB")


@found("an engine that is silent, by a clock that runs faster")
def silent(c):
    c.hurry()
    c.env["FAST_CLOCK"] = "900"
    e = c.engine(script=lambda r: (r.read(), time.sleep(30)))
    check(c.build() == 1, c.told)
    refusal(c, "for too long", "gave no answer")
    e.version = lambda r: time.sleep(30)
    check(c.build() == 1, c.told)
    refusal(c, "for too long")


@found("what answers is no engine")
def no_engine(c):
    e = c.engine()
    for version, words in (
            (lambda r: r.json(200, []), ["GET /version", "not that of"]),
            (lambda r: r.json(404, {"message": "what?"}), ["404", "what?"]),
            (lambda r: r.send(b"SSH-2.0-x\r\n"), ["Docker at unix://"]),
            (lambda r: None, ["Empty reply"]),
            (lambda r: r.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999"
                              b"\r\n\r\n" + b" " * 99999999), ["/version"]),
            (lambda r: r.send(b"HTTP/1.1 302 X\r\nLocation: /x\r\n"
                              b"Content-Length: 0\r\n\r\n"), ["302"])):
        e.version = version
        check(c.build() == 1, c.told)
        refusal(c, *words)
    check(not e.loads, "it was loaded")
    e.version = engine.DOCKER
    e.info = lambda r: r.json(500, {"message": "busy"})
    check(c.build() == 1, c.told)
    refusal(c, "status 500: busy")


# --- nothing is loaded -------------------------------------------------------

def broken_off(c, e):
    wait_for(e.done.is_set)
    check(not e.loads[0].whole, "the engine got an end")
    check(b"index.json" not in e.loads[0].body and
          b"manifest.json" not in e.loads[0].body, "it could be loaded")


def reads(r):
    try:
        r.read()
    except ValueError:
        return
    r.begin()
    r.line(LOADED)
    r.end()


@found("a build that lint refuses breaks the load off")
def lint(c):
    e = c.engine(script=reads)
    check(c.build(spec="broken") == 3, c.told)
    broken_off(c, e)


@found("a build that fails at its last layer breaks the load off")
def late(c):
    e = c.engine(script=reads)
    check(c.build("--load", "-o", "x.tar", spec="late") == 1, c.told)
    broken_off(c, e)
    check(len(e.loads[0].body) > 3 << 20, "the first layer did not come")
    check(not (c.folder / "x.tar").exists(), "a file is left")


@found("a registry that refuses the tag leaves nothing loaded")
def tag(c):
    e = c.engine(script=reads)
    registry = c.server()
    registry.on("PUT", "/manifests/", lambda r: r.error(403, "DENIED", "no"))
    check(c.build("--load", "--push", registry.host + "/x/y:t", "--retries",
                  "0") == 1, c.told)
    broken_off(c, e)


@found("an engine that refuses leaves no file behind")
def no_file(c):
    def script(r):
        r.read()
        r.json(500, {"message": "no"})
    c.engine(script=script)
    check(c.build("--load", "-o", "x.tar") == 1, c.told)
    check(not (c.folder / "x.tar").exists(), "a file is left")
    check(not c.litter(), c.litter())


@found("Ctrl-C ends a load at once: before, during and after the upload")
def interrupt(c):
    wait = threading.Event()
    c.closing.append(wait.set)

    def at(most):
        return lambda r: (r.read(most), reached.set(), wait.wait(30))
    for most in (0, 1 << 20, None):
        reached = threading.Event()
        e = c.engine(script=at(most))
        process = c.start("build", INPUTS["large"].with_suffix(".spec"),
                          "--load")
        check(reached.wait(20), "the load does not begin")
        time.sleep(0.2)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        check(c.finish(process) == -signal.SIGINT, c.told)
        check(time.monotonic() - start < 3, "it took long")
        check(most is None or not e.loads[0].whole, "the engine got an end")
    said(c, "interrupted")


# --- where the engine is -----------------------------------------------------

@found("no engine: nothing there, nobody listens, no permission")
def not_there(c):
    c.env["DOCKER_HOST"] = c.env["CONTAINER_HOST"] = \
        f"unix://{c.folder}/no.sock"
    check(c.build() == 1, c.told)
    refusal(c, "Docker at unix://", "(DOCKER_HOST) cannot be reached",
            "start Docker")
    check(c.build("--load=podman") == 1, c.told)
    refusal(c, "Podman at unix://", "(CONTAINER_HOST)",
            "systemctl --user start podman.socket")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(c.folder / "no.sock"))
    check(c.build() == 1, c.told)
    refusal(c, "refused", "start Docker")
    if os.geteuid() != 0:
        return None
    e = c.engine()
    os.chmod(e.path, 0o600)
    result = subprocess.run(
        ["setpriv", "--reuid", "65534", "--clear-groups"] + harness.COMMAND +
        ["-", "--load"], stdin=open(INPUTS["small"].with_suffix(".spec")),
        env=dict(c.env, TMPDIR="/tmp"), capture_output=True, check=False)
    if b"Permission denied" not in result.stderr:
        return f"no such user here: {result.stderr.decode().strip()}"
    check(result.returncode == 1 and b"group docker" in result.stderr and
          result.stderr.count(b"\n") == 1, result.stderr.decode())
    return None


@found("addresses that are not supported, or no addresses")
def addresses(c):
    for host, words in (
            ("ssh://me@host", ["ssh", "docker load", "DOCKER_HOST"]),
            ("npipe:////./pipe/x", ["unix:///PATH or tcp://HOST:PORT"]),
            ("localhost", ["unix:///PATH or tcp://HOST:PORT"]),
            ("unix://relative", ["unix:///PATH"]),
            ("unix:///" + 200 * "x", ["107 bytes"]),
            ("tcp://", ["tcp://HOST:PORT"]),
            ("tcp://me:s3cret@host:1", ["tcp://HOST:PORT"]),
            ("tcp://127.0.0.1:1", ["Docker at tcp://127.0.0.1:1"])):
        c.env["DOCKER_HOST"] = host
        check(c.build() == 1, c.told)
        refusal(c, *words)


@found("contexts: the current one, DOCKER_CONTEXT, and DOCKER_HOST before both")
def contexts(c):
    one, two = c.engine(), c.engine()
    host = c.env.pop("DOCKER_HOST")
    config = c.folder / ".docker"
    for name, made in (("one", one), ("two", two)):
        identity = hashlib.sha256(name.encode()).hexdigest()
        folder = config / "contexts/meta" / identity
        folder.mkdir(parents=True)
        (folder / "meta.json").write_text(json.dumps(
            {"Name": name, "Metadata": {}, "Endpoints": {
                "docker": {"Host": made.host, "SkipTLSVerify": False}}}))
    (config / "config.json").write_text('{"currentContext": "one"}')
    check(c.build() == 0 and len(one.loads) == 1, c.told)
    c.env["DOCKER_CONTEXT"] = "two"
    check(c.build() == 0 and len(two.loads) == 1, c.told)
    c.env["DOCKER_CONTEXT"] = "three"
    check(c.build() == 1, c.told)
    refusal(c, "no Docker context 'three'", "docker context ls")
    c.env["DOCKER_HOST"] = host
    check(c.build() == 0 and len(two.loads) == 2, c.told)
    del c.env["DOCKER_HOST"], c.env["DOCKER_CONTEXT"]
    os.rename(config, c.folder / "elsewhere")
    c.env["DOCKER_CONFIG"] = str(c.folder / "elsewhere")
    check(c.build() == 0 and len(one.loads) == 2, c.told)
    two.close()
    c.closing.remove(two.close)
    c.env["DOCKER_CONTEXT"] = "two"
    check(c.build() == 1, c.told)
    refusal(c, "(context 'two') cannot be reached")
    meta = next((c.folder / "elsewhere/contexts/meta").glob("*/meta.json"))
    for text in ("", "[]", "{}", '{"Endpoints":{"docker":{"Host":1}}}'):
        for path in (c.folder / "elsewhere").glob("contexts/meta/*/meta.json"):
            path.write_text(text)
        check(c.build() == 1, c.told)
        refusal(c, "meta.json")
    check(meta.exists(), "it was changed")


@found("Podman's own socket: XDG_RUNTIME_DIR/podman/podman.sock")
def runtime(c):
    (c.folder / "podman").mkdir()
    made = engine.Engine(path=c.folder / "podman/podman.sock",
                         script=engine.podman_loads, version=engine.PODMAN)
    c.closing.append(made.close)
    c.env["XDG_RUNTIME_DIR"] = str(c.folder)
    check(c.build("--load=podman") == 0 and len(made.loads) == 1, c.told)


@found("TCP, with and without TLS: the engine's and the client's certificates")
def tls(c):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(INPUTS["cert"], INPUTS["key"])
    context.load_verify_locations(INPUTS["ca"])
    context.verify_mode = ssl.CERT_REQUIRED
    made = engine.Engine(tls=context)
    plain = engine.Engine()
    c.closing += [made.close, plain.close]
    c.env["DOCKER_HOST"] = plain.host + "/"
    check(c.build() == 0 and len(plain.loads) == 1, c.told)
    c.env["DOCKER_HOST"] = made.host
    check(c.build() == 1, c.told)
    check(c.said.count("\n") == 1, c.said)
    certs = c.folder / "certs"
    certs.mkdir()
    c.env.update(DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=str(certs))
    check(c.build() == 1, c.told)
    refusal(c, "ca.pem")
    for name, source in (("ca", "ca"), ("cert", "cert"), ("key", "key")):
        (certs / f"{name}.pem").write_bytes(INPUTS[source].read_bytes())
    check(c.build() == 0 and len(made.loads) == 1, c.told)
    c.env["DOCKER_HOST"] = plain.host
    check(c.build() == 1, c.told)
    refusal(c, "DOCKER_TLS_VERIFY")
    c.env["DOCKER_HOST"] = made.host
    (certs / "key.pem").unlink()
    check(c.build() == 1, c.told)
    refusal(c, "only one of cert.pem and key.pem")
    # Not checked with DOCKER_TLS alone.
    (certs / "key.pem").write_bytes(INPUTS["key"].read_bytes())
    (certs / "ca.pem").unlink()
    del c.env["DOCKER_TLS_VERIFY"]
    c.env["DOCKER_TLS"] = "1"
    check(c.build() == 0 and len(made.loads) == 2, c.told)


@found("a proxy is not asked")
def no_proxy(c):
    plain = engine.Engine()
    c.closing.append(plain.close)
    c.env.update(DOCKER_HOST=plain.host, HTTP_PROXY="http://127.0.0.1:1",
                 http_proxy="http://127.0.0.1:1")
    check(c.build() == 0, c.told)


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    tests = [(title, function) for title, function in TESTS if word in title]
    return harness.run_all(tests, Case, make_inputs, workers=4)


if __name__ == "__main__":
    sys.exit(main())
