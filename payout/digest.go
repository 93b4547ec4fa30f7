package payout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

const digestLength = 2 * sha256.Size

// digest is the same for two requests of the same content: a valid request's externalId, purpose and lines in their
// order, with 100 and 100.00 alike. The conversationId is not content.
func digest(request *gen.MassPayoutInitializeRequest) (string, error) {
	hash := sha256.New()
	write := json.NewEncoder(hash) // what it writes is delimited
	if err := write.Encode([]string{request.ExternalID, string(request.Purpose)}); err != nil {
		return "", err
	}
	for _, item := range request.Items {
		item.Amount.Value = decimal.NewFromBigInt(item.Amount.Value.Shift(2).BigInt(), -2)
		if err := write.Encode(item); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
