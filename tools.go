//go:build ignore

// The generator, which generate.go runs. Its version is pinned in a module of its own, tools/go.mod, so that the go.mod of
// the library holds what the library needs. `go mod tidy` obeys the constraint "ignore": under any other, a user who
// imports the root by accident would find the generator's modules in the go.mod of his own program.
package masspayout

import _ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
