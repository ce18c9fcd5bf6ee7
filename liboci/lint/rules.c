/* SPDX-License-Identifier: Apache-2.0 */
/* The rules: their names, levels, and what is said of each. */
#include <oci/lint.h>

static const struct oci_lint_rule rules[] = {
	{ "buildkit-entrypoint", OCI_LINT_ERROR,
	  "buildx's docker-container driver keeps the entrypoint, replaces "
	  "the command, and runs buildctl in the container.",
	  "Say entrypoint: [/usr/bin/tini, --, buildkitd], and put buildctl "
	  "and runc on PATH." },
	{ "ca-certificates-missing", OCI_LINT_WARNING,
	  "Without a list of authorities every TLS connection fails with "
	  "\"certificate signed by unknown authority\".",
	  "Add the package ca-certificates, or a file "
	  "/etc/ssl/certs/ca-certificates.crt." },
	{ "case-collision", OCI_LINT_NOTE,
	  "File systems that do not tell case apart, as of macOS and Windows, "
	  "unpack one of the two.",
	  "Rename one, if the image is to be unpacked there." },
	{ "device-node", OCI_LINT_NOTE,
	  "Engines make devices themselves, and rootless ones cannot unpack "
	  "them.",
	  "Leave it out, and pass the device when the container starts." },
	{ "duplicate-bytes", OCI_LINT_NOTE,
	  "Bytes that a higher layer replaces or removes are downloaded all "
	  "the same.",
	  "Leave the file out of the lower layer, or put both into one." },
	{ "duplicate-path", OCI_LINT_WARNING,
	  "Docker without the containerd image store, and Podman, refuse a "
	  "layer that has two members of one name: \"duplicates of file paths "
	  "not supported\".",
	  "Pack the layer again: oci-pack takes the last member of each "
	  "name." },
	{ "elf-interpreter", OCI_LINT_ERROR,
	  "The kernel starts a dynamic program through its loader; without it "
	  "there is nothing but \"no such file or directory\".",
	  "Put the loader's package (libc6, musl) into the image, or take a "
	  "static program." },
	{ "elf-machine", OCI_LINT_ERROR,
	  "A program for another machine ends with \"exec format error\".",
	  "Take the file that was made for the platform." },
	{ "elf-needed", OCI_LINT_ERROR,
	  "A program whose libraries are missing ends before it starts.",
	  "Put the package with the library into the image, or set the "
	  "program's RUNPATH or LD_LIBRARY_PATH." },
	{ "elf-truncated", OCI_LINT_ERROR,
	  "A file that was cut short or damaged cannot be loaded.",
	  "Get the file again, and compare its digest." },
	{ "entrypoint-format", OCI_LINT_ERROR,
	  "What is neither a program nor a script ends with \"exec format "
	  "error\": a shell that would have tried it is not there.",
	  "Start the script with #!/bin/sh, or name its interpreter in the "
	  "entrypoint." },
	{ "entrypoint-missing", OCI_LINT_ERROR,
	  "A container whose program is not there does not start.",
	  "Put the file there, or mend the path, PATH or the links on the "
	  "way." },
	{ "entrypoint-not-executable", OCI_LINT_ERROR,
	  "A program without the permission ends with \"permission denied\".",
	  "Say mode: 0755, or another owner." },
	{ "group-missing", OCI_LINT_ERROR,
	  "Engines look names up in the image's own files, and refuse to start "
	  "what they do not find.",
	  "Add the group to /etc/group, or say its number." },
	{ "healthcheck-ignored", OCI_LINT_NOTE,
	  "OCI images have no health checks: Docker reads Healthcheck all the "
	  "same, Podman and Buildah do not.",
	  "Say it when the container is made (podman run --health-cmd), or "
	  "give Podman the image in Docker's format: skopeo copy --format "
	  "v2s2." },
	{ "init-missing", OCI_LINT_WARNING,
	  "BuildKit's container is started with an init. An engine brings one "
	  "of its own, which runs in every image only if it is static; if it "
	  "is "
	  "not, the init has to be in the image.",
	  "Add tini, best a static one, and {path: /sbin/docker-init, symlink: "
	  "/usr/bin/tini}." },
	{ "layer-count", OCI_LINT_ERROR,
	  "Docker's overlay driver mounts at most 127 layers.",
	  "Join layers." },
	{ "load-containerd", OCI_LINT_WARNING,
	  "docker load with the containerd image store, and ctr, read "
	  "oci-layout and index.json, and take names from their annotations.",
	  "Pack it with oci-pack, or copy it with a whole name: oci-pack copy "
	  "-t NAME IMAGE FILE.tar." },
	{ "load-ctr", OCI_LINT_WARNING,
	  "ctr image import passes over images of other platforms.",
	  "Leave the platform out of index.json: oci-pack copy does." },
	{ "load-docker", OCI_LINT_WARNING,
	  "docker load with the classic image store reads manifest.json.",
	  "Pack it with oci-pack, or copy it with oci-pack copy." },
	{ "load-podman", OCI_LINT_WARNING,
	  "podman load takes index.json with one image, or manifest.json.",
	  "Pack it with oci-pack, or copy it with oci-pack copy." },
	{ "load-skopeo", OCI_LINT_WARNING,
	  "skopeo tells the images of an archive apart by their names.",
	  "Give each a name: oci-pack -t, or docker tag before docker save." },
	{ "secret-file", OCI_LINT_WARNING,
	  "Whoever pulls the image can read it, also where a higher layer "
	  "removes it.",
	  "Leave it out with exclude, and change what it had." },
	{ "setuid", OCI_LINT_NOTE,
	  "Programs that give rights are where containers are broken out of.",
	  "Leave it out, or take the bit away, where nobody needs it." },
	{ "shebang-missing", OCI_LINT_ERROR,
	  "A script is started by the program that its first line names; "
	  "without that there is nothing but \"no such file or directory\".",
	  "Put the interpreter into the image, or change the first line." },
	{ "size-budget", OCI_LINT_ERROR,
	  "The spec says how large the image may become.",
	  "Leave something out, compress better, or raise the budget." },
	{ "symlink-dangling", OCI_LINT_WARNING,
	  "What is started or loaded through it is not found.",
	  "Add what it leads to (maintainer scripts, which set up "
	  "alternatives, are not run), or remove it." },
	{ "symlink-escapes", OCI_LINT_WARNING,
	  "In a container the root has no parent; tools that unpack images may "
	  "follow it out, or refuse it.",
	  "Let it start with / or lead no higher than the root." },
	{ "tzdata-missing", OCI_LINT_NOTE, "Times are those of UTC.",
	  "Add the package tzdata." },
	{ "user-missing", OCI_LINT_ERROR,
	  "Engines look names up in the image's own files, and refuse to start "
	  "what they do not find.",
	  "Add the user to /etc/passwd, or say its number." },
	{ "usrmerge-shadowed", OCI_LINT_ERROR,
	  "On overlay file systems the folder hides the link, and with it all "
	  "that was behind it: a shell under /bin is gone.",
	  "Put files where the link leads: oci-pack does so for its own "
	  "entries." },
	{ "volume-is-file", OCI_LINT_ERROR,
	  "A volume is mounted on a directory.", "Name a directory." },
	{ "workdir-missing", OCI_LINT_WARNING,
	  "Engines make it when the container starts, owned by root.",
	  "Add it with {dir: {}} and the owner that it is to have." },
	{ "world-writable", OCI_LINT_WARNING,
	  "Any user of the container can change what others run or read.",
	  "Say another mode, or 1777 for a directory as /tmp." },
};

const struct oci_lint_rule *oci_lint_rules(size_t *count)
{
	*count = sizeof(rules) / sizeof(rules[0]);
	return rules;
}
