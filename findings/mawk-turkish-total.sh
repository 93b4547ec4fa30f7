#!/usr/bin/env bash
# mawk 1.3.4 (awk of Debian and Ubuntu): a control total leaves out the kuruş, of one half of the rows or the other
#
# Expected: awk reads numbers with a decimal point, whatever the locale, as gawk does.
# Seen:     under LC_ALL=tr_TR.UTF-8 mawk reads 48250,75 and cuts 48250.75 to 48250; under C the other way round. No
#           warning.
# Meaning:  awk -F';' '{ s += $2 } END { print s }' gives another total on the accountant's machine than on the
#           server.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mawk=$(command -v mawk)
localedef -i tr_TR -f UTF-8 "$dir/tr_TR.UTF-8"
export LOCPATH=$dir

printf '%s\n' 'emp-1;48250.75' 'emp-2;48250,75' >payments.csv
for locale in C tr_TR.UTF-8; do
  LC_ALL=$locale "$mawk" -F';' -v locale=$locale '{ s += $2; print locale, $1, $2 * 100 } END { print locale, "total", s * 100 }' \
    payments.csv
done >seen
diff -u - seen <<'OUTPUT'
C emp-1 4825075
C emp-2 4825000
C total 9650075
tr_TR.UTF-8 emp-1 4825000
tr_TR.UTF-8 emp-2 4825075
tr_TR.UTF-8 total 9650075
OUTPUT
