#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# oci-pack init: each spec packs as it is, and with what its comments name.

load ../helpers

setup() {
	work_in_folder
}

# A base for the specs that have one.
use_base() {
	spec base.spec 'platforms: [linux/riscv64, linux/amd64, linux/arm64]' \
		'layers: [{entries: [{path: /etc/os, content: debian}]}]'
	"$OCI_PACK" base.spec -q -o base.tar --lint off
	sed -i 's,^base: docker.*,base: base.tar,' app.spec
}

@test "each kind packs at once" {
	local kind
	for kind in static go python debian artifact; do
		"$OCI_PACK" init --kind "$kind"
		use_base
		"$OCI_PACK" app.spec -q -o image --no-cache \
			--lint "$(case $kind in python | debian) echo off ;; *) echo error ;; esac)"
		"$OCI_PACK" verify -q image
		rm -rf app.spec image
	done
}

@test "each kind packs with what its comments name" {
	local kind arch
	for arch in riscv64 amd64 arm64; do
		mkdir -p "bin/$arch" "debs/$arch" packages dist
		echo x >"bin/$arch/app"
		mkdir -p deb/DEBIAN deb/usr/share
		printf '%s\n' 'Package: a' "Architecture: $arch" 'Version: 1' \
			'Maintainer: a <a@example.com>' 'Description: a' \
			>deb/DEBIAN/control
		dpkg-deb -Znone --root-owner-group -b deb \
			"debs/$arch/a.deb" >/dev/null
	done
	echo x >packages/module.py
	echo x >dist/file
	echo authorities >ca-certificates.crt
	for kind in static go python debian artifact; do
		"$OCI_PACK" init --kind "$kind"
		use_base
		# What is commented out begins with "# -", or follows it.
		sed -i -e 's/^\( *\)# \(- \|entrypoint\|  entries\|  debs\|    - \)/\1\2/' \
			-e 's,/etc/ssl/certs/ca-cert,ca-cert,' app.spec
		"$OCI_PACK" app.spec -q -o image --no-cache --lint off
		"$OCI_PACK" verify -q image
		case $kind in
		python) "$OCI_PACK" cat --platform linux/arm64 image \
			/opt/app/packages/module.py ;;
		go) "$OCI_PACK" cat --platform linux/arm64 image /usr/bin/app ;;
		static) "$OCI_PACK" cat image /usr/bin/app ;;
		debian) "$OCI_PACK" tags image >/dev/null && cat dist/file ;;
		artifact) "$OCI_PACK" inspect --json image | jq -e \
			'.document.layers | length == 2' >/dev/null &&
			cat dist/file ;;
		esac | cmp - dist/file
		rm -rf app.spec image
	done
}

@test "the file, standard output, and what is there already" {
	"$OCI_PACK" init
	cmp app.spec "$root/cli/init/static.spec"
	"$OCI_PACK" init --kind go - | cmp - "$root/cli/init/go.spec"
	"$OCI_PACK" init --kind debian other.spec
	cmp other.spec "$root/cli/init/debian.spec"
	refused 1 "'app.spec' is there already" init
	refused 2 'is not static, go' init --kind c
	refused 2 'one FILE' init a b
}
