# SPDX-License-Identifier: Apache-2.0
"""Commands that are killed, or lose power: what is there before, the command,
and what may be there afterwards.

Each runs in a folder of its own, which has the inputs, the cache (cache/) and
the folder for temporary files (tmp/), so that every file that is left shows.
"""
import dataclasses
import hashlib
import itertools
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("OCI_PACK", str(ROOT / "build/release/oci-pack"))
RECORD = re.compile(r"cache/oci-pack/(layers|clean)/[0-9a-f]+$")
LIMIT = 120         # seconds of one command
INPUTS = ("in", "a.spec", "b.spec", "c.spec", "base.spec", "tree.spec",
          "a.tar", "c.tar", "arm64.tar", "tree.tar")


@dataclasses.dataclass
class Scene:
    """A command. {repo}: a repository of this run's own in a registry; {base}:
    an image there. image: a reference, and the image that it has to be after
    the command; kept: references and their images before it. files: other
    outputs, whose bytes are compared. tree: a folder that is there with all of
    its files, or not at all; the command does not write it again."""
    name: str
    before: list
    command: str
    image: tuple = ()
    kept: tuple = ()
    files: tuple = ()
    tree: str = ""

    @property
    def remote(self):
        return any("{" in line or "base.spec" in line
                   for line in [self.command, *self.before])


PACK = "build -q --lint off"
SCENES = [
    Scene("build of a layout", [], f"{PACK} b.spec -o out",
          ("oci:out:two", "b")),
    Scene("build into a layout", [f"{PACK} a.spec -o out"],
          f"{PACK} b.spec -o out", ("oci:out:two", "b"),
          (("oci:out:one", "a"),)),
    Scene("build of a tag again", [f"{PACK} a.spec -o out"],
          f"{PACK} c.spec -o out", ("oci:out:one", "c"),
          (("oci:out:one", "a"),)),
    Scene("build of an archive", [], f"{PACK} b.spec -o out.tar",
          ("out.tar", "b")),
    Scene("build of an archive again", [f"{PACK} a.spec -o out.tar"],
          f"{PACK} c.spec -o out.tar", ("out.tar", "c"), (("out.tar", "a"),)),
    Scene("copy into a layout", [f"{PACK} b.spec -o out"],
          "copy -q a.tar oci:out:copy", ("oci:out:copy", "a"),
          (("oci:out:two", "b"),)),
    Scene("index append", ["index create -q -o oci:out:all a.tar"],
          "index append -q oci:out:all arm64.tar", ("oci:out:all", "all"),
          (("oci:out:all", "first"),)),
    Scene("report", [], "report a.tar -o page.html", files=("page.html",)),
    Scene("cache prune", [f"{PACK} a.spec -o out"], "cache prune",
          kept=(("oci:out:one", "a"),)),
    Scene("push", ["push -q a.tar {repo}:one"], "push -q c.tar {repo}:one",
          ("{repo}:one", "c"), (("{repo}:one", "a"),)),
    Scene("pull", [], "pull -q {base} -o out.tar", ("out.tar", "a")),
    Scene("build on a base", [], f"{PACK} base.spec -o out",
          ("oci:out:three", "base")),
    Scene("lock", [], "lock base.spec", files=("base.spec.lock",)),
    Scene("extract", [], "extract tree.tar -o out", files=(
        "out/in", "out/d/twin", "out/d/e/own", "out/d/link"), tree="out"),
]
TREE = """version: 1
image: example.com/tree
platforms: [linux/amd64]
layers:
  - entries:
      - {path: /in, from: in}
      - {path: /d/twin, hardlink: /in}
      - {path: /d/link, symlink: ../in}
      - {path: /d/e/own, content: own}
      - {path: /d/none, dir: {}, mode: 0000}
"""


def write_spec(folder, name, tag, content, base=None):
    lines = ["version: 1", "image: example.com/a", f"tags: [{tag}]",
             "platforms: [linux/amd64]"]
    if base:
        lines.append(f"base: {base}")
    lines += ["layers:", "  - entries: [{path: /in, from: in}]",
              f"  - entries: [{{path: /own, content: {content}}}]"]
    (folder / name).write_text("\n".join(lines) + "\n")


class Stage:
    """The inputs, the images that the commands give, and a registry."""

    def __init__(self, size=40000):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="liboci-crash-"))
        self.inputs = self.top / "inputs"
        self.numbers = itertools.count()
        self.registry = None
        self.inputs.mkdir()
        (self.inputs / "in").write_bytes(random.Random(1).randbytes(size))
        for name, tag in (("a", "one"), ("b", "two"), ("c", "one")):
            write_spec(self.inputs, f"{name}.spec", tag, name)
        (self.inputs / "tree.spec").write_text(TREE)
        try:
            self.start_registry()
            self.make_images()
        except BaseException:
            self.close()
            raise

    def start_registry(self):
        run = subprocess.run(
            [ROOT / "tests/registry/distribution", "start",
             self.top / "registry", "plain"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if run.returncode == 0:
            self.registry = run.stdout.strip()
        elif os.environ.get("CI") == "true":
            raise AssertionError("there is no registry here")

    def make_images(self):
        folder = self.inputs
        for spec, more in (("a", ""), ("c", "")):
            self.must(folder, f"{PACK} {spec}.spec -o {spec}.tar {more}")
        self.must(folder, f"{PACK} tree.spec -o tree.tar")
        self.must(folder, f"{PACK} a.spec --platform linux/arm64 "
                          "-o arm64.tar")
        self.must(folder, f"{PACK} b.spec -o out")
        self.must(folder, "index create -q -o oci:out:all a.tar")
        self.images = {name: self.image(folder, ref) for name, ref in (
            ("a", "a.tar"), ("b", "oci:out:two"), ("c", "c.tar"),
            ("first", "oci:out:all"))}
        self.must(folder, "index append -q oci:out:all arm64.tar")
        self.images["all"] = self.image(folder, "oci:out:all")
        if self.registry:
            self.base = f"{self.registry}/base:one"
            self.must(folder, f"push -q a.tar {self.base}")
            write_spec(folder, "base.spec", "three", "d",
                       f"docker://{self.base}")
            self.must(folder, f"{PACK} base.spec -o out")
            self.images["base"] = self.image(folder, "oci:out:three")
        for name in ("out", "cache", "tmp"):
            shutil.rmtree(folder / name, ignore_errors=True)

    def close(self):
        if self.registry:
            subprocess.run([ROOT / "tests/registry/distribution", "stop",
                            self.top / "registry"],
                           stdout=subprocess.DEVNULL)
        shutil.rmtree(self.top, ignore_errors=True)

    def folder(self):
        """A new folder with the inputs, and a name for a repository."""
        folder = self.top / f"run{next(self.numbers)}"
        shutil.copytree(self.inputs, folder)
        (folder / "tmp").mkdir()
        return folder

    def words(self, folder, line):
        repo = f"{self.registry}/{folder.name}"
        return [word.format(repo=repo, base=getattr(self, "base", ""))
                for word in line.split()]

    def environment(self, folder):
        return {"PATH": os.environ["PATH"], "HOME": str(folder),
                "XDG_CACHE_HOME": str(folder / "cache"),
                "TMPDIR": str(folder / "tmp")}

    def start(self, folder, line, before=(), **more):
        (folder / "tmp").mkdir(exist_ok=True)
        env = {**self.environment(folder), **more.pop("env", {})}
        return subprocess.Popen(
            [*before, COMMAND, *self.words(folder, line)], cwd=folder,
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, **more)

    def run(self, folder, line, **more):
        process = self.start(folder, line, **more)
        said = process.communicate(timeout=LIMIT)
        return process.returncode, "".join(said)

    def must(self, folder, line, **more):
        status, said = self.run(folder, line, **more)
        if status != 0:
            raise AssertionError(f"'{line}' ended with {status}: {said}")
        return said

    def image(self, folder, reference):
        """The digest of an image that verify finds whole; None: there is no
        such image."""
        status, said = self.run(folder, f"inspect --raw {reference}")
        if status != 0:
            return None
        self.must(folder, f"verify -q {reference}")
        return hashlib.sha256(said.encode()).hexdigest()


def names(folder):
    """All files and folders below, except the inputs. Names of cache records
    depend on the inodes of inputs, so they are numbered; the list of mount
    candidates depends on what the cache had."""
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*")
             if path.name not in INPUTS and path.name != "seen"]
    records = [n for n in found if RECORD.match(n)]
    return set(found) - set(records) | {
        f"record {i}" for i in range(len(records))}


def is_temporary(name):
    return name.rpartition("/")[2].startswith(".") or "tmp/" in name


def check_between(stage, scene, folder):
    """What a command that did not end may leave: all that was there before,
    or all of the new."""
    images = stage.images
    allowed = {}
    if scene.image:
        allowed[scene.image[0]] = [images[scene.image[1]], None]
    for reference, image in scene.kept:
        new = allowed.get(reference, [])[:1]
        allowed[reference] = [images[image], *new]
    for reference, those in allowed.items():
        found = stage.image(folder, *stage.words(folder, reference))
        if found not in those:
            raise AssertionError(f"{reference} is {found}")
    if (folder / "out/index.json").exists():
        stage.must(folder, "verify -q out")
    if scene.tree and (folder / scene.tree).exists():
        check_tree(scene, folder)


def check_tree(scene, folder):
    missing = [name for name in scene.files if not (folder / name).exists()]
    if missing:
        raise AssertionError(f"{scene.tree} has no {missing}")


def run_again(stage, scene, folder, **more):
    """The command once more, after one that did not end."""
    if scene.tree and (folder / scene.tree).exists():
        status, said = stage.run(folder, scene.command, **more)
        if status != 1 or "is not empty" not in said:
            raise AssertionError(f"'{scene.command}' ended with {status}: "
                                 f"{said}")
    else:
        stage.must(folder, scene.command, **more)


def check_after(stage, scene, folder, wanted):
    """What a command that ended with 0 has to have made. wanted: the bytes of
    other files, by name."""
    final = dict(scene.kept)
    if scene.image:
        final[scene.image[0]] = scene.image[1]
    for reference, image in final.items():
        found = stage.image(folder, *stage.words(folder, reference))
        if found != stage.images[image]:
            raise AssertionError(f"{reference} is {found}")
    for name, data in wanted.items():
        if not (folder / name).exists() or \
                (folder / name).read_bytes() != data:
            raise AssertionError(f"{name} has other bytes")
