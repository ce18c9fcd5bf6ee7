# SPDX-License-Identifier: Apache-2.0
"""Packing with forged records in the cache.

    records.py SEED COUNT

Packs a folder of some MiB, then COUNT times changes numbers, digests or lines
of the records that the cache has of it, edits an input in two of three times,
and packs again. A record is given back as it was signed, with the digest of
its text in the first line, or signed with the cache's own key. Without the
key the image has to be the one that is packed without a cache; with it, the
command has to end by itself. OCI_PACK names the command, XDG_CACHE_HOME the
folder that the cache is in.
"""

import glob
import hashlib
import hmac
import os
import random
import re
import shutil
import subprocess
import sys
import time

COMMAND = os.environ["OCI_PACK"]
CACHE = os.environ["XDG_CACHE_HOME"] + "/oci-pack"
MIB = 1 << 20
FILES = [700000, MIB + 9, 300, 2 * MIB, 65536, 5, 900000]
NUMBERS = [0, 1, 63, 64, 65, 512, MIB - 64, MIB, MIB + 1, 2 * MIB, 1 << 31,
           (1 << 32) - 1, 1 << 32, (1 << 63) - 1, (1 << 64) - 1]


def make_inputs(rng):
    os.mkdir("forged")
    os.chdir("forged")
    os.mkdir("in")
    for i, size in enumerate(FILES):
        with open(f"in/{i}", "wb") as file:
            file.write(rng.randbytes(size // 2) + b"x" * (size - size // 2))
    with open("a.spec", "w") as file:
        file.write("version: 1\nlayers: [{entries: "
                   "[{path: /in, from: in}]}]\n")


def pack(*options):
    """The exit status, and the image's digest; a signal is the end."""
    result = subprocess.run(
        [COMMAND, "a.spec", "-q", "--lint", "off", "-o", "a.tar", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if result.returncode not in (0, 1) or b"Sanitizer" in result.stderr:
        sys.exit(f"exit {result.returncode}: {result.stderr.decode()}")
    if result.returncode and not result.stderr:
        sys.exit("it failed without a word")
    return result.returncode, result.stdout.strip()


def change_word(rng, text):
    words = [m for m in re.finditer(rb"[0-9a-f:sh]+", text)]
    word = rng.choice(words)
    if b":" in word[0]:
        others = re.findall(rb"sha256:[0-9a-f]{64}", text)
        new = rng.choice(others + [b"sha256:" + b"%064x" % rng.getrandbits(
            256)])
    elif rng.random() < .5:
        new = b"%d" % rng.choice(NUMBERS)
    else:
        new = b"%d" % max(0, int(word[0], 16) + rng.randrange(-70, 70))
    return text[:word.start()] + new + text[word.end():]


def change_lines(rng, text):
    lines = text.splitlines(keepends=True)
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    how = rng.randrange(3)
    if how == 0:
        lines[one], lines[two] = lines[two], lines[one]
    elif how == 1:
        lines.insert(one, lines[two])
    else:
        del lines[one]
    return b"".join(lines)


def forge(rng, path, how):
    with open(path, "rb") as file:
        code, text = file.read().split(b"\n", 1)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        change = rng.choice([change_word, change_word, change_lines])
        text = change(rng, text) or text
    if how == "digest":
        code = b"sha256:" + hashlib.sha256(text).hexdigest().encode()
    elif how == "key":
        with open(CACHE + "/key", "rb") as file:
            key = file.read()
        head = f"layers sha256:{os.path.basename(path)}\n".encode()
        code = hmac.new(key, head + text, hashlib.sha256).hexdigest().encode()
    with open(path, "wb") as file:
        file.write(code + b"\n" + text)


def main():
    seed, count = map(int, sys.argv[1:])
    rng = random.Random(seed)
    make_inputs(rng)
    time.sleep(2.1)
    pack()
    shutil.copytree(CACHE, "pristine", copy_function=shutil.copy2)
    used = 0
    for round in range(count):
        shutil.rmtree(CACHE)
        shutil.copytree("pristine", CACHE, copy_function=shutil.copy2)
        how = ("code", "digest", "key")[round % 3]
        for path in glob.glob(CACHE + "/layers/*"):
            forge(rng, path, how)
        if round % 9 >= 3:
            with open(f"in/{rng.randrange(len(FILES))}", "r+b") as file:
                file.write(rng.randbytes(1))
        status, digest = pack()
        if how == "key":
            used += status == 0
        elif (status, digest) != pack("--no-cache"):
            sys.exit(f"round {round}: a forged record made another image")
    print(f"{count} forged records, {used} with the key packed to an image")


main()
