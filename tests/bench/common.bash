# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the parts of the benchmark share: cases that are timed in turn, their
# results, and targets.
# shellcheck disable=SC2034,SC2154

names=() commands=() prepares=() sizes=()
declare -A seconds	# of each case, as LABEL/NAME
declare -A bytes	# of what it wrote
declare -A memory	# its most, in MiB

# say LINE...
say() {
	printf '%s\n' "$@"
}

has() {
	command -v "$1" >/dev/null
}

# count EXPRESSION [FORMAT]: A, A / B or A * B; nothing where one is missing.
count() {
	case $1 in
	'' | ' '* | *' ') return ;;
	esac
	awk "BEGIN { printf \"${2:-%.3f}\", $1 }"
}

# file_bytes FILE...: of all of them.
file_bytes() {
	cat "$@" | wc -c
}

# layer_bytes LAYOUT: of the last layer of its only image.
layer_bytes() {
	"$pack" inspect --raw "$1" | jq '.layers[-1].size'
}

# peak COMMAND: its seconds, and its most memory in MiB.
peak() {
	python3 -c '
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run(["bash", "-c", sys.argv[1]], check=True,
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("%.3f %.1f" % (time.monotonic() - start, most / 1024))' "$1"
}

# --- cases --------------------------------------------------------------------

no_cases() {
	names=() commands=() prepares=() sizes=()
}

# add NAME PREPARE COMMAND [SIZE]: a case; PREPARE does not count. SIZE prints
# the bytes that it wrote.
add() {
	names+=("$1")
	prepares+=("$2")
	commands+=("$3")
	sizes+=("${4:-}")
}

# once OUT CASE TIMES: a shell is started only for what needs one, and what it
# takes to start is taken off. What the case before left to be written goes to
# the disk before, not in the time of this one.
once() {
	local shell=-N

	case ${commands[$2]} in
	*['$|&>;']*) shell=--shell=bash ;;
	esac
	hyperfine "$shell" -w 0 -r "$3" --style none \
		--prepare "bash -c '${prepares[$2]}; sync'" --export-json "$1" \
		"${commands[$2]}" >"$1.log" 2>&1 || {
		say "'${names[$2]}' failed: ${commands[$2]}" >&2
		tail -n 5 "$1.log" >&2
		return 1
	}
}

# timed LABEL [TIMES]: the median of each case. All are run in turn, round by
# round, as often as TIMES in a row; the first round does not count.
timed() {
	local out=$work/times/$1 round i

	mkdir -p "$out"
	rm -f "$out"/*
	for ((round = 0; round <= runs; round++)); do
		for i in "${!names[@]}"; do
			once "$out/$i.$round" "$i" "${2:-1}" || true
		done
		rm -f "$out"/*.0
	done
	for i in "${!names[@]}"; do
		seconds[$1/${names[i]}]=$(cat "$out/$i".*[0-9] 2>/dev/null |
			jq -rs '[.[].results[].times[]] | sort |
			if length > 0 then
				(.[(length - 1) / 2 | floor] +
				.[length / 2 | floor]) / 2
			else "" end')
	done
}

# measured LABEL: bytes and memory of each case, by running it once more.
measured() {
	local i most

	for i in "${!names[@]}"; do
		bash -c "${prepares[i]}"
		most=$(peak "${commands[i]}") || continue
		memory[$1/${names[i]}]=${most#* }
		[ -z "${sizes[i]}" ] ||
			bytes[$1/${names[i]}]=$(${sizes[i]})
	done
}

# best LABEL NAME...: the least seconds of these.
best() {
	local label=$1 name

	shift
	for name; do
		say "${seconds[$label/$name]:-}"
	done | sort -g | grep -m 1 . || true
}

# table LABEL TITLE BASE: cases with their seconds, and as ratios to BASE,
# which is a name, seconds or nothing.
table() {
	local base=$3 name at

	[ -z "$3" ] || base=${seconds[$1/$3]:-$3}
	say '' "### $2" '' '| | median | ratio |' '|---|---|---|'
	for name in "${names[@]}"; do
		at=${seconds[$1/$name]:-}
		say "| $name | $(count "$at" %.4f) s |\
 $(count "$at / $base" %.2f) |"
	done
}

# --- targets ------------------------------------------------------------------

# target ROW at_most|at_least LIMIT UNIT VALUE: nothing measured is not met.
target() {
	local met

	met=$(awk -v way="$2" -v limit="$3" -v value="$5" 'BEGIN {
		if (value == "") print "not measured"
		else if (way == "at_most" ? value <= limit : value >= limit)
			print "yes"
		else print "**no**" }')
	say "| $1 | ${2/_/ } $3$4 | ${5:+$5$4} | $met |" >>"$work/targets"
}

# ratio LABEL NAME BASE-LABEL BASE-NAME: of their seconds.
ratio() {
	count "${seconds[$1/$2]:-} / ${seconds[$3/$4]:-}"
}

targets_table() {
	say '' '## Against the targets' '' \
		'| row | target | measured | met |' '|---|---|---|---|'
	cat "$work/targets"
}
