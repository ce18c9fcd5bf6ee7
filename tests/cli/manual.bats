#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Manual pages and completions, which are made from the tables of options, and
# from headers and docs/spec.md.

load ../helpers

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export pages=$BATS_FILE_TMPDIR/to
	make --no-print-directory -s install PREFIX=/usr "DESTDIR=$pages" \
		>/dev/null
}

setup() {
	work_in_folder
	man=$pages/usr/share/man
	completions=$pages/usr/share
	PATH=${OCI_PACK%/*}:$PATH
}

commands() {
	"$OCI_PACK" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# long_options COMMAND: those of --help.
long_options() {
	"$OCI_PACK" "$1" --help | sed '/^Examples:/,$d' |
		grep -oE '^ {2,6}(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+$'
}

need() {
	command -v "$1" >/dev/null || [ "${CI:-}" != true ] || return 1
	command -v "$1" >/dev/null || skip "$1 is missing"
}

@test "every command has a page, every page is sound, and links lead to pages" {
	need mandoc
	local command page
	for command in $(commands); do
		[ -s "$man/man1/oci-pack-$command.1" ] || fail "no $command"
	done
	[ "$(find "$man" -type f | wc -l)" -gt 45 ]
	mandoc -Tlint "$man"/man?/* | grep -v 'referenced manual not found' \
		>found || true
	[ ! -s found ] || fail "$(cat found)"
	sed -n 's/^\.\(It \)\{0,1\}Xr \([^ ]*\) \([0-9]\).*/\3 \2/p' \
		"$man"/man?/* | sort -u | while read -r section page; do
		[ -e "$man/man$section/$page.$section" ] ||
			fail "no $page($section)"
	done
}

@test "help, manual and completions have the same options" {
	local command option missing=0
	for command in $(commands); do
		"$OCI_PACK" completion bash | sed -n "/^	$command)/,/;;/p" \
			>of.bash
		"$OCI_PACK" completion fish |
			grep "seen_subcommand_from $command'" >of.fish
		"$OCI_PACK" completion zsh | sed -n "/^	$command)/,/;;/p" >of.zsh
		for option in $(long_options "$command"); do
			grep -q -- "\\\\-${option#--}\b" \
				"$man/man1/oci-pack-$command.1" &&
				grep -q -- " $option " <(tr "'" ' ' <of.bash) &&
				grep -q -- " -l ${option#--} " of.fish &&
				grep -q -- "${option}[^a-z-]" of.zsh ||
				{
					echo "$command $option"
					missing=1
				}
		done
		# No more than these.
		equal "$(long_options "$command" | sort)" \
			"$(grep -oE -- '--[a-z-]+' of.bash | sort)"
	done
	equal 0 "$missing"
}

@test "the topics of help are sections of the manual, and name what there is" {
	local topic key
	"$OCI_PACK" help >all
	sed -n '/^Topics/,/^$/s/^  \([a-z-]*\) .*/\1/p' all >topics
	[ "$(wc -l <topics)" -ge 5 ]
	while read -r topic; do
		"$OCI_PACK" help "$topic" >"topic-$topic"
		key=${topic^^}
		grep -qx ".Sh ${key//-/ }" "$man/man1/oci-pack.1" ||
			fail "no section for $topic"
		[ "$(awk 'length > 79' "topic-$topic")" = '' ]
	done <topics
	jq -r '.properties | keys[]' "$root/docs/oci-pack.schema.json" |
		while read -r key; do
			grep -q "\b$key\b" topic-spec || fail "no $key"
		done
	# Options that topics name are options of a command.
	for key in $(commands); do
		long_options "$key"
	done | sort -u >options
	grep -ohE -- '--[a-z][a-z-]+' topic-* | sort -u | comm -23 - options >odd
	[ ! -s odd ] || fail "$(cat odd)"
	run "$OCI_PACK" help nonsense
	equal 2 "$status"
}

@test "each header and each key of the schema has its place" {
	local header key program
	for header in "$root"/liboci/include/oci/*.h; do
		header=${header##*/}
		[ -s "$man/man3/oci_${header%.h}.3" ] || fail "no $header"
	done
	# The example of a page uses what the header declares, and is one that
	# the tests run.
	for header in "$root"/liboci/include/oci/*.h; do
		header=${header##*/}
		header=${header%.h}
		program=$(sed -n '/^\.Sh EXAMPLES/{n;p}' \
			"$man/man3/oci_$header.3")
		program=${program%:}
		grep -q "$(basename "$program" .c)" "$root"/tests/cli/install.bats \
			"$root"/tests/registry/*_test.py ||
			fail "no test runs $program"
		[ "$header" != oci ] || continue
		sed 's,/\*.*,,; /^ \*/d' "$root/liboci/include/oci/$header.h" |
			grep -oE '\b(oci_[a-z0-9_]+\(|oci_[a-z_]+_fn\b|struct oci_[a-z0-9_]+ \{|OCI_[A-Z_]+_INIT)' |
			sed 's/^struct //; s/[ ({]*$//' | sort -u >declared
		grep -qwFf declared "$root/$program" \
			"$root/examples/link/registry.h" ||
			fail "$program does not use $header.h"
	done
	# Every function is in the page of its header.
	cat "$man"/man3/*.3 >all
	sed -n 's/^\t\(oci_[a-z_0-9]*\);$/\1/p' "$root/liboci/liboci.map" |
		while read -r key; do
			grep -q "\b$key(" all || fail "no $key"
		done
	jq -r '.properties | keys[]' "$root/docs/oci-pack.schema.json" |
		while read -r key; do
			grep -q "\\b$key\\b" "$man/man5/oci-pack-spec.5" ||
				fail "no $key"
		done
}

@test "the docs have every command, exit status and key of --metadata-file" {
	local command key
	for command in $(commands); do
		grep -qE "\boci-pack $command\b" "$root"/docs/*.md "$root/README.md" ||
			fail "no $command"
	done
	equal "$("$OCI_PACK" help exit-status | sed -n 's/^  \([0-9]\) .*/\1/p')" \
		"$(sed -n 's/^| \([0-9]\) | .*/\1/p' "$root/docs/command.md")"
	grep -ohE 'containerimage\.[a-z.]+|image\.name' "$root"/cli/results*.c |
		sort -u | while read -r key; do
		grep -q "\"$key\": {" "$root/docs/json.md" || fail "no $key"
	done
}

# completed LINE: what bash offers.
completed() {
	bash -c 'source "$1"
		COMP_LINE=$2 COMP_POINT=${#2}
		_oci_pack
		echo "${COMPREPLY[*]}"' - \
		"$completions/bash-completion/completions/oci-pack" "$1"
}

@test "bash completes commands, options, values and tags" {
	bash -n "$completions/bash-completion/completions/oci-pack"
	shellcheck -s bash "$completions/bash-completion/completions/oci-pack"
	equal 'push pull' "$(completed 'oci-pack pu')"
	equal '--progress' "$(completed 'oci-pack push --prog')"
	equal 'auto bar plain json none' "$(completed 'oci-pack push --progress ')"
	equal append "$(completed 'oci-pack index app')"
	spec a.spec 'image: example.com/a' 'tags: [one, two]' \
		'layers: [{entries: [{path: /a, content: a}]}]'
	"$OCI_PACK" a.spec -q --lint off -o oci:dir
	equal 'one two' "$(completed 'oci-pack ls oci:dir:')"
	equal two "$(completed 'oci-pack ls oci:dir:t')"
	# What a layout calls an image is not run.
	sed -i 's/a:one"/a:$(touch ran)`touch ran`"/; s/"one"/"`touch ran`"/' \
		dir/index.json
	completed 'oci-pack ls oci:dir:' >offered
	equal two "$(cat offered)"
	[ ! -e ran ]
}

@test "fish completes commands, options and values" {
	need fish
	offers() {
		fish --no-config -c "source $completions/fish/vendor_completions.d/oci-pack.fish
			complete -C '$1'" | cut -f 1
	}
	equal $'pull\npush' "$(offers 'oci-pack pu')"
	equal --progress "$(offers 'oci-pack push --prog')"
	matches $'bar\njson' "$(offers 'oci-pack push --progress ')"
	matches append "$(offers 'oci-pack index ')"
	spec a.spec 'image: example.com/a' 'tags: [one, two]' \
		'layers: [{entries: [{path: /a, content: a}]}]'
	"$OCI_PACK" a.spec -q --lint off -o oci:dir
	matches oci:dir:two "$(offers 'oci-pack ls oci:dir:t')"
}

@test "zsh completes commands, options and values" {
	need zsh
	need tmux
	zsh -n "$completions/zsh/site-functions/_oci-pack"
	local socket=$PWD/tmux
	tmux -S "$socket" -f /dev/null new-session -d -x 120 -y 20 \
		"ZDOTDIR=$PWD PS1='%% ' exec zsh -f"
	screen() { tmux -S "$socket" capture-pane -p | grep . | tail -1; }
	# shows TEXT: waits until the last line is TEXT.
	shows() {
		for _ in $(seq 100); do
			[ "$(screen)" != "$1" ] || return 0
			sleep 0.1
		done
		fail "wanted: $1" "$(tmux -S "$socket" capture-pane -p)"
	}
	tmux -S "$socket" send-keys \
		"fpath=($completions/zsh/site-functions \$fpath); autoload -U compinit; compinit -u -d $PWD/dump; clear" Enter
	shows '%'
	tmux -S "$socket" send-keys 'oci-pack push --prog' Tab
	shows '% oci-pack push --progress'
	tmux -S "$socket" send-keys 'j' Tab
	shows '% oci-pack push --progress json'
	tmux -S "$socket" send-keys C-u 'oci-pack ind' Tab
	shows '% oci-pack index'
	tmux -S "$socket" send-keys 'ap' Tab
	shows '% oci-pack index append'
	tmux -S "$socket" kill-server
}

@test "uninstall removes what install wrote" {
	make -C "$root" --no-print-directory -s uninstall PREFIX=/usr \
		"DESTDIR=$pages" >/dev/null
	equal '' "$(find "$pages" -type f -o -type l)"
}
