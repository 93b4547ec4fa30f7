package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// maxRecorded bounds what is kept of a body.
const maxRecorded = 16 << 10

// exchange is one request and what came of it. Header, Body and Response hold keys and recipients: they are masked before
// anybody sees them.
type exchange struct {
	ID          int64         // 1, 2, 3, ...; never used again
	At          time.Time     // by the emulator's clock
	Duration    time.Duration // real time, until the response was ready
	Operation   Operation     // "" for a path or method that is not the API's
	Method      string
	Target      string // path and query, as received
	Header      http.Header
	Body        []byte // at most maxRecorded bytes
	BodySize    int    // of all of it
	Status      int    // HTTP status; 0 if the connection was cut
	ErrorCode   string // "" if the request was accepted
	Verdict     text
	Fault       string // Kind.String() of the fault that struck, or ""
	AfterEffect bool   // whether that fault came after the effect
	Response    []byte // at most maxRecorded bytes
	Signature   error  // nil if it is right; otherwise what signer.Verify returned
	Why         string // what is wrong with the signature
	explained   *explained
}

// Format implements [fmt.Formatter]. It prints no key and nothing of a recipient's, whatever the verb.
func (x exchange) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "exchange %d: %s, HTTP %d, error code %q", x.ID, x.Operation, x.Status, x.ErrorCode)
}

// recorder keeps the last exchanges in a ring: the one with ID n at (n-1) modulo its size.
type recorder struct {
	mu     sync.Mutex
	ring   []exchange
	newest int64 // the ID of the last one, 0 if there was none
	oldest int64 // the ID of the first one that is kept
}

func newRecorder(size int) *recorder { return &recorder{ring: make([]exchange, size), oldest: 1} }

var accepted = text{"kabul edildi", "accepted"}

func (r *recorder) add(c *call, resp response) {
	x := exchange{
		At:        c.now,
		Duration:  time.Since(c.began),
		Operation: c.op,
		Method:    shorten(c.r.Method),
		Target:    string(beginning([]byte(c.r.URL.RequestURI()))),
		Header:    someHeaders(c.r.Header),
		Body:      beginning(c.raw),
		BodySize:  len(c.raw),
		Status:    resp.httpStatus,
		ErrorCode: resp.code,
		Verdict:   resp.message,
		Response:  beginning(resp.body),
		Signature: c.signature,
		Why:       c.why,
		explained: c.explained,
	}
	if c.fault != nil {
		x.Fault, x.AfterEffect = c.fault.Kind.String(), c.fault.AfterEffect
	}
	if x.Verdict == (text{}) && x.Fault == "" {
		x.Verdict = accepted
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.newest++
	r.oldest = max(r.oldest, r.newest-int64(len(r.ring))+1)
	x.ID = r.newest
	*r.at(x.ID) = x
}

func (r *recorder) at(id int64) *exchange { return &r.ring[(id-1)%int64(len(r.ring))] }

func (r *recorder) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.oldest = r.newest + 1
	clear(r.ring)
}

// someHeaders returns as many headers as fit into maxRecorded bytes, in the order of their names.
func someHeaders(h http.Header) http.Header {
	kept, left := http.Header{}, maxRecorded
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			if left -= len(name) + len(value); left >= 0 {
				kept[name] = append(kept[name], value)
			}
		}
	}
	return kept
}

func beginning(b []byte) []byte { return append([]byte(nil), b[:min(len(b), maxRecorded)]...) }

// exchanges returns at most limit recorded exchanges, the newest first, after skipping offset of them, and how many there
// are. Nobody may change what their slices and headers hold.
func (e *Emulator) exchanges(offset, limit int) (list []exchange, total int) {
	if e.record == nil {
		return nil, 0
	}
	r := e.record
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := r.newest - int64(offset); id >= r.oldest && len(list) < limit; id-- {
		list = append(list, *r.at(id))
	}
	return list, int(r.newest - r.oldest + 1)
}

// exchange returns a recorded exchange, unless it is not there any more.
func (e *Emulator) exchange(id int64) (exchange, bool) {
	if e.record == nil {
		return exchange{}, false
	}
	r := e.record
	r.mu.Lock()
	defer r.mu.Unlock()
	if id < r.oldest || id > r.newest {
		return exchange{}, false
	}
	return *r.at(id), true
}

func (e *Emulator) clearExchanges() {
	if e.record != nil {
		e.record.clear()
		e.watcher.wake()
	}
}

// watcher tells those who watch that something has changed.
type watcher struct {
	mu   sync.Mutex
	next chan struct{}
}

func (w *watcher) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next != nil {
		close(w.next)
		w.next = nil
	}
}

// changed returns a channel that is closed at the next request or change. Time alone, in which payouts move on, closes
// none.
func (e *Emulator) changed() <-chan struct{} {
	e.watcher.mu.Lock()
	defer e.watcher.mu.Unlock()
	if e.watcher.next == nil {
		e.watcher.next = make(chan struct{})
	}
	return e.watcher.next
}
