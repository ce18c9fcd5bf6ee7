# SPDX-License-Identifier: Apache-2.0
"""Images of one service or program each, from Debian's packages as they are
unpacked: no script of a package is run."""
from images import Image, content, debs, folder, link, script

V, h = ("--version",), ("-h",)
TINI = ["/usr/bin/tini", "--"]

# NAME: packages, entrypoint, cmd, args and what they print; then what else
# there is: user, entries, env, working-dir, healthcheck.
SERVICES = {
    "nginx": ("nginx", ["nginx"], ["-g", "daemon off;"], ["-v"],
              "nginx version",
              {"healthcheck": {"test": ["CMD", "nginx", "-t"]},
               "exposed-ports": ["80/tcp"]}),
    "nginx-init": ("nginx tini", ["tini", "-g", "--", "nginx"],
                   ["-g", "daemon off;"], ["-v"], "nginx version",
                   {"stop-signal": "SIGQUIT"}),
    "apache2": ("apache2", ["/usr/sbin/apache2"], ["-DFOREGROUND"], ["-v"],
                "Apache/2", {"env": {"APACHE_RUN_USER": "www-data"}}),
    "apachectl": ("apache2 dash", ["apachectl"], ["-D", "FOREGROUND"], ["-h"],
                  "Usage", {}),
    "lighttpd": ("lighttpd", ["lighttpd", "-D"], ["-f", "/etc/l.conf"],
                 ["-v"], "lighttpd/1", {"user": "www-data"}),
    "haproxy": ("haproxy", ["haproxy"], ["-f", "/etc/haproxy/haproxy.cfg"],
                ["-v"], "HAProxy version", {"user": "1000:1000"}),
    "varnish": ("varnish", ["varnishd", "-F"], ["-a", ":80"], ["-?"],
                "[Uu]sage", {}),
    "squid": ("squid-openssl", ["/usr/sbin/squid-openssl", "-N"], [], ["-v"],
              "Squid Cache", {}),
    "memcached": ("memcached", ["memcached"], ["-m", "64"], ["-V"],
                  "memcached 1", {"user": "nobody"}),
    "redis": ("redis-server", ["redis-server"], [], V, "Redis server",
              {"user": "app", "working-dir": "/data", "volumes": ["/data"],
               "entries": [folder("/data", owner="1000:1000")],
               "healthcheck": {"test": ["CMD-SHELL", "redis-cli ping"]}}),
    "mosquitto": ("mosquitto", ["mosquitto"], ["-p", "1883"], ["-h"],
                  "mosquitto version", {"user": "nobody"}),
    "sqlite3": ("sqlite3", ["sqlite3"], [":memory:"], V, r"3\.\d+", {}),
    "mariadb": ("mariadb-server", ["/usr/sbin/mariadbd"], [], V,
                "MariaDB", {"user": "app:app", "volumes": ["/var/lib/mysql"]}),
    "postgresql": ("postgresql", ["/usr/bin/env", "postgres"], [], V,
                   "PostgreSQL", {"user": "app", "pg": True}),
    "psql": ("postgresql-client", ["psql"], [], V, "psql", {}),
    "openssh": ("openssh-server", ["/usr/sbin/sshd", "-D"], ["-e"], ["-?"],
                "OpenSSH", {}),
    "ssh": ("openssh-client", ["ssh"], [], ["-V"], "OpenSSH", {}),
    "bind9": ("bind9", ["named"], ["-g"], ["-v"], "BIND 9", {}),
    "dnsmasq": ("dnsmasq-base", ["dnsmasq", "-k"], [], V, "Dnsmasq", {}),
    "unbound": ("unbound", ["unbound", "-d"], [], ["-V"], "Version", {}),
    "postfix": ("postfix", ["/usr/sbin/postconf"], [],
                ["-d", "mail_version"], r"mail_version = 3",
                {"entries": [content("/etc/postfix/main.cf", "\n",
                                     replace=True)]}),
    "exim": ("exim4-daemon-light", ["exim4", "-bdf"], [], ["-bV"],
             "Exim version", {"entries": [content("/etc/exim4/exim4.conf",
                                                  "\n"),
                              content("/etc/mailname", "a\n")], "root": 1}),
    "dovecot": ("dovecot-core", ["dovecot", "-F"], [], V, r"\d", {}),
    "rsync": ("rsync", ["rsync"], ["--daemon", "--no-detach"], V,
              "rsync  version", {}),
    "socat": ("socat", ["socat"], [], ["-V"], "socat version", {}),
    "jq": ("jq", ["jq"], ["."], V, "jq-", {"user": "65532"}),
    "git": ("git ca-certificates", ["git"], [], V, "git version",
            {"user": "app", "working-dir": "/work",
             "entries": [folder("/work", owner="1000:1000")]}),
    "curl": ("curl", ["curl"], [], V, "libcurl", {"user": "nobody:nogroup"}),
    "wget": ("wget", ["wget"], [], V, "GNU Wget", {}),
    "dash": ("dash", ["dash"], [], ["-c", "echo it runs"], "it runs", {}),
    "bash": ("bash", ["bash", "-c"], ["exec bash"], ["echo $BASH_VERSION"],
             r"^\d", {}),
    "zsh": ("zsh", ["/bin/zsh"], [], V, "zsh", {}),
    "busybox-static": ("busybox-static", ["busybox"], ["sh"], ["uname"],
                       "Linux", {}),
    "busybox-links": ("busybox-static", ["httpd", "-f"], ["-p", "80"],
                      ["--help"], "httpd",
                      {"entries": [link("/usr/local/bin/httpd",
                                        "/usr/bin/busybox"),
                                   link("/usr/bin/busybox", "../../bin/busybox",
                                        replace=True)], "busybox": 1}),
    "python3": ("python3", ["python3"], ["-m", "http.server"], V,
                "Python 3", {"user": "app"}),
    "python3-ssl": ("python3-minimal python3 ca-certificates",
                    ["/usr/bin/python3", "-c"], [], ["import ssl, sqlite3, "
                    "ctypes, lzma; print(ssl.OPENSSL_VERSION)"], "OpenSSL",
                    {}),
    "nodejs": ("nodejs", ["node"], ["/app.js"], V, r"v\d+", {}),
    "ruby": ("ruby", ["ruby"], [], V, "ruby 3", {}),
    "perl": ("perl", ["perl"], [], ["-e", "use POSIX; print $^V"], r"v5", {}),
    "php": ("php-cli", ["php"], ["-S", "0:80"], V, "PHP 8", {"php": 1}),
    "openjdk": ("openjdk-17-jre-headless", ["java"], [], ["-version"],
                "OpenJDK", {"java": 1}),
    "lua": ("lua5.4", ["lua5.4"], [], ["-v"], r"Lua 5\.4", {}),
    "tcl": ("tcl8.6", ["tclsh8.6"], [], ["/t.tcl"], "8.6",
            {"entries": [content("/t.tcl", "puts $tcl_version\n")]}),
    "guile": ("guile-3.0", ["/usr/bin/guile-3.0"], [], V, "Guile", {}),
    "erlang": ("erlang-base", ["erl"], [], ["-noshell", "-eval",
               "io:format(\"it runs~n\"), halt()."], "it runs", {}),
    "gcc": ("gcc libc6-dev", ["gcc"], [], V, "GCC|gcc", {}),
    "cross": ("gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
              ["aarch64-linux-gnu-gcc"], [], V, "GCC|gcc", {}),
    "golang": ("golang-go", ["go"], ["version"], ["version"], "go version",
               {}),
    "gdb": ("gdb", ["gdb"], [], V, "GNU gdb", {}),
    "valgrind": ("valgrind", ["valgrind"], [], V, "valgrind-", {}),
    "strace": ("strace", ["strace"], [], V, "strace", {}),
    "make": ("make", ["make"], [], V, "GNU Make", {}),
    "cmake": ("cmake", ["cmake"], [], V, "cmake version", {}),
    "ffmpeg": ("ffmpeg", ["ffmpeg"], [], ["-version"], "ffmpeg version", {}),
    "imagemagick": ("imagemagick", ["/usr/bin/convert-im6.q16"], [],
                    ["-version"], "ImageMagick", {"im": 1}),
    "iproute2": ("iproute2", ["ip"], ["a"], ["-V"], "ip utility", {}),
    "iptables": ("iptables", ["/usr/sbin/xtables-nft-multi"], [],
                 ["iptables", "--version"], "iptables v", {}),
    "tcpdump": ("tcpdump", ["tcpdump"], [], V, "tcpdump version", {}),
    "cron": ("cron", ["/usr/sbin/cron", "-f"], [], ["-h"], "usage|Usage|invalid",
             {}),
    "supervisor": ("supervisor", ["supervisord", "-n"], [], V, r"^4\.", {}),
    "runit": ("runit", ["runsvdir"], ["-P", "/etc/service"], [], "usage", {}),
    "s6": ("s6", ["s6-svscan"], ["/run/service"], ["-h"], "usage", {}),
    "execline": ("execline", ["execlineb", "-Pc"], [], ["echo runs"], "runs",
                 {"more": "coreutils"}),
    "tini": ("tini", ["tini", "-s", "-p", "SIGTERM", "-e", "143", "--"],
             ["tini", "--version"], ["tini", "--version"], "tini version",
             {}),
    "dumb-init": ("dumb-init coreutils", ["dumb-init", "-r", "15:3", "--"],
                  ["sleep", "1"], ["echo", "it runs"], "it runs", {}),
    "dumb-init-long": ("dumb-init dash",
                       ["/usr/bin/dumb-init", "--rewrite", "15:3",
                        "--single-child", "sh"], ["-c", "exit"],
                       ["-c", "echo it runs"], "it runs", {}),
    "catatonit": ("catatonit coreutils", ["catatonit", "-g", "--"],
                  ["sleep", "1"], ["true"], "^$", {}),
    "gosu": ("gosu coreutils", ["gosu", "app"], ["id"], ["id", "-u"], "1000",
             {}),
    "sudo": ("sudo", ["sudo"], [], V, "Sudo version", {}),
    "ping": ("iputils-ping", ["ping"], [], ["-V"], "iputils",
             {"user": "app"}),
    "man": ("man-db", ["man"], [], V, "man ", {}),
    "vim": ("vim-tiny", ["vim.tiny"], [], V, "VIM", {}),
    "systemd": ("systemd", ["/lib/systemd/systemd"], [], V, "systemd 2", {}),
    "chromium-less": ("w3m", ["w3m"], [], ["-version"], "w3m", {}),
    "prometheus": ("prometheus-node-exporter", ["prometheus-node-exporter"],
                   [], V, "version", {"user": "nobody"}),
    "docker-cli": ("docker-registry", ["docker-registry"],
                   ["serve", "/etc/docker/registry/config.yml"], V,
                   "docker-registry", {}),
    "skopeo": ("skopeo", ["skopeo"], [], V, "skopeo version", {}),
    "runc": ("runc", ["runc"], [], V, "runc version", {}),
    "podman": ("podman crun", ["podman"], [], V, "podman version", {}),
    "qemu-user": ("qemu-user-static", ["qemu-riscv64-static"], [], V,
                  "qemu-riscv64", {"qemu": 1}),
    "grub": ("grub-pc-bin grub-common", ["grub-mkimage"], [], V, "GRUB",
             {}),
    "wine-less": ("gnupg", ["gpg"], [], V, "gpg", {}),
    "rust": ("rustc", ["rustc"], [], V, "rustc 1", {}),
    "ghc-less": ("pandoc", ["pandoc"], [], V, "pandoc", {}),
    "elfutils": ("elfutils", ["eu-readelf"], [], V, "elfutils", {}),
    "slapd": ("slapd", ["slapd", "-d", "0"], [], ["-VV"], "slapd", {}),
    "samba": ("samba", ["smbd", "-F"], [], V, "Version 4", {}),
    "rabbit-less": ("beanstalkd", ["beanstalkd"], [], ["-v"], "beanstalkd",
                    {}),
    "etcd": ("etcd-server", ["etcd"], [], V, "etcd Version", {}),
    "telegraf-less": ("collectd-core", ["collectd", "-f"], [], ["-h"],
                      "collectd", {}),
    "ntp": ("chrony", ["chronyd", "-d"], [], V, "chronyd", {}),
    "uwsgi": ("uwsgi-core", ["uwsgi"], [], V, r"^2\.", {"uwsgi": 1}),
    "gunicorn": ("gunicorn", ["gunicorn"], ["app"], V, "gunicorn",
                 {"user": "app", "working-dir": "/srv/app",
                  "entries": [folder("/srv/app", owner="1000:1000")]}),
    "coreutils": ("coreutils", ["env"], [], ["true"], "^$", {}),
    "setpriv": ("util-linux coreutils", ["setpriv", "--reuid=app",
                "--regid=app", "--clear-groups", "--"], ["id"],
                ["id", "-u"], "1000", {}),
    "loader": ("coreutils", ["/usr/bin/timeout", "5"], ["env"],
               ["echo", "it runs"], "it runs", {}),
    "script": ("dash coreutils", ["/entry.sh"], ["env"], ["echo", "it runs"],
               "it runs", {"entries": [script(
                   "/entry.sh", "#!/bin/sh -e\nexec \"$@\"\n")]}),
}

AMD64_ONLY = {"grub", "cross"}


def versioned(name, suite, packages):
    """Names that have a release in them."""
    if suite == "bookworm":
        return packages
    java = "25" if suite == "sid" else "21"
    return packages.replace("openjdk-17", "openjdk-" + java).replace(
        "chromium-less", "w3m")


def extra(suite, more):
    """What alternatives and scripts of the packages would have made."""
    entries = list(more.get("entries", []))
    env = dict(more.get("env", {}))
    if more.get("pg"):
        env["PATH"] = "/usr/bin:/bin:/usr/lib/postgresql/" + {
            "bookworm": "15", "trixie": "17"}.get(suite, "18") + "/bin"
    if more.get("php"):
        entries.append(link("/usr/bin/php", {
            "bookworm": "php8.2"}.get(suite, "php8.4")))
    if more.get("java"):
        version = {"bookworm": "17", "trixie": "21"}.get(suite, "25")
        env["PATH"] = "/usr/bin:/bin:/usr/lib/jvm/java/bin"
        env["JAVA_HOME"] = "/usr/lib/jvm/java"
        entries.append(("java", version))
    return entries, env


def make(name, suite, arch):
    packages, entrypoint, cmd, args, wants, more = SERVICES[name]
    entries, env = extra(suite, more)
    wanted = ["base-files", *versioned(name, suite, packages).split(),
              *more.get("more", "").split()]
    entries = [e if isinstance(e, dict) else link(
        "/usr/lib/jvm/java", "java-{}-openjdk-{}".format(
            e[1], {"386": "i386", "arm": "armhf", "ppc64le": "ppc64el"}.get(
                arch, arch))) for e in entries]
    config = {"entrypoint": entrypoint, "cmd": cmd}
    if env:
        config["env"] = env
    for key in ("user", "working-dir", "healthcheck", "exposed-ports",
                "volumes", "stop-signal"):
        if key in more:
            config[key] = more[key]
    return Image(f"{suite}-{arch}-{name}", arch,
                 lambda inputs: debs(inputs, suite, arch, wanted, *entries),
                 config, args, wants)


# What is made for other machines than amd64: some of each kind.
ABROAD = ("nginx", "redis", "python3", "perl", "git", "curl", "tini",
          "script", "sqlite3", "openssh", "haproxy", "gosu")


def images():
    for name in SERVICES:
        yield make(name, "trixie", "amd64")
    for name in SERVICES:
        if name not in ("cross", "pandoc", "ghc-less"):
            yield make(name, "bookworm", "amd64")
    for name in ("nginx", "redis", "python3", "perl", "git", "curl", "dash",
                 "postgresql", "openjdk", "nodejs", "apache2", "ruby", "php",
                 "systemd", "gcc", "bash", "haproxy", "coreutils"):
        yield make(name, "sid", "amd64")
    for suite, arch in (("trixie", "riscv64"), ("bookworm", "386"),
                        ("trixie", "arm64"), ("bookworm", "arm"),
                        ("bookworm", "s390x"), ("bookworm", "ppc64le")):
        for name in ABROAD:
            yield make(name, suite, arch)
