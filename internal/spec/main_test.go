package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	// Copies of the module have different folders; -trimpath lets them share what is built.
	os.Setenv("GOFLAGS", os.Getenv("GOFLAGS")+" -trimpath -buildvcs=false")
	// A git hook that runs the tests has these set, for another repository.
	for _, variable := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"} {
		os.Unsetenv(variable)
	}
	os.Exit(m.Run())
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{nil, exitFailed, "usage:"},
		{[]string{"dirft"}, exitFailed, `no command "dirft"`},
		{[]string{"drift", "now"}, exitFailed, "expected flags only"},
		{[]string{"drift", "-x"}, exitFailed, "flag provided but not defined"},
		{[]string{"refresh", "-h"}, exitOK, "the page of record"},
		{[]string{"release", "-version", "1.0"}, exitFailed, "expected a version as v0.2.0"},
	} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), test.args, &out, &errOut); code != test.code {
			t.Errorf("%q: exit code %d, want %d", test.args, code, test.code)
		}
		if !strings.Contains(errOut.String(), test.says) {
			t.Errorf("%q: got %s, want %q", test.args, errOut.String(), test.says)
		}
	}
}
