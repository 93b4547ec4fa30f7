#!/usr/bin/env bash
# pgx v5.13.0 on PostgreSQL 15: the same statement stores and reads other amounts in another query mode
#
# Expected: default_query_exec_mode says how a statement travels; what arrives is the same in every mode.
# Seen:     a float32 of 1234567.89 is stored as 1234567.88 by pgx's default and as 1234567.90 in the modes that
#           poolers' guides recommend; 0.00 in numeric(18,2) is read as "0" by default, and as "0.00" there.
# Meaning:  a pooler between program and database changes sums, and hashes and comparisons of what was read as text.
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
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require github.com/jackc/pgx/v5 v5.13.0
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/jackc/pgx/v5"
)

func main() {
	ctx := context.Background()
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		connection, err := pgx.Connect(ctx, os.Args[1]+" default_query_exec_mode="+mode)
		if err != nil {
			log.Fatal(err)
		}
		var stored, zero, hundred string
		if err := connection.QueryRow(ctx, "select ($1::numeric(18,2))::text, 0.00::numeric(18,2), 100.00::numeric(18,2)",
			float32(1234567.89)).Scan(&stored, &zero, &hundred); err != nil {
			log.Fatal(err)
		}
		fmt.Println(mode, stored, zero, hundred)
	}
}
GO
go run . "host=$dir/pg user=pay dbname=postgres" >seen
diff -u - seen <<'OUTPUT'
cache_statement 1234567.88 0 100.00
cache_describe 1234567.88 0 100.00
describe_exec 1234567.88 0 100.00
exec 1234567.90 0.00 100.00
simple_protocol 1234567.90 0.00 100.00
OUTPUT
