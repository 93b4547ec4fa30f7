#!/usr/bin/env bash
# Papa Parse 5.7.1: whether a Turkish list ends with a line end decides where its amounts are cut
#
# Expected: the delimiter that it detects in "amount;id" is the semicolon, or the result has an error.
# Seen:     it is, if the last line has no line end. With one, as spreadsheets write it, it is the comma:
#           48.250,75;emp-1 becomes 48.25 and "75;emp-1", and "surname, name" two columns, the latter without any
#           error. skipEmptyLines helps.
# Meaning:  an upload page reads 48.25 for 48,250.75 lira, and its test with a file typed by hand passes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts papaparse@5.7.1 >/dev/null

node >seen <<'JS'
const Papa = require('papaparse');
for (const text of ['amount;id\n48.250,75;emp-1\n100,50;emp-2', 'name;amount\nYılmaz, Ayşe;48250,75\nKaya, Ali;100,50']) {
  for (const [how, end, skipEmptyLines] of [['no line end', '', false], ['line end', '\n', false], ['line end, skipped', '\n', true]]) {
    const { data, errors } = Papa.parse(text + end, { dynamicTyping: true, skipEmptyLines });
    console.log(`${how}: ${JSON.stringify(data[1])}, errors ${errors.map(e => e.code).join(' ') || 'none'}`);
  }
}
JS
diff -u - seen <<'OUTPUT'
no line end: ["48.250,75","emp-1"], errors none
line end: [48.25,"75;emp-1"], errors UndetectableDelimiter
line end, skipped: ["48.250,75","emp-1"], errors none
no line end: ["Yılmaz, Ayşe","48250,75"], errors none
line end: ["Yılmaz"," Ayşe;48250",75], errors none
line end, skipped: ["Yılmaz, Ayşe","48250,75"], errors none
OUTPUT
