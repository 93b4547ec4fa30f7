package gen_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

// An id stands in a path. One that would change the path could turn a look at a line into another call. In a body it
// changes nothing, but it is no id that iyzico gave.
func TestIDsThatWouldChangeThePathAreNotSent(t *testing.T) {
	url, requests := counted(t)
	client, ctx := newClient(t, url), context.Background()
	for _, id := range []string{
		"", ".", "..", "../auth", "a/b", "a?b", "a#b", "a%2Fb", "%2e%2e", `a\b`, "a b", "a;b", "a:b", "a+b",
		"ü", "\n", "a\x00", "\xff", "a\u2028",
	} {
		for _, tt := range []struct {
			name, field string
			call        func() error
		}{
			{"cancel", "requestId ", func() error {
				_, err := client.CancelMassPayout(ctx, gen.RequestID(id))
				return err
			}},
			{"retrieve item", "referenceCode ", func() error {
				_, err := client.RetrieveMassPayoutItem(ctx, gen.ReferenceCode(id))
				return err
			}},
			{"auth", "requestId ", func() error {
				_, err := client.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: gen.RequestID(id)})
				return err
			}},
			{"retrieve", "requestId ", func() error {
				_, err := client.RetrieveMassPayout(ctx, gen.MassPayoutRetrieveRequest{RequestID: gen.RequestID(id)})
				return err
			}},
		} {
			if tt.name == "retrieve" && id == "" {
				continue // absent: ExternalMassPayoutID names the payout
			}
			t.Run(tt.name+" "+id, func(t *testing.T) {
				err := tt.call()
				checkNotSent(t, err)
				if !strings.Contains(err.Error(), ": not sent: "+tt.field) {
					t.Errorf("the error does not name the field %q: %v", tt.field, err)
				}
			})
		}
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("the server saw %d requests, want none", n)
	}
}

func TestIDsAsIyzicoGivesThemAreSent(t *testing.T) {
	var got string
	client := newClient(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.RequestURI + " " + string(body)
		_, _ = io.WriteString(w, `{"status":"success","balance":0,"item":{"itemStatus":"INIT"},"massPayout":{"massPayoutStatus":"INIT"}}`)
	}))
	ctx := context.Background()
	for _, tt := range []struct {
		call func() error
		want string
	}{
		{func() error { _, err := client.CancelMassPayout(ctx, requestID); return err },
			"POST /v1/mass/payout/cancel/79cdefc1-3ce6-4f51-bdd9-0c050274db64 "},
		{func() error { _, err := client.CancelMassPayout(ctx, "...~_-aZ09"); return err },
			"POST /v1/mass/payout/cancel/...~_-aZ09 "},
		{func() error { _, err := client.RetrieveMassPayoutItem(ctx, referenceCode); return err },
			"GET /v1/mass/payout/retrieve/items/a97b14a2-1e22-4ceb-bafb-38b61c4c4477 "},
		{func() error {
			_, err := client.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: requestID})
			return err
		}, `POST /v1/mass/payout/auth {"requestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64"}`},
		{func() error {
			_, err := client.RetrieveMassPayout(ctx, gen.MassPayoutRetrieveRequest{
				ExternalMassPayoutID: "salaries", ItemType: gen.ItemTypeValid, Size: 20,
			})
			return err
		}, `POST /v1/mass/payout/retrieve {"externalMassPayoutId":"salaries","itemType":"VALID","page":0,"size":20}`},
		{func() error { _, err := client.RetrieveMassPayoutBalance(ctx); return err },
			"GET /v1/mass/payout/balance "},
	} {
		if err := tt.call(); err != nil || got != tt.want {
			t.Errorf("the server saw %q, error %v; want %q", got, err, tt.want)
		}
	}
}

// iyzico decides what its ids look like: an odd one is read all the same.
func TestAnyIDIsRead(t *testing.T) {
	var r gen.MassPayoutInitializeResponse
	if err := json.Unmarshal([]byte(`{"requestId":"a/ü b"}`), &r); err != nil || r.RequestID != "a/ü b" {
		t.Errorf("got %q, %v", r.RequestID, err)
	}
}

// As keys of a map, too, IDs are plain text, in every version of Go.
func TestIDsAreKeysOfMaps(t *testing.T) {
	for _, id := range []string{"", requestID, "a/b", "..", "ü b"} {
		want, err := json.Marshal(map[string]map[string]int{"r": {id: 1}, "c": {id: 2}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(struct {
			C map[gen.ReferenceCode]int `json:"c"`
			R map[gen.RequestID]int     `json:"r"`
		}{map[gen.ReferenceCode]int{gen.ReferenceCode(id): 2}, map[gen.RequestID]int{gen.RequestID(id): 1}})
		if err != nil || string(got) != string(want) {
			t.Errorf("%q: got %s, %v; want %s", id, got, err, want)
		}
		var back struct {
			R map[gen.RequestID]int `json:"r"`
		}
		if err := json.Unmarshal(got, &back); err != nil || back.R[gen.RequestID(id)] != 1 {
			t.Errorf("%q: read as %v, %v", id, back, err)
		}
	}
}

func TestCheckOfIDs(t *testing.T) {
	for id, want := range map[string]string{
		requestID: "<nil>",
		"":        "requestId is empty; pass the one that iyzico returned",
		"..":      `requestId ".." would change the path; pass the one that iyzico returned`,
		"a/b":     "requestId contains '/'; only letters, digits and -._~ are allowed",
	} {
		if got := fmt.Sprint(gen.RequestID(id).Check()); got != want {
			t.Errorf("%q: got %s, want %s", id, got, want)
		}
	}
	if got := fmt.Sprint(gen.ReferenceCode("a b").Check()); got != "referenceCode contains ' '; only letters, digits and -._~ are allowed" {
		t.Errorf("referenceCode: got %s", got)
	}
}

// An id that is not there yet is no error in a file or a log of the program's own.
func TestEmptyIDsAreKeptAndLogged(t *testing.T) {
	kept, err := json.Marshal(struct {
		RequestID     gen.RequestID
		ReferenceCode gen.ReferenceCode
	}{})
	if want := `{"RequestID":"","ReferenceCode":""}`; err != nil || string(kept) != want {
		t.Errorf("got %s, %v; want %s", kept, err, want)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "requestId", gen.RequestID(""), "referenceCode", gen.ReferenceCode("a"))
	if want := `requestId="" referenceCode=a`; !strings.Contains(log.String(), want) {
		t.Errorf("got %s, want %s", log.String(), want)
	}
}
