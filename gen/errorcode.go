package gen

import "encoding/json"

// ErrorCode is iyzico's code of a refusal: a number, which the API writes as a string on most answers and as a number
// on some. Both read alike, and as text.
//
// Known codes, from iyzico's documentation and SDKs: [CodeInvalidRequest], [CodeInvalidSignature], [CodeUnknownKey],
// [CodeRateLimit], [CodeSystemError].
type ErrorCode string

// The codes that iyzico documents for the whole API. Others exist.
const (
	CodeInvalidRequest   ErrorCode = "11"     // "Geçersiz istek"
	CodeInvalidSignature ErrorCode = "1000"   // "Geçersiz imza"
	CodeUnknownKey       ErrorCode = "1001"   // "api bilgileri bulunamadı"
	CodeRateLimit        ErrorCode = "50000"  // "Request Limit Exceeded"
	CodeSystemError      ErrorCode = "100001" // "Sistem hatası"
)

// UnmarshalJSON reads a string or a number; null is empty. It takes any other JSON as its own text, so that an odd code
// never hides a refusal. It returns no error.
func (c *ErrorCode) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err == nil { // null, too
		*c = ErrorCode(s)
		return nil
	}
	*c = ErrorCode(data)
	return nil
}
