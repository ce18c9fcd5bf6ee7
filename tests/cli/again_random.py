# SPDX-License-Identifier: Apache-2.0
"""Packing again after random edits: the same image as without a cache.

    again_random.py SEED WORLDS ROUNDS

Makes WORLDS folders with a spec each, below the current one. In each of
ROUNDS they are edited, the cache is damaged in places, and each is packed
with the cache and without it. OCI_PACK names the command, XDG_CACHE_HOME the
folder that the cache is in. SETTLE=0 does not wait until edits are old enough
to be trusted.
"""

import os
import random
import shutil
import subprocess
import sys
import tarfile
import time

COMMAND = os.environ["OCI_PACK"]
CACHE = os.environ["XDG_CACHE_HOME"] + "/oci-pack"
MIB = 1 << 20
SIZES = [0, 1, 511, 512, 513, 4096, 60000, 65536, 70000, 786431, 786432,
         MIB - 1024, MIB - 512, MIB - 1, MIB, MIB + 1, MIB + 512, 3 * MIB + 7]
WEIGHTS = [3, 3, 1, 1, 1, 6, 6, 2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1]
LONG = "l" * 90


def some_size(rng):
    return rng.choices(SIZES, WEIGHTS)[0]


def some_bytes(rng, size):
    """Neither noise nor all the same."""
    piece = rng.randbytes(min(size, 3000)) + b"text " * 200
    return (piece * (size // len(piece) + 1))[:size]


class World:
    """A folder with inputs and a spec, and how it is changed."""

    def __init__(self, rng, path):
        self.rng = rng
        self.path = path
        self.names = 0
        self.word = self.place = "word"
        os.makedirs(path + "/real/sub/deep")
        os.makedirs(path + "/base/sub")
        os.symlink("real", path + "/app")
        for _ in range(rng.randrange(3, 16)):
            self.add()
        self.make_archive()
        self.write("base/low", b"low")
        self.write_specs()

    def write(self, name, data):
        with open(f"{self.path}/{name}", "wb") as file:
            file.write(data)

    def write_specs(self):
        base = ["version: 1", "platforms: [linux/amd64, linux/riscv64]",
                "layers:",
                "  - entries: [{path: /srv, from: base, mode: keep}]",
                "  - entries: [{path: /unpacked, archive: a.tar}]"]
        spec = ["version: 1", "image: example/a", "base: base.spec",
                "platforms: [linux/amd64, linux/riscv64]", "layers:",
                "  - entries:",
                "      - {path: /opt/app, from: app, exclude: ['**/*.o'],",
                "         mode: keep, mtime: keep}",
                "  - name: more",
                "    entries:",
                "      - {path: /unpacked/more, from: app/sub}",
                f"      - {{path: /{self.place}, content: '{self.word}'}}",
                "      - {path: /srv/sub/x, content: x}",
                "      - {path: /srv/low, remove: true}",
                "      - {path: /link, symlink: /unpacked}",
                f"      - {{path: /again, hardlink: /{self.place}}}",
                f"      - {{path: /{LONG}/{LONG}, content: long}}",
                "  - entries: [{path: /x, archive: a.tar},",
                "              {path: /y, from: app}]"]
        self.write("base.spec", "\n".join(base).encode() + b"\n")
        self.write("a.spec", "\n".join(spec).encode() + b"\n")

    def make_archive(self):
        with tarfile.open(self.path + "/a.tar", "w") as tar:
            tar.add(self.path + "/real", "in")
            link = tarfile.TarInfo("hard")
            link.type = tarfile.LNKTYPE
            files = [m for m in tar.getmembers() if m.isreg()]
            link.linkname = files[0].name if files else "in"
            if files:
                tar.addfile(link)

    def files(self):
        found = []
        for top, _, names in os.walk(self.path + "/real"):
            found += [f"{top}/{n}" for n in names
                      if not os.path.islink(f"{top}/{n}")]
        return sorted(found)

    def pick(self):
        return self.rng.choice(self.files() or [self.add()])

    def new_path(self):
        self.names += 1
        folder = self.rng.choice(["", "sub/", "sub/deep/"])
        name = self.rng.choice("amz") + str(self.names)
        if self.rng.random() < .15:
            name += LONG * 2
        if self.rng.random() < .05:
            name += ".o"
        return f"real/{folder}{name}"

    def add(self):
        name = self.new_path()
        self.write(name, some_bytes(self.rng, some_size(self.rng)))
        return f"{self.path}/{name}"

    def overwrite(self):
        """In place, with the size and the mtime as before."""
        path = self.pick()
        before = os.stat(path)
        with open(path, "r+b") as file:
            file.seek(self.rng.randrange(before.st_size + 1)
                      if before.st_size else 0)
            if file.tell() < before.st_size:
                file.write(self.rng.randbytes(1))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def resize(self):
        os.truncate(self.pick(), some_size(self.rng))

    def grow(self):
        with open(self.pick(), "ab") as file:
            file.write(b"x" * self.rng.choice([1, 512, 4096]))

    def remove(self):
        if len(self.files()) > 1:
            os.remove(self.pick())

    def rename(self):
        os.rename(self.pick(), f"{self.path}/{self.new_path()}")

    def swap(self):
        one, two = self.pick(), self.pick()
        os.rename(one, one + "~")
        if two != one:
            os.rename(two, one)
        os.rename(one + "~", two)

    def replace(self):
        path = self.pick()
        before = os.stat(path)
        with open(path + "~", "wb") as file:
            file.write(self.rng.randbytes(before.st_size))
        os.utime(path + "~", ns=(before.st_atime_ns, before.st_mtime_ns))
        os.rename(path + "~", path)

    def chmod(self):
        os.chmod(self.pick(), self.rng.choice([0o644, 0o755, 0o600]))

    def touch(self):
        os.utime(self.pick(), (self.rng.randrange(1 << 30),) * 2)

    def relink(self):
        link = self.path + "/real/link"
        if os.path.islink(link):
            os.remove(link)
        os.symlink(f"sub/{self.rng.randrange(3)}", link)

    def move_folder(self):
        """app leads to a folder of another name, which has the same."""
        other = self.path + "/real~"
        shutil.copytree(self.path + "/real", other, symlinks=True)
        shutil.rmtree(self.path + "/real")
        os.rename(other, self.path + "/real")

    def change_word(self):
        self.word = f"word{self.rng.randrange(3)}"
        self.write_specs()

    def change_place(self):
        self.place = f"word{self.rng.randrange(3)}"
        self.write_specs()

    def lower(self):
        self.write("base/low", self.rng.randbytes(9))

    def lower_folder(self):
        """Layers above write it as it is below."""
        os.chmod(self.path + "/base/sub", self.rng.choice([0o700, 0o711]))

    def edit(self):
        edits = [self.add, self.overwrite, self.resize, self.grow,
                 self.remove, self.rename, self.swap, self.replace,
                 self.chmod, self.touch, self.relink, self.move_folder,
                 self.change_word, self.change_place, self.lower,
                 self.lower_folder, self.make_archive]
        done = []
        for _ in range(self.rng.choice([0, 1, 1, 1, 1, 4])):
            edit = self.rng.choices(edits, [2, 8, 3, 3, 2, 2, 1, 2, 1, 1, 1,
                                            .3, 1, 1, 1, 2, .3])[0]
            edit()
            done.append(edit.__name__)
        return done

    def pack(self, out, options):
        command = [COMMAND, self.path + "/a.spec", "-q", "--lint", "warn",
                   "-o", f"{self.path}.{out}.tar"] + options
        result = subprocess.run(command, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, timeout=300)
        if result.returncode:
            sys.exit(f"{command}: {result.returncode}: {result.stderr}")
        return result.stdout


def damage(rng):
    """Blobs and notes: mostly bits of them, which size and times hide."""
    found = sorted(f"{top}/{name}" for top, _, names in os.walk(CACHE)
                   for name in names)
    for path in rng.sample(found, len(found) // 4):
        how = rng.randrange(12)
        if not os.path.isfile(path):    # of an earlier round
            continue
        size = os.path.getsize(path)
        if how == 0:
            os.remove(path)
        elif how == 1:
            os.truncate(path, rng.randrange(size + 1))
        elif how == 2:
            os.remove(path)
            os.mkfifo(path)
        elif size:
            with open(path, "r+b") as file:
                file.seek(rng.randrange(size))
                byte = file.read(1)[0] ^ 1 << rng.randrange(8)
                file.seek(-1, 1)
                file.write(bytes([byte]))


def some_options(rng):
    options = []
    if rng.random() < .08:
        options += ["--compression", rng.choice(["gzip:1", "none", "zstd",
                                                 "gzip:6"])]
    if rng.random() < .4:
        options += ["--jobs", rng.choice("1235")]
    return options


def check(world, done, rng):
    options = some_options(rng)
    world.pack("again", options)
    world.pack("anew", options + ["--no-cache"])
    with open(world.path + ".again.tar", "rb") as one, \
            open(world.path + ".anew.tar", "rb") as two:
        if one.read() != two.read():
            sys.exit(f"{world.path}: after {done}, with {options}: "
                     "the images differ")


def settle():
    if os.environ.get("SETTLE") != "0":
        time.sleep(2.1)


def main():
    seed, worlds, rounds = map(int, sys.argv[1:])
    print("seed", seed)
    rng = random.Random(seed)
    places = [World(rng, os.path.abspath(f"world{i}"))
              for i in range(worlds)]
    settle()
    for world in places:
        check(world, [], rng)
    for _ in range(rounds):
        done = [world.edit() for world in places]
        if rng.random() < .6:
            damage(rng)
        settle()
        for world, edits in zip(places, done):
            check(world, edits, rng)


main()
