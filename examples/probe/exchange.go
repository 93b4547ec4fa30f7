package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/iyzico-go/masspayout/gen"
)

// maxKept bounds what is kept of a response, in bytes. Pages of two items are small.
const maxKept = 1 << 20

// exchange is a request and what came of it, as it was; see masker.
type exchange struct {
	number      int
	purpose     string // what it was sent for
	method      string
	target      string
	requestHead http.Header
	request     []byte

	err          error // no response came
	status       int
	proto        string
	responseHead http.Header
	response     []byte
	fields       map[string]any // of the response; nil if it is no JSON object
}

// recorder is an http.RoundTripper that keeps what goes through it.
type recorder struct {
	base http.RoundTripper

	mu        sync.Mutex
	purpose   string
	exchanges []*exchange
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	x := &exchange{method: req.Method, target: req.URL.RequestURI(), requestHead: req.Header.Clone()}
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		if x.request, err = io.ReadAll(body); err != nil {
			return nil, err
		}
	}
	r.mu.Lock()
	x.purpose, x.number = r.purpose, len(r.exchanges)+1
	r.exchanges = append(r.exchanges, x)
	r.mu.Unlock()

	resp, err := r.base.RoundTrip(req)
	if err != nil {
		x.err = err
		return nil, err
	}
	defer resp.Body.Close()
	x.status, x.proto, x.responseHead = resp.StatusCode, resp.Proto, resp.Header.Clone()
	if x.response, err = io.ReadAll(io.LimitReader(resp.Body, maxKept)); err != nil {
		x.err = err
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(x.response))
	d.UseNumber()
	if d.Decode(&x.fields) != nil {
		x.fields = nil
	}
	resp.Body = io.NopCloser(bytes.NewReader(x.response))
	return resp, nil
}

// last is the exchange that ended last.
func (r *recorder) last() *exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.exchanges) == 0 {
		return &exchange{}
	}
	return r.exchanges[len(r.exchanges)-1]
}

// get returns what is at a path in the response: names of fields, and numbers from 0 of a list's elements.
func (x *exchange) get(path ...any) any {
	var at any = x.fields
	for _, step := range path {
		switch step := step.(type) {
		case string:
			fields, _ := at.(map[string]any)
			at = fields[step]
		case int:
			list, _ := at.([]any)
			if step >= len(list) {
				return nil
			}
			at = list[step]
		}
	}
	return at
}

// str returns the text or the number at a path, as text; "" if there is none.
func (x *exchange) str(path ...any) string {
	switch v := x.get(path...).(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// limited reports whether the request was refused because too many came before it.
func (x *exchange) limited() bool {
	return x.status == http.StatusTooManyRequests || x.str("errorCode") == string(gen.CodeRateLimit)
}

// tells reports whether the response is the API's own, so that it tells something about it.
func (x *exchange) tells() bool {
	return x.err == nil && x.fields != nil && !x.limited() && x.status < 500
}

func (x *exchange) accepted() bool { return x.str("status") == "success" }
func (x *exchange) refused() bool  { return x.str("status") == "failure" }

// says is the refusal, or what came in place of one.
func (x *exchange) says() string {
	switch {
	case x.err != nil:
		return "no response"
	case x.fields == nil:
		return fmt.Sprintf("HTTP %d, no JSON object", x.status)
	case x.accepted():
		return fmt.Sprintf("HTTP %d, success", x.status)
	}
	s := fmt.Sprintf("HTTP %d, errorCode %s", x.status, x.str("errorCode"))
	if group := x.str("errorGroup"); group != "" {
		s += ", " + group
	}
	if message := x.str("errorMessage"); message != "" {
		s += " “" + strings.ReplaceAll(message, "”", "'") + "”"
	}
	return s
}

// write writes the exchange, masked.
func (x *exchange) write(w io.Writer, m *masker) {
	fmt.Fprintf(w, "### %d. %s\n\n```\n%s %s\n%s\n\n%s\n```\n\n```\n", x.number, x.purpose, x.method, m.text(x.target),
		m.header(x.requestHead), m.body(x.request, x.requestHead.Get("Content-Type")))
	if x.err != nil {
		fmt.Fprintf(w, "no response: %s\n", m.sentence(x.err.Error()))
	} else {
		fmt.Fprintf(w, "%s %d\n%s\n\n%s\n", x.proto, x.status, m.header(x.responseHead),
			strings.ReplaceAll(m.body(x.response, x.responseHead.Get("Content-Type")), "```", "'''"))
	}
	fmt.Fprint(w, "```\n\n")
}
