package gen

import (
	"net/http"
	"testing"
	"time"
)

// Internal, for it takes the time of a literal date.
func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                               0,
		"0":                              0,
		"120":                            2 * time.Minute,
		"-5":                             0,
		"1.5":                            0,
		"soon":                           0,
		"99999999999999999999":           2147483647 * time.Second,
		"-99999999999999999999":          0,
		"2147483647":                     2147483647 * time.Second,
		"Sun, 22 Nov 2026 10:01:30 GMT":  90 * time.Second,
		"Sun, 22 Nov 2026 09:00:00 GMT":  0,
		"Sunday, 22-Nov-26 10:00:10 GMT": 10 * time.Second,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
	if got := retryAfter(nil, now); got != 0 {
		t.Errorf("absent: got %v", got)
	}
}
