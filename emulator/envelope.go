package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// text is a message in the two languages of the API.
type text struct{ tr, en string }

func (t text) in(locale string) string {
	if locale == "en" {
		return t.en
	}
	return t.tr
}

// envelope is what every answer carries.
type envelope struct {
	Status         string `json:"status"`
	Locale         string `json:"locale"`
	SystemTime     int64  `json:"systemTime"`
	ConversationID string `json:"conversationId,omitempty"`
}

// refusal is an answer that says no.
type refusal struct {
	httpStatus int
	code       string
	group      string
	message    text
}

// The refusals whose code and wording iyzico's documentation gives.
var (
	badSignature = &refusal{http.StatusBadRequest, "1000", "AUTHENTICATION", text{"Geçersiz imza", "Invalid signature"}}
	unknownKey   = &refusal{http.StatusBadRequest, "1001", "AUTHENTICATION", text{"api bilgileri bulunamadı", "API credentials not found"}}
	systemError  = &refusal{http.StatusInternalServerError, "100001", "SYSTEM", text{"Sistem hatası", "System error"}}
)

// bodyTooLarge says so by its HTTP status, too.
var bodyTooLarge = &refusal{http.StatusRequestEntityTooLarge, "11", "VALIDATION",
	text{"Geçersiz istek: gövde çok büyük", "Invalid request: the body is too large"}}

// invalid refuses a request because of what the text says about it.
func invalid(tr, en string) *refusal {
	return &refusal{http.StatusBadRequest, "11", "VALIDATION",
		text{"Geçersiz istek: " + tr, "Invalid request: " + en}}
}

// answer is what goes back, ready to be written or spoiled by a fault.
type answer struct {
	httpStatus int
	header     http.Header
	body       []byte
	code       string // error code, for the log
}

func (c *call) success() envelope {
	return envelope{"success", c.locale, c.now.UnixMilli(), c.conversationID}
}

func (c *call) accept(v any) answer {
	return answer{httpStatus: http.StatusOK, body: encode(v)}
}

func (c *call) refuse(r *refusal) answer {
	type failure struct {
		envelope
		ErrorCode    string `json:"errorCode"`
		ErrorMessage string `json:"errorMessage"`
		ErrorGroup   string `json:"errorGroup"`
	}
	e := envelope{"failure", c.locale, c.now.UnixMilli(), c.conversationID}
	return answer{
		httpStatus: r.httpStatus,
		body:       encode(failure{e, r.code, r.message.in(c.locale), r.group}),
		code:       r.code,
	}
}

// overLimit has the documented form: the code is a number, and of the
// envelope there is only the locale.
func (c *call) overLimit(retryAfter time.Duration) answer {
	message := text{"İstek limiti aşıldı", "Request Limit Exceeded"}
	seconds := int64((retryAfter + time.Second - 1) / time.Second)
	return answer{
		httpStatus: http.StatusTooManyRequests,
		header:     http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}},
		body: encode(struct {
			Status       string `json:"status"`
			ErrorCode    int    `json:"errorCode"`
			ErrorMessage string `json:"errorMessage"`
			Locale       string `json:"locale"`
		}{"failure", 50000, message.in(c.locale), c.locale}),
		code: "50000",
	}
}

func (a answer) write(w http.ResponseWriter) { a.writeDeclaring(w, len(a.body)) }

// writeDeclaring writes the answer and says that it has this many bytes.
func (a answer) writeDeclaring(w http.ResponseWriter, length int) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	for name, values := range a.header {
		h[name] = values
	}
	h.Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(a.httpStatus)
	w.Write(a.body)
}

func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // our own structs: strings and checked numbers
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
