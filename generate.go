//go:build generate

// The root of the module is not a package: a user of the module would have to download whatever it imports. The build
// constraint keeps this file out of every build, while `go generate ./...` reads it. With -trimpath, a program that was
// built here need not be built again in the copy that `make drift` generates in.
package masspayout

//go:generate go run ./internal/pages/join
//go:generate go tool -modfile=tools/go.mod oapi-codegen -config api/oapi-codegen.yaml api/openapi.json
//go:generate go run -C tools -trimpath .
