package hostile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// naive is a client that is as careful as its fields say, which is not at all. It is what the ledger has to catch.
type naive struct {
	http    *http.Client
	request initRequest

	resends        int  // how often it sends again what it does not know of
	waits          bool // a settle time before that
	trusts         bool // it takes any response for its own
	ignoresItems   bool // it does not compare items before auth
	offersInit     bool // it offers items in INIT when the payout has ended
	offersFailed   bool // it offers items in FAILED
	promises       bool // its errors say that no money moved
	cancelsUnknown bool // it cancels after an auth of which it does not know, and takes CANCELED for the end
	looks          int
}

const naiveSettle = 2 * time.Minute

type reading struct {
	Status     string
	RequestID  string
	MassPayout *struct{ ExternalID, MassPayoutStatus string }
	Items      struct {
		Items []struct {
			ItemExternalID, ItemStatus, RecipientType, RecipientInfo, RecipientName, MassPayoutRequestID string
			TotalAmount                                                                                  json.Number
			CurrencyCode                                                                                 string
		}
	} `json:"massPayoutItems"`
}

var errUnknown = errors.New("unknown")

func (n *naive) call(method, path string, body any) (*reading, error) {
	data, _ := json.Marshal(body)
	req, _ := http.NewRequest(method, URL+"/v1/mass/payout/"+path, bytes.NewReader(data))
	rsp, err := n.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnknown, err)
	}
	defer rsp.Body.Close()
	data, err = io.ReadAll(rsp.Body)
	var r reading
	if err != nil || json.Unmarshal(data, &r) != nil {
		return nil, errUnknown
	}
	if r.Status != "success" {
		return nil, errors.New("refused")
	}
	return &r, nil
}

// run is the whole life of a payout.
func (n *naive) run() (claim Claim) {
	claim = Claim{ExternalID: n.request.ExternalID, Items: n.request.Items}
	stop := func() Claim {
		claim.NotMoved = n.promises
		return claim
	}
	var ids []string
	for range 1 + n.resends {
		r, err := n.call("POST", "init", n.request)
		if err == nil {
			ids = append(ids, r.RequestID)
			break
		}
		if r, err := n.look(""); err == nil && r.Items.Items != nil {
			ids = append(ids, r.Items.Items[0].MassPayoutRequestID)
		}
	}
	if len(ids) == 0 {
		return stop()
	}
	for _, id := range ids {
		r, err := n.look(id)
		if err != nil {
			return stop()
		}
		for i, item := range r.Items.Items {
			got := Item{RecipientType: item.RecipientType, RecipientInfo: item.RecipientInfo, RecipientName: item.RecipientName,
				Amount: Amount{item.TotalAmount, item.CurrencyCode}}
			if !n.ignoresItems && differs(n.request.Items[i], got) != "" {
				return stop()
			}
		}
		for range 1 + n.resends {
			_, err = n.call("POST", "auth", map[string]string{"requestId": id})
			if err == nil || !errors.Is(err, errUnknown) {
				break
			}
			if n.waits {
				time.Sleep(naiveSettle)
			}
		}
		if err != nil && n.cancelsUnknown {
			_, _ = n.call("POST", "cancel/"+id, nil)
		} else if err != nil {
			return stop()
		}
	}
	for range n.looks {
		time.Sleep(time.Minute)
		r, err := n.look(ids[len(ids)-1])
		if err != nil {
			continue
		}
		if s := r.MassPayout.MassPayoutStatus; s == "INIT" || s == "PUBLISHED_TO_QUEUE" || s == "IN_PROGRESS" {
			continue
		}
		for _, item := range r.Items.Items {
			switch item.ItemStatus {
			case "SUCCESS":
				claim.Paid = append(claim.Paid, item.ItemExternalID)
			case "INIT":
				if n.offersInit {
					claim.Again = append(claim.Again, item.ItemExternalID)
				}
			case "FAILED":
				if n.offersFailed {
					claim.Again = append(claim.Again, item.ItemExternalID)
				}
			case "DEPOSIT_SUCCESS", "MASS_PAYOUT_CANCELED":
				claim.Again = append(claim.Again, item.ItemExternalID)
			}
		}
		break
	}
	return claim
}

func (n *naive) look(id string) (*reading, error) {
	question := map[string]any{"requestId": id, "page": 0, "size": 100, "itemType": "VALID"}
	if id == "" {
		question["externalMassPayoutId"] = n.request.ExternalID
	}
	r, err := n.call("POST", "retrieve", question)
	if err == nil && (r.MassPayout == nil || !n.trusts && r.MassPayout.ExternalID != n.request.ExternalID) {
		err = errors.New("another payout")
	}
	return r, err
}

func requested() initRequest {
	item := func(id, info string) Item {
		return Item{ItemExternalID: id, RecipientType: "IBAN", RecipientInfo: info, RecipientName: "Jane Doe",
			Amount: Amount{"100.50", "TRY"}, Description: "salary"}
	}
	return initRequest{ExternalID: "salaries", Purpose: "SALARY", Items: []Item{
		item(
			"a",
			"TR920086402100005482986178",
		),
		item("b", "TR920086402100005482911108"),
		item("c", "TR330006100519786457841326"),
	}}
}

// on changes the deal of the nth call of one operation.
func on(op Op, nth int, change func(*Deal)) func(Call, *Deal) {
	return func(call Call, d *Deal) {
		if call.Op == op && (nth == 0 || call.N == nth) {
			change(d)
		}
	}
}

// The ledger catches each way in which a client can be misled.
func TestNaiveClients(t *testing.T) {
	patient := naive{looks: 60}
	tests := []struct {
		name   string
		world  World
		client naive
		want   string // part of what is wrong; empty if nothing is
	}{
		{name: "an honest server", client: patient},
		{
			name:   "an honest server, and items that fail",
			world:  World{Fates: []Fate{Returned, Stuck, Failed}},
			client: patient,
		},

		{name: "auth again, where auth pays again",
			world:  World{PaysAgain: true, Script: on(Auth, 1, func(d *Deal) { d.Reply = Dropped })},
			client: naive{resends: 1, looks: 60}, want: "item a was moved 2 times"},
		{name: "auth again, where auth moves only INIT",
			world:  World{Script: on(Auth, 1, func(d *Deal) { d.Reply = Dropped })},
			client: naive{resends: 1, looks: 60}},
		{name: "auth again too early for what is delayed",
			world: World{PaysAgain: true, Delay: 3 * time.Minute,
				Script: on(Auth, 1, func(d *Deal) { d.After, d.Reply = 3*time.Minute, Dropped })},
			client: naive{resends: 1, waits: true, looks: 60}, want: "item a was moved 2 times"},
		{name: "a proxy that repeats auth",
			world:  World{PaysAgain: true, Script: on(Auth, 1, func(d *Deal) { d.Again = time.Minute })},
			client: patient, want: "item a was moved 2 times"},
		{name: "a proxy that repeats init, and both payouts are authorized",
			world: World{Twins: TwinsSecond, NewestFirst: true, Script: func(call Call, d *Deal) {
				if call.Op == Init {
					d.Reply = Dropped
				}
			}},
			client: naive{resends: 1, looks: 60}, want: "item a was moved 2 times"},

		{name: "another payout's end is taken for ours",
			world:  World{Stage: time.Hour, Script: on(Retrieve, 2, func(d *Deal) { d.Foreign = ForeignDone })},
			client: naive{trusts: true, looks: 60}, want: "item a is reported as paid, and is not"},
		{name: "another payout's end is not taken for ours",
			world:  World{Script: on(Retrieve, 2, func(d *Deal) { d.Foreign = ForeignDone })},
			client: patient},
		{name: "another payout's items are taken for ours",
			world: World{Stage: 90 * time.Minute, Script: func(call Call, d *Deal) {
				if call.Op == Retrieve && call.N > 1 {
					done := "COMPLETED"
					d.Foreign, d.Status = ForeignItems, &done
				}
			}},
			client: patient, want: "item a is reported as paid, and is not"},
		{name: "another payout is authorized",
			world:  World{Script: on(Init, 1, func(d *Deal) { d.Foreign = ForeignInit })},
			client: naive{trusts: true, ignoresItems: true, looks: 1}, want: "was authorized, of the name foreign-0"},

		{name: "a recipient that was changed", world: World{Swaps: []Swap{{1, "recipientInfo"}}},
			client: naive{ignoresItems: true, looks: 60}, want: "item b was paid with another recipientInfo than requested"},
		{name: "an amount that was changed", world: World{Swaps: []Swap{{2, "amount"}}},
			client: naive{ignoresItems: true, looks: 60}, want: "item c was paid with another amount than requested"},
		{name: "a change that is seen", world: World{Swaps: []Swap{{2, "currency"}}}, client: patient},

		{name: "a payout that runs dry is offered again", world: World{Ending: RunsDry},
			client: naive{offersInit: true, looks: 60}, want: "item a is offered for paying again, and is INIT"},
		{name: "a payout that runs dry, is offered again, and pays", world: World{Ending: DriesThenPays},
			client: naive{offersInit: true, looks: 60}, want: "item a is offered for paying again, and its money went"},
		{name: "an item left in INIT is offered again", world: World{Fates: []Fate{Paid, LeftInInit, Paid}},
			client: naive{offersInit: true, looks: 60}, want: "item b is offered for paying again, and is INIT"},
		{name: "an item that failed is offered again", world: World{Fates: []Fate{Failed, Paid}},
			client: naive{offersFailed: true, looks: 60}, want: "item a is offered for paying again, and its money went"},
		{name: "an auth that arrives after the cancel",
			world: World{PaysAgain: true, Delay: time.Hour,
				Script: on(Auth, 1, func(d *Deal) { d.After, d.Reply = 30*time.Minute, Dropped })},
			client: naive{cancelsUnknown: true, looks: 60}, want: "item a is offered for paying again, and its money went"},

		{name: "a promise that no money moved",
			world:  World{Script: on(Auth, 1, func(d *Deal) { d.Reply = Dropped })},
			client: naive{promises: true}, want: "no money can have moved, it says, though item a was moved"},
		{name: "a promise that no money moved, before it does",
			world:  World{Delay: time.Hour, Script: on(Auth, 1, func(d *Deal) { d.After, d.Reply = time.Hour, Refusal })},
			client: naive{promises: true}, want: "no money can have moved, it says, though item a was moved"},
		{name: "a promise that is true",
			world:  World{Script: on(Auth, 1, func(d *Deal) { d.NotSent = true })},
			client: naive{promises: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := New(test.world)
				client := test.client
				client.http = &http.Client{Transport: server, Timeout: time.Minute}
				client.request = requested()
				claim := client.run()
				wrong := server.Check(claim)
				if test.want == "" &&
					(len(wrong) > 0 || test.name == "an honest server" && !slices.Equal(claim.Paid, []string{"a", "b", "c"})) ||
					test.want != "" && !strings.Contains(strings.Join(wrong, "\n"), test.want) {
					t.Errorf("wrong: %q, expected %q; claim: %+v\n%s", wrong, test.want, claim, server.Log())
				}
			})
		})
	}
}

// leastCaught is how often each thing goes wrong, at least, in the test that follows.
var leastCaught = map[string]int{
	"is reported as paid": 3, "moved 2 times": 3, "of the name foreign": 1, "with another": 3,
	"offered for paying again": 10, "no money can have moved": 10,
}

// In random worlds a careless client is caught often, and one that only pays and looks is caught where it must be.
func TestNaiveClientsInRandomWorlds(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after another: run it without -short")
	}
	caught := map[string]int{}
	for seed := range uint64(500) {
		synctest.Test(t, func(t *testing.T) {
			server := New(Random(seed, naiveSettle, 6*time.Hour))
			client := naive{
				resends:      3,
				trusts:       true,
				ignoresItems: true,
				offersInit:   true,
				offersFailed: true,
				promises:     true,
				looks:        300,
			}
			client.http = &http.Client{Transport: server, Timeout: time.Minute}
			client.request = requested()
			for _, wrong := range server.Check(client.run()) {
				for kind := range leastCaught {
					if strings.Contains(wrong, kind) {
						caught[kind]++
					}
				}
			}
		})
	}
	t.Log(caught)
	for kind, least := range leastCaught {
		if caught[kind] < least {
			t.Errorf("%q was caught %d times in 500 worlds, expected %d at least", kind, caught[kind], least)
		}
	}
}
