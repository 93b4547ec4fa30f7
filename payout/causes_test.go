package payout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Errors that can be acted on: the cause, whether it can pass by itself, and advice that can be followed.

// respond answers an operation in place of iyzico.
func respond(what string, status int, body string) func(*http.Request, http.RoundTripper) (*http.Response, error) {
	return func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if operation(r) != what {
			return next.RoundTrip(r)
		}
		contentType := "application/json"
		if strings.HasPrefix(body, "<") {
			contentType = "text/html"
		}
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Request: r,
			Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

// What a gateway refuses for ever ends with its last refusal as the cause, and is not temporary.
func TestGatewayRefuses(t *testing.T) {
	for _, what := range []string{"init", "auth"} {
		for status, temporary := range map[int]bool{403: false, 404: false, 405: false, 413: false, 502: true, 503: true} {
			t.Run(fmt.Sprint(what, status), func(t *testing.T) {
				OneOfMany(t)
				inBubble(t, func(a *account) {
					a.meddle = respond(what, status, "<html><body>no</body></html>")
					_, err := a.pay(request("p", item("a", "1")), &memory{})
					if what != "init" || status != http.StatusRequestEntityTooLarge { // which stops at once: see TestTooLargeForTheEmulator
						wantError(t, err, errSentOften)
					}
					wantError(t, err, err, fmt.Sprintf("HTTP %d", status))
					wantError(t, err, gen.ErrOutcomeUnknown)
					if api := apiError(err); api == nil || api.StatusCode != status {
						t.Errorf("the cause is %v", api)
					}
					wantStop(t, err, what == "auth", temporary && what == "init")
					if strings.Contains(err.Error(), "another externalId") {
						t.Error(err)
					}
				})
			})
		}
	}
}

// A refusal over keys, signature, permission or product, and one without a code, says nothing of the content: the same
// name is right when that is corrected.
func TestRefusalsThatNeedNoOtherName(t *testing.T) {
	tests := []struct {
		status    int
		code      string
		otherName bool
	}{
		{200, "1000", false}, {401, "1000", false}, {200, "1001", false}, {200, "1007", false}, {200, "1009", false},
		{200, "1005", false}, {200, "2000", false}, {200, "2003", false}, {403, "11", false}, {200, "", false},
		{200, "INVALID_SIGNATURE", false}, {422, "NOT_ALLOWED", false},
		{200, "11", true}, {400, "24", true}, {200, "5510", true},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status, " ", tt.code), func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				a.meddle = respond("init", tt.status, fmt.Sprintf(`{"status":"failure","errorCode":%q,"errorMessage":"no"}`, tt.code))
				store, r := &memory{}, request("p", item("a", "1"))
				_, err := a.pay(r, store)
				wantError(t, err, gen.ErrRefused)
				wantStop(t, err, false, false)
				if strings.Contains(err.Error(), "another externalId") != tt.otherName || strings.Contains(err.Error(), "same externalId") == tt.otherName {
					t.Error(err)
				}
				a.meddle = nil // corrected
				result, err := a.pay(r, store)
				wantError(t, err, nil)
				equal(t, "result", statuses(result), "a:SUCCESS")
			})
		})
	}
}

// What a request editor refuses, such as the signer a sandbox key for the production host, is refused again: it stops at
// once, also in the middle of a payout, which goes on once it is corrected.
func TestEditorRefuses(t *testing.T) {
	const refusal = "a sandbox key for the production host"
	for _, what := range []string{"retrieve", "init", "balance", "auth"} {
		t.Run(what, func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				client := connect(a.t, "http://127.0.0.1", gen.WithHTTPClient(&http.Client{Transport: a.wire}),
					gen.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
						if operation(r) == what {
							return errors.New(refusal)
						}
						return nil
					}))
				store, r, begun := &memory{}, request("p", item("a", "1")), time.Now()
				_, err := Pay(a.t.Context(), client, r, store)
				wantError(t, err, gen.ErrNotSent, refusal, "correct the keys or the server")
				wantStop(t, err, false, false)
				equal(t, "waited", time.Since(begun), time.Duration(0))
				result, err := a.pay(r, store)
				wantError(t, err, nil)
				equal(t, "result", statuses(result), "a:SUCCESS")
				equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
			})
		})
	}
}

// Reads that are refused over keys stop for good when patience is over.
func TestReadsAreRefused(t *testing.T) {
	for code, temporary := range map[string]bool{"1000": false, "2000": false, "11": true} {
		inBubble(t, func(a *account) {
			store, r := &memory{}, request("p", item("a", "1"))
			_, err := a.pay(r, store, declined())
			wantError(t, err, errNo)
			a.meddle = respond("balance", 200, fmt.Sprintf(`{"status":"failure","errorCode":%q,"errorMessage":"no"}`, code))
			store.state.Reviewed = ""
			_, err = a.pay(r, store)
			wantError(t, err, gen.ErrRefused, "reading the balance")
			wantStop(t, err, false, temporary)
		})
	}
}

// A payout that is COMPLETED and shows no items may have been paid: nobody is told to cancel it.
func TestCompletedWithoutItems(t *testing.T) {
	read := func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
		response, err := next(body)
		if err == nil {
			response.MassPayoutItems.Items, response.MassPayoutItems.Total = nil, 0
		}
		return response, err
	}
	inBubble(t, func(a *account) {
		r := request("p", item("a", "1"))
		_, err := a.pay(r, &memory{})
		wantError(t, err, nil)
		_, err = Pay(a.t.Context(), between{Client: a.client, read: read}, r, &memory{}) // the state is lost
		wantStop(t, err, true, false)
		wantError(t, err, err, "ask iyzico")
		if strings.Contains(strings.ToLower(err.Error()), "cancel") {
			t.Error(err)
		}
	})
	inBubble(t, func(a *account) { // it was never authorized, and another shows as if it were
		store, r := &memory{}, request("p", item("a", "1"))
		_, err := a.pay(r, store)
		wantError(t, err, nil)
		state := store.state
		state.Step, state.Result, state.AuthSent = StepStored, nil, false
		result, err := Pay(a.t.Context(), between{Client: a.client, read: read}, r, &memory{state: state})
		if err != nil && strings.Contains(strings.ToLower(err.Error()), "cancel") || result.AllPaid() {
			t.Error(result, err)
		}
	})
}

// A page size that is refused is not taken for a payout that is not there: smaller ones are tried, and the size is kept.
func TestPageSizeIsRefused(t *testing.T) {
	for _, allowed := range []int{1000, 999, 100, 60, 10, 5} {
		t.Run(fmt.Sprint(allowed), func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				refused := 0
				client := between{Client: a.client, read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
					if body.Size > allowed {
						refused++
						return nil, &gen.APIError{Status: gen.StatusFailure, StatusCode: 400, Code: "11"}
					}
					return next(body)
				}}
				store := &memory{}
				result, err := Pay(a.t.Context(), client, many(150), store)
				wantError(t, err, nil)
				if !result.AllPaid() {
					t.Error(result)
				}
				want := map[int]string{1000: "0 1000", 999: "1 100", 100: "1 100", 60: "2 10", 10: "2 10", 5: "3 1"}[allowed]
				equal(t, "refused, and kept", fmt.Sprint(refused, " ", store.state.PageSize), want)
			})
		})
	}
}

// An error of an invalid request says how far the payout of its state is.
func TestInvalidRequestOfAnAuthorizedPayout(t *testing.T) {
	inBubble(t, func(a *account) {
		for _, step := range []Step{StepStored, StepAuthorizing, StepAuthorized, StepEnded} {
			store := &memory{state: validState(step)}
			_, err := a.pay(request("p", item("a", "0")), store)
			stopped, ok := err.(*Error)
			if !ok || stopped.Step != step || stopped.RequestID != "r" {
				t.Errorf("at %s: %v", step, err)
			}
		}
		equal(t, "requests", a.count(), 0)
	})
}

// A commission below zero is wrong, whatever the amount is: nobody confirms it.
func TestNegativeCommission(t *testing.T) {
	inBubble(t, func(a *account) {
		client := between{Client: a.client, read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
			response, err := next(body)
			if err == nil && len(response.MassPayoutItems.Items) > 1 {
				response.MassPayoutItems.Items[1].CommissionAmount = decimal.RequireFromString("-1000")
			}
			return response, err
		}}
		_, err := Pay(a.t.Context(), client, request("p", item("a", "1"), item("b", "2000")), &memory{}, WithConfirm(func(_ context.Context, r *Result) error {
			t.Errorf("asked to confirm %s", r.Need())
			return nil
		}))
		wantError(t, err, ErrOtherPayout, `item 1 (itemExternalId "b"): commissionAmount`)
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
}

// standing is a store whose clock stands still.
type standing struct{ *memory }

func (standing) Now(context.Context) (time.Time, error) { return time.Unix(1_800_000_000, 0), nil }

// Patience, and what must settle, count by this process's clock where the store's stands still.
func TestClockOfTheStoreStandsStill(t *testing.T) {
	inBubble(t, func(a *account) {
		store, begun := standing{&memory{}}, time.Now()
		a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if operation(r) == "auth" {
				return nil, io.ErrUnexpectedEOF
			}
			return next.RoundTrip(r)
		}
		var err error
		for err == nil && time.Since(begun) < 24*time.Hour {
			var p Progress
			p, err = Advance(a.t.Context(), a.client, request("p", item("a", "1")), store)
			time.Sleep(p.Wait)
		}
		wantError(t, err, errSentOften)
		if took := time.Since(begun); took < 3*DefaultSettle || took > 4*DefaultSettle {
			t.Errorf("it took %v", took)
		}
	})
	inBubble(t, func(a *account) {
		store, begun := standing{&memory{}}, time.Now()
		a.meddle = respond("retrieve", 502, "<html>")
		var err error
		for err == nil && time.Since(begun) < 24*time.Hour {
			var p Progress
			p, err = Advance(a.t.Context(), a.client, request("p", item("a", "1")), store)
			time.Sleep(p.Wait)
		}
		wantError(t, err, gen.ErrOutcomeUnknown)
		if took := time.Since(begun); took < DefaultPatience || took > 2*DefaultPatience {
			t.Errorf("it took %v", took)
		}
	})
}

// A log shows no recipient, whatever is logged and by which handler: iyzico's reasons may name one.
func TestLogsShowNoReasons(t *testing.T) {
	const reason = "Ayşe Yılmaz, TR920086402100005482911108"
	r := request("p", item("a", "1"))
	result := newResult(&r, Digest(r), ByExternalID("p"))
	result.Items[0].Status, result.Items[0].Reasons = gen.ItemStatusInvalid, []string{reason}
	state := validState(StepEnded)
	state.Result = result
	_, not, err := result.PayAgain(r, "q")
	if err != nil {
		t.Fatal(err)
	}
	values := []any{
		result, *result, result.Items, result.Items[0], &result.Items[0], state, &state, not,
		NotAgain{Item: result.Items[0]}, Progress{Result: result}, &Progress{Result: result}, &RefusedItemsError{Items: result.Items},
		&Error{Err: &RefusedItemsError{Items: result.Items}}, map[string]any{"result": *result}, []Progress{{Step: StepNew}},
	}
	for _, value := range values {
		var asJSON, asText strings.Builder
		slog.New(slog.NewJSONHandler(&asJSON, nil)).Info("", "value", value)
		slog.New(slog.NewTextHandler(&asText, nil)).Info("", "value", value)
		for _, text := range []string{asJSON.String(), asText.String(), fmt.Sprintf("%v %+v %#v %s", value, value, value, value)} {
			if strings.Contains(text, "Ayşe") || strings.Contains(text, "TR92") || strings.Contains(text, "panicked") {
				t.Errorf("%T: %s", value, text)
			}
		}
	}
	data, err := json.Marshal(state) // where they are kept
	if err != nil || !strings.Contains(string(data), reason) {
		t.Errorf("%s, %v", data, err)
	}
}
