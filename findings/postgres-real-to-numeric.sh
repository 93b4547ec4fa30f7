#!/usr/bin/env bash
# PostgreSQL 15: an amount in a real column shows one value and becomes another one when it is cast to numeric
#
# Expected: 48250.75 is exact in a real, is shown as 48250.75, and is 48250.75 as numeric; for a double precision
#           alike.
# Seen:     the cast keeps 6 digits of a real, 15 of a double precision: 48250.8, and 1234567.89 becomes 1234570.
# Meaning:  migrating a column to numeric, which should end the rounding, moves amounts that were right by kuruş and
#           lira.
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

psql -h "$dir/pg" -U pay -AtX -v ON_ERROR_STOP=1 postgres >seen <<'SQL'
select v::real, v::real::numeric, v::real::text::numeric from (values (48250.75), (1234567.89), (100.5)) amounts(v);
select v::float8, v::float8::numeric, v::float8::text::numeric from (values (9007199254740.993), (12345678901234.56)) a(v);
create table payments (amount real);
insert into payments values (48250.75), (19999.95);
select amount from payments;
alter table payments alter amount type numeric(18,2);
select amount from payments;
SQL
diff -u - seen <<'OUTPUT'
48250.75|48250.8|48250.75
1.2345679e+06|1234570|1234567.9
100.5|100.5|100.5
9007199254740.992|9007199254740.99|9007199254740.992
12345678901234.56|12345678901234.6|12345678901234.56
CREATE TABLE
INSERT 0 2
48250.75
19999.95
ALTER TABLE
48250.80
19999.90
OUTPUT
