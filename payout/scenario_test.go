package payout_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/payout/internal/hostile"
)

// scene plays one scenario in a world of its own, and asks the ledger in the end. MASSPAYOUT_LOG=1 prints what happened
// in those that fail.
func scene(t *testing.T, name string, world hostile.World, play func(s *stage), opts ...payout.Option) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Helper()
		payout.OneOfMany(t)
		synctest.Test(t, func(t *testing.T) {
			t.Helper()
			s := enter(t, world, salaries(5), append([]payout.Option{payout.WithPageSize(2)}, opts...)...)
			play(s)
			for _, wrong := range s.check() {
				t.Error(wrong)
			}
			if t.Failed() && os.Getenv("MASSPAYOUT_LOG") != "" {
				t.Log("\n" + s.server.Log())
			}
		})
	})
}

// run is Pay in a process of its own.
func (s *stage) run() (*payout.Result, *payout.Error) {
	p, client := s.start(0)
	defer p.Stop()
	result, err := s.pay(p, client)
	return result, asStop(err)
}

func asStop(err error) (stop *payout.Error) {
	if err != nil && !errors.As(err, &stop) {
		stop = &payout.Error{Err: err}
	}
	return stop
}

// want is how a run ends: with a cause or nil, having sent so many requests of each kind.
type want struct {
	is           error
	moved        bool // money may have moved
	temporary    bool
	inits, auths int
	statuses     string // of the items; empty: not compared
}

func (s *stage) expect(result *payout.Result, stop *payout.Error, w want) {
	s.t.Helper()
	switch {
	case w.is == nil && stop != nil:
		s.t.Errorf("it stopped: %v", stop)
	case w.is != nil && stop == nil:
		s.t.Errorf("it did not stop, expected %v; the result is %v", w.is, result)
	case stop != nil && !errors.Is(stop, w.is):
		s.t.Errorf("it stopped with %v, expected %v", stop, w.is)
	case stop != nil && (stop.MoneyMayHaveMoved != w.moved || stop.Temporary != w.temporary):
		s.t.Errorf("money may have moved: %v, temporary: %v; expected %v and %v: %v",
			stop.MoneyMayHaveMoved, stop.Temporary, w.moved, w.temporary, stop)
	}
	if inits, auths := s.server.Calls(hostile.Init), s.server.Calls(hostile.Auth); inits != w.inits || auths != w.auths {
		s.t.Errorf("%d inits and %d auths, expected %d and %d", inits, auths, w.inits, w.auths)
	}
	if got := statuses(result); w.statuses != "" && got != w.statuses {
		s.t.Errorf("the items are %s, expected %s", got, w.statuses)
	}
}

const allPaid = "SUCCESS SUCCESS SUCCESS SUCCESS SUCCESS"

var paidOnce = want{inits: 1, auths: 1, statuses: allPaid}

func statuses(result *payout.Result) string {
	if result == nil {
		return "no result"
	}
	var list []string
	for _, item := range result.Items {
		list = append(list, string(item.Status))
	}
	return strings.Join(list, " ")
}

// call changes the deal of those calls of one operation from the one number to the other; 0 is all.
func call(op hostile.Op, from, to int, change func(*hostile.Deal)) func(hostile.Call, *hostile.Deal) {
	return func(call hostile.Call, d *hostile.Deal) {
		if call.Op == op && (from == 0 || call.N >= from && call.N <= to) {
			change(d)
		}
	}
}

// An honest server, as a measure of all others.
func TestHonestServer(t *testing.T) {
	scene(t, "an honest server", hostile.World{Stage: time.Minute, Commission: "0.50"}, func(s *stage) {
		result, stop := s.run()
		s.expect(result, stop, paidOnce)
		if result != nil && !result.OnlyOne {
			s.t.Error("it is not known to be the only payout of its name")
		}
		again, stop := s.run()
		s.expect(again, stop, paidOnce)
	})
	for seed := range uint64(5) {
		scene(t, fmt.Sprintf("where nothing is as documented, %d", seed), hostile.World{
			Seed:         seed,
			Missing:      hostile.Missing(seed),
			Names:        hostile.Names(seed % 3),
			Nested:       true,
			NumericCodes: true,
			Dates:        true,
			Upper:        true,
			Latency:      5 * time.Second,
			Skew:         20 * time.Hour,
			Ending:       hostile.Succeeds,
		}, func(s *stage) {
			result, stop := s.run()
			s.expect(result, stop, paidOnce)
		})
	}
}

// Who is paid.

func TestWhoIsPaid(t *testing.T) {
	for _, field := range []string{"recipientType", "recipientInfo", "recipientName", "amount", "currency"} {
		for _, masks := range []bool{false, true} {
			for _, item := range []int{0, 2} {
				name := fmt.Sprintf("iyzico stored another %s, item %d, masked %v", field, item, masks)
				scene(t, name, hostile.World{Masks: masks, Swaps: []hostile.Swap{{Item: item, Field: field}}}, func(s *stage) {
					result, stop := s.run()
					s.expect(result, stop, want{is: payout.ErrOtherPayout, inits: 1})
					if stop != nil {
						for _, part := range []string{s.request.Items[item].ItemExternalID, field} {
							if !strings.Contains(stop.Error(), part) {
								s.t.Errorf("%q is not in %v", part, stop)
							}
						}
					}
				})
			}
		}
	}
	scene(t, "masked and equal", hostile.World{Masks: true}, func(s *stage) {
		result, stop := s.run()
		s.expect(result, stop, paidOnce)
	})
}

func TestPayoutOfSomebodyElseUnderOurName(t *testing.T) {
	squat := func(s *stage, change func(item *hostile.Item)) {
		there := items(s.request)
		change(&there[4])
		s.server.Squat(s.request.ExternalID, there)
	}
	same := func(*hostile.Item) {}
	scene(t, "it pays another recipient", hostile.World{}, func(s *stage) {
		squat(s, func(item *hostile.Item) { item.RecipientInfo = "TR920086402100005482911107" })
		result, stop := s.run()
		s.expect(result, stop, want{is: payout.ErrOtherPayout})
	})
	for _, masks := range []bool{false, true} {
		scene(t, fmt.Sprintf("it pays another amount, masked %v", masks), hostile.World{Masks: masks}, func(s *stage) {
			squat(s, func(item *hostile.Item) { item.Amount.Value = "100450" })
			result, stop := s.run()
			s.expect(result, stop, want{is: payout.ErrOtherPayout})
		})
	}
	scene(t, "it has an item more", hostile.World{}, func(s *stage) {
		there := items(s.request)
		more := there[0]
		more.ItemExternalID = "one-more"
		s.server.Squat(s.request.ExternalID, append(there, more))
		result, stop := s.run()
		s.expect(result, stop, want{is: payout.ErrOtherPayout})
	})
	scene(t, "it has an item less", hostile.World{}, func(s *stage) {
		s.server.Squat(s.request.ExternalID, items(s.request)[:4])
		_, stop := s.run()
		if stop == nil || stop.MoneyMayHaveMoved || s.server.Changing() > 0 {
			s.t.Errorf("%d changing requests, and %v", s.server.Changing(), stop)
		}
	})
	scene(t, "it pays another recipient behind the mask", hostile.World{Masks: true}, func(s *stage) {
		squat(s, func(item *hostile.Item) { item.RecipientInfo = "TR929996402100005482911108" })
		result, stop := s.run()
		s.expect(result, stop, want{is: payout.ErrUnverified})
	})
	scene(t, "masked", hostile.World{Masks: true}, func(s *stage) {
		squat(s, same)
		result, stop := s.run()
		s.expect(result, stop, want{is: payout.ErrUnverified})
	})
	scene(t, "masked, and that is allowed", hostile.World{Masks: true}, func(s *stage) {
		squat(s, same)
		result, stop := s.run()
		s.expect(result, stop, want{auths: 1, statuses: allPaid})
	}, payout.WithUnverified())
	scene(t, "it has our items", hostile.World{}, func(s *stage) {
		squat(s, same)
		result, stop := s.run()
		s.expect(result, stop, want{auths: 1, statuses: allPaid})
		if at := s.server.When(hostile.Auth, 1); at < payout.DefaultSettle {
			s.t.Errorf("auth was sent after %v: somebody else may have been authorizing it", at)
		}
	})
	scene(t, "it has our items, and its requestId is not shown", hostile.World{HidesRequestID: true}, func(s *stage) {
		squat(s, same)
		_, stop := s.run()
		if stop == nil || s.server.Changing() > 0 {
			s.t.Errorf("%d changing requests, and %v", s.server.Changing(), stop)
		}
	})
	scene(
		t,
		"it is authorized soon",
		hostile.World{Stage: time.Minute},
		func(s *stage) {
			squat(s, same)
			time.AfterFunc(time.Minute, func() { s.server.Act(s.request.ExternalID, false) })
			result, stop := s.run()
			s.expect(result, stop, want{statuses: allPaid})
		},
	)
	scene(
		t,
		"there are two, both ours by their items",
		hostile.World{Twins: hostile.TwinsSecond, NewestFirst: true},
		func(s *stage) {
			s.opts = append(s.opts, payout.WithConfirm(func(context.Context, *payout.Result) error {
				s.server.Twin(s.request.ExternalID)
				return nil
			}))
			result, stop := s.run()
			s.expect(result, stop, want{is: payout.ErrOtherPayout, inits: 1})
		},
	)
}

// Whose response.

func TestWhoseResponse(t *testing.T) {
	foreign := []struct {
		name string
		kind hostile.Foreign
	}{
		{"that has ended", hostile.ForeignDone},
		{"in INIT", hostile.ForeignInit},
		{"with our items' recipients", hostile.ForeignAlike},
		{"whose items come under our name", hostile.ForeignItems},
		{"whose name our items come under", hostile.ForeignSummary},
	}
	for _, f := range foreign {
		name, kind := f.name, f.kind
		for nth := 1; nth <= 16; nth++ {
			scene(t, fmt.Sprintf("another payout %s, response %d", name, nth), hostile.World{
				Stage: time.Minute, Script: call(hostile.Retrieve, nth, nth, func(d *hostile.Deal) { d.Foreign = kind }),
			}, func(s *stage) {
				result, stop := s.run()
				if kind == hostile.ForeignItems && stop != nil && errors.Is(stop, payout.ErrOtherPayout) {
					return // items that name another requestId under our name: there may be two payouts
				}
				s.expect(result, stop, paidOnce)
			})
		}
		for _, hides := range []bool{false, true} {
			if hides && kind == hostile.ForeignItems {
				continue // nothing tells
			}
			scene(t, fmt.Sprintf("always another payout %s, after the auth, requestId hidden %v", name, hides), hostile.World{
				HidesRequestID: hides, Stage: time.Minute,
			}, func(s *stage) {
				s.server.Script(func(c hostile.Call, d *hostile.Deal) {
					if c.Op == hostile.Retrieve && c.Auths > 0 {
						d.Foreign = kind
					}
				})
				_, stop := s.run()
				if stop == nil || !stop.MoneyMayHaveMoved || s.server.Calls(hostile.Auth) != 1 {
					s.t.Errorf("%d auths, %v", s.server.Calls(hostile.Auth), stop)
				}
			})
		}
	}
	for _, names := range []hostile.Names{hostile.NamesBoth, hostile.NamesRequestID, hostile.NamesExternalID} {
		for _, hides := range []bool{false, true} {
			scene(
				t,
				fmt.Sprintf("init answers with another payout's requestId, names %d, hidden %v", names, hides),
				hostile.World{
					Names:          names,
					HidesRequestID: hides,
					Script:         call(hostile.Init, 1, 1, func(d *hostile.Deal) { d.Foreign = hostile.ForeignInit }),
				},
				func(s *stage) {
					_, stop := s.run()
					if stop == nil && s.server.Calls(hostile.Auth) != 1 {
						s.t.Error("it ended without an auth")
					}
				},
			)
		}
	}
	scene(t, "another payout's items, where no response has named the requestId yet", hostile.World{}, func(s *stage) {
		s.server.Script(func(c hostile.Call, d *hostile.Deal) {
			switch {
			case c.Op == hostile.Init:
				d.Reply = hostile.Dropped
			case c.Op == hostile.Retrieve && c.Inits > 0 && c.Since < 30*time.Minute && c.Size == 1:
				d.Lag = time.Hour // no item is visible yet
			case c.Op == hostile.Retrieve && c.Inits > 0 && c.Since < 30*time.Minute:
				d.Foreign = hostile.ForeignItems
			}
		})
		_, stop := s.run()
		if n := s.server.Calls(hostile.Auth); n != 0 {
			s.t.Errorf("%d auths, %v", n, stop)
		}
		time.Sleep(time.Hour)
		result, stop := s.run()
		s.expect(result, stop, paidOnce)
	})
	scene(t, "ids in upper case", hostile.World{Upper: true}, func(s *stage) {
		result, stop := s.run()
		s.expect(result, stop, paidOnce)
	})
	scene(t, "no response names the requestId", hostile.World{HidesRequestID: true}, func(s *stage) {
		result, stop := s.run()
		s.expect(result, stop, paidOnce)
		if result != nil && result.OnlyOne {
			s.t.Error("it is said to be the only payout of its name, and no response can have told")
		}
	})
}

// What was confirmed is what is authorized.

func TestWhatWasConfirmed(t *testing.T) {
	confirm := func(s *stage, change func()) *int {
		times := new(int)
		s.opts = append(s.opts, payout.WithConfirm(func(context.Context, *payout.Result) error {
			if *times++; *times == 1 {
				change()
			}
			return nil
		}))
		return times
	}
	for _, names := range []hostile.Names{hostile.NamesBoth, hostile.NamesRequestID, hostile.NamesExternalID} {
		scene(t, fmt.Sprintf("an amount changes, names %d", names), hostile.World{Names: names}, func(s *stage) {
			confirm(s, func() {
				s.server.Change(s.request.ExternalID, func(i int, item *hostile.Item) {
					if i == 3 {
						item.Amount.Value = "999999.50"
					}
				})
			})
			result, stop := s.run()
			s.expect(result, stop, want{is: payout.ErrOtherPayout, inits: 1})
		})
	}
	scene(t, "the commission changes, so it is asked again", hostile.World{Commission: "0.50"}, func(s *stage) {
		times := confirm(s, func() { s.server.SetCommission("20.00") })
		result, stop := s.run()
		s.expect(result, stop, paidOnce)
		if *times != 2 {
			s.t.Errorf("it was confirmed %d times, expected 2", *times)
		}
	})
	scene(t, "somebody else authorizes", hostile.World{Stage: time.Minute}, func(s *stage) {
		confirm(s, func() { s.server.Act(s.request.ExternalID, false) })
		result, stop := s.run()
		s.expect(result, stop, want{inits: 1, statuses: allPaid})
	})
	scene(t, "somebody else cancels", hostile.World{}, func(s *stage) {
		confirm(s, func() { s.server.Act(s.request.ExternalID, true) })
		result, _ := s.run()
		if s.server.Calls(hostile.Auth) != 0 {
			s.t.Error("auth was sent")
		}
		if again, _, err := result.PayAgain(s.request, "again"); err != nil || len(again.Items) != 5 {
			s.t.Errorf("%d items may be paid again, %v; expected all", len(again.Items), err)
		}
	})
	scene(
		t,
		"somebody else authorizes, and the payout still says INIT",
		hostile.World{Stage: time.Minute},
		func(s *stage) {
			confirmed := false
			confirm(s, func() {
				time.Sleep(2 * time.Hour)
				s.server.Act(s.request.ExternalID, false)
				time.Sleep(10 * time.Minute)
				confirmed = true
			})
			s.server.Script(func(c hostile.Call, d *hostile.Deal) {
				if confirmed && c.Op == hostile.Retrieve && c.Since < 4*time.Hour {
					d.SummaryLag = 2 * time.Hour
				}
			})
			result, stop := s.run()
			if n := s.server.Calls(hostile.Auth); n != 0 {
				s.t.Errorf("%d auths, though items had moved; %v, %v", n, result, stop)
			}
		},
	)
	scene(t, "iyzico refused items, and that is not allowed", hostile.World{
		Fates: []hostile.Fate{hostile.Invalid, hostile.Paid},
	}, func(s *stage) {
		_, stop := s.run()
		var refused *payout.RefusedItemsError
		if stop == nil || !errors.As(stop, &refused) || stop.MoneyMayHaveMoved || s.server.Calls(hostile.Auth) != 0 {
			s.t.Fatalf("%d auths, %v", s.server.Calls(hostile.Auth), stop)
		}
		if len(refused.Items) != 1 || refused.Items[0].Code != "5510" || refused.Accepted != 4 {
			s.t.Errorf("refused are %v, accepted %d", refused.Items, refused.Accepted)
		}
	})
	scene(t, "the balance is too small", hostile.World{Balance: "5012.49"}, func(s *stage) {
		_, stop := s.run()
		var balance *payout.BalanceError
		if stop == nil || !errors.As(stop, &balance) || stop.MoneyMayHaveMoved || s.server.Calls(hostile.Auth) != 0 {
			s.t.Errorf("%d auths, %v", s.server.Calls(hostile.Auth), stop)
		}
	})
	scene(t, "the confirmation says no", hostile.World{}, func(s *stage) {
		no := errors.New("no")
		s.opts = append(s.opts, payout.WithConfirm(func(context.Context, *payout.Result) error { return no }))
		result, stop := s.run()
		s.expect(result, stop, want{is: no, inits: 1})
	})
}

// Statuses.

func TestStatuses(t *testing.T) {
	word := "AWAITING_APPROVAL"
	unlisted := func(d *hostile.Deal) { d.Status = &word }
	unlistedItems := func(d *hostile.Deal) { d.ItemStatus = &word }
	for name, change := range map[string]func(*hostile.Deal){"of the payout": unlisted, "of items": unlistedItems} {
		scene(
			t,
			"a status that no list names, "+name+", for good",
			hostile.World{Script: call(hostile.Retrieve, 0, 0, change)},
			func(s *stage) {
				_, stop := s.run()
				if stop == nil || s.server.Calls(hostile.Auth) != 0 {
					s.t.Errorf("%d auths, %v", s.server.Calls(hostile.Auth), stop)
				}
			},
		)
		scene(t, "a status that no list names, "+name+", for five minutes", hostile.World{
			Script: func(c hostile.Call, d *hostile.Deal) {
				if c.Since < 5*time.Minute && c.Op == hostile.Retrieve {
					change(d)
				}
			},
		}, func(s *stage) {
			result, stop := s.run()
			s.expect(result, stop, paidOnce)
		})
		scene(
			t,
			"a status that no list names, "+name+", after an auth whose response is lost",
			hostile.World{Stage: time.Minute},
			func(s *stage) {
				s.server.Script(func(c hostile.Call, d *hostile.Deal) {
					switch {
					case c.Op == hostile.Auth:
						d.Reply = hostile.Dropped
					case c.Op == hostile.Retrieve && c.Auths > 0 && c.Since < 10*time.Minute:
						change(d)
					}
				})
				result, stop := s.run()
				s.expect(result, stop, paidOnce)
			},
		)
	}
	tests := []struct {
		name   string
		ending hostile.Ending
		fates  []hostile.Fate
		want   want
		again  int
	}{
		{
			"INIT for good after an accepted auth",
			hostile.NeverBegins,
			nil,
			want{is: payout.ErrNoProgress, moved: true, inits: 1, auths: 1},
			0,
		},
		{"it runs dry", hostile.RunsDry, nil,
			want{is: payout.ErrNotCarriedOut, moved: true, inits: 1, auths: 1, statuses: "INIT INIT INIT INIT INIT"}, 0},
		{"it runs dry at iyzico", hostile.RunsDryAtIyzico, nil,
			want{is: payout.ErrNotCarriedOut, moved: true, inits: 1, auths: 1, statuses: "INIT INIT INIT INIT INIT"}, 0},
		{"it fails", hostile.Fails, nil,
			want{is: payout.ErrNotCarriedOut, moved: true, inits: 1, auths: 1, statuses: "INIT INIT INIT INIT INIT"}, 0},
		{"it runs dry, and pays hours later", hostile.DriesThenPays, nil,
			want{is: payout.ErrNotCarriedOut, moved: true, inits: 1, auths: 1, statuses: "INIT INIT INIT INIT INIT"}, 0},
		{"COMPLETED with an item in INIT", hostile.Completes, []hostile.Fate{hostile.LeftInInit, hostile.Paid},
			want{inits: 1, auths: 1, statuses: "INIT SUCCESS SUCCESS SUCCESS SUCCESS"}, 0},
		{"items that come back, or do not", hostile.Completes, []hostile.Fate{hostile.Returned, hostile.Stuck, hostile.Paid},
			want{inits: 1, auths: 1, statuses: "DEPOSIT_SUCCESS DEPOSIT_FAIL SUCCESS SUCCESS SUCCESS"}, 1},
		{"items that fail", hostile.Completes, []hostile.Fate{hostile.Failed, hostile.Returned, hostile.Stuck, hostile.Paid},
			want{inits: 1, auths: 1}, 1},
	}
	for _, test := range tests {
		scene(t, test.name, hostile.World{
			Ending: test.ending, Fates: test.fates, Stage: time.Minute, Deposit: 5 * time.Minute,
		}, func(s *stage) {
			result, stop := s.run()
			s.expect(result, stop, test.want)
			if result != nil && !result.TakenAt.IsZero() {
				again, _, err := result.PayAgain(s.request, "again")
				if err != nil || len(again.Items) > test.again {
					s.t.Errorf("%d items are offered for paying again, %v; expected at most %d", len(again.Items), err, test.again)
				}
			}
		})
	}
}

// Time.

func TestTime(t *testing.T) {
	lost := func(op hostile.Op) func(hostile.Call, *hostile.Deal) {
		return call(op, 1, 1, func(d *hostile.Deal) { d.Lost, d.Reply, d.Wait = true, hostile.Dropped, 20*time.Second })
	}
	for _, op := range []hostile.Op{hostile.Init, hostile.Auth} {
		for _, jump := range []time.Duration{0, 30 * time.Hour, -30 * time.Hour} {
			scene(t, fmt.Sprintf("%s is not sent again before it has settled, and the clock jumps by %v", op, jump),
				hostile.World{Script: lost(op)}, func(s *stage) {
					p, client := s.start(0)
					for s.server.Calls(op) == 0 {
						progress, err := s.advance(p, client)
						if err != nil {
							s.t.Fatal(err)
						}
						time.Sleep(progress.Wait)
					}
					p.Stop()
					ended := s.server.When(op, 1) + 20*time.Second
					if jump != 0 {
						if err := s.disk.Jump(jump); err != nil {
							s.t.Fatal(err)
						}
					}
					result, stop := s.run()
					s.expect(
						result,
						stop,
						want{inits: s.server.Calls(hostile.Init), auths: s.server.Calls(hostile.Auth), statuses: allPaid},
					)
					after := s.server.When(op, 2) - ended
					if s.server.Calls(op) != 2 || after < payout.DefaultSettle || after > 10*time.Minute {
						s.t.Errorf("%d sent, the second %v after the end of the first", s.server.Calls(op), after)
					}
				})
		}
	}
	for fault := hostile.SaveHangs; fault <= hostile.SaveComesLate; fault++ {
		for nth := 1; nth <= 8; nth++ {
			scene(t, fmt.Sprintf("save %d hangs, kind %d", nth, fault), hostile.World{PaysAgain: true}, func(s *stage) {
				s.disk.Script = func(n int) hostile.SaveFault {
					if n == nth {
						return fault
					}
					return hostile.SaveWorks
				}
				for range 10 {
					start := s.server.Since()
					result, stop := s.run()
					if took := s.server.Since() - start; took > time.Hour {
						s.t.Fatalf("it hung for %v", took)
					}
					if stop == nil {
						s.expect(result, stop, paidOnce)
						return
					}
					if !stop.Temporary {
						s.t.Fatal(stop)
					}
					time.Sleep(time.Minute)
				}
				s.t.Error("it never ended")
			})
		}
	}
	for _, header := range []string{"999999999999", "86400", "-1", "soon", "Tue, 24 Nov 2093 10:00:00 GMT"} {
		for _, op := range []hostile.Op{hostile.Retrieve, hostile.Init, hostile.Auth, hostile.Balance} {
			scene(t, "Retry-After "+header+" of "+string(op), hostile.World{
				Script: call(op, 1, 1, func(d *hostile.Deal) {
					d.Lost, d.Reply, d.HTTP, d.RetryAfter = true, hostile.RateLimited, 429, header
				}),
			}, func(s *stage) {
				result, stop := s.run()
				w := paidOnce
				w.inits, w.auths = s.server.Calls(hostile.Init), s.server.Calls(hostile.Auth)
				s.expect(result, stop, w)
				if s.server.Since() > time.Hour {
					s.t.Errorf("it took %v", s.server.Since())
				}
			})
		}
	}
}

// A delay and a read lag that together are all of the settle time.
func TestDelayAndLagAreAllOfSettle(t *testing.T) {
	for _, op := range []hostile.Op{hostile.Init, hostile.Auth} {
		for _, delay := range []time.Duration{0, time.Second, time.Minute, 119 * time.Second, 2 * time.Minute} {
			lag := payout.DefaultSettle - delay
			world := hostile.World{
				PaysAgain: true, Delay: delay, Lag: lag, Twins: hostile.TwinsSecond,
				Script: func(c hostile.Call, d *hostile.Deal) {
					switch c.Op {
					case op:
						d.After, d.Reply = delay, hostile.Dropped
					case hostile.Retrieve:
						d.Lag, d.SummaryLag = lag, lag
					}
				},
			}
			scene(t, fmt.Sprintf("%s, %v and %v", op, delay, lag), world, func(s *stage) {
				result, stop := s.run()
				s.expect(result, stop, paidOnce)
			})
		}
	}
}

// A scheduler that goes by a clock that jumps ahead again and again calls at once each time.
func TestClockThatRunsAhead(t *testing.T) {
	for _, op := range []hostile.Op{hostile.Init, hostile.Auth} {
		world := hostile.World{
			PaysAgain: true, Delay: 110 * time.Second, Twins: hostile.TwinsSecond,
			Script: call(op, 1, 1, func(d *hostile.Deal) { d.After, d.Reply = 110*time.Second, hostile.Dropped }),
		}
		scene(t, fmt.Sprintf("%s is still on its way", op), world, func(s *stage) {
			p, client := s.start(0)
			defer p.Stop()
			for s.server.Since() < time.Hour {
				progress, err := s.advance(p, client)
				if err != nil || progress.Ended {
					s.expect(progress.Result, asStop(err), paidOnce)
					return
				}
				time.Sleep(time.Second)
				if err := s.disk.Jump(time.Hour); err != nil {
					s.t.Fatal(err)
				}
			}
			s.t.Error("it never ended")
		})
	}
}

// After a rate limit.

func TestRateLimit(t *testing.T) {
	limit := func(d *hostile.Deal) { d.Lost, d.Reply, d.HTTP, d.RetryAfter = true, hostile.RateLimited, 429, "1" }
	for _, op := range []hostile.Op{hostile.Init, hostile.Auth} {
		scene(
			t,
			fmt.Sprintf("an earlier %s stays unknown", op),
			hostile.World{Delay: time.Hour, Script: func(c hostile.Call, d *hostile.Deal) {
				switch {
				case c.Op == op && c.N == 1:
					d.After, d.Reply = 50*time.Minute, hostile.Dropped
				case c.Op == op:
					limit(d)
				}
			}},
			func(s *stage) {
				result, stop := s.run()
				if op == hostile.Auth {
					if stop == nil || !stop.MoneyMayHaveMoved {
						s.t.Errorf("%v, %v", result, stop)
					}
				} else if stop != nil && strings.Contains(stop.Advice, "externalId") {
					s.t.Errorf("it advises another name while an init is on its way: %v", stop)
				}
			},
		)
	}
	scene(t, "the status is read before auth is repeated", hostile.World{Stage: time.Hour}, func(s *stage) {
		s.server.Script(call(hostile.Auth, 1, 1, func(d *hostile.Deal) {
			limit(d)
			d.RetryAfter = "60"
		}))
		p, client := s.start(0)
		defer p.Stop()
		for s.server.Calls(hostile.Auth) == 0 {
			progress, err := s.advance(p, client)
			if err != nil {
				s.t.Fatal(err)
			}
			time.Sleep(progress.Wait)
		}
		s.server.Act(s.request.ExternalID, false) // somebody else authorizes it
		result, err := s.pay(p, client)
		s.expect(result, asStop(err), paidOnce)
	})
}

// Somebody else's auth has changed the items already, and the payout still says INIT.
func TestAuthorizedBySomebodyElseAndDisguised(t *testing.T) {
	for name, world := range map[string]hostile.World{
		"the descriptions change": {Redescribes: true}, "amounts are net": {Net: true, Commission: "20"},
	} {
		world.Stage = time.Minute
		world.Script = func(c hostile.Call, d *hostile.Deal) {
			if c.Op == hostile.Retrieve && c.Since > time.Hour && c.Since < time.Hour+5*time.Minute {
				d.SummaryLag = 30 * time.Minute
			}
		}
		scene(t, name, world, func(s *stage) {
			s.opts = append(s.opts, payout.WithConfirm(func(context.Context, *payout.Result) error {
				time.Sleep(time.Hour)
				s.server.Act(s.request.ExternalID, false)
				time.Sleep(time.Minute)
				return nil
			}))
			result, stop := s.run()
			s.expect(result, stop, want{inits: 1, statuses: allPaid})
		})
	}
}

// How long a server asks to wait is obeyed, whatever it refused.
func TestRetryAfterIsObeyed(t *testing.T) {
	for _, op := range []hostile.Op{hostile.Init, hostile.Auth, hostile.Retrieve, hostile.Balance} {
		for nth := 1; nth <= 4; nth++ {
			world := hostile.World{Script: call(op, nth, nth, func(d *hostile.Deal) {
				d.Lost, d.Reply, d.HTTP, d.RetryAfter = true, hostile.RateLimited, 429, "240"
			})}
			scene(t, fmt.Sprintf("%s, call %d", op, nth), world, func(s *stage) {
				result, stop := s.run()
				s.expect(result, stop, want{
					inits: s.server.Calls(hostile.Init), auths: s.server.Calls(hostile.Auth), statuses: allPaid,
				})
				if s.server.Calls(op) > nth {
					if waited := s.server.When(op, nth+1) - s.server.When(op, nth); waited < 240*time.Second {
						s.t.Errorf("the next came after %v", waited)
					}
				}
			}, payout.WithConcurrentPages(1))
		}
	}
}

// Errors that tell the truth.

func TestFollowingIsNotStopped(t *testing.T) {
	for name, world := range map[string]hostile.World{
		"the descriptions change": {Redescribes: true}, "amounts are net": {Net: true, Commission: "20"},
		"amounts are gross": {Gross: true, Commission: "20"},
	} {
		world.Stage = time.Minute
		scene(t, "after auth, "+name, world, func(s *stage) {
			result, stop := s.run()
			s.expect(result, stop, paidOnce)
		})
	}
}

func TestAuthRefused(t *testing.T) {
	for name, deal := range map[string]hostile.Deal{
		"without effect":       {Lost: true, Reply: hostile.Refusal, Code: "11"},
		"without effect, 401":  {Lost: true, Reply: hostile.Refusal, Code: "1000", HTTP: 401},
		"with effect":          {Reply: hostile.Refusal, Code: "11"},
		"with effect, later":   {After: 100 * time.Second, Wait: time.Second, Reply: hostile.Refusal, Code: "100001"},
		"success and failure":  {Reply: hostile.Both},
		"no effect, both ways": {Lost: true, Reply: hostile.CutBody},
	} {
		for _, model := range []bool{false, true} {
			scene(
				t,
				fmt.Sprintf("auth refused %s, pays again %v", name, model),
				hostile.World{PaysAgain: model, Delay: 2 * time.Minute,
					Stage: time.Minute, Script: call(hostile.Auth, 1, 1, func(d *hostile.Deal) {
						*d = deal
						if d.Reply == hostile.CutBody {
							d.Reply = hostile.Dropped
						}
					})},
				func(s *stage) {
					result, stop := s.run()
					if deal.Lost && deal.Reply == hostile.Refusal {
						s.expect(result, stop, want{is: gen.ErrRefused, moved: true, inits: 1, auths: 1})
					} else {
						s.expect(result, stop, want{inits: 1, auths: s.server.Calls(hostile.Auth), statuses: allPaid})
					}
				},
			)
		}
	}
}

// Find.

func TestWhatIsBelieved(t *testing.T) {
	scene(t, "an empty name", hostile.World{}, func(s *stage) {
		p, client := s.start(0)
		defer p.Stop()
		if found, err := payout.Find(s.t.Context(), client, payout.Ref{}); err == nil || s.server.Calls() > 0 {
			s.t.Errorf("%v, %v, after %d requests", found, err, s.server.Calls())
		}
	})
	lookalikes := []struct {
		code string
		http int
	}{
		{"1000", 200},
		{"1000", 401},
		{"1001", 200},
		{"1007", 200},
		{"1009", 200},
		{"2000", 200},
		{"", 401},
		{"", 403},
		{"100001", 200},
		{"100001", 422},
	}
	for _, like := range lookalikes {
		refuse := func(d *hostile.Deal) { d.Lost, d.Reply, d.Code, d.HTTP = true, hostile.Refusal, like.code, like.http }
		scene(t, fmt.Sprintf("every lookup is refused with %q, %d", like.code, like.http), hostile.World{
			Script: call(hostile.Retrieve, 0, 0, refuse)}, func(s *stage) {
			_, stop := s.run()
			if stop == nil || s.server.Changing() > 0 || stop.MoneyMayHaveMoved || errors.Is(stop, payout.ErrNotFound) {
				s.t.Errorf("%d changing requests, %v", s.server.Changing(), stop)
			}
		})
		scene(
			t,
			fmt.Sprintf("lookups are refused with %q, %d, after an init whose response is lost", like.code, like.http),
			hostile.World{
				Twins: hostile.TwinsSecond,
			},
			func(s *stage) {
				s.server.Script(func(c hostile.Call, d *hostile.Deal) {
					switch {
					case c.Op == hostile.Init:
						d.Reply = hostile.Dropped
					case c.Op == hostile.Retrieve && c.Inits > 0 && c.Since < 5*time.Minute:
						refuse(d)
					}
				})
				_, stop := s.run()
				if n := s.server.Calls(
					hostile.Init,
				); n != 1 ||
					stop != nil && (errors.Is(stop, payout.ErrNotFound) || stop.MoneyMayHaveMoved) {
					s.t.Errorf("%d inits, %v", n, stop)
				}
				time.Sleep(5 * time.Minute)
				result, stop := s.run()
				s.expect(result, stop, paidOnce)
			},
		)
	}
	scene(t, "the balance is refused as the lookups are", hostile.World{Script: func(c hostile.Call, d *hostile.Deal) {
		if c.Op == hostile.Retrieve || c.Op == hostile.Balance {
			d.Lost, d.Reply, d.Code = true, hostile.Refusal, "5999"
		}
	}}, func(s *stage) {
		_, stop := s.run()
		if stop == nil || s.server.Changing() > 0 || errors.Is(stop, payout.ErrNotFound) {
			s.t.Errorf("%d changing requests, %v", s.server.Changing(), stop)
		}
	})
	for missing := hostile.MissingRefused; missing <= hostile.MissingNull; missing++ {
		scene(t, fmt.Sprintf("a payout that is missing, %d, and read lag after init", missing), hostile.World{
			Missing: missing, Lag: time.Hour, Script: func(c hostile.Call, d *hostile.Deal) {
				if c.Op == hostile.Retrieve {
					d.Lag, d.SummaryLag = 100*time.Second, 100*time.Second
				}
			},
		}, func(s *stage) {
			result, stop := s.run()
			s.expect(result, stop, paidOnce)
		})
		scene(t, fmt.Sprintf("a payout that is missing, %d, and an init whose response is lost", missing), hostile.World{
			Missing: missing,
			Twins:   hostile.TwinsSecond,
			Delay:   time.Minute,
			Lag:     time.Minute,
			Script: func(c hostile.Call, d *hostile.Deal) {
				switch c.Op {
				case hostile.Init:
					d.After, d.Reply = time.Minute, hostile.Dropped
				case hostile.Retrieve:
					d.Lag, d.SummaryLag = time.Minute, time.Minute
				}
			},
		}, func(s *stage) {
			result, stop := s.run()
			s.expect(result, stop, paidOnce)
		})
	}
	scene(
		t,
		"an init refused as a duplicate, since a proxy repeated it",
		hostile.World{Script: call(hostile.Init, 1, 1, func(d *hostile.Deal) {
			d.Reply, d.Code = hostile.Refusal, "5502"
		})},
		func(s *stage) {
			result, stop := s.run()
			s.expect(result, stop, paidOnce)
		},
	)
	scene(t, "an init that is refused", hostile.World{Script: call(hostile.Init, 0, 0, func(d *hostile.Deal) {
		d.Lost, d.Reply, d.Code = true, hostile.Refusal, "11"
	})}, func(s *stage) {
		result, stop := s.run()
		s.expect(result, stop, want{is: gen.ErrRefused, inits: 1})
	})
}

// Pages.

func TestPages(t *testing.T) {
	kinds := []struct {
		name string
		kind hostile.Pages
	}{
		{"shifted", hostile.Shifted},
		{"repeated", hostile.Repeated},
		{"with an item left out", hostile.Omitting},
		{"too short", hostile.Short},
		{"with an item twice", hostile.Doubled},
		{"whose number is ignored", hostile.IgnoresPage},
		{"whose type is ignored", hostile.IgnoresType},
		{"of another size", hostile.IgnoresSize},
		{"with a wrong total", hostile.WrongTotal},
		{"without a total", hostile.NoTotal},
		{"empty", hostile.EmptyPage},
	}
	fates := []hostile.Fate{hostile.Paid, hostile.Invalid, hostile.Paid}
	const ended = "SUCCESS INVALID SUCCESS SUCCESS SUCCESS"
	for _, k := range kinds {
		name := k.name
		bad := func(d *hostile.Deal) { d.Pages = k.kind }
		for _, until := range []time.Duration{time.Minute, 30 * 24 * time.Hour} {
			scene(
				t,
				fmt.Sprintf("pages %s before auth, for %v", name, until),
				hostile.World{Fates: fates, Stage: time.Minute},
				func(s *stage) {
					s.server.Script(func(c hostile.Call, d *hostile.Deal) {
						if c.Op == hostile.Retrieve && c.Auths == 0 && c.Since < until {
							bad(d)
						}
					})
					result, stop := s.run()
					if stop == nil {
						s.expect(result, stop, want{inits: 1, auths: 1, statuses: ended})
					} else if s.server.Calls(hostile.Auth) != 0 || until == time.Minute {
						s.t.Errorf("%d auths, %v", s.server.Calls(hostile.Auth), stop)
					}
				},
				payout.WithRefusedItems(),
			)
			scene(
				t,
				fmt.Sprintf("pages %s after auth, for %v", name, until),
				hostile.World{Fates: fates, Stage: time.Minute},
				func(s *stage) {
					s.server.Script(func(c hostile.Call, d *hostile.Deal) {
						if c.Op == hostile.Retrieve && c.Auths > 0 && c.Since < until+10*time.Minute {
							bad(d)
						}
					})
					result, stop := s.run()
					if stop == nil && until == time.Minute {
						s.expect(result, stop, want{inits: 1, auths: 1, statuses: ended})
					} else if stop != nil && (until == time.Minute || !stop.MoneyMayHaveMoved) {
						s.t.Error(stop)
					}
				},
				payout.WithRefusedItems(),
			)
		}
	}
	scene(t, "late items are waited for", hostile.World{Late: 90 * time.Second}, func(s *stage) {
		result, stop := s.run()
		s.expect(result, stop, paidOnce)
	})
	scene(t, "Items waits out a rate limit and goes on", hostile.World{}, func(s *stage) {
		p, client := s.start(0)
		defer p.Stop()
		if _, err := s.pay(p, client); err != nil {
			s.t.Fatal(err)
		}
		from := s.server.Calls(hostile.Retrieve)
		s.server.Script(call(hostile.Retrieve, from+2, from+2, func(d *hostile.Deal) {
			d.Lost, d.Reply, d.HTTP, d.RetryAfter = true, hostile.RateLimited, 429, "30"
		}))
		var got []string
		ref := payout.ByExternalID(s.request.ExternalID)
		opts := []payout.Option{payout.WithPageSize(2), payout.WithConcurrentPages(1)}
		for item, err := range payout.Items(s.t.Context(), client, ref, gen.ItemTypeValid, opts...) {
			if err != nil {
				s.t.Fatal(err)
			}
			got = append(got, item.ItemExternalID)
		}
		if wanted := []string{"item-00", "item-01", "item-02", "item-03", "item-04"}; !slices.Equal(got, wanted) {
			s.t.Errorf("items %v, expected %v", got, wanted)
		}
		if n := s.server.Calls(hostile.Retrieve) - from; n != 4 {
			s.t.Errorf("%d requests, expected 4: three pages, one of them twice", n)
		}
	})
}

// Cancel.

func TestCancelLooksAfterwards(t *testing.T) {
	// before calls Advance until the payout is stored and could be authorized.
	before := func(s *stage) (*hostile.Process, payout.Client) {
		s.opts = append(
			s.opts,
			payout.WithConfirm(func(context.Context, *payout.Result) error { return errors.New("not yet") }),
		)
		p, client := s.start(0)
		if _, err := s.pay(p, client); err == nil {
			s.t.Fatal("it was paid")
		}
		return p, client
	}
	for name, deal := range map[string]hostile.Deal{
		"in order": {}, "its response lost": {Reply: hostile.Dropped}, "itself lost": {Lost: true, Reply: hostile.Dropped},
		"delayed":             {After: 100 * time.Second, Reply: hostile.Dropped},
		"refused with effect": {Reply: hostile.Refusal, Code: "11"},
		"hung":                {Reply: hostile.Hung}, "rate limited": {Lost: true, Reply: hostile.RateLimited, HTTP: 429},
	} {
		for _, model := range []bool{false, true} {
			scene(
				t,
				fmt.Sprintf("cancel %s, pays again %v", name, model),
				hostile.World{PaysAgain: model, Delay: 100 * time.Second},
				func(s *stage) {
					p, client := before(s)
					defer p.Stop()
					s.server.Script(call(hostile.Cancel, 1, 1, func(d *hostile.Deal) { *d = deal }))
					result, err := s.cancel(p, client)
					if err != nil {
						s.t.Fatal(err)
					}
					const canceled = "MASS_PAYOUT_CANCELED"
					if got := statuses(result); got != strings.TrimSpace(strings.Repeat(canceled+" ", 5)) {
						s.t.Errorf("the items are %s", got)
					}
					if again, _, err := result.PayAgain(s.request, "again"); err != nil || len(again.Items) != 5 {
						s.t.Errorf("%d items may be paid again, %v; expected all", len(again.Items), err)
					}
				},
			)
		}
	}
	scene(t, "auth won", hostile.World{Stage: time.Minute}, func(s *stage) {
		p, client := before(s)
		defer p.Stop()
		s.server.Script(call(hostile.Cancel, 1, 1, func(d *hostile.Deal) { d.After, d.Reply = time.Minute, hostile.Dropped }))
		go func() {
			time.Sleep(30 * time.Second)
			s.server.Act(s.request.ExternalID, false)
		}()
		_, err := s.cancel(p, client)
		if !errors.Is(err, payout.ErrTooLate) {
			s.t.Errorf("%v, expected %v", err, payout.ErrTooLate)
		}
		if result, err := s.pay(p, client); err != nil || !result.AllPaid() {
			s.t.Errorf("afterwards: %v, %v", result, err)
		}
	})
	scene(t, "somebody else cancels while auth is on its way", hostile.World{
		PaysAgain: true, Delay: 110 * time.Second,
		Script: call(hostile.Auth, 1, 1, func(d *hostile.Deal) { d.After, d.Reply = 110*time.Second, hostile.Dropped }),
	}, func(s *stage) {
		s.opts = append(s.opts, payout.WithConfirm(func(context.Context, *payout.Result) error {
			time.AfterFunc(time.Minute, func() { s.server.Act(s.request.ExternalID, true) })
			return nil
		}))
		result, _ := s.run()
		if again, _, err := result.PayAgain(s.request, "again"); err != nil || len(again.Items) != 0 {
			s.t.Errorf("%d items are offered for paying again, %v", len(again.Items), err)
		}
	})
	for _, model := range []bool{false, true} {
		scene(
			t,
			fmt.Sprintf("an auth is still on its way, pays again %v", model),
			hostile.World{PaysAgain: model, Delay: 110 * time.Second,
				Stage: time.Minute, Script: call(hostile.Auth, 1, 1, func(d *hostile.Deal) {
					d.After, d.Reply = 110*time.Second, hostile.Dropped
				})},
			func(s *stage) {
				p, client := s.start(0)
				defer p.Stop()
				for s.server.Calls(hostile.Auth) == 0 {
					progress, err := s.advance(p, client)
					if err != nil {
						s.t.Fatal(err)
					}
					if s.server.Calls(hostile.Auth) == 0 {
						time.Sleep(progress.Wait)
					}
				}
				result, err := s.cancel(p, client)
				if !errors.Is(err, payout.ErrTooLate) {
					s.t.Errorf("%v, %v; expected %v", result, err, payout.ErrTooLate)
				}
			},
		)
	}
}

// tripper is an http.RoundTripper.
type tripper func(*http.Request) (*http.Response, error)

func (t tripper) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// Stores.

func TestStores(t *testing.T) {
	for nth := 1; nth <= 8; nth++ {
		for _, fault := range []hostile.SaveFault{hostile.SaveFails, hostile.SaveFailsSaved} {
			scene(t, fmt.Sprintf("save %d fails, kind %d", nth, fault), hostile.World{PaysAgain: true}, func(s *stage) {
				changing := -1
				s.disk.Script = func(n int) hostile.SaveFault {
					if n == nth {
						changing = s.server.Changing()
						return fault
					}
					return hostile.SaveWorks
				}
				result, stop := s.run()
				if changing >= 0 {
					if stop == nil || !stop.Temporary || !errors.Is(stop, hostile.ErrSave) {
						s.t.Errorf("%v, %v", result, stop)
					}
					if n := s.server.Changing(); n != changing {
						s.t.Errorf("%d requests that change something after a save that failed", n-changing)
					}
					result, stop = s.run()
				}
				s.expect(result, stop, paidOnce)
			})
		}
		scene(t, fmt.Sprintf("the lock is lost before save %d", nth), hostile.World{PaysAgain: true}, func(s *stage) {
			changing, saves := -1, 0
			s.disk.Script = func(int) hostile.SaveFault {
				if saves++; saves == nth {
					s.disk.LoseLock()
					changing = s.server.Changing()
				}
				return hostile.SaveWorks
			}
			result, stop := s.run()
			if changing >= 0 {
				if stop == nil || !stop.Temporary || s.server.Changing() != changing {
					s.t.Errorf("%v, %v, and %d more requests that change something", result, stop, s.server.Changing()-changing)
				}
				result, stop = s.run()
			}
			s.expect(result, stop, paidOnce)
		})
	}
	for nth := 1; nth <= 8; nth++ {
		scene(t, fmt.Sprintf("after a pause in save %d, it looks again instead of sending", nth), hostile.World{}, func(s *stage) {
			slow := false
			s.disk.Script = func(n int) hostile.SaveFault {
				if n == nth {
					slow = true
					return hostile.SaveDawdles
				}
				return hostile.SaveWorks
			}
			p, client := s.start(0)
			for !slow {
				changing := s.server.Changing()
				saves := s.disk.Saves()
				progress, err := s.advance(p, client)
				if slow && saves == nth-1 && s.server.Changing() > changing {
					s.t.Error("it has sent after the pause")
				}
				if err != nil || progress.Ended {
					break
				}
				time.Sleep(progress.Wait)
			}
			p.Stop()
			result, stop := s.run()
			s.expect(result, stop, paidOnce)
		})
	}
	scene(t, "another process has the lock", hostile.World{}, func(s *stage) {
		p, _ := s.start(0)
		defer p.Stop()
		if _, err := p.Lock(); err != nil {
			s.t.Fatal(err)
		}
		_, stop := s.run()
		if stop == nil || !errors.Is(stop, payout.ErrLocked) || !stop.Temporary || s.server.Calls() > 0 {
			s.t.Errorf("%v, after %d requests", stop, s.server.Calls())
		}
	})
	scene(t, "the lock is lost when all is done", hostile.World{}, func(s *stage) {
		p, client := s.start(0)
		defer p.Stop()
		if _, err := s.pay(p, client); err != nil {
			s.t.Fatal(err)
		}
		s.opts = append(s.opts, payout.WithProgress(func(payout.Progress) { s.disk.LoseLock() }))
		_, err := s.pay(p, client)
		if !errors.Is(err, hostile.ErrHeld) {
			s.t.Errorf("the error of unlock is lost: %v", err)
		}
	})
	scene(t, "the context ends while auth is about to be sent", hostile.World{}, func(s *stage) {
		p, client := s.start(0)
		defer p.Stop()
		ctx, cancel := context.WithCancel(p.Context())
		defer cancel()
		s.disk.Script = func(int) hostile.SaveFault {
			if s.server.Calls(hostile.Balance) > 1 { // one proved that there is no payout, one was of the review
				cancel()
			}
			return hostile.SaveWorks
		}
		var err error
		for range 100 { // each save after the review is one of these, the last is that before auth
			if ctx.Err() != nil {
				ctx, cancel = context.WithCancel(p.Context())
				defer cancel()
			}
			_, err = payout.Advance(ctx, client, s.request, s.store(p), s.as(p)...)
			if err != nil && !errors.Is(err, context.Canceled) {
				s.t.Fatal(err)
			}
			if stop := asStop(err); stop != nil && (stop.MoneyMayHaveMoved || !stop.Temporary) {
				s.t.Errorf("money may have moved: %v, temporary: %v", stop.MoneyMayHaveMoved, stop.Temporary)
			}
		}
		if err == nil || s.server.Calls(hostile.Auth) != 0 {
			s.t.Errorf("%d auths, %v", s.server.Calls(hostile.Auth), err)
		}
		s.disk.Script = nil
		start := s.server.Since()
		result, stop := s.run()
		s.expect(result, stop, paidOnce)
		if waited := s.server.When(hostile.Auth, 1) - start; waited >= payout.DefaultSettle {
			s.t.Errorf("it waited %v for what was never sent", waited)
		}
	})
	scene(t, "the context ends as init is accepted", hostile.World{HidesRequestID: true}, func(s *stage) {
		p, _ := s.start(0)
		defer p.Stop()
		ctx, cancel := context.WithCancel(p.Context())
		defer cancel()
		client, err := gen.New(hostile.URL, nil, gen.WithHTTPClient(&http.Client{Transport: tripper(
			func(r *http.Request) (*http.Response, error) {
				response, err := p.RoundTrip(r)
				if strings.HasSuffix(r.URL.Path, "/init") {
					cancel()
				}
				return response, err
			})}))
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := payout.Pay(ctx, client, s.request, s.store(p), s.as(p)...); !errors.Is(err, context.Canceled) {
			s.t.Errorf("%v, expected %v", err, context.Canceled)
		}
		result, stop := s.run()
		s.expect(result, stop, paidOnce)
	})
	scene(t, "the context ends while it waits", hostile.World{Stage: time.Hour}, func(s *stage) {
		p, client := s.start(0)
		defer p.Stop()
		time.AfterFunc(time.Minute, p.Kill)
		start := s.server.Since()
		_, _ = payout.Pay(p.Context(), client, s.request, s.store(p), s.as(p)...)
		if took := s.server.Since() - start; took > time.Minute+payout.DefaultSaveTimeout {
			s.t.Errorf("it went on for %v", took)
		}
	})
}

// twoProcesses is how many worlds TestTwoProcesses runs.
func twoProcesses() uint64 {
	switch {
	case soak:
		return 1000
	case testing.Short():
		return 2
	}
	return 12
}

// A state that is lost, or an older one that is restored, after each of the saves: what is waited for before the next
// start is what the introduction asks for.
func TestStateIsLost(t *testing.T) {
	const delay, lag = 60 * time.Second, 50 * time.Second
	for after := 1; after <= 6; after++ {
		for _, older := range []bool{false, true} {
			world := hostile.World{
				PaysAgain: true, Delay: delay, Lag: lag, Twins: hostile.TwinsSecond, Stage: time.Minute,
				Script: func(c hostile.Call, d *hostile.Deal) {
					switch c.Op {
					case hostile.Init, hostile.Auth:
						d.After, d.Reply = delay, hostile.Dropped
					case hostile.Retrieve:
						d.Lag, d.SummaryLag = lag, lag
					}
				},
			}
			scene(t, fmt.Sprintf("after save %d, an older one is restored %v", after, older), world, func(s *stage) {
				p, client := s.start(0)
				var states [][]byte
				for range 50 {
					if s.disk.Saves() >= after {
						break
					}
					progress, err := s.advance(p, client)
					if err != nil {
						s.t.Fatal(err)
					}
					states = append(states, s.disk.Data())
					time.Sleep(progress.Wait)
				}
				p.Stop()
				if older {
					s.disk.Restore(states[max(0, len(states)-2)])
				} else {
					s.disk.Restore(nil)
				}
				time.Sleep(delay + lag)
				result, stop := s.run()
				s.expect(result, stop, want{
					inits: s.server.Calls(hostile.Init), auths: s.server.Calls(hostile.Auth), statuses: allPaid,
				})
			})
		}
	}
}

// A process that is killed while what it has sent is on its way.
func TestKilledWhileOnItsWay(t *testing.T) {
	for killAt := 1; killAt <= 45; killAt++ {
		world := hostile.World{
			PaysAgain: true, Delay: payout.DefaultSettle, Twins: hostile.TwinsSecond,
			Script: func(c hostile.Call, d *hostile.Deal) {
				if c.Op == hostile.Init || c.Op == hostile.Auth {
					d.After, d.Reply = payout.DefaultSettle, hostile.Dropped
				}
			},
		}
		scene(t, fmt.Sprintf("at point %d", killAt), world, func(s *stage) {
			p, client := s.start(killAt)
			_, err := s.pay(p, client)
			p.Stop()
			if err == nil {
				return // it was over before
			}
			result, stop := s.run()
			s.expect(result, stop, paidOnce)
		})
	}
}

// Two processes that work on one store at once.
func TestTwoProcesses(t *testing.T) {
	for _, locks := range []bool{true, false} {
		for seed := range twoProcesses() {
			world := hostile.Random(seed, payout.DefaultSettle-payout.DefaultSaveTimeout-40*time.Second, time.Hour)
			world.Squatter = hostile.NoSquatter
			scene(t, fmt.Sprintf("locked %v, seed %d", locks, seed), world, func(s *stage) {
				if !locks {
					s.store = func(p *hostile.Process) payout.Store { return struct{ payout.Store }{disk{p}} }
				}
				done := make(chan bool)
				for i := range 2 {
					go func() {
						defer func() { done <- true }()
						for range 30 {
							p, client := s.start(0)
							_, err := s.pay(p, client)
							p.Stop()
							if stop := asStop(err); stop == nil || !stop.Temporary {
								return
							}
							time.Sleep(time.Duration(20+13*i) * time.Second)
						}
					}()
				}
				<-done
				<-done
			}, payout.WithRefusedItems(), payout.WithUnverified())
		}
	}
}

// What it costs.

func TestRequests(t *testing.T) {
	scene(t, "a whole payout", hostile.World{Stage: 3 * time.Minute}, func(s *stage) {
		s.request = salaries(40)
		looks := 0
		s.opts = append(s.opts, payout.WithProgress(func(p payout.Progress) {
			if p.Step == payout.StepAuthorized {
				looks++
			}
		}))
		result, stop := s.run()
		s.expect(result, stop, want{inits: 1, auths: 1})
		const pages = 20
		if got, most := s.server.Calls(), 2*pages+15+looks; got > most {
			s.t.Errorf("%d requests for %d pages and %d looks, expected at most %d", got, pages, looks, most)
		}
	})
	failing := hostile.World{Fates: []hostile.Fate{hostile.Failed, hostile.Paid}}
	scene(t, "a payout with an item that failed", failing, func(s *stage) {
		s.request = salaries(40)
		looks := 0
		s.opts = append(s.opts, payout.WithProgress(func(p payout.Progress) {
			if p.Step == payout.StepAuthorized {
				looks++
			}
		}))
		result, stop := s.run()
		s.expect(result, stop, want{inits: 1, auths: 1})
		const pages = 20
		if got, most := s.server.Calls(), 3*pages+15+2*looks; got > most {
			s.t.Errorf("%d requests for %d pages and %d looks, expected at most %d", got, pages, looks, most)
		}
	})
	scene(t, "pages at once", hostile.World{Latency: time.Second}, func(s *stage) {
		s.request = salaries(40)
		result, stop := s.run()
		s.expect(result, stop, want{inits: 1, auths: 1})
		if got := s.server.Peak(); got > 3 {
			s.t.Errorf("%d requests at once, expected at most 3", got)
		}
	}, payout.WithConcurrentPages(3))
}
