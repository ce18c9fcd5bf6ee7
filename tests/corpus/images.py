# SPDX-License-Identifier: Apache-2.0
"""What an image of the corpus is, and parts that many of them have."""
import json
import pathlib

PASSWD = """\
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
app:x:1000:1000:app:/srv/app:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
"""
GROUP = """\
root:x:0:
daemon:x:1:
mail:x:8:app
www-data:x:33:
app:x:1000:
nogroup:x:65534:
nonroot:x:65532:
"""


class Image:
    """A spec, and how to see that it runs.

    layers: what the spec has under that key, or a function of the case that
    returns it. config: as in a spec. args: they take the place of cmd when it
    is started. wants: a pattern of what it then says; without one, exit
    status 0 is wanted.
    """

    def __init__(self, name, arch, layers, config, args=("--version",),
                 wants=None, platform=None):
        self.name, self.arch = name, arch
        self.platform = platform or "linux/" + (
            "arm/v7" if arch == "arm" else arch)
        self.layers, self.config = layers, config
        self.args, self.wants = list(args), wants
        self.options, self.tag = [], "t"

    def write(self, folder, inputs):
        layers = self.layers(inputs) if callable(self.layers) else \
            self.layers
        path = pathlib.Path(folder) / "image.spec"
        path.write_text(json.dumps({
            "version": 1, "image": "example.org/corpus", "tags": ["t"],
            "platforms": [self.platform], "layers": layers,
            "config": self.config}))
        return path


def content(path, text, **more):
    return {"path": path, "content": text, **more}


def script(path, text, **more):
    return content(path, text, mode="0755", **more)


def link(path, target, **more):
    return {"path": path, "symlink": target, **more}


def folder(path, **more):
    return {"path": path, "dir": {}, **more}


def accounts():
    return [content("/etc/passwd", PASSWD, replace=True),
            content("/etc/group", GROUP, replace=True)]


def debs(inputs, suite, arch, packages, *entries):
    """Two layers: packages, and what a script would have made of them."""
    files = inputs.suites.get(suite, arch).fetch(packages)
    return [{"name": "packages", "debs": [str(f) for f in files]},
            {"name": "files", "entries": accounts() + list(entries)}]
