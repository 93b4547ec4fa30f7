package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// discardTyped forgets what was typed at a console and not read yet.
func discardTyped(console *os.File) {
	_ = windows.FlushConsoleInputBuffer(windows.Handle(console.Fd()))
}
