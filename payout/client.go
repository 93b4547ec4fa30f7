package payout

import (
	"context"

	"github.com/iyzico-go/masspayout/gen"
)

// Retriever reads a payout. Client has it, and so has gen.ClientWithResponses.
type Retriever interface {
	RetrieveMassPayoutWithResponse(ctx context.Context, body gen.MassPayoutRetrieveRequest, reqEditors ...gen.RequestEditorFn) (*gen.RetrieveMassPayoutHTTPResponse, error)
}

// Client is what a payout's whole life takes: gen.ClientWithResponses, or what stands in for it in a test.
type Client interface {
	Retriever
	InitMassPayoutWithResponse(ctx context.Context, body gen.MassPayoutInitializeRequest, reqEditors ...gen.RequestEditorFn) (*gen.InitMassPayoutHTTPResponse, error)
	AuthMassPayoutWithResponse(ctx context.Context, body gen.MassPayoutAuthRequest, reqEditors ...gen.RequestEditorFn) (*gen.AuthMassPayoutHTTPResponse, error)
	CancelMassPayoutWithResponse(ctx context.Context, requestID gen.RequestID, reqEditors ...gen.RequestEditorFn) (*gen.CancelMassPayoutHTTPResponse, error)
	RetrieveMassPayoutBalanceWithResponse(ctx context.Context, reqEditors ...gen.RequestEditorFn) (*gen.RetrieveMassPayoutBalanceHTTPResponse, error)
}
