package payout_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// refusing is a Reader that knows no payout.
type refusing struct{ asked []string }

func (r *refusing) RetrieveMassPayout(
	_ context.Context, request gen.MassPayoutRetrieveRequest, _ ...gen.RequestEditorFn,
) (*gen.MassPayoutRetrieveResponse, error) {
	r.asked = append(r.asked, request.ExternalMassPayoutID)
	if len(r.asked) > 10 {
		return nil, context.Canceled
	}
	return nil, &gen.APIError{StatusCode: http.StatusOK, Code: "5", Err: gen.ErrRefused}
}

func (r *refusing) RetrieveMassPayoutBalance(context.Context, ...gen.RequestEditorFn) (*gen.MassPayoutBalanceResponse, error) {
	return &gen.MassPayoutBalanceResponse{}, nil
}

// A name is asked for as it was given and as Pay would send it, and by nothing else; then a random one, whose refusal
// proves that of the name.
func TestFindAsksOnceForEachForm(t *testing.T) {
	for name, forms := range map[string]int{"a": 1, "cafe\u0301": 2, "\x00a": 2, "\xff": 2} {
		client := &refusing{}
		_, err := payout.Find(t.Context(), client, payout.ByExternalID(name))
		if !errors.Is(err, payout.ErrNotFound) || len(client.asked) != forms+1 {
			t.Errorf("%q: asked for %q: %v", name, client.asked, err)
		}
	}
}

// A server that shows as many statuses as items costs time that grows with the items alone.
func TestTalliesOfManyStatuses(t *testing.T) {
	result := &payout.Result{}
	for i := range 200_000 {
		result.Items = append(result.Items, payout.Item{Status: gen.ItemStatus(fmt.Sprintf("S%06d", 999_999-i))})
	}
	tallies := result.Tallies()
	if len(tallies) != 200_000 || tallies[0].Status != "S800000" || tallies[199_999].Status != "S999999" {
		t.Errorf("%d tallies", len(tallies))
	}
}
