package signer

import (
	"runtime/debug"
	"strings"
	"sync"
)

const modulePath = "github.com/iyzico-go/masspayout"

var defaultClientVersion = sync.OnceValue(func() string {
	info, _ := debug.ReadBuildInfo()
	return "masspayout-go-" + moduleVersion(info)
})

// moduleVersion returns the version of this module in a binary built from info, without the leading "v", or "devel"
// where the binary does not tell.
func moduleVersion(info *debug.BuildInfo) string {
	if info == nil {
		return "devel"
	}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path != modulePath {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		if m.Version == "" || m.Version == "(devel)" {
			return "devel"
		}
		return strings.TrimPrefix(m.Version, "v")
	}
	return "devel"
}
