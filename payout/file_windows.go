package payout

import (
	"errors"
	"syscall"
)

// lockFile opens the file and shares it with nobody, until it is unlocked or the process ends.
func lockFile(name string) (unlock func() error, err error) {
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	const errorSharingViolation syscall.Errno = 32
	handle, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS,
		syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errorSharingViolation) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return func() error { return syscall.CloseHandle(handle) }, nil
}

// syncFolder does nothing: Windows has no such call, and writes names through its journal.
func syncFolder(string) error { return nil }
