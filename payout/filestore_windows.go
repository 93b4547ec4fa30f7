package payout

import "syscall"

// repairs are what must be done about errors of the operating system.
var repairs = map[syscall.Errno]string{
	39: makeRoom, 112: makeRoom, // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
	19:  elsewhere,                                       // ERROR_WRITE_PROTECT
	123: correctPath, 206: correctPath, 267: correctPath, // ERROR_INVALID_NAME, _FILENAME_EXCED_RANGE, _DIRECTORY
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
