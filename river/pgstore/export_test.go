package pgstore

// Encode is how a State is written.
var Encode = encode

// Freeze keeps the store from saying anything to the database, as a process does that is stopped.
func (s *Store) Freeze() (thaw func()) {
	s.mu.Lock()
	return s.mu.Unlock
}
