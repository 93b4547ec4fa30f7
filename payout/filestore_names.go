package payout

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/iyzico-go/masspayout/gen"
)

// FileStoreIn returns the store of the payout with that externalId, in a folder of states. Two externalIds never have one
// file, also where the file system does not tell upper from lower case; one externalId in NFC and in NFD has one. The
// folder must exist. See [NewFileStore] for the rest.
//
// If there is no such state yet, but one of an externalId that differs only in case, white space or Unicode form (see
// [gen.FoldName]), the error matches [ErrOtherPayout]: it is almost certainly the same list, which would be paid twice.
func FileStoreIn(folder, externalID string) (*FileStore, error) {
	if strings.TrimSpace(externalID) == "" {
		return nil, errors.New("payout: FileStoreIn: externalId: is required")
	}
	own := stateFile(externalID)
	store := NewFileStore(filepath.Join(folder, own))
	if _, err := os.Lstat(store.path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return store, nil // what is wrong with it, Load will tell
	}
	entries, err := os.ReadDir(filepath.Clean(folder))
	if err != nil {
		return nil, fmt.Errorf("payout: the folder of states: %w", err)
	}
	for _, entry := range entries {
		if alike(entry.Name(), externalID) {
			other := filepath.Join(folder, entry.Name())
			name := "another payout"
			if state, err := loadFile(other); err == nil {
				name = fmt.Sprintf("%q", state.ExternalID)
			}
			return nil, fmt.Errorf("payout: %w: %s is the state of %s, and %q differs from that only in case, white space or "+
				"Unicode form: to continue it, write its externalId so; to pay a new list, give it another externalId",
				ErrOtherPayout, other, name, externalID)
		}
	}
	return store, nil
}

// Name returns the name of the file, as it was given or as [FileStoreIn] made it.
func (f *FileStore) Name() string { return f.path }

const statePrefix, stateSuffix = "payout-", ".state"

// stateFile returns the name of the file of a payout's state: the externalId, if every file system takes it for a name and
// for no other; otherwise what can be read of it, a digest of all that differ only so (see alike), and one of it alone.
func stateFile(externalID string) string {
	id := canonical(externalID)
	if isPlain(id) {
		return statePrefix + id + stateSuffix
	}
	return fmt.Sprintf("%s%s~%s-%s%s", statePrefix, readable(id), shortHash(gen.FoldName(id), 6), shortHash(id, 16), stateSuffix)
}

// isPlain reports whether an externalId is a name in every file system, and differs from all others there.
func isPlain(id string) bool {
	return len(id) <= 100 && !strings.ContainsFunc(id, func(r rune) bool { return !plainRune(r) })
}

func plainRune(r rune) bool {
	return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.'
}

// readable returns what a person knows an externalId by.
func readable(id string) string {
	var s strings.Builder
	for _, r := range strings.ToLower(id) {
		switch {
		case s.Len() == 60:
			return s.String()
		case plainRune(r):
			s.WriteRune(r)
		case !strings.HasSuffix(s.String(), "-"):
			s.WriteByte('-')
		}
	}
	return s.String()
}

func shortHash(text string, bytes int) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:bytes])
}

// alike reports whether a file is the state of an externalId that a person would read as this one.
func alike(file, externalID string) bool {
	name, isState := strings.CutSuffix(file, stateSuffix)
	name, isOurs := strings.CutPrefix(name, statePrefix)
	if !isState || !isOurs {
		return false
	}
	folded := gen.FoldName(externalID)
	if _, hashes, ok := strings.Cut(name, "~"); ok {
		return strings.HasPrefix(hashes, shortHash(folded, 6)+"-")
	}
	return gen.FoldName(name) == folded
}
