#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports coverage of liboci from the files that gcc --coverage left.

    coverage.py FOLDER

FOLDER has the objects with their .gcno and .gcda files. Prints a table of
modules with lines and branches; then, after an empty line, branches that were
never taken by what their line does; then functions that were never called.
"""

import collections
import gzip
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

KINDS = (
    ("memory ran out", r"nomem|alloc|_NOMEM|strdup"),
    ("a step before failed (rc)", r"\brc\b"),
    ("error of a system call", r"errno|fd < 0|!= 0|== -1|< 0"),
    ("snprintf did not fit", r"snprintf|_MAX|_ROOM|sizeof"),
)


def read(folder):
    """Counts of lines and branches by (file, line), and of functions."""
    lines = collections.Counter()
    branches = {}
    functions = collections.Counter()
    notes = [str(path.resolve()) for path in sorted(folder.rglob("*.gcno"))]
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["gcov", "--json-format", "--branch-probabilities",
                        "--preserve-paths"] + notes, cwd=work,
                       stdout=subprocess.DEVNULL, check=True)
        for path in Path(work).glob("*.gz"):
            for file in json.loads(gzip.open(path).read())["files"]:
                add(lines, branches, functions, file)
    return lines, branches, functions


def add(lines, branches, functions, file):
    name = file["file"]
    if not name.startswith("liboci/"):
        return
    for line in file["lines"]:
        place = name, line["line_number"]
        lines[place] += line["count"]
        counts = [b["count"] for b in line["branches"]]
        old = branches.get(place, [0] * len(counts))
        branches[place] = [a + b for a, b in zip(old, counts)]
    for function in file["functions"]:
        functions[name, function["start_line"], function["name"]] += \
            function["execution_count"]


def share(part, whole):
    return f"{part:6} of {whole:6} {100 * part / max(whole, 1):5.1f} %"


def print_modules(lines, branches):
    reached = collections.defaultdict(lambda: [0, 0, 0, 0])
    for (name, _), count in lines.items():
        for row in name.split("/")[1], "total":
            reached[row][0] += count > 0
            reached[row][1] += 1
    for (name, _), counts in branches.items():
        for row in name.split("/")[1], "total":
            reached[row][2] += sum(count > 0 for count in counts)
            reached[row][3] += len(counts)
    print(f"{'':10}{'lines':^24}  {'branches':^24}")
    for row in sorted(reached, key=lambda row: (row == "total", row)):
        a, b, c, d = reached[row]
        print(f"{row:10}{share(a, b)}  {share(c, d)}")


def print_kinds(branches):
    """Branches that were never taken, by a look at their line."""
    kinds = collections.Counter()
    sources = {}
    for (name, number), counts in branches.items():
        if name not in sources:
            sources[name] = Path(name).read_text().splitlines()
        text = "\n".join(sources[name][number - 1:number + 1])
        kind = next((kind for kind, pattern in KINDS
                     if re.search(pattern, text)), "other conditions")
        kinds[kind] += sum(count == 0 for count in counts)
    print("\nbranches never taken, by their line and the next")
    for kind, count in kinds.most_common():
        print(f"{count:6} {kind}")


def main():
    lines, branches, functions = read(Path(sys.argv[1]))
    print_modules(lines, branches)
    print_kinds(branches)
    print("\nfunctions never called")
    for (name, line, function), count in sorted(functions.items()):
        if not count:
            print(f"{name}:{line}: {function}")


main()
