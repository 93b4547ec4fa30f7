package emulator

import (
	"bytes"
	"encoding/base64"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/signer"
)

// maxBody bounds the body of a request, and so what reading it may cost: room for some 60,000 items.
const maxBody = 16 << 20

// Operation names one of the six operations, for faults, counts and logs.
type Operation string

// The six operations.
const (
	OpInit     Operation = "init"
	OpAuth     Operation = "auth"
	OpRetrieve Operation = "retrieve"
	OpItem     Operation = "item"
	OpCancel   Operation = "cancel"
	OpBalance  Operation = "balance"
)

const prefix = "/v1/mass/payout/"

// route returns the operation that a path belongs to, its method and, for the two operations that have one, the
// parameter in the path. An unknown path has no method.
func route(u *url.URL) (op Operation, param, method string) {
	path := u.EscapedPath()
	switch path {
	case prefix + "init":
		return OpInit, "", http.MethodPost
	case prefix + "auth":
		return OpAuth, "", http.MethodPost
	case prefix + "retrieve":
		return OpRetrieve, "", http.MethodPost
	case prefix + "balance":
		return OpBalance, "", http.MethodGet
	}
	if param, ok := lastSegment(path, prefix+"retrieve/items/"); ok {
		return OpItem, param, http.MethodGet
	}
	if param, ok := lastSegment(path, prefix+"cancel/"); ok {
		return OpCancel, param, http.MethodPost
	}
	return "", "", ""
}

func lastSegment(path, before string) (string, bool) {
	rest, ok := strings.CutPrefix(path, before)
	if !ok || rest == "" || strings.Contains(rest, "/") {
		return "", false
	}
	param, err := url.PathUnescape(rest)
	return param, err == nil
}

// call is one request on its way through the emulator.
type call struct {
	r                  *http.Request
	began              time.Time // real time
	now                time.Time // the emulator's
	op                 Operation
	param              string // from the path
	method             string // the one that the path wants
	raw                []byte
	readErr            error
	body               object
	hasBody            bool // null and {} are none where an operation has none
	bodyOK             bool
	locale             string
	localeProblem      bool
	localeMissing      bool
	conversationID     string
	conversationHeader string
	payout             *payout // what init is asked to store
	fault              *Fault
	signature          error
	why                string
	explained          *explained
}

// receive reads a request, whatever is wrong with it.
func (e *Emulator) receive(w http.ResponseWriter, r *http.Request) *call {
	c := &call{r: r, began: time.Now()}
	c.op, c.param, c.method = route(r.URL)
	if r.Method != c.method {
		c.op = ""
	}
	e.faults.count(c.op)
	c.raw, c.readErr = e.readBody(w, r)
	c.now = e.Now()
	c.readEnvelope(e.config.locale, e.config.strictLocale)
	return c
}

// readBody reads at most maxBody bytes, and nothing of a body that declares more. The client has the configured time to
// send it.
func (e *Emulator) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, &http.MaxBytesError{Limit: maxBody}
	}
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	// Not every ResponseWriter has deadlines: a recorder has none, and needs none. After an error the deadline stays,
	// so that the server does not wait for the rest of the body either.
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Now().Add(e.config.readTimeout))
	var b bytes.Buffer
	if _, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		return b.Bytes(), err
	}
	control.SetReadDeadline(time.Time{})
	return b.Bytes(), nil
}

// readEnvelope reads what every response repeats, also that of a request which is refused: the locale and the
// conversationId.
func (c *call) readEnvelope(fallback string, strict bool) {
	raw := bytes.TrimSpace(c.raw)
	c.hasBody = len(raw) > 0
	if wantsBody := c.op == OpInit || c.op == OpAuth || c.op == OpRetrieve; !wantsBody &&
		(string(raw) == "null" || string(raw) == "{}") {
		c.hasBody = false // so the Python and the Node SDK send no body
	}
	if c.hasBody {
		c.body, c.bodyOK = parseObject(raw)
	}
	query := c.r.URL.Query()

	if c.conversationID, _ = c.body.str("conversationId"); c.conversationID == "" {
		c.conversationID = query.Get("conversationId")
	}
	if c.conversationHeader = c.r.Header.Get("X-Conversation-Id"); c.conversationID == "" {
		c.conversationID = c.conversationHeader
	}

	c.locale = fallback
	given := query["locale"]
	if strict {
		c.localeMissing = len(given) == 0
		c.localeProblem = len(given) > 1 || len(given) == 1 && given[0] != "tr" && given[0] != "en"
	} else {
		if len(given) == 0 || len(given) == 1 && given[0] == "" {
			given = nil
			if s, ok := c.body.str("locale"); s != "" || !ok {
				given = []string{s}
			}
		}
		c.localeMissing = len(given) == 0
	}
	if len(given) == 1 {
		if l := strings.ToLower(given[0]); l == "tr" || l == "en" {
			c.locale = l
			return
		}
	}
	c.localeProblem = len(given) > 0
}

// admit judges a request before anything else is looked at: whether it arrived in full, and whether it is signed.
func (e *Emulator) admit(c *call) *refusal {
	var tooLarge *http.MaxBytesError
	if errors.As(c.readErr, &tooLarge) {
		return bodyTooLarge
	}
	if c.readErr != nil {
		return invalid("istek gövdesi okunamadı", "the body could not be read")
	}
	return e.authenticate(c)
}

// authenticate comes before all else, so that nobody without the secret key learns more about a request than that it is
// refused.
func (e *Emulator) authenticate(c *call) *refusal {
	c.signature = signer.Verify(c.r, c.raw, e.keys)
	if c.signature == nil {
		return nil
	}
	if e.record != nil || e.config.explain || e.config.log.Enabled(c.r.Context(), slog.LevelInfo) {
		e.explainTo(c)
	}
	refused := *badSignature
	switch header := c.r.Header.Get("Authorization"); {
	case header == "":
		refused = *noAuthorization
	case errors.Is(c.signature, signer.ErrUnknownKey):
		refused = *unknownKey
	case lacksSignature(header):
		refused = *noSignature
	}
	refused.httpStatus = e.config.signatureStatus
	return &refused
}

// explainTo finds out why the signature is wrong, unless the client goes before its turn comes.
func (e *Emulator) explainTo(c *call) {
	select {
	case e.explaining <- struct{}{}:
		defer func() { <-e.explaining }()
	case <-c.r.Context().Done():
	}
	if c.r.Context().Err() != nil {
		return
	}
	explanation := e.explain(c.r, c.raw)
	c.why = explanation.String()
	if e.record != nil {
		c.explained = newExplained(explanation, e.hide)
	}
}

// lacksSignature reports whether the header is an IYZWSv2 value that can be read and has no signature in it.
func lacksSignature(header string) bool {
	content, ok := decodeAuthorization(header)
	if !ok {
		return false
	}
	_, signature, _ := strings.Cut(content, "signature:")
	return signature == ""
}

// refuseRoute refuses a path or method that is not the API's.
func (c *call) refuseRoute() response {
	if c.method == "" {
		resp := c.refuse(invalid("istenen yol bulunamadı", "no such path"))
		resp.httpStatus = http.StatusNotFound
		return resp
	}
	resp := c.refuse(invalid("HTTP metodu "+c.method+" olmalıdır", "the method must be "+c.method))
	resp.httpStatus = http.StatusMethodNotAllowed
	resp.setHeader("Allow", c.method)
	return resp
}

// check judges what readEnvelope has read.
func (c *call) check(strictLocale bool) *refusal {
	if c.hasBody {
		if mediaType, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type")); mediaType != "application/json" {
			return invalid("Content-Type application/json olmalıdır", "Content-Type must be application/json")
		}
	}
	if !c.bodyOK && (c.hasBody || c.op == OpInit || c.op == OpAuth || c.op == OpRetrieve) {
		return invalid("istek gövdesi bir JSON nesnesi olmalıdır", "the body must be one JSON object")
	}
	if _, ok := c.body.str("conversationId"); !ok {
		return problem{field: "conversationId", what: &mustBeString}.refusal()
	}
	if c.localeProblem || strictLocale && c.localeMissing {
		if strictLocale {
			return invalid("sorgudaki locale zorunludur; tr veya en olmalıdır",
				"the query must have locale=tr or locale=en")
		}
		return invalid("locale tr veya en olmalıdır", "locale must be tr or en")
	}
	return nil
}

// prepare reads what init is asked to store.
func (c *call) prepare() (refused *refusal) {
	if c.op == OpInit {
		c.payout, refused = readPayout(c.body)
	}
	return refused
}

// decodeAuthorization returns what an IYZWSv2 header value says.
func decodeAuthorization(header string) (string, bool) {
	encoded, ok := strings.CutPrefix(header, "IYZWSv2 ")
	if !ok {
		return "", false
	}
	content, err := base64.StdEncoding.DecodeString(encoded)
	return string(content), err == nil
}
