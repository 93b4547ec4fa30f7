#!/usr/bin/env bash
# gorm v1.31.2, bun v1.3.0, xorm v1.4.3 with shopspring/decimal v1.6.0 on PostgreSQL 15: no amount gets a numeric
# column
#
# Expected: the column that they create for a decimal.Decimal is numeric.
# Seen:     gorm and xorm make it text, bun jsonb; gorm makes decimal.NullDecimal a boolean. By gorm, "amount > 1000"
#           then finds 900, max is 900 of 900, 1000 and 48250.75, and nothing complains.
# Meaning:  a limit, an order or a balance check in the database compares letters, not money. Write
#           type:numeric(18,2).
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
	github.com/shopspring/decimal v1.6.0
	github.com/uptrace/bun v1.3.0
	github.com/uptrace/bun/dialect/pgdialect v1.3.0
	gorm.io/driver/postgres v1.6.3
	gorm.io/gorm v1.31.2
	xorm.io/xorm v1.4.3
)
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"xorm.io/xorm"
)

type (
	GormItem struct {
		ID         int
		Amount     decimal.Decimal
		Commission decimal.NullDecimal
	}
	BunItem struct {
		ID     int
		Amount decimal.Decimal
	}
	XormItem struct {
		ID     int
		Amount decimal.Decimal
	}
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func main() {
	dsn := os.Args[1]
	db := must(sql.Open("pgx", dsn))
	orm := must(gorm.Open(postgres.Open(dsn), &gorm.Config{}))
	if err := orm.AutoMigrate(&GormItem{}); err != nil {
		log.Fatal(err)
	}
	must(bun.NewDB(db, pgdialect.New()).NewCreateTable().Model((*BunItem)(nil)).Exec(context.Background()))
	if err := must(xorm.NewEngine("pgx", dsn)).Sync(new(XormItem)); err != nil {
		log.Fatal(err)
	}
	rows := must(db.Query(`select table_name, column_name, data_type from information_schema.columns
		where table_schema = 'public' and column_name in ('amount', 'commission') order by 1, 2`))
	for rows.Next() {
		var table, column, kind string
		if err := rows.Scan(&table, &column, &kind); err != nil {
			log.Fatal(err)
		}
		fmt.Println(table, column, kind)
	}
	for id, amount := range []string{"900", "1000", "48250.75"} {
		orm.Create(&GormItem{ID: id + 1, Amount: decimal.RequireFromString(amount)})
	}
	var above []GormItem
	orm.Where("amount > ?", decimal.NewFromInt(1000)).Order("id").Find(&above)
	for _, item := range above {
		fmt.Println("gorm, amount > 1000:", item.Amount)
	}
	var largest decimal.Decimal
	orm.Model(&GormItem{}).Select("max(amount)").Scan(&largest)
	fmt.Println("gorm, max(amount):", largest)
}
GO
go run . "host=$dir/pg user=pay dbname=postgres" >seen
diff -u - seen <<'OUTPUT'
bun_items amount jsonb
gorm_items amount text
gorm_items commission boolean
xorm_item amount text
gorm, amount > 1000: 900
gorm, amount > 1000: 48250.75
gorm, max(amount): 900
OUTPUT
