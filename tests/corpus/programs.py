# SPDX-License-Identifier: Apache-2.0
"""Programs that are compiled here, or that PyPI's wheels have, and images of
one such program each."""
import os
import re
import shutil
import threading
import zipfile

import debian
from images import Image, accounts, content, debs, folder

GO = """\
package main

import (
	"crypto/x509"
	"fmt"
	"os/user"
	"runtime"
)

func main() {
	_, err := x509.SystemCertPool()
	u, _ := user.Current()
	fmt.Println("it runs", runtime.GOARCH, err, u != nil)
}
"""
C = '#include <stdio.h>\nint main(void) { return puts("it runs") < 0; }\n'
RUST = 'fn main() { println!("it runs"); }\n'
JAVA = """\
public class Hello {
	public static void main(String[] args) {
		System.out.println("it runs");
	}
}
"""
ARCHES = ("amd64", "386", "arm64", "arm", "riscv64", "ppc64le", "s390x")
WHEELS = {"amd64": "x86_64", "386": "i686", "arm64": "aarch64",
          "arm": "armv7l", "ppc64le": "ppc64le", "s390x": "s390x",
          "riscv64": "riscv64"}


class Programs:
    """Compilers, each of whose results is made once and kept."""

    def __init__(self, inputs):
        self.inputs = inputs
        self.folder = inputs.cache / "programs"
        self.lock = threading.RLock()

    def once(self, name, make):
        """The folder of a name, which make fills."""
        path = self.folder / name
        with self.lock:
            if not path.exists():
                new = self.folder / f"new-{name}"
                shutil.rmtree(new, ignore_errors=True)
                new.mkdir(parents=True)
                try:
                    make(new)
                except (OSError, StopIteration) as error:
                    raise debian.Lack(repr(error)) from error
                new.rename(path)
        return path

    def go(self, arch, *flags, **env):
        def make(new):
            (new / "go.mod").write_text("module example.org/app\n\ngo 1.21\n")
            (new / "main.go").write_text(GO)
            debian.run("go", "build", *flags, "-o", "app", ".", cwd=new,
                       env={**os.environ, "CGO_ENABLED": "0", "GOOS": "linux",
                            "GOARCH": arch, "GOARM": "7", **env})
        name = "-".join(["go", arch, *flags, *env.values()])
        return self.once(name.replace("=", "-"), make) / "app"

    def c(self, name, *flags, source=C, suffix="c", compiler="gcc"):
        def make(new):
            (new / f"app.{suffix}").write_text(source)
            debian.run(compiler, "-O1", "-o", "app", f"app.{suffix}",
                       *flags, cwd=new)
        return self.once("c-" + re.sub("[^\\w.=,-]", "_", name), make) / "app"

    def library(self, name, symbol, *flags):
        return self.c(name, "-shared", "-fPIC", f"-Wl,-soname,{name}", *flags,
                      source=f"int {symbol}(void) {{ return 0; }}\n")

    def rust(self, *flags):
        def make(new):
            (new / "app.rs").write_text(RUST)
            debian.run("rustc", *flags, "-o", "app", "app.rs", cwd=new)
        return self.once("rust" + "".join(flags).replace("/", ""),
                         make) / "app"

    def java(self):
        def make(new):
            (new / "Hello.java").write_text(JAVA)
            debian.run("javac", "--release", "17", "Hello.java", cwd=new)
            debian.run("jar", "cfe", "app.jar", "Hello", "Hello.class",
                       cwd=new)
        return self.once("java", make)

    def unpacked(self, suite, arch, package):
        """What is in one Debian package."""
        def make(new):
            deb, = self.inputs.suites.get(suite, arch).fetch([package], True)
            debian.run("dpkg-deb", "-x", deb, new)
        return self.once(f"deb-{suite}-{arch}-{package}", make)

    def musl(self):
        """A program for musl, and musl's own libc."""
        dev = self.unpacked("bookworm", "amd64", "musl-dev")
        lib = dev / "usr/lib/x86_64-linux-musl"
        return self.c(
            "musl", "-nostdinc", "-isystem",
            dev / "usr/include/x86_64-linux-musl", "-nostdlib", "-no-pie",
            lib / "crt1.o", lib / "crti.o", lib / "crtn.o", "-L", self.
            unpacked("bookworm", "amd64", "musl") / "lib/x86_64-linux-musl",
            "-lc",
            "-Wl,-dynamic-linker,/lib/ld-musl-x86_64.so.1")

    def wheel(self, platform, package="ruff", version="0.14.0"):
        def make(new):
            debian.run("python3", "-m", "pip", "-q", "download", "--no-deps",
                       "--only-binary=:all:", "--platform", platform,
                       "--dest", new, f"{package}=={version}")
            with zipfile.ZipFile(next(new.glob("*.whl"))) as archive:
                archive.extractall(new)
            (next(new.glob("*.data")) / "scripts" / package).rename(
                new / "app")
        return self.once(f"wheel-{package}-{platform}", make) / "app"


def on_scratch(program, path="/app", *entries):
    def layers(inputs):
        return [{"entries": [{"path": path, "mode": "0755",
                              "from": str(program(inputs.programs))},
                             *entries]}]
    return layers


def on_debian(program, suite, arch, packages, *entries):
    def layers(inputs):
        return debs(inputs, suite, arch, ["base-files", *packages],
                    {"path": "/usr/local/bin/app", "mode": "0755",
                     "from": str(program(inputs.programs))}, *entries)
    return layers


def of_go():
    app = {"entrypoint": ["/app"]}
    for arch in ARCHES:
        yield Image(f"go-{arch}", arch, on_scratch(
            lambda p, a=arch: p.go(a)), app, (), "it runs")
        yield Image(f"go-nonroot-{arch}", arch, on_scratch(
            lambda p, a=arch: p.go(a, "-trimpath", "-ldflags=-s"),
            "/usr/bin/app", *accounts(), folder(
                "/home/nonroot", owner="65532:65532", mode="0700")),
            {"entrypoint": ["app"], "user": "nonroot", "env": {
                "PATH": "/usr/bin", "SSL_CERT_FILE": "/etc/ca.crt"},
             "working-dir": "/home/nonroot"}, (), "it runs")
    for arch in ("amd64", "arm64"):
        yield Image(f"go-pie-{arch}", arch, on_debian(
            lambda p, a=arch: p.go(a, "-buildmode=pie"), "trixie", arch,
            ["libc6"]), {"entrypoint": ["app"]}, (), "it runs")
    for arch in ARCHES[:5]:
        yield Image(f"distroless-static-{arch}", arch, on_debian(
            lambda p, a=arch: p.go(a), "trixie", arch,
            ["ca-certificates", "tzdata", "netbase"],
            content("/etc/ssl/certs/ca-certificates.crt", "none\n")),
            {"entrypoint": ["/usr/local/bin/app"], "user": "65532:65532",
             "env": {"TZ": "Europe/Berlin"}}, (), "it runs")


def of_others():
    app = {"entrypoint": ["app"], "user": "nobody"}
    yield Image("go-cgo", "amd64", on_debian(
        lambda p: p.go("amd64", CGO_ENABLED="1"), "bookworm", "amd64",
        ["libc6"]), app, (), "it runs")
    yield Image("rust-gnu", "amd64", on_debian(
        lambda p: p.rust(), "trixie", "amd64", ["libgcc-s1"]), app, (),
        "it runs")
    yield Image("rust-static", "amd64", on_scratch(
        lambda p: p.rust("-Ctarget-feature=+crt-static")),
        {"entrypoint": ["/app"]}, (), "it runs")
    yield Image("c-static", "amd64", on_scratch(
        lambda p: p.c("static", "-static")), {"cmd": ["/app"]}, ("/app",),
        "it runs")
    yield Image("c-static-pie", "amd64", on_scratch(
        lambda p: p.c("static-pie", "-static-pie")),
        {"entrypoint": ["/app"]}, (), "it runs")
    yield Image("c-riscv64", "riscv64", on_debian(
        lambda p: p.c("riscv64", compiler="riscv64-linux-gnu-gcc"), "trixie",
        "riscv64", ["libc6"]), app, (), "it runs")
    yield Image("c-plus-plus", "amd64", on_debian(
        lambda p: p.c("plus", suffix="cc", compiler="g++", source=
                      "#include <iostream>\nint main() { std::cout << "
                      "\"it runs\\n\"; }\n"), "bookworm", "amd64",
        ["libstdc++6"]), app, (), "it runs")
    for arch, machine in WHEELS.items():
        glibc = "2_31" if arch == "riscv64" else "2_17"
        suite = "trixie" if arch == "riscv64" else "bookworm"
        yield Image(f"ruff-{arch}", arch, on_debian(
            lambda p, m=machine, g=glibc: p.wheel(f"manylinux_{g}_{m}"),
            suite, arch, ["libc6", "libgcc-s1"]), app, ("--version",),
            "ruff 0")
    for arch in ("amd64", "386", "arm64", "arm"):
        yield Image(f"ruff-musl-{arch}", arch, on_scratch(
            lambda p, m=WHEELS[arch]: p.wheel(f"musllinux_1_2_{m}")),
            {"entrypoint": ["/app"]}, ("--version",), "ruff 0")


def images():
    yield from of_go()
    yield from of_others()
