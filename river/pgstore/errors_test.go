package pgstore_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// Which errors of the database pass by themselves. That payouts obey is tested in package payoutjob.
func TestPermanent(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"22P02": true, "22021": true, "23505": true, "23514": true, "42501": true, "42703": true, "42P01": true, // values, constraints, tables
		"0A000": true, "25001": true, "26000": true, "28P01": true, "3D000": true, "54000": true, "XX001": true,
		"08006": false, "08P01": false, // connections
		"40001": false, "40P01": false, // transactions that meet
		"53100": false, "53300": false, // no space, too many connections
		"55006": false, "55P03": false, // in use
		"57014": false, "57P01": false, "57P03": false, // an operator, a start
		"58030": false, "XX000": false, "25006": false, "25P03": false,
	} {
		err := fmt.Errorf("saving: %w", &pgconn.PgError{Code: code})
		if got := pgstore.Permanent(err); got != want {
			t.Errorf("%s: permanent %v, expected %v", code, got, want)
		}
	}
	for _, tt := range []struct {
		name string
		err  error
		want bool
	}{
		{"none", nil, false},
		{"a timeout", context.DeadlineExceeded, false},
		{"a lost connection", io.ErrUnexpectedEOF, false},
		{"another run", payout.ErrLocked, false},
		{"pgx cannot read a column", pgx.ScanArgError{ColumnIndex: 1, Err: io.EOF}, true},
		{"pgx cannot write an argument", fmt.Errorf("failed to encode args[0]: %w", io.EOF), true},
	} {
		if got := pgstore.Permanent(tt.err); got != tt.want {
			t.Errorf("%s: permanent %v, expected %v", tt.name, got, tt.want)
		}
	}
}

// Whose tables are missing, the error says.
func TestExplainMissingTables(t *testing.T) {
	for table, want := range map[string]string{"river_job": "run River's migrations", "masspayout_lists": "call pgstore.Migrate"} {
		err := &pgconn.PgError{Code: "42P01", Message: `relation "` + table + `" does not exist`}
		if got := pgstore.Explain(err); !strings.Contains(got, want) {
			t.Errorf("%s: %q", table, got)
		}
	}
}
