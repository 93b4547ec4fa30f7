//go:build ignore

// The generator. Its version is pinned in go.mod, by the tool directive that `go tool oapi-codegen` obeys.
//
// The constraint is "ignore", the one that `go mod tidy` obeys, too. Under any other, a user who imports the root by
// accident would find the generator's 17 modules in the go.mod of his own program.
package masspayout

import _ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
