package pgstore

import "context"

// Exec runs a statement on the session that holds the lock.
func (s *Store) Exec(ctx context.Context, sql string) error {
	_, err := s.conn.Exec(ctx, sql)
	return err
}
