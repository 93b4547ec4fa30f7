package emulator

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/iyzico-go/masspayout/signer"
)

// authenticate comes before all else, so that nobody without the secret key
// learns anything about a request but that it is refused.
func (e *Emulator) authenticate(r *http.Request, body []byte) *refusal {
	err := signer.Verify(r, body, func(apiKey string) (string, bool) {
		return e.secretKey, apiKey == e.apiKey
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, signer.ErrUnknownKey):
		return unknownKey
	}
	return badSignature
}

// refuseRoute refuses a path or method that is not the API's.
func (c *call) refuseRoute(r *http.Request, method string) answer {
	if method == "" {
		a := c.refuse(invalid("böyle bir adres yok", "no such path"))
		a.httpStatus = http.StatusNotFound
		return a
	}
	a := c.refuse(invalid("metot "+method+" olmalıdır", "the method must be "+method))
	a.httpStatus = http.StatusMethodNotAllowed
	a.header = http.Header{"Allow": {method}}
	return a
}

// read reads the body and the locale, whose place depends on the body.
func (c *call) read(r *http.Request, body []byte) *refusal {
	hasBody := len(body) > 0
	if hasBody {
		if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType != "application/json" {
			return invalid("Content-Type application/json olmalıdır", "Content-Type must be application/json")
		}
	}
	if hasBody || c.op == OpInit || c.op == OpAuth || c.op == OpRetrieve {
		var ok bool
		if c.body, ok = parseObject(body); !ok {
			return invalid("gövde bir JSON nesnesi değil", "the body is not one JSON object")
		}
	} else {
		c.conversationID = r.URL.Query().Get("conversationId")
	}
	conversationID, ok := c.body.str("conversationId")
	if !ok {
		return invalid("conversationId "+isNoString.tr, "conversationId "+isNoString.en)
	}
	if conversationID != "" {
		c.conversationID = conversationID
	}

	locale, given := queryLocale(r.URL)
	if !given && c.body.has("locale") {
		given = true
		s, _ := c.body.str("locale")
		locale = oneLocale(strings.ToLower(s))
	}
	if !given && !hasBody && r.Header.Get("X-Iyzi-Rnd") == "" {
		locale = "tr" // the Java SDK, which has no other place for it and no such header
	}
	if locale == "" {
		return invalid("locale zorunludur: tr veya en", "locale is required: tr or en")
	}
	c.locale = locale
	return nil
}

// queryLocale reads the locale of the query: "" if there is none that the API
// knows, or more than one.
func queryLocale(u *url.URL) (locale string, given bool) {
	values := u.Query()["locale"]
	if len(values) != 1 {
		return "", len(values) > 0
	}
	return oneLocale(values[0]), true
}

func oneLocale(s string) string {
	if s == "tr" || s == "en" {
		return s
	}
	return ""
}
