//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package payout

import (
	"errors"
	"os"
	"syscall"
)

// lockFile opens the file and locks it, until it is unlocked or the process ends.
func lockFile(name string) (unlock func() error, err error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != syscall.EINTR {
			break
		}
	}
	if err == nil {
		return func() error {
			// Closing alone would leave the lock to a process that is just being started and has not closed its copy yet.
			return errors.Join(syscall.Flock(int(file.Fd()), syscall.LOCK_UN), file.Close())
		}, nil
	}
	if err == syscall.EWOULDBLOCK {
		err = ErrLocked
	}
	return nil, errors.Join(err, file.Close())
}

// syncFolder has the names in a folder on the disk.
func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
