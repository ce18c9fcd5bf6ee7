#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pairs of texts, and what oci-pack diff --text says about them.

    diff_texts.py write A B     writes the pairs into two folders
    diff_texts.py check A B <JSON

check applies each patch to the file in A, compares the result with that in B,
and compares the number of changes with that of diff(1).
"""
import json
import pathlib
import random
import re
import subprocess
import sys


def pairs():
    rng = random.Random(5)
    yield b"", b"x\n"
    yield b"x\n", b""
    yield b"x", b"x\n"
    yield b"a\nb", b"a\nc"
    yield b"\n" * 9, b"\n" * 10
    for size in (3, 12, 60, 300):
        for words in (2, 5, 1000):
            for _ in range(12):
                a = [b"%d\n" % rng.randrange(words) for _ in range(size)]
                b = list(a)
                for _ in range(rng.randrange(1, 8)):
                    at = rng.randrange(len(b) + 1)
                    b[at:at + rng.randrange(3)] = [
                        b"%d\n" % rng.randrange(words)
                        for _ in range(rng.randrange(3))]
                if a != b:
                    yield b"".join(a), b"".join(b)
    many = [b"%d\n" % i for i in range(3000)]
    yield b"".join(many), b"".join(reversed(many))


def write(left, right):
    for i, (a, b) in enumerate(pairs()):
        (left / f"{i:03}").write_bytes(a)
        (right / f"{i:03}").write_bytes(b)


def apply(old, patch):
    lines, out, at = old.splitlines(True), [], 0
    rows = patch.splitlines(True)
    for i, row in enumerate(rows):
        hunk = re.match(r"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@\n", row)
        if hunk:
            start = int(hunk[1]) - (hunk[2] != ",0")
            out += lines[at:start]
            at = start
            assert len(out) == int(hunk[3]) - (hunk[4] != ",0"), row
            continue
        if row[0] == "\\":
            continue
        text = row[1:]
        if rows[i + 1:i + 2] and rows[i + 1][0] == "\\":
            text = text[:-1]
        if row[0] in " -":
            assert lines[at] == text, (lines[at], row)
            at += 1
        if row[0] in " +":
            out.append(text)
    return "".join(out + lines[at:])


def changes(patch):
    return len(re.findall(r"^[-+]", patch, re.M))


def check(left, right):
    texts = {file["path"][1:]: file["text"]
             for file in json.load(sys.stdin)["files"] if "text" in file}
    for i, (a, b) in enumerate(pairs()):
        name = f"{i:03}"
        patch = texts.pop(name)
        assert apply(a.decode(), patch) == b.decode(), name
        peer = subprocess.run(["diff", "-d", left / name, right / name],
                              stdout=subprocess.PIPE, check=False).stdout
        wanted = len(re.findall(rb"^[<>]", peer, re.M))
        assert changes(patch) == wanted or wanted > 500, (name, wanted, patch)
    assert not texts, texts


def main():
    left, right = map(pathlib.Path, sys.argv[2:4])
    (write if sys.argv[1] == "write" else check)(left, right)


main()
