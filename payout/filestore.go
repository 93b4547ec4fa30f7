package payout

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"github.com/iyzico-go/masspayout/gen"
)

// FileStore is a [Store] and a [Locker] that keeps a state in a file; see [NewFileStore]. A kill or a power cut leaves
// the state saved last or the one before it, whole, if the file system keeps what fsync promises. It is for one
// machine: locks of network file systems are not reliable. Deleting the lock file makes a run's next Save fail.
type FileStore struct {
	path string
	mu   sync.Mutex
	held *fileLock
	at   func(point string) // that a save passes; the tests kill there
}

// maxStateFile bounds the size of a file that is read or written: room for the Result of some 500,000 items.
const maxStateFile = 256 << 20

// The files beside a state. No state may be called as one of them, in upper or lower case.
const (
	lockSuffix      = ".lock"
	temporarySuffix = ".lock.tmp"
)

// NewFileStore returns the store of one payout in the file of that name, on a local file system, in a folder that
// exists. A symbolic link stays one: what it points to is locked and written. Beside that file are name.lock, which
// stays, and while a state is written name.lock.tmp; a state cannot have such a name itself. All are readable to their
// owner only. What is there already must be a state: a folder, a device, or a file of more than 256 MiB is refused with
// [ErrState], without being read.
func NewFileStore(name string) *FileStore { return &FileStore{path: name, at: func(string) {}} }

// FileStoreIn returns the [NewFileStore] of the payout with that externalId, in a folder of states that exists. Two
// externalIds never have one file, also where the file system does not tell upper from lower case; one externalId in
// NFC and in NFD has one. If there is none yet, but one of an externalId that differs only in case, white space or
// Unicode form (see [gen.FoldName]), the error matches [ErrOtherPayout]: the same list would be paid twice.
func FileStoreIn(folder, externalID string) (*FileStore, error) {
	if strings.TrimSpace(externalID) == "" {
		return nil, errors.New("payout: FileStoreIn: externalId: is required")
	}
	store := NewFileStore(filepath.Join(folder, stateFile(externalID)))
	if _, err := os.Lstat(store.path); !errors.Is(err, fs.ErrNotExist) {
		return store, nil // what is wrong with it, Load will tell
	}
	entries, err := os.ReadDir(filepath.Clean(folder))
	if err != nil {
		return nil, fmt.Errorf("payout: the folder of states: %w", err)
	}
	for _, entry := range entries {
		if !alike(entry.Name(), externalID) {
			continue
		}
		other := filepath.Join(folder, entry.Name())
		state, _ := loadFile(other)
		return nil, fmt.Errorf("payout: %w: %s is the state of %q, and %q differs from that only in case, white space or "+
			"Unicode form: to continue it, write its externalId so; to pay a new list, give it another externalId",
			ErrOtherPayout, other, cmp.Or(state.ExternalID, "another payout"), externalID)
	}
	return store, nil
}

// Name returns the name of the file, as it was given or as [FileStoreIn] made it.
func (f *FileStore) Name() string { return f.path }

// file returns the name of the file itself, where links lead to it, so that all who use it use the same lock.
func (f *FileStore) file() (string, error) {
	name := f.path
	if strings.Contains(name, "\x00") {
		return "", fmt.Errorf("%q: no file's name has a NUL: %w", name, fs.ErrNotExist)
	}
	for range 40 {
		if target, err := os.Readlink(name); err == nil {
			if !filepath.IsAbs(target) {
				target = filepath.Join(filepath.Dir(name), target)
			}
			name = target
			continue
		}
		info, err := os.Lstat(name)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			err = notAState(name, info)
		}
		if err != nil {
			return "", err
		}
		folder, err := filepath.EvalSymlinks(filepath.Dir(name))
		return filepath.Join(folder, filepath.Base(name)), err
	}
	return "", fmt.Errorf("%s: %w", f.path, syscall.ELOOP)
}

// neverState is an error about what can never have been a state's file, by its name or its kind.
type neverState struct{ error }

func (e neverState) Unwrap() error { return e.error }

// notAState reports a name that no state can have, and what is there under that name (nil: nothing) but can be none.
func notAState(name string, info fs.FileInfo) error {
	base := strings.ToLower(strings.TrimRight(filepath.Base(name), ". ")) // Windows drops dots and blanks at the end
	switch {
	case base == "" || strings.HasSuffix(base, lockSuffix) || strings.HasSuffix(base, temporarySuffix):
		return neverState{fmt.Errorf("%w: %s: no state's file can be called %q", ErrState, name, filepath.Base(name))}
	case info == nil:
		return nil
	case !info.Mode().IsRegular():
		return neverState{fmt.Errorf("%w: %s is no regular file (%v): name another one", ErrState, name, info.Mode())}
	case info.Size() > maxStateFile:
		return fmt.Errorf("%w: %s has %d bytes, and a state at most %d", ErrState, name, info.Size(), maxStateFile)
	}
	return nil
}

// Load implements [Store].
func (f *FileStore) Load(context.Context) (State, error) {
	name, err := f.file()
	if err != nil {
		return State{}, err
	}
	return loadFile(name)
}

// loadFile reads a state, and no more than that: a file of /proc says that it is empty.
func loadFile(name string) (state State, err error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxStateFile+1))
	if err == nil && len(data) > maxStateFile {
		err = fmt.Errorf("%w: it has more than the %d bytes that a state has at most", ErrState, maxStateFile)
	}
	if err == nil {
		state, err = decodeState(data)
	}
	if err != nil {
		return State{}, fmt.Errorf("%s: %w", name, err)
	}
	return state, nil
}

func decodeState(data []byte) (state State, err error) {
	var only struct{ Version int }
	if err := json.Unmarshal(data, &only); err != nil {
		return state, fmt.Errorf("%w: it is cut off or not a state: %w", ErrState, err)
	}
	if only.Version != stateVersion {
		return state, fmt.Errorf("%w: its version is %d, expected %d", ErrState, only.Version, stateVersion)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&state); err != nil {
		return state, fmt.Errorf("%w: %w", ErrState, err)
	}
	return state, nil
}

// Save implements [Store]: it writes a temporary file, fsyncs it, renames it over the old one, and fsyncs the folder.
func (f *FileStore) Save(ctx context.Context, state State) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", f.path, err)
		}
	}()
	name, err := f.file()
	if err != nil {
		return err
	}
	if f.held == nil { // compare and replace in one, even so
		lock, err := lockFile(name + lockSuffix)
		if err != nil {
			return err
		}
		defer lock.unlock()
	} else if err := f.held.check(name + lockSuffix); err != nil {
		return err
	}
	saved, err := loadFile(name)
	if err != nil {
		return err
	}
	if saved.Revision != state.Revision-1 {
		return fmt.Errorf("%w: revision %d is saved, got revision %d", ErrConflict, saved.Revision, state.Revision)
	}
	data, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return err
	}
	if data = append(data, '\n'); len(data) > maxStateFile {
		return fmt.Errorf("it has %d bytes, and a state at most %d", len(data), maxStateFile)
	}
	temporary := name + temporarySuffix
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a run that was killed
		return err
	}
	f.at("before writing")
	if err := f.write(temporary, data); err != nil {
		return err
	}
	f.at("written, not renamed")
	if err := ctx.Err(); err != nil { // nobody waits any more: this save is taken for failed
		return err
	}
	if err := os.Rename(temporary, name); err != nil {
		return err
	}
	f.at("renamed, folder not synced")
	if err := syncFolder(filepath.Dir(name)); err != nil {
		return err
	}
	f.at("saved")
	return nil
}

// write creates the file and fsyncs it.
func (f *FileStore) write(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	half := len(data) / 2
	_, err = file.Write(data[:half])
	f.at("half written")
	if err == nil {
		_, err = file.Write(data[half:])
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// repairFile returns which of these it is; nothing if the error may pass by itself, or is not about a file.
func repairFile(err error) string {
	errno, _ := errors.AsType[syscall.Errno](err)
	switch repair := repairs[errno]; {
	case repair != "":
		return repair
	case errors.Is(err, errors.ErrUnsupported):
		return needsLocks
	case errors.Is(err, fs.ErrNotExist):
		return "create the folder of the state's file, or correct its path"
	case errors.Is(err, fs.ErrPermission):
		return "let the program write the folder of the state's file, or keep the state elsewhere"
	default:
		return ""
	}
}

// noFile reports whether err says that there can be no file of that name.
func noFile(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || repairFile(err) == correctPath || errors.As(err, new(neverState))
}

// Lock implements [Locker]. The lock ends with the process, however that ends.
func (f *FileStore) Lock(context.Context) (unlock func() error, err error) {
	name, err := f.file()
	var lock *fileLock
	if err == nil {
		lock, err = lockFile(name + lockSuffix)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = lock
	return func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.held != lock {
			return nil
		}
		f.held = nil
		return lock.unlock()
	}, nil
}

const statePrefix, stateSuffix = "payout-", ".state"

// stateFile returns the name of a state's file: the externalId, if every file system takes it for a name and for no
// other; else what can be read of it, a digest of all that differ only so (see alike), and one of it alone.
func stateFile(externalID string) string {
	id := canonical(externalID)
	readable := odd.ReplaceAllString(strings.ToLower(id), "-")
	if len(id) <= 100 && readable == id {
		return statePrefix + id + stateSuffix
	}
	folded := shortHash(gen.FoldName(id), 6)
	return fmt.Sprintf("%s%.60s~%s-%s%s", statePrefix, readable, folded, shortHash(id, 16), stateSuffix)
}

// odd are characters that are not the same in the names of every file system, with a dash before them.
var odd = regexp.MustCompile(`-?[^a-z0-9_.-]+`)

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
