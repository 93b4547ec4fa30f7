package pgstore

import "context"

// Exec runs a statement on the session that holds the lock.
func (s *Store) Exec(ctx context.Context, sql string) error {
	_, err := s.conn.Exec(ctx, sql)
	return err
}

// Freeze keeps the store from saying anything to the database, as a process does that is stopped.
func (s *Store) Freeze() (thaw func()) {
	s.mu.Lock()
	return s.mu.Unlock
}
