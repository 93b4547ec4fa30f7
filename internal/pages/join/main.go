// Command join writes api/openapi.json, which the client is generated from, from the pages of iyzico's documentation in
// api/pages. `go generate` runs it in the module's root.
package main

import (
	"fmt"
	"os"

	"github.com/iyzico-go/masspayout/internal/pages"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "join:", err)
		os.Exit(1)
	}
}

func run() error {
	all, err := pages.Load(".")
	if err != nil {
		return err
	}
	joined, err := pages.Join(all)
	if err != nil {
		return err
	}
	return os.WriteFile(pages.Joined, joined, 0o644)
}
