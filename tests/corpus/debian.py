# SPDX-License-Identifier: Apache-2.0
"""Debian packages of any suite and architecture, with what they depend on.

apt resolves, fetches and checks them, with a configuration of its own below
the cache; examples/fetch-debs says which mirror and which keys.
"""
import os
import pathlib
import re
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# As OCI images name them, and as Debian does.
NAMES = {"386": "i386", "arm": "armhf", "ppc64le": "ppc64el"}
INSTALLED = re.compile(r"^Inst (\S+) \((\S+) .*\[(\w+)\]\)", re.M)
CONFIGURATION = """\
Dir::State "{0}/state";
Dir::State::status "{0}/status";
Dir::Cache "{0}/cache";
Dir::Etc::sourcelist "{0}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "{1}";
APT::Architectures {{ "{1}"; }};
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
// A mirror that stood still is as good: signatures and hashes are checked.
Acquire::Check-Valid-Until "false";
"""


class Lack(Exception):
    """An input that cannot be had here."""


def debian_name(arch):
    return NAMES.get(arch, arch)


def run(*args, timeout=600, **kw):
    done = subprocess.run([str(a) for a in args], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=timeout, **kw)
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        raise Lack(f"{args[0]}: {text.strip()[-600:]}")
    return text


def ask_fetch_debs():
    """This machine's Debian mirror, and the keys that sign it."""
    script = (f'. "{ROOT}/examples/fetch-debs"; find_mirror; find_keyring; '
              'printf "%s\\n" "$mirror" "$keyring"')
    return run("bash", "-c", script).split()[-2:]


class Suite:
    """One suite for one architecture."""

    def __init__(self, cache, suite, arch):
        self.suite, self.arch = suite, debian_name(arch)
        self.folder = pathlib.Path(cache) / f"{suite}-{self.arch}"
        self.lock = threading.Lock()
        self.env = {**os.environ, "LC_ALL": "C",
                    "APT_CONFIG": str(self.folder / "apt.conf")}
        self.ready = False

    def prepare(self):
        """Lists that are here are taken as they are."""
        complete = self.folder / "complete"
        if self.ready or complete.exists():
            self.ready = True
            return
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").write_text("")
        mirror, keyring = ask_fetch_debs()
        (self.folder / "sources.list").write_text(
            f"deb [signed-by={keyring}] {mirror} {self.suite} main\n")
        (self.folder / "apt.conf").write_text(
            CONFIGURATION.format(self.folder, self.arch))
        run("apt-get", "-q", "--error-on=any", "update", env=self.env)
        complete.write_text("")
        self.ready = True

    def fetch(self, packages, alone=False):
        """Files of the packages, and of what they depend on unless alone."""
        with self.lock:
            self.prepare()
            archives = self.folder / "cache" / "archives"
            if alone:
                run("apt-get", "-q", "download", *packages, env=self.env,
                    cwd=archives)
                return [next(archives.glob(f"{p}_*.deb")) for p in packages]
            text = run("apt-get", "-q", "-s", "install", *packages,
                       env=self.env)
            files = [archives / f"{name}_{version}_{arch}.deb".replace(
                ":", "%3a") for name, version, arch in
                INSTALLED.findall(text)]
            if not all(file.exists() for file in files):
                run("apt-get", "-q", "-y", "-d", "install", *packages,
                    env=self.env)
            return sorted(files)


class Suites:
    def __init__(self, cache):
        self.cache, self.known = cache, {}
        self.lock = threading.Lock()

    def get(self, suite, arch):
        with self.lock:
            return self.known.setdefault(
                (suite, arch), Suite(self.cache, suite, arch))
