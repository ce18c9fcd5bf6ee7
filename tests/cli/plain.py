#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails where standard input has characters that control a terminal, bytes that
are no UTF-8, or a line that is a workflow command of GitHub's, other than those
that `lint --format github` writes."""

import re
import sys

OURS = re.compile('::(error|warning|notice) file=[^:,]*,title=[a-z-]*::')

BAD = {*range(0x20), *range(0x7f, 0xa0), 0x61c, 0x200e, 0x200f, 0xfeff,
       *range(0x2028, 0x202f), *range(0x2066, 0x206a)} - {0x0a}
data = sys.stdin.buffer.read()
text = data.decode('utf-8')
for number, line in enumerate(text.split('\n'), 1):
    bad = [hex(ord(c)) for c in line if ord(c) in BAD]
    if bad:
        sys.exit(f'line {number} has {bad}: {line!r}')
    if line.startswith('::') and not OURS.match(line):
        sys.exit(f'line {number} is a command: {line!r}')
if not data:
    sys.exit('nothing was said')
