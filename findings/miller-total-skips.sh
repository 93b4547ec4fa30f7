#!/usr/bin/env bash
# Miller 6.6.0 (mlr, Debian 12): a total leaves out what it cannot read, counts it, and succeeds
#
# Expected: stats1 -a sum over a column with 48250,75 fails, or says (error), as mlr put '$x + 1' does.
# Seen:     sum and mean leave the row out, count counts it, and the exit status is 0.
# Meaning:  a check "sum and count agree with the list" passes for the count and misses 48250.75 lira.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v mlr >/dev/null || { echo "mlr is not installed (apt-get install miller)" >&2; exit 1; }

printf '%s\n' 'id;amount' 'emp-1;1250' 'emp-2;48250,75' 'emp-3;100.50' >payments.csv
mlr --icsv --ifs ';' --oxtab stats1 -a sum,count,mean -f amount payments.csv >seen
echo "exit status $?" >>seen
mlr --icsv --ifs ';' --ocsv put '$plus = $amount + 1' payments.csv >>seen
diff -u - seen <<'OUTPUT'
amount_sum   1350.5
amount_count 3
amount_mean  675.25
exit status 0
id,amount,plus
emp-1,1250,1251
emp-2,"48250,75",(error)
emp-3,100.50,101.5
OUTPUT
