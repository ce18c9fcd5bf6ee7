# SPDX-License-Identifier: Apache-2.0
"""Images as people make them by hand: stores of their own, odd paths, links,
users, scripts, and files of other machines beside those that run."""
from images import Image, accounts, content, debs, folder, link, script

STORE = "/nix/store/"
GLIBC = STORE + "0c7c96gikmzv87i7lv3vq5s1cmfjd6zf-glibc-2.36"
HELLO = STORE + "ngi2ybjqdcpd8mn6vqc0a5rkx1k5vxkq-hello-1"
FOO = STORE + "yq39xdwm4z0fhx7dsm8mlpgvcz3vbfg9-foo-1"
BASH = STORE + "rhvbjmcfnkg8i2dxpzr114cp1ws7f667-bash-5"
ETC = STORE + "j05zhp5mwkpf3n8hwgz6gcxl9rl0ppz5-etc"
LOADER = "/lib/ld-linux-x86-64.so.2"
RUNS = "it runs"
SYSTEM = ["base-files", "dash", "coreutils"]


def put(path, source, mode="0755", **more):
    return {"path": path, "from": str(source), "mode": mode, **more}


def image(name, entries, config, args=(), wants=RUNS, packages=SYSTEM,
          suite="trixie", arch="amd64"):
    """entries: a list, or what makes one of the programs."""
    def layers(inputs):
        made = entries(inputs.programs) if callable(entries) else entries
        if not packages:
            return [{"entries": made}]
        return debs(inputs, suite, arch, packages, *made)
    return Image("made-" + name, arch, layers, config, args, wants)


# --- stores ------------------------------------------------------------------

def glibc(programs, prefix=GLIBC):
    lib = programs.unpacked("bookworm", "amd64", "libc6") / \
        "lib/x86_64-linux-gnu"
    return [put(f"{prefix}/lib/{name}", lib / name) for name in (
        "ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6")]


def store_program(programs, name, *flags, prefix=GLIBC):
    return programs.c(name, f"-Wl,-rpath,{prefix}/lib",
                      f"-Wl,--dynamic-linker={prefix}{LOADER}", *flags)


def hello(programs):
    return [*glibc(programs), put(HELLO + "/bin/hello",
                                  store_program(programs, "nix"))]


def chain(programs):
    """hello needs foo, by its RUNPATH; foo needs bar, by its own."""
    bar = programs.library("libbar.so.1", "bar")
    foo = programs.library("libfoo.so.1", "foo", "-Wl,--no-as-needed",
                           str(bar), f"-Wl,-rpath,{FOO}/lib/private")
    app = store_program(programs, "nix-chain", "-Wl,--no-as-needed", str(foo),
                        f"-Wl,-rpath,{FOO}/lib", "-Wl,--allow-shlib-undefined")
    return [*glibc(programs), put(HELLO + "/bin/hello", app),
            put(FOO + "/lib/libfoo.so.1.0", foo),
            link(FOO + "/lib/libfoo.so.1", "libfoo.so.1.0"),
            put(FOO + "/lib/private/libbar.so.1", bar)]


def ash(programs):
    bash = programs.unpacked("trixie", "amd64", "busybox-static")
    return [put(BASH + "/bin/ash", bash / "usr/bin/busybox"),
            script(HELLO + "/bin/hello", f"#!{BASH}/bin/ash\necho {RUNS}\n")]


def stores():
    yield image("nix-path", hello, {"entrypoint": [HELLO + "/bin/hello"]},
                packages=None)
    yield image("nix-links", lambda p: [
        *hello(p), link("/bin", HELLO + "/bin"),
        link("/etc", ETC + "/etc"), content(
            ETC + "/etc/passwd", "app:x:7:7::/:/bin/sh\n")],
        {"entrypoint": ["hello"], "user": "app"}, packages=None)
    yield image("nix-profile", lambda p: [
        *hello(p), link(ETC + "/bin/hello", HELLO + "/bin/hello"),
        link("/nix/var/nix/profiles/default", ETC),
        link("/root/.nix-profile", "/nix/var/nix/profiles/default")],
        {"entrypoint": ["hello"],
         "env": {"PATH": "/root/.nix-profile/bin:/usr/bin"}}, packages=None)
    yield image("nix-chain", chain, {"entrypoint": [HELLO + "/bin/hello"]},
                packages=None)
    yield image("nix-script", ash, {"entrypoint": [HELLO + "/bin/hello"]},
                packages=None)
    yield image("guix", lambda p: [
        *glibc(p, "/gnu/store/abc-glibc"), put(
            "/gnu/store/xyz-hello/bin/hello", store_program(
                p, "guix", prefix="/gnu/store/abc-glibc"))],
        {"entrypoint": ["/gnu/store/xyz-hello/bin/hello"]}, packages=None)


# --- musl, distroless --------------------------------------------------------

def alpine(programs, *entries):
    musl = programs.unpacked("bookworm", "amd64", "musl")
    box = programs.unpacked("trixie", "amd64", "busybox-static")
    return [put("/lib/ld-musl-x86_64.so.1",
                musl / "lib/x86_64-linux-musl/libc.so"),
            link("/lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1"),
            put("/bin/busybox", box / "usr/bin/busybox"),
            *(link("/bin/" + name, "/bin/busybox") for name in (
                "sh", "ash", "cat", "env", "id")),
            put("/usr/bin/app", programs.musl()), *entries]


def without_shell():
    yield image("alpine", alpine, {"cmd": ["app"]}, ["app"], packages=None)
    yield image("alpine-shell", alpine, {"cmd": ["sh"]}, [
        "sh", "-c", "app"], packages=None)
    yield image("alpine-script", lambda p: alpine(p, script(
        "/entrypoint.sh", "#!/bin/ash\nset -e\nexec \"$@\"\n")),
        {"entrypoint": ["/entrypoint.sh"], "cmd": ["app"]}, ["app"],
        packages=None)
    yield image("alpine-env", lambda p: alpine(p, script(
        "/usr/local/bin/run", "#!/usr/bin/env sh\napp\n"),
        link("/usr/bin/env", "/bin/busybox")), {"entrypoint": ["run"]},
        packages=None)
    yield image("alpine-paths", lambda p: alpine(p, content(
        "/etc/ld-musl-x86_64.path", "/lib:/usr/lib:/opt/lib\n")),
        {"entrypoint": ["app"], "user": "405:100"}, packages=None)
    yield image("musl-package", lambda p: [put("/opt/app", p.musl())],
                {"entrypoint": ["/opt/app"]},
                packages=["base-files", "musl"], suite="bookworm")
    yield image("distroless-cc", lambda p: [put("/app", p.c("plain"))],
                {"entrypoint": ["/app"], "user": "nonroot",
                 "working-dir": "/home/nonroot"},
                packages=["base-files", "libc6", "libstdc++6", "libssl3t64",
                          "ca-certificates"])
    yield image("distroless-python", [content("/app/main.py", (
        "import json, ssl, sqlite3\nprint('it runs')\n"))],
        {"entrypoint": ["/usr/bin/python3"], "cmd": ["main.py"],
         "working-dir": "/app", "user": "65532"}, ["main.py"],
        packages=["base-files", "python3"])
    java = ["base-files", "openjdk-17-jre-headless"]
    path = {"PATH": "/usr/lib/jvm/java-17-openjdk-amd64/bin"}
    yield image("java-jar", lambda p: [
        put("/srv/app.jar", p.java() / "app.jar", "0644")],
        {"entrypoint": ["java", "-jar", "/srv/app.jar"], "user": "nobody",
         "env": path}, packages=java, suite="bookworm")
    yield image("java-classes", lambda p: [
        put("/app/Hello.class", p.java() / "Hello.class", "0644")],
        {"entrypoint": ["java", "-cp", "/app", "Hello"], "env": path},
        packages=java, suite="bookworm")


# --- scripts -----------------------------------------------------------------

def started_by(name, line, more=(), packages=SYSTEM, config=None, text=None):
    return image(name, [script("/usr/local/bin/run",
                               line + (text or f"\necho {RUNS}\n")), *more],
                 {"entrypoint": ["run"], **(config or {})}, packages=packages)


def scripts():
    python = f"\nprint('{RUNS}')\n"
    with_python = SYSTEM + ["python3"]
    yield started_by("shebang-blanks", "#! \t/bin/sh -e ")
    yield started_by("shebang-env", "#!/usr/bin/env sh")
    yield started_by("shebang-env-blanks", "#!/usr/bin/env sh \t")
    yield started_by("shebang-env-split", "#!/usr/bin/env -S sh -e")
    yield started_by("shebang-env-close", "#!/usr/bin/env -Ssh -e")
    yield started_by("shebang-env-set", "#!/usr/bin/env -S A=b sh -e")
    yield started_by("shebang-env-clean", "#!/usr/bin/env -S -i sh")
    yield started_by("shebang-env-quotes", "#!/usr/bin/env -S 'sh' \"-e\"")
    yield started_by("shebang-env-long", "#!/usr/bin/env --split-string=sh -e")
    yield started_by("shebang-env-verbose", "#!/usr/bin/env -vS sh -e")
    yield started_by("shebang-env-path",
                     "#!/usr/bin/env -S PATH=/opt/bin:/bin dish",
                     [link("/opt/bin/dish", "/usr/bin/dash")])
    yield started_by("shebang-env-unset", "#!/usr/bin/env -S -u HOME sh")
    yield started_by("shebang-nested", "#!/opt/sh",
                     [script("/opt/sh", "#!/bin/sh\n. \"$1\"\n")])
    yield image("shebang-end", [script("/run.sh", "#!/bin/sh")], {
        "entrypoint": ["/run.sh"]}, wants=None)
    yield started_by("shebang-relative", "#!bin/sh",
                     config={"working-dir": "/usr"})
    yield started_by("python-env", "#!/usr/bin/env python3", text=python,
                     packages=with_python)
    yield started_by("python-unbuffered", "#!/usr/bin/env -S python3 -u",
                     text=python, packages=with_python)
    venv = [link("/opt/venv/bin/python3", "/usr/bin/python3"),
            link("/opt/venv/bin/python", "python3"),
            content("/opt/venv/pyvenv.cfg", "home = /usr/bin\n"),
            script("/opt/venv/bin/app", "#!/opt/venv/bin/python" + python)]
    path = {"PATH": "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin",
            "VIRTUAL_ENV": "/opt/venv"}
    yield image("venv", venv, {"entrypoint": ["app"], "env": path,
                               "user": "app"}, packages=with_python)
    yield image("venv-module", venv, {
        "entrypoint": ["python", "-c"], "env": path}, [python.strip()],
        packages=with_python)
    # execvp of the C library hands what has no format to /bin/sh.
    plain = [script("/run.sh", f"echo {RUNS}\n")]
    for init in ("tini", "dumb-init", "catatonit"):
        yield image(f"{init}-plain-script", plain, {
            "entrypoint": [init, "--", "/run.sh"]}, packages=SYSTEM + [init])
    yield image("env-plain-script", plain, {
        "entrypoint": ["env", "A=b", "/run.sh"]})
    yield image("tini-script", [script("/run.sh", f"#!/bin/sh\necho {RUNS}\n")],
                {"entrypoint": ["/usr/bin/tini", "-vv", "-w", "-g", "--",
                                "/run.sh"], "user": "app"},
                packages=SYSTEM + ["tini"])


# --- paths, users, links -----------------------------------------------------

def paths():
    sh = ["-c", f"echo {RUNS}"]
    app = [folder("/srv/app/bin"), script(
        "/srv/app/bin/app", f"#!/bin/sh\necho {RUNS}\n")]
    yield image("relative-dot", app, {"entrypoint": ["./bin/app"],
                                      "working-dir": "/srv/app"})
    yield image("relative", app, {"entrypoint": ["bin/app"],
                                  "working-dir": "/srv/app"})
    yield image("relative-path", app, {
        "entrypoint": ["app"], "working-dir": "/srv/app",
        "env": {"PATH": "bin:/usr/bin"}})
    yield image("empty-path", app, {
        "entrypoint": ["app"], "working-dir": "/srv/app/bin",
        "env": {"PATH": ":/usr/bin:"}})
    yield image("path-twice", [*app, content("/usr/local/bin/app", "no")], {
        "entrypoint": ["app"], "env": {
            "PATH": "/nowhere:/usr/local/bin:/srv/app/bin:/bin"}})
    yield image("dots", app, {"entrypoint": [
        "/srv/./app//bin/../../app/bin/app"]})
    yield image("link-chain", [*app, link("/a", "srv/app"), link(
        "/b", "/a/../app/bin"), link("/usr/bin/c", "../../b/app")],
        {"entrypoint": ["c"]})
    yield image("workdir-link", [*app, link("/home/app", "/srv/app")], {
        "entrypoint": ["bin/app"], "working-dir": "/home/app"})
    yield image("workdir-made", [], {
        "entrypoint": ["sh"], "working-dir": "/a/b"}, sh)
    yield image("sbin-is-bin", [
        link("/usr/local/sbin", "bin"),
        script("/usr/local/bin/app", f"#!/bin/sh\necho {RUNS}\n")],
        {"entrypoint": ["/usr/local/sbin/app"]},
        packages=["base-files", "dash", "libc6"])
    for name, user in (("name", "app"), ("number", "1000"),
                       ("unknown", "4711:4712"), ("pair", "app:mail"),
                       ("mixed", "app:8"), ("number-name", "1000:app"),
                       ("root", "root:root"), ("zero", "0")):
        yield image("user-" + name, [], {"entrypoint": ["sh"], "user": user},
                    sh)
    yield image("user-behind-links", [
        content("/usr/share/etc/passwd", "me:x:5:6::/:/bin/sh\n"),
        content("/usr/share/etc/group", "us:x:6:\n"),
        link("/etc/passwd", "../usr/share/etc/passwd", replace=True),
        link("/etc/group", "/usr/share/etc/group", replace=True)],
        {"entrypoint": ["sh"], "user": "me:us"}, sh)
    yield image("root-only", [folder("/opt/x", mode="0700"), {
        **script("/opt/x/app", f"#!/bin/sh\necho {RUNS}\n"), "mode": "0700"}],
        {"entrypoint": ["/opt/x/app"]})
    yield image("root-other-owner", [folder(
        "/opt/x", mode="0700", owner="7:7"), {
        **script("/opt/x/app", f"#!/bin/sh\necho {RUNS}\n", owner="7:7"),
        "mode": "0100"}], {"entrypoint": ["/opt/x/app"]})
    yield image("unreadable", lambda p: [
        folder("/opt/x", mode="0711"), put("/opt/x/app", p.c("plain"),
                                           "0111")],
        {"entrypoint": ["/opt/x/app"], "user": "app"})
    yield image("by-group", lambda p: [put(
        "/opt/app", p.c("plain"), "0750", owner="0:8")],
        {"entrypoint": ["/opt/app"], "user": "app"})
    yield image("setuid", lambda p: [put("/opt/app", p.c("plain"), "6755")],
                {"entrypoint": ["/opt/app"], "user": "app"})
    yield image("capabilities", lambda p: [put(
        "/opt/app", p.c("plain"), capabilities="cap_net_bind_service=ep")],
        {"entrypoint": ["/opt/app"], "user": "app"})


# --- libraries, and what is there beside ------------------------------------

def beside(programs, *more):
    return [put("/opt/app/app", programs.c("plain")), *more]


def needing(programs, *flags):
    """A program that needs libbar.so.1."""
    bar = programs.library("libbar.so.1", "bar")
    name = "needs" + "".join(flags).replace("/", "_")
    return bar, programs.c(name, "-Wl,--no-as-needed", str(bar), *flags)


def with_library(place, *flags):
    def entries(programs):
        bar, app = needing(programs, *flags)
        return [put("/opt/app/bin/app", app), put(place, bar, "0644")]
    return entries


def libraries():
    app = {"entrypoint": ["/opt/app/bin/app"]}
    yield image("origin", with_library(
        "/opt/app/lib/libbar.so.1", "-Wl,-rpath,$ORIGIN/../lib"), app)
    yield image("rpath", with_library(
        "/opt/app/lib/libbar.so.1", "-Wl,-rpath,${ORIGIN}/../lib",
        "-Wl,--disable-new-dtags"), app)
    yield image("origin-link", lambda p: [
        *with_library("/opt/app/lib/libbar.so.1",
                      "-Wl,-rpath,$ORIGIN/../lib")(p),
        link("/usr/bin/app", "/opt/app/bin/app")], {"entrypoint": ["app"]})
    yield image("library-path", with_library("/opt/lib/libbar.so.1"), {
        **app, "env": {"LD_LIBRARY_PATH": "/none:/opt/lib"}})
    yield image("library-path-relative", with_library("/opt/lib/libbar.so.1"),
                {**app, "env": {"LD_LIBRARY_PATH": "lib"},
                 "working-dir": "/opt"})
    yield image("local-lib", with_library(
        "/usr/lib/x86_64-linux-gnu/libbar.so.1"), app)
    yield image("preload", with_library("/opt/lib/libbar.so.1"), {
        **app, "env": {"LD_PRELOAD": "/opt/lib/libbar.so.1"}})
    yield image("wrapper-path", lambda p: [
        *with_library("/opt/app/lib/libbar.so.1")(p), script(
            "/usr/bin/app", "#!/bin/sh\nLD_LIBRARY_PATH=/opt/app/lib exec "
            "/opt/app/bin/app\n")], {"entrypoint": ["app"]})
    yield image("loader-by-hand", with_library("/opt/lib/libbar.so.1"), {
        "entrypoint": ["/lib64/ld-linux-x86-64.so.2", "--library-path",
                       "/opt/lib", "/opt/app/bin/app"]})
    ok = {"entrypoint": ["/opt/app/app"]}
    yield image("other-machines", lambda p: beside(p, *(
        put(f"/opt/app/bin/linux-{a}/tool", p.go(a))
        for a in ("arm64", "riscv64", "ppc64le", "s390x"))), ok)
    yield image("other-libraries", lambda p: beside(
        p, put("/opt/app/native/linux-riscv64/libx.so", p.c("riscv64-so",
               "-shared", "-fPIC", compiler="riscv64-linux-gnu-gcc"), "0644"),
        put("/opt/app/native/linux-x64/libx.so",
            p.library("libx.so", "x"), "0644")), ok)
    yield image("other-root", lambda p: beside(
        p, put("/usr/riscv64-linux-gnu/bin/app", p.c(
            "riscv64", compiler="riscv64-linux-gnu-gcc"))), ok)
    yield image("musl-beside", lambda p: beside(
        p, put("/opt/app/prebuilds/linux-x64-musl/tool", p.musl())), ok)
    yield image("test-data", lambda p: beside(
        p, put("/opt/app/testdata/cut.so", cut(p), "0644"),
        put("/opt/app/testdata/cut", cut(p))), ok)
    yield image("plugin", lambda p: beside(
        p, put("/opt/app/plugins/tool", needing(p)[1])), ok)
    yield image("i386-beside", lambda p: beside(
        p, put("/opt/app/tool-386", p.go("386"))), ok)
    yield image("own-root", lambda p: beside(
        p, put("/var/lib/machines/a/bin/app", needing(p)[1]),
        put("/var/lib/machines/b/bin/app", p.go("arm64"))), ok)


def cut(programs):
    """The first half of a program."""
    def make(new):
        data = programs.c("plain").read_bytes()
        (new / "app").write_bytes(data[:len(data) // 2])
    return programs.once("cut", make) / "app"


def images():
    for part in (stores, without_shell, scripts, paths, libraries):
        yield from part()
