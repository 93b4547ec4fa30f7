//go:build unix

package pgtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// What was committed outlives a power cut.
func TestKillAndRestart(t *testing.T) {
	ctx := context.Background()
	server := Start(t)
	url := server.Database(t)
	query := func(sql string) (n int) {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if err := conn.QueryRow(ctx, sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	query("WITH made AS (SELECT 1 AS n) SELECT n FROM made")
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "CREATE TABLE kept AS SELECT 42 AS n"); err != nil {
		t.Fatal(err)
	}
	if err := server.Kill(); err != nil {
		t.Skip("the server is not ours: ", err)
	}
	if err := conn.Ping(ctx); err == nil {
		t.Error("the server still answers")
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	if n := query("SELECT n FROM kept"); n != 42 {
		t.Errorf("got %d", n)
	}
}
