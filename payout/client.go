package payout

import (
	"context"

	"github.com/iyzico-go/masspayout/gen"
)

// Retriever reads a payout. Client has it, and so has gen.Client.
type Retriever interface {
	RetrieveMassPayout(ctx context.Context, body gen.MassPayoutRetrieveRequest, reqEditors ...gen.RequestEditorFn) (*gen.MassPayoutRetrieveResponse, error)
}

// Client is what a payout's whole life takes: gen.Client, or what stands in for it in a test.
type Client interface {
	Retriever
	InitMassPayout(ctx context.Context, body gen.MassPayoutInitializeRequest, reqEditors ...gen.RequestEditorFn) (*gen.MassPayoutInitializeResponse, error)
	AuthMassPayout(ctx context.Context, body gen.MassPayoutAuthRequest, reqEditors ...gen.RequestEditorFn) (*gen.MassPayoutAuthResponse, error)
	CancelMassPayout(ctx context.Context, requestID gen.RequestID, reqEditors ...gen.RequestEditorFn) (*gen.MassPayoutAuthResponse, error)
	RetrieveMassPayoutBalance(ctx context.Context, reqEditors ...gen.RequestEditorFn) (*gen.MassPayoutBalanceResponse, error)
}
