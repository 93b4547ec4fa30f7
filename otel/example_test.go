package otel_test

import (
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/otel"
	"github.com/iyzico-go/masspayout/signer"
)

// With the providers that the program has set for all of its telemetry.
func Example() {
	client, err := observed("sandbox-key", "sandbox-secret")
	fmt.Println(client != nil, err)
	// Output: true <nil>
}

func observed(apiKey, secretKey string) (*gen.Client, error) {
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		return nil, err
	}
	telemetry, err := otel.New()
	if err != nil {
		return nil, err
	}
	return gen.New(gen.ServerURLSandbox, sign.Edit, gen.WithObserver(telemetry.Observe))
}
