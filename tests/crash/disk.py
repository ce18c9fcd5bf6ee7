# SPDX-License-Identifier: Apache-2.0
"""A model of a disk: what may be on it if power is lost.

A file keeps the bytes of its last fsync; what was written since may be lost.
A folder keeps the names that it had at its last fsync; each change since then
may be lost or not. fsync of a file does not keep its name (fsync(2)). syncfs
keeps everything.
"""
import hashlib
import os
import posixpath


class File:
    def __init__(self, data=b""):
        self.data = bytearray(data)
        self.synced = bytes(data)

    def write(self, offset, data):
        if len(self.data) < offset:
            self.data.extend(bytes(offset - len(self.data)))
        self.data[offset:offset + len(data)] = data

    def truncate(self, size):
        del self.data[size:]
        self.data.extend(bytes(size - len(self.data)))

    def sync(self):
        self.synced = bytes(self.data)


class Folder:
    def __init__(self):
        self.names = {}
        self.synced = {}

    def sync(self):
        self.synced = dict(self.names)


class Link:
    """A symlink: it is on the disk once its folder is."""

    def __init__(self, target):
        self.target = target


def load(path):
    """The folder at path, all of which is synced."""
    folder = Folder()
    for entry in os.scandir(path):
        if entry.is_dir(follow_symlinks=False):
            folder.names[entry.name] = load(entry.path)
        elif entry.is_file(follow_symlinks=False):
            with open(entry.path, "rb") as file:
                folder.names[entry.name] = File(file.read())
    folder.sync()
    return folder


class Disk:
    """The folder at top, and what is done in it. Paths are absolute; what is
    not below top is None."""

    def __init__(self, top):
        self.top = str(top)
        self.root = load(top)

    def parts(self, path):
        path = posixpath.normpath(path)
        if path == self.top:
            return []
        if not path.startswith(self.top + "/"):
            return None
        return path[len(self.top) + 1:].split("/")

    def find(self, path):
        node, parts = self.root, self.parts(path)
        if parts is None:
            return None
        for part in parts:
            node = node.names.get(part) if isinstance(node, Folder) else None
        return node

    def folder_of(self, path):
        """The folder that has the last name of path, and that name."""
        return (self.find(posixpath.dirname(posixpath.normpath(path))),
                posixpath.basename(posixpath.normpath(path)))

    def put(self, path, node):
        folder, name = self.folder_of(path)
        if folder is not None:
            folder.names[name] = node

    def remove(self, path):
        folder, name = self.folder_of(path)
        if folder is not None:
            folder.names.pop(name, None)

    def rename(self, old, new):
        node = self.find(old)
        target = self.find(new)
        if node is None or node is target:
            return
        self.remove(old)
        self.put(new, node)

    def sync(self):
        """syncfs: all files and folders."""
        def visit(node):
            if isinstance(node, Folder):
                for below in node.names.values():
                    visit(below)
            if not isinstance(node, Link):
                node.sync()

        visit(self.root)

    def folders(self):
        """Paths of the folders whose names are not all synced, as they are
        now."""
        found = []

        def visit(path, folder):
            if folder.names != folder.synced:
                found.append(path)
            for name, node in folder.names.items():
                if isinstance(node, Folder):
                    visit(path + (name,), node)

        visit((), self.root)
        return found

    def states(self):
        """What may be on the disk after a loss of power, each as a dictionary
        of paths and bytes; None is a folder, a str the target of a link."""
        loose = self.folders()
        sets = [set(), set(loose)]
        for path in loose:
            sets += [{path}, set(loose) - {path}]
        for kept in sets:
            for bytes_of in (lambda f: f.synced,
                             lambda f: bytes(len(f.data))
                             if f.synced != f.data else f.synced):
                yield self.snapshot(kept, bytes_of)

    def snapshot(self, kept, bytes_of):
        """The tree if the folders of kept have their present names, and all
        others those of their last fsync."""
        found = {}

        def visit(path, folder):
            names = folder.names if path in kept else folder.synced
            for name, node in names.items():
                if isinstance(node, Folder):
                    found["/".join(path + (name,))] = None
                    visit(path + (name,), node)
                else:
                    found["/".join(path + (name,))] = node.target if \
                        isinstance(node, Link) else bytes_of(node)

        visit((), self.root)
        return found


def key(state):
    """Equal for equal states."""
    total = hashlib.sha256()
    for path, data in sorted(state.items()):
        total.update(f"{path}\0{-1 if data is None else len(data)}\0".encode())
        total.update(data.encode() if isinstance(data, str) else data or b"")
    return total.digest()


def write(state, top):
    """Makes the files of a state in the folder top."""
    for path, data in sorted(state.items()):
        if data is None:
            os.makedirs(os.path.join(top, path), mode=0o700, exist_ok=True)
    for path, data in state.items():
        if isinstance(data, str):
            os.symlink(data, os.path.join(top, path))
        elif data is not None:
            with open(os.path.join(top, path), "wb") as file:
                file.write(data)
