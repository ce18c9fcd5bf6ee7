# SPDX-License-Identifier: Apache-2.0
# Counts the results of a suite: prints "PASSED FAILED SKIPPED", and writes
# failures in full, passed tests of faults that were found, and why tests were
# skipped, to the file `show`. A suite
# that ends early, or badly without a failed test, has one failure more.

/^[ \t]*1\.\.[0-9]+/ {
	sub(/^[ \t]*1\.\./, "")
	planned += $1
	has_plan = 1
	next
}
/^(not )?ok([ \t]|$)/ {
	showing = 0
	seen++
	# cmocka calls a skipped test "not ok".
	if (toupper($0) ~ /#[ \t]*SKIP/) {
		skipped++
		print "  " $0 > show
	} else if (/^not/) {
		failed++
		showing = 1
		print "  " $0 > show
	} else {
		passed++
		# Faults that were found have their line, too.
		if (all || /faults [0-9A-Z]+: /)
			print "  " $0 > show
	}
	next
}
# cmocka's word on a whole group: no test of its own.
/^# not ok - / { next }
showing { print "  " $0 > show; next }
{ rest[++rests] = $0 }
END {
	printf "" > show
	if (seen < planned || !seen || (status != 0 && !failed)) {
		failed++
		printf "  not ok: %d of %d tests had a result, then it " \
			"ended with status %d\n", seen, planned, status > show
		for (i = rests > 40 ? rests - 40 : 1; i <= rests; i++)
			print "  " rest[i] > show
	}
	print passed + 0, failed + 0, skipped + 0
}
