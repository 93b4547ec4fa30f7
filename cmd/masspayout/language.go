package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
	"github.com/iyzico-go/masspayout/payout"
)

// text is one in both languages.
type text struct{ en, tr string }

func (t text) in(l payfile.Language) string { return l.Pick(t.en, t.tr) }

// message is an error of this command's own, in both languages.
type message struct {
	text
	cause error
}

// fail returns an error in both languages; the arguments are those of both formats.
func fail(en, tr string, args ...any) error {
	if len(args) > 0 {
		en, tr = fmt.Sprintf(en, args...), fmt.Sprintf(tr, args...)
	}
	return &message{text: text{en, tr}}
}

// because is fail with a cause, which is told after it.
func because(cause error, en, tr string, args ...any) error {
	return &message{text: fail(en, tr, args...).(*message).text, cause: cause}
}

func (m *message) Error() string {
	if m.cause != nil {
		return m.en + m.separator() + m.cause.Error()
	}
	return m.en
}

// separator puts a list of findings on lines of its own.
func (m *message) separator() string {
	var findings payfile.Findings
	if errors.As(m.cause, &findings) && len(findings) > 1 {
		return ":\n"
	}
	return ": "
}

func (m *message) Unwrap() error { return m.cause }

// say returns the text in the user's language.
func (o *options) say(en, tr string) string { return o.language.Pick(en, tr) }

// languageOf is the language of the environment.
func environmentLanguage() payfile.Language {
	if strings.HasPrefix(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")), "tr") {
		return payfile.Turkish
	}
	return payfile.English
}

// fundsText says where an item's money is, for an accountant.
func fundsText(status gen.ItemStatus, l payfile.Language) string {
	switch status.Funds() {
	case gen.FundsWithRecipient:
		return l.Pick("paid", "ödendi")
	case gen.FundsNotMoved:
		return l.Pick("not paid yet", "henüz ödenmedi")
	case gen.FundsOnTheWay:
		return l.Pick("on the way", "yolda")
	case gen.FundsNeverMoved:
		if status == gen.ItemStatusInvalid {
			return l.Pick("refused, not paid", "reddedildi, ödenmedi")
		}
		return l.Pick("canceled, not paid", "iptal edildi, ödenmedi")
	case gen.FundsUnsettled:
		return l.Pick("failed; not known yet whether the money comes back",
			"ödenemedi; paranın dönüp dönmediği henüz belli değil")
	case gen.FundsBack:
		return l.Pick("failed; the money is back in the balance", "ödenemedi; para bakiyeye döndü")
	case gen.FundsStuck:
		return l.Pick("failed; the money did not come back: ask iyzico", "ödenemedi; para dönmedi: iyzico'ya sorun")
	default:
		return l.Pick("not known: do not pay again", "bilinmiyor: yeniden ödemeyin")
	}
}

// kindText is a kind of recipient, as a file of -out names it and payfile reads it.
func kindText(kind gen.RecipientType, l payfile.Language) string {
	if l == payfile.Turkish {
		switch kind {
		case gen.RecipientTypePhone:
			return "Telefon"
		case gen.RecipientTypeIdentityNumber:
			return "T.C. kimlik no"
		case gen.RecipientTypeMemberID:
			return "Üye no"
		}
	}
	return string(kind)
}

// recipientText is the kind of recipient and the last characters, such as IBAN …1326.
func recipientText(item *gen.MassPayoutItem, l payfile.Language) string {
	kind, last, _ := strings.Cut(item.Recipient(), " ")
	if l == payfile.Turkish {
		kind = strings.TrimSuffix(kindText(item.RecipientType, l), " no")
	}
	if item.RecipientType == gen.RecipientTypePhone && len(item.RecipientInfo) > 8 { // the country is what was completed
		last = item.RecipientInfo[:3] + last
	}
	return kind + " " + last
}

// steps say how far a payout is.
var steps = map[payout.Step]text{
	payout.StepNew:         {"new", "yeni"},
	payout.StepStoring:     {"being stored", "kaydediliyor"},
	payout.StepStored:      {"stored", "kaydedildi"},
	payout.StepAuthorizing: {"being authorized", "onaylanıyor"},
	payout.StepCanceling:   {"being canceled", "iptal ediliyor"},
	payout.StepAuthorized:  {"authorized", "onaylandı"},
	payout.StepEnded:       {"ended", "sonuçlandı"},
}

// statuses are iyzico's, of a payout.
var statuses = map[gen.PayoutStatus]text{
	gen.PayoutStatusInit:                {"waiting for authorization", "onay bekliyor"},
	gen.PayoutStatusInProgress:          {"in progress", "işleniyor"},
	gen.PayoutStatusPublishedToQueue:    {"queued", "sırada"},
	gen.PayoutStatusCompleted:           {"completed", "tamamlandı"},
	gen.PayoutStatusFail:                {"failed", "başarısız"},
	gen.PayoutStatusInsufficientBalance: {"insufficient balance", "bakiye yetersiz"},
	gen.PayoutStatusCanceled:            {"canceled", "iptal edildi"},
}

func (o *options) statusText(s gen.PayoutStatus) string {
	if known, ok := statuses[s]; ok {
		return known.in(o.language)
	}
	return printable(string(s))
}
