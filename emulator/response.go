package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
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

// envelope has the fields that every accepted response has.
type envelope struct {
	Status         string `json:"status"`
	Locale         string `json:"locale"`
	SystemTime     int64  `json:"systemTime"`
	ConversationID string `json:"conversationId,omitempty"`
}

// failure is the body of a refusal, in the form seen from iyzico: with a conversationId, without an errorGroup.
type failure struct {
	Status         string `json:"status"`
	ErrorCode      string `json:"errorCode"`
	ErrorMessage   string `json:"errorMessage"`
	Locale         string `json:"locale"`
	SystemTime     int64  `json:"systemTime"`
	ConversationID string `json:"conversationId,omitempty"`
}

// refusal says why a request is refused.
type refusal struct {
	httpStatus int
	code       string
	message    text
}

// The refusals whose code and Turkish wording are iyzico's.
var (
	badSignature = &refusal{http.StatusBadRequest, "1000", text{"Geçersiz imza", "Invalid signature"}}
	unknownKey   = &refusal{http.StatusBadRequest, "1001",
		text{"api bilgileri bulunamadı", "API credentials not found"}}
	noSignature = &refusal{http.StatusBadRequest, "1007",
		text{"Signature gönderilmesi zorunludur", "Signature must be sent"}}
	noAuthorization = &refusal{http.StatusBadRequest, "1009",
		text{"Authorization header string gönderilmesi zorunludur", "Authorization header string must be sent"}}
	systemError = &refusal{http.StatusInternalServerError, "100001", text{"Sistem hatası", "System error"}}
)

// bodyTooLarge has its own HTTP status.
var bodyTooLarge = &refusal{http.StatusRequestEntityTooLarge, "11",
	text{"Geçersiz istek: istek gövdesi çok büyük", "Invalid request: the body is too large"}}

// invalid refuses a request for the reason that the text gives.
func invalid(tr, en string) *refusal {
	return &refusal{http.StatusBadRequest, "11", text{"Geçersiz istek: " + tr, "Invalid request: " + en}}
}

// response describes what is sent back, and how.
type response struct {
	httpStatus int
	header     http.Header
	body       []byte
	code       string // error code
	message    text   // error message

	cut     bool          // close the connection and send nothing
	torn    bool          // close it after half of the body
	padding int64         // this much white space before the body
	pace    time.Duration // send the body in pieces over this time
}

func (c *call) success() envelope {
	return envelope{"success", c.locale, c.now.UnixMilli(), c.conversationID}
}

func (c *call) accept(v any) response {
	return response{httpStatus: http.StatusOK, body: encode(v)}
}

func (c *call) refuse(r *refusal) response {
	return response{
		httpStatus: r.httpStatus,
		body: encode(failure{"failure", r.code, r.message.in(c.locale), c.locale,
			c.now.UnixMilli(), c.conversationID}),
		code:    r.code,
		message: r.message,
	}
}

// overLimit has the documented form: the code is a number, and of the envelope there is only the locale.
func (c *call) overLimit(retryAfter time.Duration) response {
	message := text{"İstek limiti aşıldı", "Request Limit Exceeded"}
	seconds := int64((retryAfter + time.Second - 1) / time.Second)
	return response{
		httpStatus: http.StatusTooManyRequests,
		header:     http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}},
		body: encode(struct {
			Status       string `json:"status"`
			ErrorCode    int    `json:"errorCode"`
			ErrorMessage string `json:"errorMessage"`
			Locale       string `json:"locale"`
		}{"failure", 50000, message.in(c.locale), c.locale}),
		code:    "50000",
		message: message,
	}
}

func (r *response) setHeader(name, value string) {
	if r.header == nil {
		r.header = http.Header{}
	}
	r.header.Set(name, value)
}

// write sends the response in its manner.
func (r response) write(w http.ResponseWriter, ctx context.Context) {
	if r.cut {
		cut(w)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	for name, values := range r.header {
		h[name] = values
	}
	if r.padding == 0 {
		h.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.httpStatus)
	switch {
	case r.torn:
		w.Write(r.body[:len(r.body)/2])
		http.NewResponseController(w).Flush()
		cut(w)
	case r.pace > 0:
		r.trickle(w, ctx)
	default:
		io.CopyN(w, spaces{}, r.padding)
		w.Write(r.body)
	}
}

// trickle sends the body in ten pieces, as long as somebody reads them.
func (r response) trickle(w http.ResponseWriter, ctx context.Context) {
	const pieces = 10
	for i := range pieces {
		if !wait(ctx, r.pace/pieces) {
			cut(w)
			return
		}
		w.Write(r.body[len(r.body)*i/pieces : len(r.body)*(i+1)/pieces])
		http.NewResponseController(w).Flush()
	}
}

// spaces is an endless run of white space.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// cut closes the connection.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the way that net/http documents
	}
	conn.Close()
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
