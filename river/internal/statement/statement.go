// Package statement says how statements are sent to PostgreSQL.
package statement

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Mode returns the mode for statements on the connections of a pool that are not prepared: behind a pooler in transaction
// mode, the next statement may meet another session. A pool that uses the simple protocol keeps it.
func Mode(pool *pgxpool.Pool) pgx.QueryExecMode {
	if pool.Config().ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol {
		return pgx.QueryExecModeSimpleProtocol
	}
	return pgx.QueryExecModeExec
}

// LongMode is Mode for statements with a request, which may be long: its bytes go as they are, where Mode's are printed in
// hexadecimal and parsed again. For that the statement is described once on each connection. It is not prepared either,
// and works behind the same poolers.
func LongMode(pool *pgxpool.Pool) pgx.QueryExecMode {
	mode := Mode(pool)
	if mode == pgx.QueryExecModeExec && pool.Config().ConnConfig.DescriptionCacheCapacity > 0 {
		return pgx.QueryExecModeCacheDescribe
	}
	return mode
}
