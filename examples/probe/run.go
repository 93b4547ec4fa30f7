package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

// settings are what the environment and the flags say.
type settings struct {
	server, apiKey, secretKey string
	iban, name                string
	amount                    decimal.Decimal
	auth                      decimal.Decimal // the most that may be authorized, commission included; 0: nothing
	pause, wait               time.Duration   // between two requests; for what should happen by itself
}

// probe is one run.
type probe struct {
	settings
	client   *gen.Client
	http     *http.Client
	rec      *recorder
	findings findings
	prefix   string          // of this run's names
	open     []gen.RequestID // payouts to be canceled at the end
	unsure   []string        // names of payouts that may have been stored
	page     int             // the first
}

func newProbe(s settings) (*probe, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	p := &probe{
		settings: s,
		rec:      &recorder{base: transport},
		findings: findings{},
		// Letters of both cases, to see whether they are kept.
		prefix: "Probe-" + time.Now().UTC().Format("20060102-150405") + "-" + rand.Text()[:6],
	}
	p.http = &http.Client{Transport: p.rec, Timeout: time.Minute, CheckRedirect: func(*http.Request,
		[]*http.Request) error {
		return http.ErrUseLastResponse
	}}
	sign, err := signer.New(s.apiKey, s.secretKey)
	if err != nil {
		return nil, err
	}
	if p.client, err = gen.New(s.server, sign.Edit, gen.WithHTTPClient(p.http)); err != nil {
		return nil, err
	}
	trial, err := http.NewRequest(http.MethodGet, s.server+"/", nil)
	if err == nil {
		err = sign.Edit(context.Background(), trial) // plain http or a key of the wrong kind shows here
	}
	return p, err
}

// The two of the masker's fields that this program chooses, and the recipient that cannot exist: an IBAN's check digits
// are never 00.
const (
	description    = "Probe of the API"
	conversationID = "probe"
	noIBAN         = "TR000000000000000000009001"
)

// run asks all questions. The payouts that it stored are canceled in the end, whatever happens.
func (p *probe) run(ctx context.Context) (err error) {
	defer func() {
		err = errors.Join(err, p.cleanUp(context.WithoutCancel(ctx)))
		p.general()
	}()
	p.begin(ctx, "Balance")
	_, err = p.client.RetrieveMassPayoutBalance(ctx)
	if p.called(err); err != nil {
		return fmt.Errorf("the balance cannot be read, so nothing else was tried: %w", err)
	}
	p.keys(ctx)
	p.notFound(ctx)
	if err := p.stored(ctx); err != nil {
		return err
	}
	if p.auth.IsPositive() {
		return p.authorize(ctx)
	}
	return nil
}

// begin says what the next request is for, and waits a moment before it.
func (p *probe) begin(ctx context.Context, purpose string) {
	if len(p.rec.exchanges) > 0 {
		sleep(ctx, p.pause)
	}
	p.rec.purpose = purpose
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// called notes whether package gen could read the response to the call that has just ended.
func (p *probe) called(err error) *exchange {
	x := p.rec.last()
	if x.accepted() {
		evidence := ""
		if err != nil {
			evidence = err.Error()
		}
		p.findings.see("client", err == nil, evidence, x)
	}
	return x
}

// raw is a request that package gen would not send.
type raw struct {
	method, path, query string
	body                any
	apiKey, secretKey   string // those of the settings if empty
}

func (p *probe) send(ctx context.Context, purpose string, r raw) *exchange {
	p.begin(ctx, purpose)
	var body []byte
	if r.body != nil {
		body, _ = json.Marshal(r.body) // maps of texts and numbers
	}
	req, err := http.NewRequestWithContext(ctx, r.method, strings.TrimSuffix(p.server, "/")+r.path, bytes.NewReader(body))
	if err != nil {
		return &exchange{err: err}
	}
	req.URL.RawQuery = r.query
	apiKey, secretKey := p.apiKey, p.secretKey
	if r.apiKey != "" {
		apiKey = r.apiKey
	}
	if r.secretKey != "" {
		secretKey = r.secretKey
	}
	random := rand.Text()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("x-iyzi-rnd", random)
	req.Header.Set("Authorization", signer.Authorization(apiKey, secretKey, random, req.URL.EscapedPath(), body))
	resp, err := p.http.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	return p.rec.last()
}

const (
	pathBalance  = "/v1/mass/payout/balance"
	pathRetrieve = "/v1/mass/payout/retrieve"
	pathItem     = "/v1/mass/payout/retrieve/items/"
	pathCancel   = "/v1/mass/payout/cancel/"
)

// fields are a body.
type fields map[string]any

// retrieve reads a page of items.
func (p *probe) retrieve(ctx context.Context, purpose, query string, body fields) *exchange {
	full := fields{"itemType": "VALID", "page": p.page, "size": 10}
	for name, value := range body {
		if full[name] = value; value == nil {
			delete(full, name)
		}
	}
	return p.send(ctx, purpose, raw{method: http.MethodPost, path: pathRetrieve, query: query, body: full})
}

const turkish = "locale=tr"

// keys sends what is signed wrongly.
func (p *probe) keys(ctx context.Context) {
	x := p.send(ctx, "Balance, with a wrong signature", raw{method: http.MethodGet, path: pathBalance, query: turkish,
		secretKey: p.secretKey + "x"})
	p.findings.see("signature", x.refused() && x.str("errorCode") == "1000", x.says(), x)
	x = p.send(ctx, "Balance, with an unknown API key", raw{method: http.MethodGet, path: pathBalance, query: turkish,
		apiKey: p.apiKey + "x"})
	p.findings.see("api-key", x.refused() && x.str("errorCode") == "1001", x.says(), x)
}

// notFound asks for what does not exist.
func (p *probe) notFound(ctx context.Context) {
	a := p.retrieve(ctx, "A name that nobody used", turkish, fields{"externalMassPayoutId": "control-" + rand.Text()})
	b := p.retrieve(ctx, "Another name that nobody used", turkish, fields{"externalMassPayoutId": "control-" +
		rand.Text()})
	c := p.retrieve(ctx, "A requestId that nobody used", turkish, fields{"requestId": uuid.NewString()})
	d := p.send(ctx, "A referenceCode that nobody used", raw{method: http.MethodGet, path: pathItem + uuid.NewString(),
		query: turkish})
	p.findings.see("not-found", a.refused(), a.says(), a)
	p.findings.see("not-found-same", a.refused() && sameRefusal(a, b), a.says()+"; "+b.says(), a, b)
	p.findings.see("not-found-id", c.refused() && sameRefusal(a, c), c.says(), a, c)
	p.findings.see("not-found-item", d.refused(), d.says(), d)

	english := p.retrieve(ctx, "A name that nobody used, in English", "locale=en",
		fields{"externalMassPayoutId": "control-" + rand.Text()})
	p.findings.see("locale-query", sameRefusal(a, english) && a.str("errorMessage") != english.str("errorMessage"),
		fmt.Sprintf("tr: %s; en: %s", a.says(), english.says()), a, english)
}

// sameRefusal reports whether two refusals are the same as payout.Find compares them.
func sameRefusal(a, b *exchange) bool {
	return a.status == b.status && a.str("status") == b.str("status") && a.str("errorCode") == b.str("errorCode") &&
		a.str("errorGroup") == b.str("errorGroup")
}

// request is a payout to the recipient of the settings.
func (p *probe) request(name string, amounts ...decimal.Decimal) gen.MassPayoutInitializeRequest {
	r := gen.MassPayoutInitializeRequest{ExternalID: p.prefix + name, ConversationID: conversationID}
	for i, amount := range amounts {
		r.Items = append(r.Items, gen.MassPayoutItem{
			ItemExternalID: fmt.Sprintf("%s-%d", r.ExternalID, i+1), RecipientType: gen.RecipientTypeIBAN, RecipientInfo: p.iban,
			RecipientName: p.name, Amount: gen.Amount{Value: amount, Currency: gen.CurrencyTRY}, Description: description,
		})
	}
	return r
}

// init stores a payout, and takes care that it is canceled in the end.
func (p *probe) init(
	ctx context.Context, purpose string, request gen.MassPayoutInitializeRequest,
) (*gen.MassPayoutInitializeResponse, *exchange, error) {
	p.begin(ctx, purpose)
	response, err := p.client.InitMassPayout(ctx, request)
	switch {
	case errors.Is(err, gen.ErrOutcomeUnknown):
		p.unsure = append(p.unsure, request.ExternalID)
	case err == nil && !slices.Contains(p.open, response.RequestID):
		p.open = append(p.open, response.RequestID)
	}
	return response, p.called(err), err
}

// stored stores a payout, looks at it from all sides, and cancels it.
func (p *probe) stored(ctx context.Context) error {
	cent := decimal.New(1, -2)
	request := p.request("-a", p.amount, p.amount.Add(cent), p.amount)
	request.Items[2].RecipientInfo = noIBAN
	response, x, err := p.init(ctx, "Init, with an item to an IBAN that cannot exist", request)
	if errors.Is(err, gen.ErrRefused) {
		p.findings.see("init-invalid", false, "the whole request is refused: "+x.says(), x)
		request = p.request("-b", p.amount, p.amount.Add(cent))
		response, x, err = p.init(ctx, "Init, without that item", request)
	}
	if err != nil {
		return fmt.Errorf("no payout could be stored: %w", err)
	}
	refused := map[string]bool{}
	for _, item := range response.InvalidItems {
		refused[item.ItemExternalID] = true
	}
	if len(request.Items) == 3 && len(response.InvalidItems) == 0 {
		p.findings.unsure("init-invalid", "the item was accepted", x)
	} else if len(request.Items) == 3 {
		p.findings.see("init-invalid", refused[request.Items[2].ItemExternalID],
			fmt.Sprintf("%d invalidItems, errorCode %s", len(response.InvalidItems), x.str("invalidItems", 0, "errorCode")), x)
	}
	p.findings.see("init-conversation", response.ConversationID == conversationID, presence("conversationId",
		response.ConversationID), x)

	page, err := p.find(ctx, request.ExternalID)
	if err != nil {
		return err
	}
	p.begin(ctx, "The payout, by its requestId")
	_, err = p.client.RetrieveMassPayout(ctx, gen.MassPayoutRetrieveRequest{RequestID: response.RequestID,
		ItemType: gen.ItemTypeValid, Page: p.page, Size: 10})
	p.called(err)
	var accepted []gen.MassPayoutItem
	for _, item := range request.Items {
		if !refused[item.ItemExternalID] {
			accepted = append(accepted, item)
		}
	}
	p.items(page, response.RequestID, accepted)
	p.pages(ctx, page, request.ExternalID, accepted, refused)
	p.ids(ctx, page, request.ExternalID, response.RequestID)
	p.locales(ctx, request.ExternalID)
	p.again(ctx, request, response.RequestID)
	p.cancel(ctx, request.ExternalID, response.RequestID)
	p.currencies(ctx)
	return nil
}

// currencies stores a payout whose items have two currencies, which is canceled in the end if it is accepted.
func (p *probe) currencies(ctx context.Context) {
	request := p.request("-mixed", p.amount, p.amount)
	request.Items[1].Amount.Currency = gen.CurrencyUSD
	response, x, err := p.init(ctx, "Init, with items in two currencies", request)
	switch {
	case errors.Is(err, gen.ErrRefused):
		p.findings.see("currencies", false, x.says(), x)
	case err != nil:
		p.findings.unsure("currencies", x.says(), x)
	default:
		page := p.retrieve(ctx, "What was stored of two currencies", turkish, fields{"requestId": string(response.RequestID)})
		p.findings.see("currencies", true, fmt.Sprintf("%d invalidItems, %s, %s", len(response.InvalidItems),
			presence("currency", page.str("massPayout", "currency")),
			presence("totalAmount", page.str("massPayout", "totalAmount"))), x, page)
	}
}

// find looks for a payout that has just been stored, until it is there.
func (p *probe) find(ctx context.Context, name string) (*exchange, error) {
	begun := time.Now()
	for n := 1; ; n++ {
		x := p.retrieve(ctx, "Find the payout by its externalId", turkish, fields{"externalMassPayoutId": name})
		if !x.accepted() { // it may be the page that does not exist
			if y := p.retrieve(ctx, "Find it on page 1", turkish, fields{"externalMassPayoutId": name,
				"page": 1}); len(ids(y)) > 0 {
				p.page = 1
				p.findings.see("page-base", false, "page 0: "+x.says()+"; page 1 has the first items", x, y)
				x = y
			}
		}
		if x.accepted() {
			p.findings.see("find-at-once", n == 1, fmt.Sprintf("found at look %d", n), x)
			return x, nil
		}
		if ctx.Err() != nil || time.Since(begun) > p.wait {
			p.findings.see("find-at-once", false, "not found: "+x.says(), x)
			return nil, errors.New("the payout that was stored cannot be found")
		}
		sleep(ctx, min(2*time.Second, p.wait/10))
	}
}

// items compares the items that were accepted with what is shown of them.
func (p *probe) items(page *exchange, id gen.RequestID, accepted []gen.MassPayoutItem) {
	list, _ := page.get("massPayoutItems", "items").([]any)
	see := func(id string, holds bool, evidence string) { p.findings.see(id, holds, evidence, page) }
	sum, commissions := decimal.Zero, decimal.Zero
	var order []string
	for i := range list {
		str := func(field string) string { return page.str("massPayoutItems", "items", i, field) }
		order = append(order, str("itemExternalId"))
		at := slices.IndexFunc(accepted,
			func(item gen.MassPayoutItem) bool { return item.ItemExternalID == str("itemExternalId") })
		if at < 0 {
			continue
		}
		sent := accepted[at]
		see("items-request-id", str("massPayoutRequestId") == string(id), presence("massPayoutRequestId",
			str("massPayoutRequestId")))
		see("items-recipient", str("recipientInfo") == sent.RecipientInfo && str("recipientName") == sent.RecipientName,
			fmt.Sprintf("recipientInfo %s, recipientName %s", likeness(str("recipientInfo"), sent.RecipientInfo),
				likeness(str("recipientName"), sent.RecipientName)))
		see("items-description", str("description") == sent.Description, "description "+likeness(str("description"),
			sent.Description))

		total, errTotal := decimal.NewFromString(str("totalAmount"))
		commission, errCommission := decimal.NewFromString(str("commissionAmount"))
		sum, commissions = sum.Add(sent.Amount.Value), commissions.Add(commission)
		evidence := fmt.Sprintf("sent %s, totalAmount %s, commissionAmount %s", sent.Amount.Value, str("totalAmount"),
			str("commissionAmount"))
		if errTotal == nil && errCommission == nil && commission.IsZero() && total.Equal(sent.Amount.Value) {
			p.findings.unsure("items-total", "there is no commission: "+evidence, page)
		} else {
			see("items-total", errTotal == nil && total.Equal(sent.Amount.Value), evidence)
		}
	}
	if len(list) == len(accepted) && len(list) > 1 {
		see("items-order", slices.EqualFunc(order, accepted, func(id string,
			item gen.MassPayoutItem) bool {
			return id == item.ItemExternalID
		}), "")
	}
	total, err := decimal.NewFromString(page.str("massPayout", "totalAmount"))
	evidence := fmt.Sprintf("sent %s, totalAmount %s, commissions %s", sum, page.str("massPayout", "totalAmount"),
		commissions)
	if err == nil && commissions.IsZero() && total.Equal(sum) {
		p.findings.unsure("payout-total", "there is no commission: "+evidence, page)
	} else {
		see("payout-total", err == nil && total.Equal(sum), evidence)
	}
}

// presence reports whether a response has a field.
func presence(field, value string) string {
	if value == "" {
		return "there is no " + field
	}
	return field + " " + value
}

// likeness tells how a text of a response is like what was sent, without showing it.
func likeness(got, sent string) string {
	switch {
	case got == sent:
		return "as sent"
	case got == "":
		return "absent"
	case strings.ContainsAny(got, "*…•"):
		return "masked"
	case strings.EqualFold(strings.Join(strings.Fields(got), ""), strings.Join(strings.Fields(sent), "")):
		return "in another form"
	default:
		return "another"
	}
}

// pages reads the payout's pages in all ways.
func (p *probe) pages(
	ctx context.Context, page *exchange, name string, accepted []gen.MassPayoutItem, refused map[string]bool,
) {
	inside, beside := page.str("massPayoutItems", "total") != "", page.str("total") != ""
	p.findings.see("page-place", inside && !beside, map[[2]bool]string{
		{true, false}: "inside", {false, true}: "beside massPayoutItems", {true,
			true}: "at both places", {}: "at neither place",
	}[[2]bool{inside, beside}], page)

	one := func(number int) *exchange {
		return p.retrieve(ctx, fmt.Sprintf("Page %d of one item", number), turkish, fields{"externalMassPayoutId": name,
			"page": number, "size": 1})
	}
	if len(accepted) > 1 {
		zero, first := one(0), one(1)
		a, b := zero.str("massPayoutItems", "items", 0, "itemExternalId"), first.str("massPayoutItems", "items", 0,
			"itemExternalId")
		p.findings.see("page-base", a != "" && b != "" && a != b, fmt.Sprintf("page 0: %s; page 1: %s", itemOr(a, zero),
			itemOr(b, first)), zero, first)
	}
	beyond := one(99)
	items, _ := beyond.get("massPayoutItems", "items").([]any)
	p.findings.see("page-beyond", beyond.accepted() && len(items) == 0, fmt.Sprintf("%s, %d items", beyond.says(),
		len(items)), beyond)

	for _, size := range []int{100, 10000} {
		id := map[int]string{100: "page-size", 10000: "page-size-max"}[size]
		x := p.retrieve(ctx, fmt.Sprintf("A page of %d items", size), turkish, fields{"externalMassPayoutId": name,
			"size": size})
		got := x.str("massPayoutItems", "size") + x.str("size")
		p.findings.see(id, x.accepted() && (got == "" || got == strconv.Itoa(size)), x.says()+", size "+got, x)
	}

	x := p.retrieve(ctx, "The refused items", turkish, fields{"externalMassPayoutId": name, "itemType": "INVALID"})
	valid, invalid := ids(page), ids(x)
	holds := len(valid) == len(accepted) && len(invalid) == len(refused)
	for _, id := range valid {
		holds = holds && !refused[id]
	}
	for _, id := range invalid {
		holds = holds && refused[id]
	}
	evidence := fmt.Sprintf("%d accepted, %d in VALID; %d refused, %d in INVALID", len(accepted), len(valid),
		len(refused), len(invalid))
	if holds && len(refused) == 0 {
		p.findings.unsure("item-type", "nothing was refused", page, x)
	} else {
		p.findings.see("item-type", holds, evidence, page, x)
	}

	x = p.retrieve(ctx, "The items without an itemType", turkish, fields{"externalMassPayoutId": name, "itemType": nil})
	p.findings.see("item-type-missing", x.accepted(), fmt.Sprintf("%s, %d items", x.says(), len(ids(x))), x)
}

func itemOr(id string, x *exchange) string {
	if id == "" {
		return "no item, " + x.says()
	}
	return "item " + id[strings.LastIndex(id, "-")+1:]
}

// ids are the items' on a page.
func ids(x *exchange) (ids []string) {
	list, _ := x.get("massPayoutItems", "items").([]any)
	for i := range list {
		ids = append(ids, x.str("massPayoutItems", "items", i, "itemExternalId"))
	}
	return ids
}

var segment = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)

// ids looks at iyzico's names, and at ours in another case.
func (p *probe) ids(ctx context.Context, page *exchange, name string, id gen.RequestID) {
	reference := page.str("massPayoutItems", "items", 0, "referenceCode")
	p.findings.see("ids", segment.MatchString(string(id)) && segment.MatchString(reference),
		fmt.Sprintf("requestId %s, referenceCode %s", id, reference), page)

	swapped := strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, name)
	x := p.retrieve(ctx, "The externalId, with its letters in the other case", turkish,
		fields{"externalMassPayoutId": swapped})
	p.findings.see("names-case", x.refused(), x.says(), x)

	if reference == "" {
		return
	}
	p.begin(ctx, "One item")
	_, err := p.client.RetrieveMassPayoutItem(ctx, gen.ReferenceCode(reference))
	x = p.called(err)
	same := x.accepted()
	for _, field := range []string{"itemExternalId", "itemStatus", "totalAmount", "recipientInfo"} {
		same = same && x.str("item", field) == page.str("massPayoutItems", "items", 0, field)
	}
	p.findings.see("item-alone", same, x.says(), page, x)
}

// locales leaves the locale out of the query.
func (p *probe) locales(ctx context.Context, name string) {
	x := p.retrieve(ctx, "Without a locale", "", fields{"externalMassPayoutId": name})
	p.findings.see("locale-missing", x.accepted(), x.says(), x)
	x = p.retrieve(ctx, "The locale in the body", "", fields{"externalMassPayoutId": name, "locale": "TR"})
	p.findings.see("locale-body", x.accepted(), x.says(), x)
}

// again sends init again, as it was and with another amount.
func (p *probe) again(ctx context.Context, request gen.MassPayoutInitializeRequest, id gen.RequestID) {
	second := func(factID, purpose string, request gen.MassPayoutInitializeRequest) {
		response, x, err := p.init(ctx, purpose, request)
		switch {
		case errors.Is(err, gen.ErrRefused):
			p.findings.see(factID, true, "refused: "+x.says(), x)
		case err != nil:
			p.findings.unsure(factID, x.says(), x)
		case response.RequestID == id:
			p.findings.see(factID, true, "the same requestId", x)
		default:
			p.findings.see(factID, false, "another requestId", x)
		}
	}
	second("init-same", "The same init again", request)
	other := request
	other.Items = slices.Clone(request.Items)
	other.Items[0].Amount.Value = other.Items[0].Amount.Value.Add(decimal.New(1, -2))
	second("init-other", "Init under the same externalId, with another amount", other)
}

// cancel cancels the payout, and looks.
func (p *probe) cancel(ctx context.Context, name string, id gen.RequestID) {
	p.begin(ctx, "Cancel")
	_, err := p.client.CancelMassPayout(ctx, id)
	canceled := p.called(err)
	if err == nil {
		p.open = slices.DeleteFunc(p.open, func(open gen.RequestID) bool { return open == id })
	}
	x := p.retrieve(ctx, "The canceled payout", turkish, fields{"requestId": string(id)})
	status := x.str("massPayout", "massPayoutStatus")
	p.findings.see("cancel", err == nil && status == string(gen.PayoutStatusCanceled), fmt.Sprintf("%s; then %s",
		canceled.says(), status), canceled, x)
	statuses := itemStatuses(x)
	p.findings.see("cancel-items", len(statuses) == 1 && statuses[0] == string(gen.ItemStatusMassPayoutCanceled),
		strings.Join(statuses, ", "), x)
	if err != nil {
		return
	}
	again := p.send(ctx, "Cancel again", raw{method: http.MethodPost, path: pathCancel + url.PathEscape(string(id)),
		query: turkish})
	p.findings.see("cancel-again", again.refused(), again.says(), again)
}

// itemStatuses are the different statuses on a page.
func itemStatuses(x *exchange) (statuses []string) {
	list, _ := x.get("massPayoutItems", "items").([]any)
	for i := range list {
		if s := x.str("massPayoutItems", "items", i, "itemStatus"); !slices.Contains(statuses, s) {
			statuses = append(statuses, s)
		}
	}
	return statuses
}

// authorize pays one item, if amount and commission are within the bound, and watches it to its end.
func (p *probe) authorize(ctx context.Context) error {
	request := p.request("-auth", p.amount)
	response, _, err := p.init(ctx, "Init, to be authorized", request)
	if err != nil {
		return err
	}
	id := response.RequestID
	page, err := p.find(ctx, request.ExternalID)
	if err != nil {
		return err
	}
	if err := p.affordable(page, request, id); err != nil {
		return fmt.Errorf("not authorized: %w", err)
	}
	commission, _ := decimal.NewFromString(page.str("massPayoutItems", "items", 0, "commissionAmount"))
	before := p.balance(ctx)

	p.begin(ctx, "Auth")
	p.open = slices.DeleteFunc(p.open, func(open gen.RequestID) bool { return open == id })
	_, err = p.client.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: id})
	auth := p.called(err)
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	begun := time.Now()
	for n := 1; ; n++ {
		x := p.retrieve(ctx, "The authorized payout", turkish, fields{"requestId": string(id)})
		status, items := x.str("massPayout", "massPayoutStatus"), strings.Join(itemStatuses(x), ", ")
		if n == 1 && x.accepted() {
			p.findings.see("auth-begins", status != string(gen.PayoutStatusInit), status, auth, x)
			p.findings.see("auth-items", items != string(gen.ItemStatusInit), "payout "+status+", item "+items, auth, x)
			after := p.balance(ctx)
			if before != nil && after != nil {
				p.findings.see("auth-balance", before.Sub(*after).Equal(p.amount.Add(commission)),
					fmt.Sprintf("amount %s, commission %s, the balance fell by %s", p.amount, commission,
						before.Sub(*after)), p.rec.last())
			}
		}
		final := gen.PayoutStatus(status).Final()
		settled := final && gen.ItemStatus(items).Final()
		if final {
			p.findings.see("auth-end", true, "payout "+status+", item "+items, x)
		}
		p.failed(items, x)
		switch {
		case settled:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Since(begun) > p.wait:
			p.findings.unsure("auth-end", fmt.Sprintf("after %v: payout %s, item %s", p.wait, status, items), x)
			return nil
		}
		sleep(ctx, min(5*time.Second, p.wait/10))
	}
}

// failed notes what becomes of a failed item.
func (p *probe) failed(item string, x *exchange) {
	switch gen.ItemStatus(item) {
	case gen.ItemStatusFailed:
		p.findings.unsure("failed-deposit", "FAILED until the probe ended", x)
	case gen.ItemStatusDepositSuccess, gen.ItemStatusDepositFail:
		if p.findings["failed-deposit"] != nil {
			p.findings.see("failed-deposit", true, "FAILED, then "+item, x)
		} else {
			p.findings.unsure("failed-deposit", item+", but FAILED was not seen before", x)
		}
	}
}

// affordable makes sure that what would be authorized is what was meant, and within the bound.
func (p *probe) affordable(page *exchange, request gen.MassPayoutInitializeRequest, id gen.RequestID) error {
	list, _ := page.get("massPayoutItems", "items").([]any)
	str := func(field string) string { return page.str("massPayoutItems", "items", 0, field) }
	total, errTotal := decimal.NewFromString(str("totalAmount"))
	commission, errCommission := decimal.NewFromString(str("commissionAmount"))
	named := str("massPayoutRequestId")
	switch {
	case len(list) != 1, str("itemExternalId") != request.Items[0].ItemExternalID, page.str("massPayout",
		"massPayoutStatus") != string(gen.PayoutStatusInit),
		named != "" && named != string(id):
		return errors.New("the payout is not the one that was stored")
	case errTotal != nil, errCommission != nil, commission.IsNegative():
		return errors.New("amount and commission cannot be read")
	}
	if sum := decimal.Max(total, p.amount).Add(commission); sum.GreaterThan(p.auth) {
		return fmt.Errorf("amount and commission are %s, more than the bound %s", sum, p.auth)
	}
	return nil
}

func (p *probe) balance(ctx context.Context) *decimal.Decimal {
	p.begin(ctx, "Balance")
	response, err := p.client.RetrieveMassPayoutBalance(ctx)
	if p.called(err); err != nil {
		return nil
	}
	return &response.Balance
}

// cleanUp cancels what was stored.
func (p *probe) cleanUp(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	for _, name := range p.unsure { // the response that did not arrive may have named a payout
		x := p.retrieve(ctx, "Look for what is left to be canceled", turkish, fields{"externalMassPayoutId": name, "size": 1})
		id := gen.RequestID(x.str("massPayoutItems", "items", 0, "massPayoutRequestId"))
		if x.str("massPayout", "massPayoutStatus") == string(gen.PayoutStatusInit) && id != "" && !slices.Contains(p.open,
			id) {
			p.open = append(p.open, id)
		}
	}
	var left []error
	for _, id := range p.open {
		p.begin(ctx, "Cancel what is left")
		if _, err := p.client.CancelMassPayout(ctx, id); err != nil {
			left = append(left, fmt.Errorf("the payout with requestId %s is left and could not be canceled; it moves no "+
				"money by itself: %w", string(id), err))
		}
	}
	return errors.Join(left...)
}

// general looks for what every exchange may show.
func (p *probe) general() {
	f := p.findings
	for _, x := range p.rec.exchanges {
		if x.err != nil {
			continue
		}
		f.see("http-1", strings.HasPrefix(x.proto, "HTTP/1."), x.proto, x)
		if x.accepted() || x.refused() {
			f.note("envelope", confirmed, "", nil)
		} else {
			f.note("envelope", contradicted, x.says(), []*exchange{x})
		}
		for name := range x.responseHead {
			if isRateLimit(name) && name != "Retry-After" {
				f.see("rate-headers", false, name+": "+strings.Join(x.responseHead[name], ", "), x)
			}
		}
		f.see("rate-headers", true, "", x)
		if x.limited() {
			f.note("rate-limit", confirmed, fmt.Sprintf("%s, Retry-After %q", x.says(), x.responseHead.Get("Retry-After")),
				[]*exchange{x})
			continue
		}
		if x.refused() {
			f.see("refusal-http", x.status == http.StatusBadRequest, x.says(), x)
			f.see("refusal-code", x.str("errorCode") != "", presence("errorCode", x.str("errorCode")), x)
		}
		if text := x.str("systemTime"); text != "" {
			ms, err := strconv.ParseInt(text, 10, 64)
			f.see("system-time", err == nil && time.Since(time.UnixMilli(ms)).Abs() < 24*time.Hour, text, x)
		}
		_, query, _ := strings.Cut(x.target, "?")
		if values, err := url.ParseQuery(query); err == nil && values.Get("locale") != "" && x.str("locale") != "" {
			f.see("locale-echo", values.Get("locale") == x.str("locale"), fmt.Sprintf("asked for %s, got %s",
				values.Get("locale"), x.str("locale")), x)
		}
		if status := x.str("massPayout", "massPayoutStatus"); status != "" {
			f.see("statuses", gen.PayoutStatus(status).Valid(), "payout "+status, x)
		}
		for _, status := range itemStatuses(x) {
			f.see("statuses", gen.ItemStatus(status).Valid(), "item "+status, x)
		}
	}
}
