package gen

import (
	"context"
	"net/http"
)

// NewInitRequest builds and signs the request of InitMassPayout, without sending it.
func NewInitRequest(ctx context.Context, c *Client, body MassPayoutInitializeRequest) (*http.Request, error) {
	op := operation{name: "InitMassPayout", method: http.MethodPost, path: "/v1/mass/payout/init"}
	return c.newRequest(ctx, op, op.path, &body, nil)
}
