/* SPDX-License-Identifier: Apache-2.0 */
/* The rules: names, levels, reasons and remedies. */
#include <oci/lint.h>

static const struct oci_lint_rule rules[] = {
	{ "buildkit-entrypoint", OCI_LINT_ERROR,
	  "buildx's docker-container driver keeps the entrypoint, replaces "
	  "the command, and runs buildctl in the container.",
	  "Set entrypoint: [/usr/bin/tini, --, buildkitd], and put buildctl "
	  "and runc on PATH." },
	{ "ca-certificates-missing", OCI_LINT_WARNING,
	  "Without a list of authorities every TLS connection fails with "
	  "\"certificate signed by unknown authority\".",
	  "Add the package ca-certificates, or a file "
	  "/etc/ssl/certs/ca-certificates.crt." },
	{ "case-collision", OCI_LINT_NOTE,
	  "Case-insensitive file systems, as of macOS and Windows, can hold "
	  "only one of the two.",
	  "Rename one if the image is unpacked there." },
	{ "device-node", OCI_LINT_NOTE,
	  "Engines create devices themselves, and rootless engines cannot "
	  "unpack them.",
	  "Leave it out, and pass the device when the container starts." },
	{ "duplicate-bytes", OCI_LINT_NOTE,
	  "Bytes that a higher layer replaces or removes are still "
	  "downloaded.",
	  "Leave the file out of the lower layer, or join the layers." },
	{ "duplicate-path", OCI_LINT_WARNING,
	  "Docker without the containerd image store, and Podman, refuse a "
	  "layer that has two members of one name: \"duplicates of file paths "
	  "not supported\".",
	  "Pack the layer again: oci-pack keeps the last member of each "
	  "name." },
	{ "elf-interpreter", OCI_LINT_ERROR,
	  "The kernel starts a dynamic program through its loader; without the "
	  "loader it reports \"no such file or directory\".",
	  "Put the loader's package (libc6, musl) into the image, or use a "
	  "static program." },
	{ "elf-machine", OCI_LINT_ERROR,
	  "A program for another machine ends with \"exec format error\".",
	  "Use a file that was made for the platform." },
	{ "elf-needed", OCI_LINT_ERROR,
	  "A program whose libraries are missing ends before it starts.",
	  "Put the package with the library into the image, or set the "
	  "program's RUNPATH or LD_LIBRARY_PATH." },
	{ "elf-truncated", OCI_LINT_ERROR,
	  "A file that was cut short or damaged cannot be loaded.",
	  "Get the file again, and compare its digest." },
	{ "entrypoint-format", OCI_LINT_ERROR,
	  "A file that is neither a program nor a script ends with \"exec "
	  "format error\": no shell is involved that would run it.",
	  "Begin the script with #!/bin/sh, or name its interpreter in the "
	  "entrypoint." },
	{ "entrypoint-missing", OCI_LINT_ERROR,
	  "A container whose program is missing does not start.",
	  "Add the file, or correct the path, PATH or the links in the "
	  "path." },
	{ "entrypoint-not-executable", OCI_LINT_ERROR,
	  "A program without the permission ends with \"permission denied\".",
	  "Set mode: 0755, or another owner." },
	{ "group-missing", OCI_LINT_ERROR,
	  "Engines look names up in the image's own files, and refuse to start "
	  "a container if a name is missing.",
	  "Add the group to /etc/group, or use its number." },
	{ "healthcheck-ignored", OCI_LINT_NOTE,
	  "OCI images have no health checks: Docker reads Healthcheck "
	  "nevertheless, Podman and Buildah do not.",
	  "Set it when the container is created (podman run --health-cmd), or "
	  "give Podman the image in Docker's format: skopeo copy --format "
	  "v2s2." },
	{ "init-missing", OCI_LINT_WARNING,
	  "BuildKit's container is started with an init. The engine's own init "
	  "runs in every image only if it is static; otherwise the image has "
	  "to contain an init.",
	  "Add tini, preferably static, and {path: /sbin/docker-init, symlink: "
	  "/usr/bin/tini}." },
	{ "layer-count", OCI_LINT_ERROR,
	  "Docker's overlay driver mounts at most 127 layers.",
	  "Join layers." },
	{ "load-containerd", OCI_LINT_WARNING,
	  "docker load with the containerd image store, and ctr, read "
	  "oci-layout and index.json, and take names from their annotations.",
	  "Pack it with oci-pack, or copy it with a full name: oci-pack copy "
	  "-t NAME IMAGE FILE.tar." },
	{ "load-ctr", OCI_LINT_WARNING,
	  "ctr image import ignores images of other platforms.",
	  "Leave the platform out of index.json, as oci-pack copy does." },
	{ "load-docker", OCI_LINT_WARNING,
	  "docker load with the classic image store reads manifest.json.",
	  "Pack it with oci-pack, or copy it with oci-pack copy." },
	{ "load-podman", OCI_LINT_WARNING,
	  "podman load reads index.json with one image, or manifest.json.",
	  "Pack it with oci-pack, or copy it with oci-pack copy." },
	{ "load-skopeo", OCI_LINT_WARNING,
	  "skopeo tells the images of an archive apart by their names.",
	  "Give each a name: oci-pack -t, or docker tag before docker save." },
	{ "secret-file", OCI_LINT_WARNING,
	  "Everyone who pulls the image can read it, even if a higher layer "
	  "removes it.",
	  "Leave it out with exclude, and replace the secret." },
	{ "setuid", OCI_LINT_NOTE,
	  "Programs that raise privileges help an attacker to leave the "
	  "container.",
	  "Leave it out or clear the bit, unless it is needed." },
	{ "shebang-missing", OCI_LINT_ERROR,
	  "The program that its first line names starts a script; without it "
	  "the kernel reports \"no such file or directory\".",
	  "Put the interpreter into the image, or change the first line." },
	{ "size-budget", OCI_LINT_ERROR,
	  "The spec limits the size of the image.",
	  "Leave something out, compress better, or raise the budget." },
	{ "symlink-dangling", OCI_LINT_WARNING,
	  "A program or library that is used by this name is not found.",
	  "Add its target (maintainer scripts, which set up alternatives, are "
	  "not run), or remove the link." },
	{ "symlink-escapes", OCI_LINT_WARNING,
	  "In a container the root has no parent; tools that unpack images may "
	  "follow the link out of it, or refuse it.",
	  "Begin its target with /, or use fewer \"..\"." },
	{ "tzdata-missing", OCI_LINT_NOTE, "Local times are in UTC.",
	  "Add the package tzdata." },
	{ "user-missing", OCI_LINT_ERROR,
	  "Engines look names up in the image's own files, and refuse to start "
	  "a container if a name is missing.",
	  "Add the user to /etc/passwd, or use its number." },
	{ "usrmerge-shadowed", OCI_LINT_ERROR,
	  "On overlay file systems the folder hides the link and all files "
	  "behind it, such as a shell in /bin.",
	  "Put files into the link's target, as oci-pack does for its own "
	  "entries." },
	{ "volume-is-file", OCI_LINT_ERROR,
	  "A volume is mounted on a directory.", "Use a directory." },
	{ "workdir-missing", OCI_LINT_WARNING,
	  "Engines create it when the container starts, owned by root.",
	  "Add it with {dir: {}} and the owner that it needs." },
	{ "world-writable", OCI_LINT_WARNING,
	  "Any user of the container can change what other users run or read.",
	  "Set another mode, or 1777 for a directory such as /tmp." },
};

const struct oci_lint_rule *oci_lint_rules(size_t *count)
{
	*count = sizeof(rules) / sizeof(rules[0]);
	return rules;
}
