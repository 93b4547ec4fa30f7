//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package payout

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// repairs are what must be done about errors of the operating system.
var repairs = map[syscall.Errno]string{
	syscall.ENOSPC: makeRoom, syscall.EDQUOT: makeRoom, syscall.EROFS: elsewhere, syscall.ENOLCK: needsLocks,
	syscall.ENOTDIR: correctPath, syscall.ENAMETOOLONG: correctPath, syscall.ELOOP: correctPath, syscall.EISDIR: correctPath,
}

// fileLock is a lock that the operating system takes back when the process ends.
type fileLock struct{ file *os.File }

// lockFile opens the file and locks it.
func lockFile(name string) (*fileLock, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	lock := &fileLock{file}
	err = syscall.EINTR
	for err == syscall.EINTR {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	switch err {
	case nil:
		err = lock.check(name) // it may have been deleted since it was opened
	case syscall.EWOULDBLOCK:
		err = ErrLocked
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return lock, nil
}

// check reports a lock that was lost: the file was deleted, so that others lock another one.
func (l *fileLock) check(name string) error {
	mine, err := l.file.Stat()
	if err != nil {
		return err
	}
	there, err := os.Stat(name)
	if err != nil || !os.SameFile(mine, there) {
		return fmt.Errorf("%w: the lock file was deleted", ErrLocked)
	}
	return nil
}

func (l *fileLock) unlock() error {
	// Closing alone would leave the lock to a process that is just being started and has not closed its copy yet.
	return errors.Join(syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close())
}

// syncFolder makes the names in a folder durable.
func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
