package gen_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestREADME finds every Go snippet of the README in the examples, which the tests run.
func TestREADME(t *testing.T) {
	var examples strings.Builder
	for _, file := range []string{"example_create_test.go", "example_test.go", "../signer/example_test.go", "../payout/example_test.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples.Write(source)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(snippets) < 6 {
		t.Fatalf("found %d Go snippets, expected at least 6", len(snippets))
	}
	for _, snippet := range snippets {
		if !strings.Contains(examples.String(), snippet[1]) {
			t.Errorf("this snippet is in no example:\n%s", snippet[1])
		}
	}
}
