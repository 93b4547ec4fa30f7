package payout

import "github.com/iyzico-go/masspayout/gen"

// Forget makes this process another one, that knows nothing of when it saved the request's state.
func Forget(request gen.MassPayoutInitializeRequest) {
	watches.Lock()
	defer watches.Unlock()
	delete(watches.last, watch{request.ExternalID, Digest(request)})
}
