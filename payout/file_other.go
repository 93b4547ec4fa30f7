//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package payout

import "errors"

// lockFile refuses: without a lock two runs could pay at once.
func lockFile(string) (unlock func() error, err error) { return nil, errors.ErrUnsupported }

func syncFolder(string) error { return errors.ErrUnsupported }
