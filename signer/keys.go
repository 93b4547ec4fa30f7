package signer

import (
	"fmt"
	"strings"
)

// checkKey refuses a key that cannot be one of iyzico's. Its errors name the kind of key and never the key.
func checkKey(kind, key string) error {
	switch {
	case key == "":
		return fmt.Errorf("signer: the %s is empty", kind)
	case strings.TrimSpace(key) != key:
		return fmt.Errorf("signer: the %s has white space around it", kind)
	case !isVisibleASCII(key):
		return fmt.Errorf("signer: the %s contains white space, control characters or characters outside ASCII", kind)
	}
	return nil
}

// isSandboxKey reports whether key says of itself that it is for the sandbox. Not every sandbox key does, secret keys
// least of all, so false means nothing.
func isSandboxKey(key string) bool {
	return strings.HasPrefix(key, "sandbox-")
}

func isVisibleASCII(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
