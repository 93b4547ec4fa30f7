//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package payout

import (
	"errors"
	"syscall"
)

var repairs map[syscall.Errno]string

type fileLock struct{}

// lockFile refuses: without a lock two runs could pay at once.
func lockFile(string) (*fileLock, error) { return nil, errors.ErrUnsupported }

func (*fileLock) check(string) error { return errors.ErrUnsupported }

func (*fileLock) unlock() error { return errors.ErrUnsupported }

func syncFolder(string) error { return errors.ErrUnsupported }
