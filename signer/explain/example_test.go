package explain_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/iyzico-go/masspayout/signer/explain"
)

// Find out why a signature is wrong, in an emulator or a test.
func ExampleExplain() {
	// A client signs the path together with the query, and writes the signature in upper case.
	const target, randomKey = "/v1/mass/payout/balance?locale=tr", "123456789"
	mac := hmac.New(sha256.New, []byte("secret-key"))
	mac.Write([]byte(randomKey + target))
	signature := fmt.Sprintf("%X", mac.Sum(nil))
	req := httptest.NewRequest(http.MethodGet, target, nil)
	req.Header.Set("Authorization", "IYZWSv2 "+base64.StdEncoding.EncodeToString(
		[]byte("apiKey:api-key&randomKey:"+randomKey+"&signature:"+signature)))

	why := explain.Explain(req, nil, "api-key", "secret-key")
	fmt.Println(why.Verdict, why.Explained)
	for _, d := range why.Deviations {
		fmt.Printf("%s\n  %s\n  %s\n", d.Code, d.What.EN, d.Do.EN)
	}
	// Output:
	// wrong true
	// path.query
	//   The path was signed with a query, the part that begins with "?".
	//   Sign the path as it is sent, from the first "/" to before the "?".
	// signature.hex
	//   The hex of the signature is in upper case, or has "-", ":", "0x" or white space in it.
	//   Write the HMAC's 32 bytes as 64 lower case hex digits.
}
