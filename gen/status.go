package gen

// Statuses come from iyzico, and new ones appear. One that this package does not know keeps its text and is neither
// final nor paid, so that a program keeps waiting and never takes the money for arrived or returned. api/overlay.yaml
// says what those known mean.

// Funds is where an item's money is. It prints as these words.
type Funds string

const (
	// FundsUnknown means that this version does not know the status. Do not pay the item again before you do.
	FundsUnknown Funds = "unknown"
	// FundsNotMoved means that the item waits for AuthMassPayout. Cancel the payout before you pay it in another one.
	FundsNotMoved Funds = "not moved yet"
	// FundsNeverMoved means that the item was refused or canceled before any money moved.
	FundsNeverMoved Funds = "never moved"
	// FundsOnTheWay means that the item is queued or with the bank. It may still arrive.
	FundsOnTheWay Funds = "on the way"
	// FundsWithRecipient means that the recipient has been paid.
	FundsWithRecipient Funds = "with the recipient"
	// FundsUnsettled means that the item failed at the bank (FAILED) and that it is not known yet whether the money
	// came back: the status may still become DEPOSIT_SUCCESS or DEPOSIT_FAIL. Do not pay the item again before that.
	FundsUnsettled Funds = "failed, not known to be back"
	// FundsBack means that the payment failed, and that amount and commission are in the merchant's balance again.
	FundsBack Funds = "back in the balance"
	// FundsStuck means that the payment failed, and that the money did not come back. Somebody has to ask iyzico.
	FundsStuck Funds = "stuck"
)
