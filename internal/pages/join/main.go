// Command join writes api/openapi.json, which the client is generated from, from the pages of iyzico's documentation in
// api/pages. `go generate` runs it in the module's root.
package main

import (
	"fmt"
	"os"

	"github.com/iyzico-go/masspayout/internal/pages"
)

func main() {
	if err := pages.WriteJoined("."); err != nil {
		fmt.Fprintln(os.Stderr, "join:", err)
		os.Exit(1)
	}
}
