package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"regexp"
	"strings"
	"syscall"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
	"github.com/iyzico-go/masspayout/payout"
)

// explain says an error in the user's language, one line for each thing that is wrong. The errors of the library are in
// English; in Turkish, what they are is said by their kinds and fields.
func (o *options) explain(err error) []string {
	if o.language != payfile.Turkish {
		return o.english(err)
	}
	return strings.Split(o.turkish(err), "\n")
}

func (o *options) english(err error) (lines []string) {
	for line := range strings.Lines(err.Error()) {
		lines = append(lines, asFlags.Replace(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "payout: ")))
	}
	return lines
}

// asFlags names the command's flags where the library names its functions.
var asFlags = strings.NewReplacer("WithUnverified", "-allow-unverified", "WithRefusedItems", "-allow-refused",
	"WithSeveralCurrencies", "-several-currencies", "pay it in parts with PaySplit, or Split it into smaller ones (PartLimit)",
	"pay it in smaller parts with -split", "CancelSplit", "-cancel each part", "Cancel cancels it", "-cancel cancels it",
	"Cancel the payout", "-cancel the payout", "with Pay", "with -resume", "the Result says", "the table says")

// turkish says an error in Turkish.
func (o *options) turkish(err error) string {
	var own *message
	var findings payfile.Findings
	switch e := err.(type) {
	case nil:
		return ""
	case badInput:
		return o.turkish(e.error)
	case *message:
		if e.cause == nil {
			return e.tr
		}
		return e.tr + e.separator() + o.turkish(e.cause)
	case payfile.Findings:
		return e.Error()
	case *payout.Error:
		return o.turkishStop(e)
	case *gen.APIError:
		return o.turkishAPI(e)
	case *payout.RefusedItemsError:
		return fmt.Sprintf("iyzico, %d kalemden %d tanesini reddetti", len(e.Items)+e.Accepted, len(e.Items))
	case *payout.BalanceError:
		return fmt.Sprintf("bakiye yetmiyor: %s gerekiyor, %s var", total(e.Need, o), number(e.Balance, o))
	case *gen.ValidationError:
		var list []string
		for _, v := range e.Violations {
			list = append(list, (&payfile.File{}).Place(v).In(payfile.Turkish))
		}
		return strings.Join(list, "\n")
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok && !errors.As(err, new(*gen.APIError)) {
		var list []string
		for _, one := range joined.Unwrap() {
			if said := o.turkish(one); said != "" {
				list = append(list, said)
			}
		}
		if kind := turkishKind(err); kind != "" && len(list) > 1 {
			return kind
		}
		return strings.Join(list, "; ")
	}
	var stop *payout.Error
	var api *gen.APIError
	var refused *payout.RefusedItemsError
	var balance *payout.BalanceError
	switch {
	case errors.As(err, &stop):
		return o.turkishStop(stop)
	case errors.As(err, &own):
		return o.turkish(own)
	case errors.As(err, &findings):
		return findings.Error()
	case errors.As(err, &refused):
		return o.turkish(refused)
	case errors.As(err, &balance):
		return o.turkish(balance)
	case errors.As(err, &api):
		return o.turkishAPI(api)
	}
	for _, known := range turkishTexts {
		if known.english.MatchString(err.Error()) {
			return known.english.ReplaceAllString(err.Error(), known.turkish)
		}
	}
	if kind := turkishKind(err); kind != "" {
		return kind
	}
	return "beklenmeyen bir hata oldu; ayrıntısı için -lang en ile yeniden deneyin"
}

// turkishStop says where a payout stopped, why, and what to do.
func (o *options) turkishStop(e *payout.Error) string {
	moved := "bu programla para gitmedi"
	if e.MoneyMayHaveMoved {
		moved = "para gitmiş olabilir"
	}
	step := steps[e.Step].tr
	if step == "" {
		step = printable(string(e.Step))
	}
	said := fmt.Sprintf("%s (aşama: %s): %s (%s)", printable(e.ExternalID), step, o.turkish(e.Err), moved)
	if e.ExternalID == "" {
		said = strings.TrimPrefix(said, " ")
	}
	if e.Advice != "" {
		said += "; " + turkishAdvice(e.Advice)
	}
	return said
}

// turkishAPI says what became of a request to iyzico, and what iyzico said, which is in Turkish as well.
func (o *options) turkishAPI(e *gen.APIError) string {
	said := turkishKind(e)
	if e.Code != "" || e.Message != "" {
		said += ": " + strings.TrimSpace(string(e.Code)+" "+e.Message)
	} else if e.StatusCode != 0 {
		said += fmt.Sprintf(" (HTTP %d)", e.StatusCode)
	}
	if e.Err != nil && e.Code == "" {
		if cause := turkishKind(errors.Unwrap(e)); cause != "" {
			said += ": " + cause
		}
	}
	return said
}

// turkishKind says what kind of error it is, the most telling first; "" if it is of none.
func turkishKind(err error) string {
	for _, kind := range turkishKinds {
		if errors.Is(err, kind.err) {
			return kind.text
		}
	}
	var network *net.OpError
	var address *url.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &network):
		return "sunucuya bağlanılamadı"
	case errors.As(err, &address):
		return "sunucunun adresi yanlış ya da sunucuya ulaşılamadı"
	}
	return ""
}

// turkishKinds are the errors that others return, in Turkish.
var turkishKinds = []struct {
	err  error
	text string
}{
	{errDeclined, errDeclined.(*message).tr},
	{errNotPaid, errNotPaid.(*message).tr},
	{payout.ErrState, "durum dosyası okunamıyor ya da bir durum dosyası değil"},
	{payout.ErrOtherPayout, "başka bir toplu ödeme: dosyadaki ile kayıtlı ya da iyzico'da olan birbirini tutmuyor"},
	{payout.ErrUnverified, "iyzico toplu ödemenin tamamını göstermiyor"},
	{payout.ErrNotFound, "böyle bir toplu ödeme yok"},
	{payout.ErrForeignResponse, "iyzico başka bir toplu ödeme için yanıt verdi"},
	{payout.ErrInconsistentPages, "iyzico'nun gösterdiği sayfalar birbirini tutmuyor"},
	{payout.ErrNotCarriedOut, "toplu ödeme tamamlanmadan bitti"},
	{payout.ErrTooLate, "iptal için geç: toplu ödeme onaylanmış"},
	{payout.ErrLocked, "aynı toplu ödeme için çalışan başka bir program var"},
	{payout.ErrConflict, "durumu bu arada başka bir program kaydetti"},
	{payout.ErrSeveralCurrencies, "bir toplu ödemede birden çok para birimi var; iyzico'da tek para birimi ve tek toplam olur: " +
		"her para birimi için ayrı bir dosya ve ad verin"},
	{payout.ErrTooLarge, "istek bir toplu ödeme için çok büyük; -split ile daha küçük parçalara bölün"},
	{payout.ErrStore, "durum dosyası kaydedilemiyor"},
	{payout.ErrNoProgress, "beklenen ilerleme olmadı"},
	{gen.ErrRateLimited, "iyzico'ya çok sık istek gönderildi"},
	{gen.ErrRefused, "iyzico isteği reddetti"},
	{gen.ErrOutcomeUnknown, "isteğin sonucu bilinmiyor"},
	{gen.ErrEditor, "istek imzalanamadı ya da hazırlanamadı, gönderilmedi"},
	{gen.ErrNotSent, "istek gönderilemedi"},
	{gen.ErrOption, "sunucunun adresi ya da bir ayar yanlış"},
	{context.Canceled, "kesildi"},
	{context.DeadlineExceeded, "süre doldu"},
	{fs.ErrNotExist, "böyle bir dosya ya da klasör yok"},
	{fs.ErrPermission, "izin yok"},
	{fs.ErrExist, "dosya zaten var"},
	{syscall.ENOSPC, "diskte yer kalmamış"},
	{syscall.EISDIR, "bu bir klasör"},
	{syscall.ENOTDIR, "yoldaki bir ad klasör değil"},
	{syscall.EROFS, "disk salt okunur"},
	{syscall.EPIPE, "çıktıyı okuyan program kapanmış"},
	{io.ErrUnexpectedEOF, "dosya yarıda bitiyor"},
}

// turkishTexts are errors that are known by their texts alone.
var turkishTexts = []struct {
	english *regexp.Regexp
	turkish string
}{
	{regexp.MustCompile(`(?s).*sandbox.*production.*|.*production.*sandbox.*`),
		"anahtarlar ile sunucu uyuşmuyor: biri sandbox, öteki canlı (production)"},
	{regexp.MustCompile(`(?s).*plain http.*`), "sunucunun adresi https ile başlamalıdır"},
	{regexp.MustCompile(`(?s).*absolute URL.*`), "sunucunun adresi https://api.iyzipay.com gibi tam olmalıdır"},
	{regexp.MustCompile(`(?s).*(API|secret) key.*`), "IYZICO_API_KEY ya da IYZICO_SECRET_KEY yanlış yazılmış"},
	{regexp.MustCompile(`(?s).*requestId.*`), "requestId yanlış yazılmış"},
	{regexp.MustCompile(`(?s).*no space left.*`), "diskte yer kalmamış"},
	{regexp.MustCompile(`(?s).*sent several times.*`), "birkaç kez gönderildi, hiç ulaşmadı"},
	{regexp.MustCompile(`(?s).*too much time passed.*`), "son bakıştan bu yana çok zaman geçti"},
	{regexp.MustCompile(`(?s).*the response has no payout.*`), "yanıtta toplu ödeme yok"},
}

// turkishAdvice says what the library advises. The texts are its own; a test knows them all.
func turkishAdvice(advice string) string {
	if known, ok := advices[advice]; ok {
		return known
	}
	for _, ending := range [][2]string{{"; nothing was ever sent of this payout", "; bu toplu ödemeden hiçbir şey gönderilmedi"},
		{", then call again to continue", "; sonra sürdürmek için yeniden çalıştırın"}} {
		if rest, found := strings.CutSuffix(advice, ending[0]); found && advices[rest] != "" {
			return advices[rest] + ending[1]
		}
	}
	return "aynı komutu bir süre sonra yeniden çalıştırın; olmazsa iyzico'ya sorun"
}

// advices are what package payout advises.
var advices = map[string]string{
	"correct the request; this call sent nothing":     "dosyayı düzeltin; bu kez hiçbir şey gönderilmedi",
	"call again and confirm, or Cancel the payout":    "yeniden çalıştırıp onaylayın ya da -cancel ile iptal edin",
	"follow it with Pay":                              "-resume ile izleyin",
	"the Result says where the money of each item is": "her kalemin parasının nerede olduğu tabloda",
	"correct what iyzico refuses, then call again":    "iyzico'nun reddettiğini düzeltip yeniden çalıştırın",
	"correct what iyzico refuses, then call again with the same externalId": "iyzico'nun reddettiğini düzeltip aynı adla " +
		"yeniden çalıştırın",
	"correct what iyzico refuses, then call again; or Cancel the payout": "iyzico'nun reddettiğini düzeltip yeniden " +
		"çalıştırın ya da -cancel ile iptal edin",
	"correct what is refused, such as keys, permissions or the network, then call again with the same externalId": "reddedileni " +
		"(anahtarlar, izinler ya da ağ gibi) düzeltip aynı adla yeniden çalıştırın",
	"correct the keys or the server, then call again with the same externalId": "anahtarları ya da sunucuyu düzeltip aynı adla " +
		"yeniden çalıştırın",
	"make room on the disk of the state's file":              "durum dosyasının diskinde yer açın",
	"keep the state where the program may write":             "durum dosyasını programın yazabileceği bir yerde tutun",
	"correct the path of the state's file":                   "durum dosyasının yolunu düzeltin",
	"keep the state on a local file system, which has locks": "durum dosyasını kilitleri olan yerel bir diskte tutun",
	"let the program write the folder of the state's file, or keep the state elsewhere": "programın durum dosyasının klasörüne " +
		"yazmasına izin verin ya da dosyayı başka yerde tutun",
	"ask iyzico for its requestId":                               "requestId'sini iyzico'ya sorun",
	"if it is yours, allow it with WithUnverified":               "size aitse -allow-unverified ile izin verin",
	"ask iyzico why, then call again":                            "nedenini iyzico'ya sorup yeniden çalıştırın",
	"create the folder of the state's file, or correct its path": "durum dosyasının klasörünü oluşturun ya da yolunu düzeltin",
	"use another state for another server or account":            "başka sunucu ya da hesap için başka bir durum dosyası kullanın",
	"ask iyzico what became of the payout before you pay any of it again": "hiçbirini yeniden ödemeden önce toplu ödemenin " +
		"sonucunu iyzico'ya sorun",
	"correct it and give the payout another externalId": "düzeltip toplu ödemeye başka bir ad verin",
	"compare the payout at iyzico with the request; if it is another one, give yours another externalId": "iyzico'daki toplu " +
		"ödemeyi dosyayla karşılaştırın; başkasıysa sizinkine başka bir ad verin",
	"choose another file for the state; nothing can have been saved in this one": "durum için başka bir dosya seçin; buna " +
		"hiçbir şey kaydedilmiş olamaz",
	"there is nothing to pay: Cancel the payout":      "ödenecek bir şey yok: -cancel ile iptal edin",
	"ask iyzico which payout the two names belong to": "iki adın hangi toplu ödemeye ait olduğunu iyzico'ya sorun",
	"Cancel the payout, or pay the accepted items: WithRefusedItems": "-cancel ile iptal edin ya da kabul edilen kalemleri " +
		"-allow-refused ile ödeyin",
	"top the balance up and call again, or Cancel the payout": "bakiyeyi tamamlayıp yeniden çalıştırın ya da -cancel ile iptal " +
		"edin",
	"top the balance up and call again, or CancelSplit": "bakiyeyi tamamlayıp yeniden çalıştırın ya da her parçayı -cancel ile " +
		"iptal edin",
	"call again and confirm, or CancelSplit": "yeniden çalıştırıp onaylayın ya da her parçayı -cancel ile iptal edin",
	"give each server and account states of its own, for example files in a folder each; delete this one only if it is of a " +
		"test, such as of an emulator that has ended": "her sunucu ve hesabın durum dosyaları ayrı, örneğin ayrı klasörlerde " +
		"olsun; bunu yalnızca kapanmış bir emülatör gibi bir denemeye aitse silin",
	"pay it in parts with PaySplit, or Split it into smaller ones (PartLimit); the first part keeps the externalId, and is " +
		"not stored beside a payout that was stored all the same": "-split ile daha küçük parçalarda ödeyin; ilk parçanın adı " +
		"aynı kalır ve yine de kaydedilmiş bir toplu ödemenin yanına kaydedilmez",
	"call again later to continue":                           "sürdürmek için sonra yeniden çalıştırın",
	"look at the payout at iyzico before you remove a state": "durum dosyasını silmeden önce iyzico'daki toplu ödemeye bakın",
	"compare the payout at iyzico with the request; Cancel cancels it if it is this state's": "iyzico'daki toplu ödemeyi " +
		"dosyayla karşılaştırın; bu durum dosyasınınsa -cancel iptal eder",
}
