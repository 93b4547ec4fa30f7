//go:build unix && !linux

package pgtest

import "syscall"

// dieWithParent does nothing: a server of a test that was killed has to be stopped by hand.
func dieWithParent(*syscall.SysProcAttr) {}

// memory names no folder.
func memory() string { return "" }
