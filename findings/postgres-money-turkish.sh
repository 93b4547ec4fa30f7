#!/usr/bin/env bash
# PostgreSQL 15, lc_monetary = tr_TR: a text with a decimal point becomes a hundredfold amount of type money
#
# Expected: '48250.75'::money is refused where the decimal mark is a comma, or read as numeric reads it.
# Seen:     it is 4,825,075 lira, and '1.5' is 15. The numeric 48250.75 becomes the right amount.
# Meaning:  the same SQL pays right on the developer's machine and a hundredfold on a server installed in Turkish.
set -euo pipefail
dir=$(mktemp -d)
PATH=$PATH:$(printf ':%s' /usr/lib/postgresql/*/bin) # where Debian has initdb
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
trap 'as pg_ctl -D "$dir/pg" -m immediate stop >/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
mkdir pg
if [ "$(id -u)" = 0 ]; then chmod 711 . && chown postgres pg; fi
as initdb -D "$dir/pg" -U pay -A trust -E UTF8 --locale=C >/dev/null
as pg_ctl -D "$dir/pg" -w -l "$dir/pg/log" -o "-k $dir/pg -c listen_addresses=" start >/dev/null
as pg_ctl -D "$dir/pg" stop >/dev/null
localedef -i tr_TR -f UTF-8 "$dir/tr_TR.UTF-8"
export LOCPATH=$dir
as pg_ctl -D "$dir/pg" -w -l "$dir/pg/log" -o "-k $dir/pg -c listen_addresses=" start >/dev/null

psql -h "$dir/pg" -U pay -AtX -v ON_ERROR_STOP=1 postgres >seen <<'SQL'
set lc_monetary = 'tr_TR.UTF-8';
select '48250.75'::money::numeric, '1.5'::money::numeric, '48.250,75'::money::numeric;
select 48250.75::numeric::money::numeric;
SQL
diff -u - seen <<'OUTPUT'
SET
4825075.00|15.00|48250.75
48250.75
OUTPUT
