# SPDX-License-Identifier: Apache-2.0
"""What the tests with registries of our own share: a folder and servers for
each, the command and what it said, and the watch over secrets.

No secret may come to a host that it is not for, to an output (each command
is run with -v), to the arguments of a program, or to a file but the config.
"""
import base64
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from fake import Registry     # noqa: E402

COMMAND = [os.path.abspath(sys.argv[1])] if len(sys.argv) > 1 else []
PAIR = base64.b64encode(b"user:s3cret-password").decode()
VERBS = ("build", "push", "pull", "copy", "index", "login", "inspect",
         "verify")
LOGGED = re.compile(r"(GET|HEAD|POST|PUT|PATCH|DELETE) \S+: |waiting \d|"
                    r"copied |"
                    r"(up|down)loading [0-9a-f]{12}: \S+ .?B of ")
KEPT = ("auth.json", "config.json", "docker-credential-test", "user")
INPUTS = {}
# A clock that is handed in (faketime's) is the command's alone. Certificates,
# tokens and servers go by the system's; so does this program, whose threads
# cannot wait with the other one.
HANDED = "COMMANDS_CLOCK"
if "LD_PRELOAD" in os.environ:
    os.environ[HANDED] = json.dumps({
        name: os.environ.pop(name) for name in list(os.environ)
        if name == "LD_PRELOAD" or name.startswith("FAKETIME")})
    os.execv(sys.executable, [sys.executable] + sys.argv)
CLOCK = json.loads(os.environ.pop(HANDED, "{}"))


def now():
    """Seconds since 1970 by the command's clock."""
    return int(subprocess.run(["date", "+%s"], env={**os.environ, **CLOCK},
                              stdout=subprocess.PIPE, check=True).stdout)



def found_in(tests):
    """A decorator for tests of one list: found(NUMBER, TITLE)."""
    def found(number, title):
        def register(function):
            tests.append((f"faults {number}: {title}", function))
            return function
        return register
    return found


def titled_in(tests):
    """A decorator for tests of one list: titled(TITLE)."""
    def titled(title):
        def register(function):
            tests.append((title, function))
            return function
        return register
    return titled


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def decoded(headers):
    """Headers as text, what is in base64 there included."""
    text = json.dumps(headers)
    for word in re.findall(r"Basic ([A-Za-z0-9+/=]+)", text):
        text += " " + base64.b64decode(word).decode(errors="replace")
    return text


class Case:
    """One test: a folder, servers, and what the command said."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="faults."))
        self.servers = []
        self.closing = []
        self.said = ""          # without the log of -v
        self.told = ""          # with it
        self.argv = ""
        self.secrets = {"s3cret-", PAIR}
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder),
                    "TMPDIR": str(self.folder), **CLOCK}
        for name, value in os.environ.items():
            if name.endswith("SAN_OPTIONS"):
                self.env[name] = value

    def server(self, kind=Registry, **options):
        server = kind(**options)
        self.servers.append(server)
        self.closing.append(server.close)
        return server

    def close(self):
        for close in reversed(self.closing):
            close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *args, stdin=b""):
        args = [str(a) for a in args]
        if args[0] in VERBS:
            args.insert(2 if args[0] == "index" else 1, "-v")
        self.argv += "\n".join(args)
        process = subprocess.Popen(
            COMMAND + args, env=self.env, cwd=self.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        try:
            process.stdin.write(stdin)
            process.stdin.close()
        except BrokenPipeError:
            pass
        process.stdin = None
        return process

    def finish(self, process, timeout=60):
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError("it never ended")
        told = out.decode() + err.decode()
        self.told += told
        self.said += "".join(line for line in told.splitlines(True)
                             if not LOGGED.match(line))
        assert process.returncode in (0, 1, 2, 3, -signal.SIGINT), \
            f"died with {process.returncode}: {told}"
        return process.returncode

    def run(self, *args, stdin=b"", timeout=60):
        return self.finish(self.start(*args, stdin=stdin), timeout)

    def forget(self):
        """What was said so far; it is searched for secrets all the same."""
        self.said = ""

    def helper(self, host, script):
        """A credential helper for host, which notes what ps would show."""
        if str(self.folder) not in self.env["PATH"]:
            self.env["PATH"] = f"{self.folder}:{self.env['PATH']}"
        path = self.folder / "docker-credential-test"
        path.write_text(f"#!/bin/sh\ncat /proc/$$/cmdline /proc/$PPID/cmdline"
                        f" >>{self.folder}/helper-argv\n" + script)
        path.chmod(0o755)
        (self.folder / "auth.json").write_text(json.dumps(
            {"credHelpers": {host: "test"}}))
        self.env["REGISTRY_AUTH_FILE"] = str(self.folder / "auth.json")

    def hurry(self):
        """Limits of minutes are over in seconds from now on, by a clock that
        takes the place of the one that was handed in."""
        self.env.update(LD_PRELOAD=str(INPUTS["clock"]), FAST_CLOCK="30")
        self.env["ASAN_OPTIONS"] = (self.env.get("ASAN_OPTIONS", "") +
                                    ":verify_asan_link_order=0")

    def litter(self):
        return [p.name for p in self.folder.rglob("*") if ".tmp" in p.name]

    def check_secrets(self):
        noted = self.folder / "helper-argv"
        argv = self.argv + (noted.read_text() if noted.exists() else "")
        for secret in self.secrets:
            check(secret not in self.told, f"{secret} in the output")
            check(secret not in argv, f"{secret} in arguments")
        for server in self.servers:
            for entry in list(server.log):
                check_entry(server, entry)
        for path in self.folder.rglob("*"):
            if path.name in KEPT or not path.is_file():
                continue
            data = path.read_bytes()
            for secret in self.secrets:
                check(secret.encode() not in data, f"{secret} in {path}")


def check_entry(server, entry):
    """A server sees what is for it: tokens that it issued, the password if
    it issues tokens, what it signed."""
    text = entry["target"] + " " + decoded(entry["headers"])
    given = server.token.given if server.token else ()
    for secret in re.findall(r"s3cret-[A-Za-z0-9-]+", text):
        fine = (secret in given if "token" in secret else
                server.signs if "signature" in secret else
                server.token or server.takes_passwords)
        check(fine, f"{secret} came to {server.host}")


def said(case, *words):
    for word in words:
        check(word in case.said, f"'{word}' is not in: {case.said}")


def refusal(case, *words):
    """One line, with these words in it."""
    check(case.said.count("\n") == 1, f"more than a line: {case.said}")
    said(case, *words)


# --- certificates ------------------------------------------------------------

def openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificate(folder, names):
    """folder/ca.pem, and folder/server.pem with its key, which it signed."""
    ca, key, server = (folder / f"{n}.pem" for n in ("ca", "key", "server"))
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 7300,
            "-subj", "/CN=test CA", "-keyout", folder / "ca-key.pem",
            "-out", ca)
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + names[0],
            "-keyout", key, "-out", folder / "server.csr")
    (folder / "names").write_text("subjectAltName=" + ",".join(
        ("IP:" if n[0].isdigit() else "DNS:") + n for n in names))
    openssl("x509", "-req", "-in", folder / "server.csr", "-days", 7300, "-CA",
            ca, "-CAkey", folder / "ca-key.pem", "-CAcreateserial",
            "-extfile", folder / "names", "-out", server)
    return ca, server, key


def make_clock(folder):
    INPUTS["clock"] = folder / "fast_clock.so"
    source = pathlib.Path(__file__).parent / "fast_clock.c"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", INPUTS["clock"],
                    source, "-ldl"], check=True)


# --- inputs and the run ------------------------------------------------------

def pack(folder, name, layers, tags=("t",), platforms=("linux/riscv64",),
         layout=False):
    spec = folder / f"{name}.spec"
    spec.write_text(json.dumps({
        "version": 1, "image": "example.org/x/y", "tags": list(tags),
        "platforms": list(platforms),
        "layers": [{"name": f"l{i}", "entries": entries}
                   for i, entries in enumerate(layers)]}))
    out = folder / (name if layout else name + ".tar")
    subprocess.run(COMMAND + [spec, "-o", out, "-q"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    INPUTS[name] = out


def run_one(function, kind):
    case = kind()
    try:
        skip = function(case)
        for server in case.servers:
            check(not server.unused(), f"never asked: {server.unused()}")
        case.check_secrets()
        return None, skip
    except Exception as error:      # each failure is one line of TAP
        name = "" if isinstance(error, AssertionError) else repr(error) + " "
        return name + str(error) + "\n" + case.told, None
    finally:
        case.close()


def run_all(tests, kind, make_inputs, workers=8):
    """Each of (title, function): a line of TAP. A function that returns a
    text was skipped, and says why."""
    with tempfile.TemporaryDirectory(prefix="faults.") as folder:
        make_inputs(pathlib.Path(folder))
        print(f"1..{len(tests)}")
        failed = 0
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            results = pool.map(lambda t: run_one(t[1], kind), tests)
            for (title, _), (why, skip) in zip(tests, results):
                failed += why is not None
                print(f"{'not ok' if why else 'ok'} {title}" +
                      (f" # SKIP {skip}" if skip else ""), flush=True)
                for line in (why or "").splitlines()[:40]:
                    print(f"# {line}")
    return 1 if failed else 0
