// Package statement says how statements are sent to PostgreSQL.
package statement

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Mode returns the mode for statements on the connections of a pool. None of them is prepared: behind a pooler in
// transaction mode, the next statement may meet another session. A pool that uses the simple protocol keeps it.
func Mode(pool *pgxpool.Pool) pgx.QueryExecMode {
	if pool.Config().ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol {
		return pgx.QueryExecModeSimpleProtocol
	}
	return pgx.QueryExecModeExec
}
