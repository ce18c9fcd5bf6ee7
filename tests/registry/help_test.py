#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the examples of each command's --help, as they are, with a real
registry (distribution) in the place of ghcr.io.

    help_test.py OCI-PACK

Prints TAP.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness                                          # noqa: E402
import line_test                                        # noqa: E402
from harness import COMMAND, check                      # noqa: E402



def commands():
    text = subprocess.run(COMMAND + ["--help"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    listed = text.split("\nCommands", 1)[1].split("\nTopics", 1)[0]
    return re.findall(r"^  (\w+) +\w", listed, re.M)


def examples(command):
    text = subprocess.run(COMMAND + [command, "--help"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    found = re.findall(r"^  # (.*)\n  ((?:source <\()?oci-pack .*)$",
                       text.split("\nExamples:\n", 1)[1], re.M)
    check(len(found) >= (1 if command == "login" else 3), found)
    return found


def spec(c, name, platform="linux/riscv64", **more):
    (c.folder / name).write_text(json.dumps({
        "version": 1, "image": f"{c.far}/owner/app", "tags": ["1"],
        "platforms": [platform],
        "layers": [{"entries": [{"path": "/etc/app.conf",
                                 "content": name}]}], **more}))


def pack(c, name, out, **more):
    spec(c, name, **more)
    check(shell(c, f"oci-pack {name} -q -o {out} --lint off") == 0, c.told)


def prepare(c):
    """The files and images that the examples name."""
    c.serve()
    os.symlink(COMMAND[0], c.folder / "oci-pack")
    c.env["PATH"] = f"{c.folder}:{c.env['PATH']}"
    (c.folder / "token").write_text("token")
    (c.folder / ".config/fish/completions").mkdir(parents=True)
    pack(c, "old.spec", "old.tar")
    pack(c, "new.spec", "new.tar")
    pack(c, "amd64.spec", "amd64.tar", platform="linux/amd64")
    pack(c, "arm64.spec", "arm64.tar", platform="linux/arm64")
    pack(c, "app.spec", "app.tar")
    pack(c, "app.spec", "riscv64.tar")
    (c.folder / "sub").mkdir()
    for name in ("Dockerfile", "sub/Dockerfile"):
        (c.folder / name).write_text("FROM scratch\nUSER 1\n")
    spec(c, "based.spec", base=f"docker://{c.far}/owner/app:1")
    check(shell(c, f"oci-pack push app.tar {c.far}/owner/app:1") == 0, c.told)


def shell(c, line):
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], env=c.env,
                          cwd=c.folder, timeout=60, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    c.told += f"$ {line}\n{done.stdout}"
    return done.returncode


def runs(command):
    def test(c):
        prepare(c)
        if command == "init":
            (c.folder / "app.spec").unlink()
        for what, line in examples(command):
            line = line.replace("ghcr.io", c.far)
            status = shell(c, line)
            # old.tar and new.tar differ.
            wanted = 3 if line.startswith("oci-pack diff") and \
                "old.tar" in line else 0
            check(status == wanted,
                  f"{what}: {status}: {c.told}")
    return test


def main():
    os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"
    if line_test.is_missing():
        return 1 if os.environ.get("CI") == "true" else 0
    tests = [(f"the examples of {name} run", runs(name))
             for name in commands()]
    return harness.run_all(tests, line_test.Case, lambda folder: None)


if __name__ == "__main__":
    sys.exit(main())
