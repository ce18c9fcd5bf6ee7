# SPDX-License-Identifier: Apache-2.0
"""Debian roots: as packages are unpacked, and as mmdebstrap installs them,
with the scripts of the packages; and the images of this repository."""
import pathlib
import shutil

import debian
from debian import ROOT, run
from images import Image, debs

ESSENTIAL = ("base-files base-passwd bash coreutils dash debianutils "
             "diffutils findutils grep gzip hostname libc-bin mawk "
             "ncurses-base ncurses-bin perl-base sed tar util-linux").split()
ARCHES = {"bookworm": ("amd64", "arm64", "arm", "386", "s390x", "ppc64le"),
          "trixie": ("amd64", "arm64", "arm", "386", "s390x", "ppc64le",
                     "riscv64"),
          "sid": ("amd64", "arm64", "arm", "s390x", "ppc64le", "riscv64")}

# What the scripts of packages set up: alternatives, caches, users.
INSTALLED = {
    "root": ("", ["bash"], ("-c", "echo it runs"), "it runs", {}),
    "nginx": ("nginx", ["nginx"], ("-v",), "nginx version", {}),
    "apache2": ("apache2", ["apachectl"], ("-v",), "Apache/2", {}),
    "postgresql": ("postgresql", ["psql"], ("--version",), "psql",
                   {"user": "postgres"}),
    "redis": ("redis-server", ["redis-server"], ("--version",), "Redis",
              {"user": "redis:redis", "working-dir": "/var/lib/redis"}),
    "php": ("php-cli", ["php"], ("--version",), "PHP 8", {}),
    "java": ("default-jre-headless", ["java"], ("-version",), "OpenJDK", {}),
    "python": ("python3-venv", ["python3"], ("--version",), "Python 3", {}),
    "ruby": ("ruby", ["ruby"], ("--version",), "ruby", {}),
    "node": ("nodejs", ["node"], ("--version",), r"v\d", {}),
    "gcc": ("gcc libc6-dev", ["cc"], ("--version",), "gcc|cc", {}),
    "postfix": ("postfix", ["postfix"], ("-c", "/etc/postfix", "check"),
                "^|.", {}),
    "exim": ("exim4-daemon-light", ["exim4"], ("-bV",), "Exim version", {}),
    "openssh": ("openssh-server", ["/usr/sbin/sshd"], ("-?",), "OpenSSH", {}),
    "systemd": ("systemd-sysv", ["/sbin/init"], ("--version",), "systemd 2",
                {"stop-signal": "SIGRTMIN+3"}),
}


def installed(inputs, suite, arch, packages):
    """The tar that mmdebstrap makes."""
    name = "-".join([suite, arch, *packages.split()])

    def make(new):
        mirror, keyring = debian.ask_fetch_debs()
        run("mmdebstrap", "-q", "--variant=minbase", "--mode=root",
            f"--architectures={debian.debian_name(arch)}",
            f"--keyring={keyring}",
            *([f"--include={','.join(packages.split())}"] if packages
              else []), suite,
            new / "root.tar.zst", mirror, timeout=900)
    return inputs.programs.once("root-" + name, make) / "root.tar.zst"


def of_scripts():
    wanted = [("trixie", "amd64", name) for name in INSTALLED]
    wanted += [(suite, arch, "root") for suite, arch in (
        ("bookworm", "amd64"), ("sid", "amd64"), ("bookworm", "386"),
        ("trixie", "riscv64"))]
    wanted += [("bookworm", "amd64", "java"), ("sid", "amd64", "python")]
    for suite, arch, name in wanted:
        packages, entrypoint, args, wants, more = INSTALLED[name]

        def layers(inputs, s=suite, a=arch, p=packages):
            return [{"entries": [{"path": "/", "archive": str(
                installed(inputs, s, a, p))}]}]
        yield Image(f"installed-{suite}-{arch}-{name}", arch, layers,
                    {"entrypoint": entrypoint, **more}, args, wants)


class Example(Image):
    """A spec of examples/, with its inputs."""

    def __init__(self, name, arch, args, wants):
        super().__init__(f"example-{name}-{arch}", arch, None, {}, args,
                         wants)
        self.tag = "latest"
        self.spec = ROOT / "examples" / name / f"{name}.spec"
        self.options = ["--platform", f"linux/{arch}", "-C", "{folder}"]

    def write(self, folder, inputs):
        """In a copy: nothing of the repository changes."""
        copy = inputs.cache / "examples"
        with inputs.programs.lock:
            shutil.copytree(ROOT / "examples", copy, dirs_exist_ok=True)
            run(copy / self.spec.parent.name / "get-inputs", "--arch",
                self.arch, timeout=900)
        spec = pathlib.Path(folder) / "image.spec"
        shutil.copy(self.spec, spec)
        self.options[-1] = str(copy / self.spec.parent.name)
        return spec


def images():
    for suite, arches in ARCHES.items():
        for arch in arches:
            yield Image(f"root-{suite}-{arch}", arch,
                        lambda inputs, s=suite, a=arch: debs(
                            inputs, s, a, ESSENTIAL),
                        {"cmd": ["bash"]},
                        ("bash", "-c", "perl -e 'print qq(it runs\\n)'"),
                        "it runs")
    for arch in ("riscv64", "amd64", "arm64", "arm"):
        yield Example("tini", arch, ("/bin/busybox", "uname"), "Linux")
    yield Example("buildkit", "riscv64", ("--version",), "buildkitd")
    yield from of_scripts()
