package gen

import "github.com/shopspring/decimal"

// AllAccepted says whether every line of the payout was accepted. If not, InvalidItems names those that were refused:
// they will not be paid, whatever becomes of the others.
func (r *MassPayoutInitializeResponse) AllAccepted() bool { return len(r.InvalidItems) == 0 }

// The methods missing name the field without which an accepted answer tells nothing, if it is absent. A zero value in
// its place would read as an answer: a balance of nothing, a payout without a name.

func (r *MassPayoutInitializeResponse) missing() string {
	if r.RequestID == "" {
		return "requestId"
	}
	return ""
}

func (r *MassPayoutBalanceResponse) missing() string {
	if r.Balance == (decimal.Decimal{}) { // not even a zero was read
		return "balance"
	}
	return ""
}

func (r *MassPayoutRetrieveResponse) missing() string {
	if r.MassPayout.MassPayoutStatus == "" && r.MassPayoutItems.Items == nil {
		return "massPayout"
	}
	return ""
}

func (r *MassPayoutItemRetrieveResponse) missing() string {
	if r.Item.ItemStatus == "" {
		return "item"
	}
	return ""
}

// Reasons are why the line was refused or not paid, in the asked language: ErrorMessages, and ErrorMessage where an
// answer has it instead.
func (l *MassPayoutItemDetail) Reasons() []string {
	if len(l.ErrorMessages) > 0 || l.ErrorMessage == "" {
		return l.ErrorMessages
	}
	return []string{l.ErrorMessage}
}
