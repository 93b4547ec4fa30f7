#!/usr/bin/env bash
# PostgreSQL 15 with ICU's Turkish collation: ILIKE and ~* disagree on i, I, ı and İ
#
# Expected: two ways to compare without case, under one collation, agree: in Turkish I is ı, and İ is i.
# Seen:     ILIKE says so. ~* says that I matches i, as in English, and that İ does not.
# Meaning:  a search of names by ~* finds another person (Isıl for isıl) and misses the right one (İsmail for ismail).
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
select name, pattern, name ilike pattern collate "tr-x-icu", name ~* ('^' || pattern || '$') collate "tr-x-icu"
from (values ('İSMAİL', 'ismail'), ('ISIL', 'isil'), ('ISIL', 'ısıl'), ('AYŞE', 'ayşe')) names(name, pattern);
SQL
diff -u - seen <<'OUTPUT'
İSMAİL|ismail|t|f
ISIL|isil|f|t
ISIL|ısıl|t|t
AYŞE|ayşe|t|t
OUTPUT
