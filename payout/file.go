package payout

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FileStore keeps a state in a file. Make it with [File]. At any moment, a kill or a power cut leaves the state saved last
// or the one before it, whole, provided that the file system keeps what fsync promises.
type FileStore struct {
	path string
	// at is told of each point that a save passes; for the tests, which kill there.
	at func(point string)
}

// File is the store of one payout in the file of that name, on a local file system. Beside it are a file for the lock,
// name.lock, which stays, and while a state is written name.tmp. All are readable to their owner only. The folder must
// exist.
func File(name string) *FileStore { return &FileStore{path: name} }

func (f *FileStore) reached(point string) {
	if f.at != nil {
		f.at(point)
	}
}

// Load implements [Store].
func (f *FileStore) Load(context.Context) (State, error) {
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("loading the state: %w", err)
	}
	var state State
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&state); err != nil {
		return State{}, fmt.Errorf("%w: %s: it was cut off, or is none: %w", ErrState, f.path, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return State{}, fmt.Errorf("%w: %s: something follows it", ErrState, f.path)
	}
	if state.Version != stateVersion {
		return State{}, fmt.Errorf("%w: %s: its version is %d, expected %d", ErrState, f.path, state.Version, stateVersion)
	}
	return state, nil
}

// Save implements [Store]: it writes a new file, has it on the disk, puts it in the place of the old one, and has that on
// the disk.
func (f *FileStore) Save(_ context.Context, state State) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("saving the state: %w", err)
		}
	}()
	data, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return err
	}
	temporary := f.path + ".tmp"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a run that was killed
		return err
	}
	f.reached("before writing")
	if err := f.write(temporary, append(data, '\n')); err != nil {
		return err
	}
	f.reached("written, not renamed")
	if err := os.Rename(temporary, f.path); err != nil {
		return err
	}
	f.reached("renamed, folder not synced")
	if err := syncFolder(filepath.Dir(f.path)); err != nil {
		return err
	}
	f.reached("saved")
	return nil
}

// write creates the file and has it on the disk.
func (f *FileStore) write(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	half := len(data) / 2
	_, err = file.Write(data[:half])
	f.reached("half written")
	if err == nil {
		_, err = file.Write(data[half:])
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// Lock implements [Locker]. The lock goes with the process, however that ends.
func (f *FileStore) Lock(context.Context) (unlock func() error, err error) {
	unlock, err = lockFile(f.path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", f.path, err)
	}
	return unlock, nil
}
