package signer

import (
	"runtime/debug"
	"testing"
)

func TestModuleVersion(t *testing.T) {
	module := func(path, version string, replace *debug.Module) debug.Module {
		return debug.Module{Path: path, Version: version, Replace: replace}
	}
	dep := func(m debug.Module) *debug.BuildInfo {
		other := module("example.com/other", "v9.9.9", nil)
		return &debug.BuildInfo{Main: module("example.com/shop", "v3.0.0", nil), Deps: []*debug.Module{&other, &m}}
	}
	tests := []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"no build information", nil, "devel"},
		{"not in the build", &debug.BuildInfo{Main: module("example.com/shop", "v3.0.0", nil)}, "devel"},
		{"dependency", dep(module(modulePath, "v1.2.3", nil)), "1.2.3"},
		{"main module", &debug.BuildInfo{Main: module(modulePath, "v1.2.4", nil)}, "1.2.4"},
		{"main module without a version", &debug.BuildInfo{Main: module(modulePath, "(devel)", nil)}, "devel"},
		{"replaced by a fork", dep(module(modulePath, "v1.2.3", &debug.Module{Path: "example.com/fork", Version: "v1.2.5"})), "1.2.5"},
		{"replaced by a folder", dep(module(modulePath, "v1.2.3", &debug.Module{Path: "../masspayout"})), "devel"},
	}
	for _, tt := range tests {
		if got := moduleVersion(tt.info); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
