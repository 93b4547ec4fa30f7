package payout

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// A wrong option is an error of every function that takes options, and nothing is asked.
func TestOptionsAreChecked(t *testing.T) {
	tests := []struct {
		option Option
		want   string
	}{
		{nil, "an option is nil"},
		{WithPageSize(0), "WithPageSize: expected at least 1, got 0"},
		{WithPollInterval(0, time.Second), "WithPollInterval: first: expected at least 1ms, got 0s"},
		{WithPollInterval(time.Second, time.Millisecond), "WithPollInterval: longest: expected at least 1s, got 1ms"},
		{WithSettle(-1), "WithSettle: expected at least 0s, got -1ns"},
		{WithPatience(-1), "WithPatience: expected at least 0s, got -1ns"},
		{WithLongestRetryAfter(-1), "WithLongestRetryAfter: expected at least 0s, got -1ns"},
		{WithSaveTimeout(0), "WithSaveTimeout: expected at least 1ms, got 0s"},
		{WithMaxSends(0), "WithMaxSends: expected at least 1, got 0"},
		{WithProgress(nil), "WithProgress: the function is nil"},
		{WithConfirm(nil), "WithConfirm: the function is nil"},
		{WithAccount(""), "WithAccount: the name is empty"},
	}
	a := openAccount(t)
	ctx, r, ref := context.Background(), request("p", item("a", "1")), ByExternalID("p")
	for _, tt := range tests {
		_, pay := Pay(ctx, a.client, r, &memory{}, tt.option)
		_, advance := Advance(ctx, a.client, r, &memory{}, tt.option)
		_, cancel := Cancel(ctx, a.client, r, &memory{}, tt.option)
		_, find := Find(ctx, a.client, ref, tt.option)
		_, review := Review(ctx, a.client, ref, r, tt.option)
		var items error
		for _, items = range Items(ctx, a.client, ref, gen.ItemTypeValid, tt.option) {
			break
		}
		for name, err := range map[string]error{"Pay": pay, "Advance": advance, "Cancel": cancel, "Find": find, "Review": review, "Items": items} {
			if err == nil || err.Error() != "payout: "+tt.want {
				t.Errorf("%s: %v, want payout: %s", name, err, tt.want)
			}
		}
	}
	for name, err := range map[string]error{
		"client is nil":       second(Pay(ctx, nil, r, &memory{})),
		"store is nil":        second(Pay(ctx, a.client, r, nil)),
		"client is nil ":      second(Find(ctx, nil, ref)),
		"client is nil  ":     second(Review(ctx, nil, ref, r)),
		"to look for":         second(Find(ctx, a.client, Ref{})),
		"to look for ":        second(Find(ctx, a.client, ByExternalID(" "))),
		"requestId to review": second(Review(ctx, a.client, Ref{}, r)),
		"amount.value":        second(Pay(ctx, a.client, request("p", item("a", "0")), &memory{})),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "payout: ") || !strings.Contains(err.Error(), strings.TrimRight(name, " ")) {
			t.Errorf("%v, want %s", err, name)
		}
	}
	equal(t, "requests", a.count(), 0)
}

func second[T any](_ T, err error) error { return err }
