package pgstore

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock keeps two programs from migrating at the same time. Any number that nobody else uses will do.
const migrationLock = 0x6d61737370_1

// Beginner begins a transaction: a pgxpool.Pool or a pgx.Conn, not a transaction.
type Beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Migrate creates this package's tables, or brings them up to date. Its files are in the order of their names; each is
// applied once, all in one transaction. Call it when a program starts, or apply the files with a tool of your own. A role
// that must not create tables may call it, too, once another one has.
func Migrate(ctx context.Context, db Beginner) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if done, err := migrated(ctx, tx, names); done || err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return fmt.Errorf("pgstore: %w", err)
		}
		if _, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS masspayout_migrations (
			name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`); err != nil {
			return fmt.Errorf("pgstore: %w", err)
		}
		for _, name := range names {
			tag, err := tx.Exec(ctx, "INSERT INTO masspayout_migrations (name) VALUES ($1) ON CONFLICT DO NOTHING", name)
			if err != nil {
				return fmt.Errorf("pgstore: %w", err)
			}
			if tag.RowsAffected() == 0 {
				continue
			}
			sql, err := migrations.ReadFile(name)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, string(sql)); err != nil {
				return fmt.Errorf("pgstore: %s: %w", name, err)
			}
		}
		return nil
	})
}

// migrated reports whether there is nothing to do. It needs no more than to read, and makes the transaction see what
// another program does that migrates meanwhile, whatever the database's default is.
func migrated(ctx context.Context, tx pgx.Tx, names []string) (done bool, err error) {
	if _, err := tx.Exec(ctx, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"); err != nil {
		return false, fmt.Errorf("pgstore: %w", err)
	}
	if err := tx.QueryRow(ctx, "SELECT to_regclass('masspayout_migrations') IS NOT NULL").Scan(&done); err != nil || !done {
		return false, err
	}
	if err := tx.QueryRow(ctx, "SELECT coalesce($1::text[] <@ array_agg(name), false) FROM masspayout_migrations", names).Scan(&done); err != nil {
		return false, fmt.Errorf("pgstore: %w", err)
	}
	return done, nil
}
