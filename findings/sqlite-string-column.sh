#!/usr/bin/env bash
# SQLite (modernc.org/sqlite v1.62.0): a column of type STRING makes numbers of phones and IDs
#
# Expected: a column declared as STRING keeps text as it is, as VARCHAR and TEXT do.
# Seen:     it has numeric affinity: 05001112233 becomes 5001112233, +905001112233 loses its plus, the ID 12E5 becomes
#           1200000, and 1.10 becomes 1.1. The driver hands out int64 and float64.
# Meaning:  a store of payouts in SQLite pays another phone, and finds no item by its ID again. Declare TEXT.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require modernc.org/sqlite v1.62.0
MOD
cat >main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"
	"log"

	_ "modernc.org/sqlite"
)

func main() {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("create table items (a STRING, b TEXT)"); err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{"05001112233", "+905001112233", "12E5", "1.10", "0001", "TR33 0006"} {
		if _, err := db.Exec("insert into items values (?, ?)", text, text); err != nil {
			log.Fatal(err)
		}
	}
	rows, err := db.Query("select a, b from items order by rowid")
	if err != nil {
		log.Fatal(err)
	}
	for rows.Next() {
		var a, b any
		if err := rows.Scan(&a, &b); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%v: STRING %T %v, TEXT %T\n", b, a, a, b)
	}
}
GO
go run . >seen
diff -u - seen <<'OUTPUT'
05001112233: STRING int64 5001112233, TEXT string
+905001112233: STRING int64 905001112233, TEXT string
12E5: STRING int64 1200000, TEXT string
1.10: STRING float64 1.1, TEXT string
0001: STRING int64 1, TEXT string
TR33 0006: STRING string TR33 0006, TEXT string
OUTPUT
