#!/usr/bin/env bash
# River v0.51.2: river:"unique" inside of a slice's elements is ignored, and amounts are compared as they are written
#
# Expected: the tag chooses the fields that make a job unique at every depth, and 1.10 is 1.1 in JSON.
# Seen:     in a struct within the arguments the tag holds, in the elements of a slice it does not: another note makes
#           another job. 1.10 and 1.1 are two jobs.
# Meaning:  two jobs pay one list, if the arguments hold the items. Put nothing but the payout's name into the
#           arguments.
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

require (
	github.com/jackc/pgx/v5 v5.13.0
	github.com/riverqueue/river v0.51.2
	github.com/riverqueue/river/riverdriver/riverpgxv5 v0.51.2
)
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

type item struct {
	ID   string `json:"id" river:"unique"`
	Note string `json:"note"`
}

type single struct {
	Item item `json:"item" river:"unique"`
}

func (single) Kind() string { return "single" }

type list struct {
	Items []item `json:"items" river:"unique"`
}

func (list) Kind() string { return "list" }

type amount struct {
	Amount json.RawMessage `json:"amount"`
}

func (amount) Kind() string { return "amount" }

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func main() {
	ctx := context.Background()
	driver := riverpgxv5.New(must(pgxpool.New(ctx, os.Args[1])))
	must(must(rivermigrate.New(driver, nil)).Migrate(ctx, rivermigrate.DirectionUp, nil))
	client := must(river.NewClient(driver, &river.Config{}))
	for _, pair := range [][2]river.JobArgs{
		{single{item{"1", "salary"}}, single{item{"1", "Salary"}}},
		{list{[]item{{"1", "salary"}}}, list{[]item{{"1", "Salary"}}}},
		{amount{json.RawMessage("1.10")}, amount{json.RawMessage("1.1")}},
	} {
		options := &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
		must(client.Insert(ctx, pair[0], options))
		second := must(client.Insert(ctx, pair[1], options))
		fmt.Printf("%s: second job skipped %t\n", pair[0].Kind(), second.UniqueSkippedAsDuplicate)
	}
}
GO
go run . "host=$dir/pg user=pay dbname=postgres" >seen
diff -u - seen <<'OUTPUT'
single: second job skipped true
list: second job skipped false
amount: second job skipped false
OUTPUT
