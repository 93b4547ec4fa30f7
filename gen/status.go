package gen

// Statuses come from iyzico, and new ones appear. One that this package does not know keeps its text and is neither
// final nor paid: whoever follows a payout waits on, and nobody takes money for arrived or for back.

// Final says whether the payout has ended: waiting longer changes nothing. Whether each line was paid, only the lines
// tell; while a payout ends, they may be a step behind it.
func (s PayoutStatus) Final() bool {
	switch s {
	case PayoutStatusCompleted, PayoutStatusSuccess, PayoutStatusFail, PayoutStatusCanceled,
		PayoutStatusInsufficientBalance, PayoutStatusIyzicoInsufficientBalance:
		return true
	default:
		return false
	}
}

// Paid says whether the payout was carried out. A line of it may have failed all the same.
func (s PayoutStatus) Paid() bool { return s == PayoutStatusCompleted || s == PayoutStatusSuccess }

// Final says whether the line has reached its end: waiting longer changes nothing. The end of ItemStatusDepositFail
// needs a person, see [MoneyStuck].
func (s ItemStatus) Final() bool {
	switch s.Money() {
	case MoneyWithRecipient, MoneyBack, MoneyStuck, MoneyNeverMoved:
		return true
	default:
		return false
	}
}

// Paid says whether the recipient has the money.
func (s ItemStatus) Paid() bool { return s == ItemStatusSuccess }

// Money says where a line's money is. It prints as these words.
type Money string

const (
	// MoneyUnknown: the status is none that this package knows. Never pay such a line again before it has another one.
	MoneyUnknown Money = "unknown"

	// MoneyNotMoved: the line waits for AuthMassPayout. Cancel the payout before you pay the line in another one.
	MoneyNotMoved Money = "not moved yet"

	// MoneyNeverMoved: the line was refused, canceled or not paid, and will not be. For FAILED iyzico documents only that
	// the line was not paid; there are statuses of their own for money that left and came back, and for money that did not.
	MoneyNeverMoved Money = "never moved"

	// MoneyOnItsWay: the line is queued or with the bank. It may still arrive.
	MoneyOnItsWay Money = "on its way"

	// MoneyWithRecipient: paid.
	MoneyWithRecipient Money = "with the recipient"

	// MoneyBack: the payment failed, and amount and commission are in the merchant's balance again.
	MoneyBack Money = "back in the balance"

	// MoneyStuck: the payment failed, and the money did not come back. Somebody has to ask iyzico for it.
	MoneyStuck Money = "stuck"
)

// Money says where the line's money is.
func (s ItemStatus) Money() Money {
	switch s {
	case ItemStatusInit:
		return MoneyNotMoved
	case ItemStatusInvalid, ItemStatusMassPayoutCanceled, ItemStatusFailed:
		return MoneyNeverMoved
	case ItemStatusQueued, ItemStatusProcessing:
		return MoneyOnItsWay
	case ItemStatusSuccess:
		return MoneyWithRecipient
	case ItemStatusDepositSuccess:
		return MoneyBack
	case ItemStatusDepositFail:
		return MoneyStuck
	default:
		return MoneyUnknown
	}
}
