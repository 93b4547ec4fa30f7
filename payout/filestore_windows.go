package payout

import (
	"errors"
	"syscall"
)

// repairErrno returns what must be done about an error of the operating system, if that is known.
func repairErrno(err error) string {
	errno, _ := errors.AsType[syscall.Errno](err)
	switch errno {
	case 39, 112: // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
		return makeRoom
	case 19: // ERROR_WRITE_PROTECT
		return elsewhere
	case 123, 206, 267: // ERROR_INVALID_NAME, ERROR_FILENAME_EXCED_RANGE, ERROR_DIRECTORY
		return correctPath
	}
	return ""
}

// fileLock is a file that nobody else can open, nor delete. The operating system closes it when the process ends.
type fileLock struct{ handle syscall.Handle }

// lockFile opens the file and shares it with nobody.
func lockFile(name string) (*fileLock, error) {
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	const errorSharingViolation syscall.Errno = 32
	handle, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS,
		syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err == errorSharingViolation {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return &fileLock{handle}, nil
}

func (l *fileLock) check(string) error { return nil }

func (l *fileLock) unlock() error { return syscall.CloseHandle(l.handle) }

// syncFolder does nothing: Windows has no such call, and writes names through its journal.
func syncFolder(string) error { return nil }
