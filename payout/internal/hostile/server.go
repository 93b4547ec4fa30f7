package hostile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// URL is where a Server is that is used as an http.RoundTripper.
const URL = "http://hostile.invalid"

// endless is how long a response hangs if the client never gives up.
const endless = 1000 * time.Hour

// Server is iyzico in a World. Make it with New.
type Server struct {
	world World

	mu      sync.Mutex
	start   time.Time
	rand    *rand.Rand
	records []*record
	ledger  []*Movement
	queue   events
	seq     int
	asked   map[uint64]int
	calls   map[Op]int // as they reached the network
	when    map[Op][]time.Duration
	sent    map[Op]int // those that may have had an effect: neither unsent nor rate limited without effect
	cache   map[string]*cached
	foreign [3]*record
	log     []line
	peak    int // the most requests at one time
	busy    int
}

type cached struct {
	at  time.Time
	old *response
}

// response is what goes back.
type response struct {
	status     int
	body       []byte
	html       bool
	retryAfter string
}

// New returns a server of that world. Its run begins now.
func New(world World) *Server {
	return &Server{
		world: world,
		start: time.Now(),
		rand:  rand.New(rand.NewPCG(world.Seed, 0x1ed9e4)),
		asked: map[uint64]int{},
		calls: map[Op]int{},
		when:  map[Op][]time.Duration{},
		sent:  map[Op]int{},
		cache: map[string]*cached{},
	}
}

// World returns the world, to print it.
func (s *Server) World() World { return s.world }

// Calls is how many requests of these operations reached the network; of all, if none are given.
func (s *Server) Calls(ops ...Op) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sum(s.calls, ops)
}

// Sent is how many of them may have had an effect: they were neither refused a connection nor over the rate limit.
func (s *Server) Sent(ops ...Op) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sum(s.sent, ops)
}

func sum(counts map[Op]int, ops []Op) int {
	if len(ops) == 0 {
		ops = []Op{Init, Auth, Retrieve, OneItem, Cancel, Balance}
	}
	n := 0
	for _, op := range ops {
		n += counts[op]
	}
	return n
}

// Changing is how many requests that change something reached the network.
func (s *Server) Changing() int { return s.Calls(Init, Auth, Cancel) }

// Peak is the most requests that were under way at one time.
func (s *Server) Peak() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peak
}

// Log is what happened, a line each.
func (s *Server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var text strings.Builder
	for _, l := range s.log {
		fmt.Fprintf(&text, "%10.3fs %s\n", l.at.Seconds(), fmt.Sprintf(l.format, l.args...))
	}
	return text.String()
}

// line is a line of the log. It is made into text only if somebody reads it.
type line struct {
	at     time.Duration
	format string
	args   []any
}

// Note adds a line to the log. What args point at must not change.
func (s *Server) Note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trace(time.Now(), format, args...)
}

func (s *Server) trace(t time.Time, format string, args ...any) {
	s.log = append(s.log, line{t.Sub(s.start), format, args})
}

// Squat stores a payout of somebody else's under that externalId, an hour before the oldest that is ever shown.
func (s *Server) Squat(externalID string, items []Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := time.Now().Add(-time.Hour - s.world.Lag)
	r, _ := s.store(before, Else, s.uuid(), externalID, items)
	if s.world.Squatter == AuthorizedSquatter {
		s.later(s.start.Add(time.Duration(s.rand.Int64N(int64(5*time.Minute)))), func(t time.Time) { s.pay(t, Else, r) })
	}
}

// Change changes the stored items of the newest payout under that externalId.
func (s *Server) Change(externalID string, change func(i int, item *Item)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.records) - 1; i >= 0; i-- {
		if r := s.records[i]; strings.EqualFold(r.externalID, externalID) {
			s.trace(time.Now(), "changed the items of %s", r.requestID)
			for j, e := range r.items {
				change(j, &e.Item)
			}
			return
		}
	}
}

// Act does to the newest payout under that externalId what somebody else does.
func (s *Server) Act(externalID string, cancel bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.until(now)
	for i := len(s.records) - 1; i >= 0; i-- {
		if r := s.records[i]; strings.EqualFold(r.externalID, externalID) {
			if cancel {
				s.cancel(now, Else, r)
			} else {
				s.pay(now, Else, r)
			}
			return
		}
	}
}

// errDropped is a connection that broke.
var errDropped = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}

// errRefused is a connection that was never made.
var errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}

// RoundTrip implements http.RoundTripper.
func (s *Server) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return s.roundTrip(req.Context(), req)
}

// roundTrip sends req. If ctx has ended already, the request is on its way all the same, and nobody waits for more.
func (s *Server) roundTrip(ctx context.Context, req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		defer req.Body.Close()
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	got, half, err := s.exchange(ctx, req.Method, req.URL.Path, body)
	if err != nil {
		return nil, err
	}
	rsp := &http.Response{
		Status: fmt.Sprintf("%d %s", got.status, http.StatusText(got.status)), StatusCode: got.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Request: req, ContentLength: int64(len(got.body)),
	}
	got.header(rsp.Header)
	switch half {
	case HungBody:
		rsp.Body = &halfBody{ctx: ctx, rest: got.body[:len(got.body)/2], hang: true}
	case CutBody:
		rsp.Body = &halfBody{ctx: ctx, rest: got.body[:len(got.body)/2]}
	default:
		rsp.Body = io.NopCloser(bytes.NewReader(got.body))
	}
	return rsp, nil
}

func (r *response) header(h http.Header) {
	h.Set("Content-Type", "application/json")
	if r.html {
		h.Set("Content-Type", "text/html")
	}
	if r.retryAfter != "" {
		h.Set("Retry-After", r.retryAfter)
	}
}

// halfBody is half a response.
type halfBody struct {
	ctx  context.Context
	rest []byte
	hang bool
}

func (b *halfBody) Read(p []byte) (int, error) {
	if len(b.rest) > 0 {
		n := copy(p, b.rest)
		b.rest = b.rest[n:]
		return n, nil
	}
	if b.hang {
		if err := wait(b.ctx, endless); err != nil {
			return 0, err
		}
	}
	return 0, io.ErrUnexpectedEOF
}

func (b *halfBody) Close() error { return nil }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	got, half, err := s.exchange(req.Context(), req.Method, req.URL.Path, body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	got.header(w.Header())
	if half == Real {
		w.WriteHeader(got.status)
		_, _ = w.Write(got.body)
		return
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(got.body)))
	w.WriteHeader(got.status)
	_, _ = w.Write(got.body[:len(got.body)/2])
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
	if half == HungBody {
		_ = wait(req.Context(), endless)
	}
	panic(http.ErrAbortHandler)
}

func wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// question is a request that was understood.
type question struct {
	call Call
	path string
	body []byte
	init initRequest
	id   string // what init names the payout
}

type initRequest struct {
	ExternalID     string `json:"externalId"`
	ConversationID string `json:"conversationId"`
	Purpose        string `json:"purpose"`
	Items          []Item `json:"items"`
}

// parse reads a request.
func (s *Server) parse(method, path string, body []byte) (*question, error) {
	const root = "/v1/mass/payout/"
	q := &question{path: path, body: body}
	rest, ok := strings.CutPrefix(path, root)
	if !ok {
		return nil, fmt.Errorf("hostile: no path %s", path)
	}
	var err error
	switch {
	case method == http.MethodPost && rest == "init":
		q.call.Op = Init
		err = json.Unmarshal(body, &q.init)
		q.call.ExternalID = q.init.ExternalID
	case method == http.MethodPost && rest == "auth":
		q.call.Op = Auth
		var in struct{ RequestID string }
		err = json.Unmarshal(body, &in)
		q.call.RequestID = in.RequestID
	case method == http.MethodPost && rest == "retrieve":
		q.call.Op = Retrieve
		var in struct {
			RequestID, ExternalMassPayoutID, ItemType string
			Page, Size                                int
		}
		err = json.Unmarshal(body, &in)
		q.call.RequestID, q.call.ExternalID, q.call.ItemType = in.RequestID, in.ExternalMassPayoutID, in.ItemType
		q.call.Page, q.call.Size = in.Page, in.Size
	case method == http.MethodGet && strings.HasPrefix(rest, "retrieve/items/"):
		q.call.Op = OneItem
		q.call.RequestID = rest[len("retrieve/items/"):]
	case method == http.MethodPost && strings.HasPrefix(rest, "cancel/"):
		q.call.Op = Cancel
		q.call.RequestID = rest[len("cancel/"):]
	case method == http.MethodGet && rest == "balance":
		q.call.Op = Balance
	default:
		return nil, fmt.Errorf("hostile: no operation %s %s", method, path)
	}
	if err != nil {
		return nil, fmt.Errorf("hostile: %s: %w", q.call.Op, err)
	}
	return q, nil
}

// arrival is a request on its way.
type arrival struct {
	done   bool
	answer *response
}

// exchange is one request and its response: a network between the client and iyzico.
func (s *Server) exchange(ctx context.Context, method, path string, body []byte) (*response, Reply, error) {
	q, err := s.parse(method, path, body)
	if err != nil {
		return nil, Real, err
	}
	s.mu.Lock()
	now := time.Now()
	s.until(now)
	s.calls[q.call.Op]++
	q.call.N, q.call.Since = s.calls[q.call.Op], now.Sub(s.start)
	q.call.Inits, q.call.Auths = s.calls[Init], s.calls[Auth]
	s.when[q.call.Op] = append(s.when[q.call.Op], q.call.Since)
	q.call.Known = s.byName(q.call.ExternalID, now) != nil || s.byID(q.call.RequestID, now) != nil
	q.id = s.uuid()
	d := s.deal(q.call)
	s.trace(now, "%v", dealt{q.call, d})
	if d.NotSent {
		s.mu.Unlock()
		return nil, Real, errRefused
	}
	if d.Reply != RateLimited || !d.Lost {
		s.sent[q.call.Op]++
	}
	s.busy++
	s.peak = max(s.peak, s.busy)
	first := &arrival{}
	if !d.Lost {
		s.later(now.Add(d.After), func(t time.Time) { first.answer, first.done = s.perform(t, q, &d), true })
	}
	if d.Again > 0 {
		s.later(now.Add(d.Again), func(t time.Time) { s.perform(t, q, &d) })
	}
	s.until(now)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.busy--
		s.mu.Unlock()
	}()

	pause := d.Wait
	if d.Reply == Hung {
		pause = endless
	}
	if d.Reply == Real || d.Reply == Both || d.Reply == HungBody || d.Reply == CutBody {
		pause = max(pause, d.After)
	}
	if err := wait(ctx, pause); err != nil {
		return nil, Real, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now = time.Now()
	s.until(now)
	return s.reply(now, q, &d, first)
}

func (s *Server) reply(t time.Time, q *question, d *Deal, first *arrival) (*response, Reply, error) {
	switch d.Reply {
	case Dropped, Hung:
		return nil, Real, errDropped
	case RateLimited:
		r := s.refuse(t, "50000", "Request Limit Exceeded", d.HTTP)
		r.body = bytes.Replace(r.body, []byte(`"50000"`), []byte(`50000`), 1)
		r.retryAfter = d.RetryAfter
		return r, Real, nil
	case ServerError:
		return &response{status: or(d.HTTP, 502)}, Real, nil
	case HTML:
		page := "<html><body><h1>502 Bad Gateway</h1>success</body></html>"
		return &response{status: or(d.HTTP, 502), body: []byte(page), html: true}, Real, nil
	case Refusal:
		return s.refuse(t, d.Code, "refused", d.HTTP), Real, nil
	case Accepted:
		fields := s.envelope(t)
		if q.call.Op == Init {
			if r := s.byName(q.call.ExternalID, t); r != nil {
				fields["requestId"] = r.requestID
			} else {
				fields["requestId"] = q.id // of nothing, so far
			}
		}
		return write(200, fields), Real, nil
	}
	if first.answer == nil {
		return nil, Real, errors.New("hostile: a lost request has no response")
	}
	if d.Reply == Both {
		var fields map[string]any
		if json.Unmarshal(first.answer.body, &fields) != nil || fields["status"] != "success" {
			return first.answer, Real, nil
		}
		return &response{
			status: first.answer.status,
			body: bytes.Replace(
				first.answer.body,
				[]byte(`{`),
				[]byte(`{"errorCode":"100001","errorMessage":"Sistem hatası",`),
				1,
			),
		}, Real, nil
	}
	return first.answer, d.Reply, nil
}

// dealt is a call and what became of it, for the log.
type dealt struct {
	call Call
	deal Deal
}

func (l dealt) String() string {
	call, d := l.call, l.deal
	name := call.ExternalID
	if call.RequestID != "" {
		name += " " + call.RequestID
	}
	if call.Op == Retrieve {
		name += fmt.Sprintf(" %s %d/%d", call.ItemType, call.Page, call.Size)
	}
	detail := fmt.Sprintf("after %v", d.After.Round(time.Millisecond))
	for _, part := range []struct {
		set  bool
		text string
	}{
		{d.NotSent, "NOT SENT"}, {d.Lost, "LOST"}, {d.Again > 0, fmt.Sprintf("again after %v", d.Again)},
		{d.Reply != Real, fmt.Sprintf("reply %v %s %d", replies[d.Reply], d.Code, d.HTTP)},
		{d.RetryAfter != "", "Retry-After " + d.RetryAfter},
		{d.Lag+d.SummaryLag > 0, fmt.Sprintf("lag %v and %v", d.Lag, d.SummaryLag)},
		{d.Cached > 0, fmt.Sprintf("cached up to %v", d.Cached)},
		{d.Foreign != 0, fmt.Sprintf("foreign %d", d.Foreign)},
		{d.Status != nil, "unlisted status"}, {d.ItemStatus != nil, "unlisted item status"},
		{d.Pages != 0, fmt.Sprintf("pages %d", d.Pages)},
		{d.Unnamed, "unnamed"}, {d.ShowsRefused, "shows refused items"}, {d.BadID, "bad requestId"},
	} {
		if part.set {
			detail += ", " + part.text
		}
	}
	return fmt.Sprintf("%s #%d %s: %s", call.Op, call.N, name, detail)
}

var replies = map[Reply]string{
	Real:        "real",
	Dropped:     "dropped",
	Hung:        "hung",
	HungBody:    "hung body",
	CutBody:     "cut body",
	RateLimited: "rate limited",
	ServerError: "5xx",
	HTML:        "HTML",
	Refusal:     "refusal",
	Accepted:    "accepted",
	Both:        "both",
}

func or(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}

// SetCommission changes what each item is shown to cost, from now on.
func (s *Server) SetCommission(commission string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.Commission = commission
}

// Unpaid returns those of the items that nobody has been paid for, as of now, in payouts of that externalId.
func (s *Server) Unpaid(externalID string, items []string) (unpaid []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.until(now)
	for _, id := range items {
		if !slices.ContainsFunc(s.ledger, func(m *Movement) bool {
			return m.Name == externalID && m.Item.ItemExternalID == id && m.pays() && !m.Done.After(now)
		}) {
			unpaid = append(unpaid, id)
		}
	}
	return unpaid
}

// Since is how long the run has taken, so far.
func (s *Server) Since() time.Duration { return time.Since(s.start) }

// When is when the nth call of an operation reached the network, since the run began; -1 if none did.
func (s *Server) When(op Op, n int) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n > len(s.when[op]) {
		return -1
	}
	return s.when[op][n-1]
}

// Script changes World.Script.
func (s *Server) Script(script func(Call, *Deal)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.Script = script
}

// Twin stores a second payout of somebody else's, with the items of the newest under that externalId.
func (s *Server) Twin(externalID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.records) - 1; i >= 0; i-- {
		if r := s.records[i]; strings.EqualFold(r.externalID, externalID) {
			var items []Item
			for _, e := range r.items {
				items = append(items, e.Item)
			}
			s.store(time.Now(), Else, s.uuid(), externalID, items)
			return
		}
	}
}
