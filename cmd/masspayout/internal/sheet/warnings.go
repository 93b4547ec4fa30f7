package sheet

import "regexp"

// turkishWarnings are the warnings of package gen that an item of a file can get, in Turkish.
var turkishWarnings = []struct {
	english *regexp.Regexp
	turkish string
}{
	{regexp.MustCompile(`^the IBAN's check digits are wrong.*`),
		"IBAN'ın kontrol basamakları tutmuyor: bir karakter yanlış ya da iki karakter yer değiştirmiş"},
	{regexp.MustCompile(`^must have (\d+) characters as an IBAN of ([A-Z]{2}), got (\d+)$`),
		"$2 ile başlayan IBAN $1 karakter olmalıdır, bu $3 karakter"},
	{regexp.MustCompile(`^must be an IBAN that begins with the code of a country.*`),
		"IBAN, TR gibi, IBAN kullanan bir ülkenin koduyla başlamalıdır"},
	{regexp.MustCompile(`^the identity number's check digits are wrong.*`),
		"T.C. kimlik numarasının kontrol basamakları tutmuyor: bir rakam yanlış ya da iki rakam yer değiştirmiş"},
	{regexp.MustCompile(`^must be a mobile number.*`),
		"+905551234567 gibi bir cep telefonu olmalıdır: +90, ardından 5 ile başlayan on rakam"},
	{regexp.MustCompile(`^must be a name; this one has hardly any letters$`), "bir ad olmalıdır; bunda neredeyse hiç harf yok"},
	{regexp.MustCompile(`^must be a name; this one has a long number in it$`), "bir ad olmalıdır; bunda uzun bir sayı var"},
	{regexp.MustCompile(`^(.*) pays the same amount to the same recipient$`), "$1 aynı alıcıya aynı tutarı ödüyor"},
	{regexp.MustCompile(`^is a test recipient of the emulator.*`), "emülatörün test alıcısıdır: iyzico'da böyle bir alıcı yoktur"},
	{regexp.MustCompile(`^differs from that of (.*) only in case, white space or Unicode form$`),
		"$1 ile yalnızca büyük/küçük harf, boşluk ya da Unicode biçimi bakımından farklı"},
	{regexp.MustCompile(`^the items have (\d+) currencies \((.*)\).*`),
		"kalemlerde $1 para birimi var ($2); iyzico'da bir toplu ödemenin tek para birimi ve tek toplamı olur"},
}

// translate returns a warning of package gen in the language. One that has no translation stays English.
func translate(message string, l Language) string {
	if l != Turkish {
		return message
	}
	for _, w := range turkishWarnings {
		if w.english.MatchString(message) {
			return w.english.ReplaceAllString(message, w.turkish)
		}
	}
	return message
}
