package emulator

import (
	"net/http"
	"net/url"
	"strings"
)

// Operation names one of the six operations, for faults, counts and logs.
type Operation string

// The six operations.
const (
	OpInit     Operation = "init"
	OpAuth     Operation = "auth"
	OpRetrieve Operation = "retrieve"
	OpItem     Operation = "item"
	OpCancel   Operation = "cancel"
	OpBalance  Operation = "balance"
)

const prefix = "/v1/mass/payout/"

// route tells which operation a request asks for and, for the two that have
// one, the parameter in its path. An unknown path has no method; a known path
// asked with another method keeps the method that it wants.
func route(u *url.URL) (op Operation, param, method string) {
	path := u.EscapedPath()
	switch path {
	case prefix + "init":
		return OpInit, "", http.MethodPost
	case prefix + "auth":
		return OpAuth, "", http.MethodPost
	case prefix + "retrieve":
		return OpRetrieve, "", http.MethodPost
	case prefix + "balance":
		return OpBalance, "", http.MethodGet
	}
	if param, ok := lastSegment(path, prefix+"retrieve/items/"); ok {
		return OpItem, param, http.MethodGet
	}
	if param, ok := lastSegment(path, prefix+"cancel/"); ok {
		return OpCancel, param, http.MethodPost
	}
	return "", "", ""
}

func lastSegment(path, before string) (string, bool) {
	rest, ok := strings.CutPrefix(path, before)
	if !ok || rest == "" || strings.Contains(rest, "/") {
		return "", false
	}
	param, err := url.PathUnescape(rest)
	return param, err == nil
}
