// Package signer signs HTTP requests to iyzico with its IYZWSv2 scheme, and verifies requests that were signed so.
// It works for any IYZWSv2 endpoint and with any HTTP client:
//
//	sign, err := signer.New(apiKey, secretKey)
//	...
//	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://sandbox-api.iyzipay.com/v1/...", body)
//	...
//	if err := sign.Edit(ctx, req); err != nil { // the last change to the request before it is sent
//		return err
//	}
//	resp, err := httpClient.Do(req)
//
// [Signer.Edit] has the shape of the request editors that oapi-codegen generates. A program that retries uses
// [Signer.RoundTripper] instead, so that each attempt carries a signature of its own. [Verify] is the other side, for
// emulators, proxies and tests.
//
// The scheme (https://docs.iyzico.com/en/getting-started/preliminaries/authentication/hmacsha256-auth):
//
//	signature     = lowercase hex( HMAC-SHA256( secretKey, randomKey + uriPath + body ) )
//	Authorization = "IYZWSv2 " + base64( "apiKey:" + apiKey + "&randomKey:" + randomKey + "&signature:" + signature )
//
// uriPath is the path as it goes on the wire, escaped and without the query; body is the exact bytes sent.
//
// # Limits
//
// The signature covers the path and the body. It does not cover the method, the query (and so not the locale) or any
// header, and it carries no time: only TLS protects those, and only the server can refuse a request that is replayed.
// Whoever changes the path or the body after signing breaks the signature. An oapi-codegen client runs its own editors
// before those of a call, so an editor given to a single call must leave both alone; [InLocale] does.
package signer
