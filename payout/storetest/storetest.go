// Package storetest checks an implementation of payout.Store against its contract.
package storetest

import (
	"testing"

	"github.com/iyzico-go/masspayout/payout"
)

// Test checks the stores that newStore returns. Each call of newStore is for another payout, of which nothing is saved;
// the function that it returns opens a store of that payout, as another process would.
func Test(t *testing.T, newStore func(t *testing.T) (open func() payout.Store)) {
	t.Skip("not yet")
}
