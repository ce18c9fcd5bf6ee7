# SPDX-License-Identifier: Apache-2.0
"""The commands whose system fails, and what each finds when it starts."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "registry"))
from fake import Registry               # noqa: E402

SPECS = {
    "a.spec": """version: 1
image: example.com/a
tags: [one]
layers:
  - entries:
      - {path: /a, content: "1"}
      - {path: /l, symlink: a}
      - {path: /f, from: files}
config: {env: {A: b}}
""",
    "b.spec": """version: 1
image: example.com/b
tags: [two]
base: a.tar
layers: [{entries: [{path: /b, content: b}]}]
""",
    "c.spec": """version: 1
image: example.com/c
tags: [three]
layers: [{entries: [{path: /c, archive: files.tar}]}]
""",
    "d.spec": """version: 1
image: example.com/d
layers:
  - entries:
      - {path: /a, content: d, xattrs: {user.a: d}}
      - {path: /var/lib/dpkg/status, content: "Package: x\\nVersion: 1\\n"}
""",
    "remote.spec": """version: 1
image: example.com/r
base: docker://REGISTRY/x/base:1
layers: [{entries: [{path: /b, content: b}]}]
""",
}
SPECS["e.spec"] = SPECS["d.spec"].replace("/d", "/e").replace(
    ": d", ": e").replace("Version: 1", "Version: 2")
QUIET = ("-q", "--lint", "off")
PLAIN = ("--plain-http", "--retries", "0")

# Name: the arguments, and what a run before it makes ("REGISTRY" is the host
# and port of a registry that has x/base:1). `out` and `out.tar` are outputs.
COMMANDS = {
    "build-layout": (["a.spec", *QUIET, "-o", "out"], []),
    "build-archive": (["a.spec", "-q", "-o", "out.tar", "-t",
                       "a.example/b:c", "--platform", "linux/riscv64"], []),
    "build-zstd": (["a.spec", *QUIET, "--no-cache", "--compression", "zstd",
                    "-o", "out.tar"], []),
    "build-tar": (["c.spec", *QUIET, "-o", "out.tar"], []),
    "build-base": (["b.spec", *QUIET, "-o", "out.tar"], []),
    "build-again": (["a.spec", *QUIET, "-o", "out"],
                    [["a.spec", *QUIET, "-o", "out"]]),
    "build-over": (["a.spec", *QUIET, "-o", "out.tar"],
                   [["b.spec", *QUIET, "-o", "out.tar"]]),
    "build-second": (["b.spec", *QUIET, "-o", "out"],
                     [["a.spec", *QUIET, "-o", "out"]]),
    "build-push": (["a.spec", *QUIET, *PLAIN, "--push", "REGISTRY/x/y:1"], []),
    "build-remote": (["remote.spec", *QUIET, *PLAIN, "-o", "out.tar"], []),
    "push": (["push", "a.tar", "REGISTRY/x/y:2", *PLAIN], []),
    "pull": (["pull", "REGISTRY/x/base:1", "-o", "out", *PLAIN], []),
    "copy": (["copy", "a.tar", "oci:out:x"], []),
    "copy-archive": (["copy", "oci:layout", "out.tar"], []),
    "lint": (["lint", "a.tar"], []),
    "verify": (["verify", "a.tar"], []),
    "verify-layout": (["verify", "layout"], []),
    "inspect": (["inspect", "a.tar"], []),
    "inspect-remote": (["inspect", "REGISTRY/x/base:1", "--json", *PLAIN], []),
    "lock": (["lock", "remote.spec", *PLAIN], []),
    "index-create": (["index", "create", "-o", "oci:out:i", "a.tar",
                      "b.tar"], []),
    "index-append": (["index", "append", "oci:out:i", "b.tar"],
                     [["index", "create", "-o", "oci:out:i", "a.tar"]]),
    "ls": (["ls", "a.tar"], []),
    "cat": (["cat", "a.tar", "/a"], []),
    "extract": (["extract", "a.tar", "-o", "out"], []),
    "report": (["report", "a.tar", "-o", "-"], []),
    "report-two": (["report", "a.tar", "a.tar", "-o", "-"], []),
    "diff": (["diff", "--json", "--text", "a.tar", "b.tar"], []),
    "diff-index": (["diff", "--text", "d.tar", "e.tar"], []),
    "no-spec": (["none.spec", "-o", "out.tar"], []),
    "cache-prune": (["cache", "prune"], [["a.spec", *QUIET, "-o", "x.tar"]]),
    "tags": (["tags", "REGISTRY/x/base", *PLAIN], []),
}


class World:
    """A folder with inputs, and a registry, as a command finds them."""

    def __init__(self, command, folder):
        self.command = command
        self.folder = pathlib.Path(folder)
        self.registry = Registry()
        self.env = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder),
                    "XDG_CACHE_HOME": str(self.folder / ".cache"),
                    "TMPDIR": str(self.folder)}
        self.make_inputs()
        self.kept = None

    def make_inputs(self):
        files = self.folder / "files"
        files.mkdir()
        (files / "text").write_text("text\n" * 99)
        (files / "large").write_bytes(bytes(range(256)) * 1024)
        subprocess.run(["tar", "-cf", "files.tar", "files"], check=True,
                       cwd=self.folder)
        for name, text in SPECS.items():
            (self.folder / name).write_text(
                text.replace("REGISTRY", self.registry.host))
        self.run("a.spec", *QUIET, "--no-cache", "-o", "a.tar")
        self.run("c.spec", *QUIET, "--no-cache", "--platform", "linux/amd64",
                 "-o", "b.tar")
        for name in "de":
            self.run(f"{name}.spec", *QUIET, "--no-cache", "--platform",
                     "linux/riscv64,linux/amd64", "-o", f"{name}.tar")
        self.run("a.spec", *QUIET, "--no-cache", "-o", "layout")
        self.run("push", "a.tar", f"{self.registry.host}/x/base:1", *PLAIN)

    def arguments(self, words):
        return [w.replace("REGISTRY", self.registry.host) for w in words]

    def start(self, words, **env):
        return subprocess.run(
            [self.command, *self.arguments(words)], cwd=self.folder,
            env={**self.env, **env}, stdin=subprocess.DEVNULL, timeout=60,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *words):
        result = self.start(words)
        if result.returncode:
            raise SystemExit(f"{words}: {result.stderr.decode()}")

    def files(self):
        """The bytes and modes of all files, but for those of the cache."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            name = str(path.relative_to(self.folder))
            if name.split("/")[0] == ".cache":
                continue
            status = path.lstat()
            found[name] = (status.st_mode,
                           path.read_bytes() if path.is_file() else b"")
        return found

    def state(self):
        """What a reader sees: files, and what the registry has under tags. A
        blob without a name is not seen."""
        return self.files(), dict(self.registry.manifests)
