package payfile

import "regexp"

// turkish are the findings of package gen about a request, in Turkish.
var turkish = []struct {
	english *regexp.Regexp
	turkish string
}{
	{regexp.MustCompile(`^the IBAN's check digits are wrong.*`),
		"IBAN'ın kontrol basamakları tutmuyor: bir karakter yanlış ya da iki karakter yer değiştirmiş"},
	{regexp.MustCompile(`^must have (\d+) characters as an IBAN of ([A-Z]{2}), got (\d+)$`),
		"$2 ile başlayan IBAN $1 karakter olmalıdır, bu $3 karakter"},
	{regexp.MustCompile(`^must be an IBAN that begins with the code of a country.*`),
		"IBAN, TR gibi, IBAN kullanan bir ülkenin koduyla başlamalıdır"},
	{regexp.MustCompile(`^must be an IBAN of capital letters.*`),
		"IBAN yalnızca büyük harf ve rakamdan oluşmalıdır, boşluk olamaz"},
	{regexp.MustCompile(`^must be an IBAN$`), "bir IBAN olmalıdır"},
	{regexp.MustCompile(`^the identity number's check digits are wrong.*`),
		"T.C. kimlik numarasının kontrol basamakları tutmuyor: bir rakam yanlış ya da iki rakam yer değiştirmiş"},
	{regexp.MustCompile(`^must be a T\.C\. identity number of 11 digits$`), "11 rakamlı bir T.C. kimlik numarası olmalıdır"},
	{regexp.MustCompile(`^must be a mobile number.*`),
		"+905551234567 gibi bir cep telefonu olmalıdır: +90, ardından 5 ile başlayan on rakam"},
	{regexp.MustCompile(`^must be a phone number.*`),
		"+905551234567 gibi bir telefon numarası olmalıdır: + ve ülke kodu, sonra yalnızca rakam"},
	{regexp.MustCompile(`^must be a name; this one has hardly any letters$`), "bir ad olmalıdır; bunda neredeyse hiç harf yok"},
	{regexp.MustCompile(`^must be a name; this one has a long number in it$`), "bir ad olmalıdır; bunda uzun bir sayı var"},
	{regexp.MustCompile(`^(.*) pays the same amount to the same recipient$`), "$1 aynı alıcıya aynı tutarı ödüyor"},
	{regexp.MustCompile(`^is a test recipient of the emulator.*`), "emülatörün test alıcısıdır: iyzico'da böyle bir alıcı yoktur"},
	{regexp.MustCompile(`^differs from that of (.*) only in case, white space or Unicode form$`),
		"$1 ile yalnızca büyük/küçük harf, boşluk ya da Unicode biçimi bakımından farklı"},
	{regexp.MustCompile(`^the items have (\d+) currencies \((.*)\).*`),
		"kalemlerde $1 para birimi var ($2); iyzico'da bir toplu ödemenin tek para birimi ve tek toplamı olur"},
	{regexp.MustCompile(`^must be unique; (.*) has the same one$`), "benzersiz olmalıdır; $1 ile aynı"},
	{regexp.MustCompile(`^must have at least one item$`), "en az bir kalem olmalıdır"},
	{regexp.MustCompile(`^must have at most (\d+) digits$`), "en çok $1 basamak olmalıdır"},
	{regexp.MustCompile(`^must be greater than 0 \(in major units\), got (.*)$`), "0'dan büyük olmalıdır, $1 yazıyor"},
	{regexp.MustCompile(`^must have at most two decimals, got (.*)$`), "en çok iki ondalık basamak olmalıdır, $1 yazıyor"},
	{regexp.MustCompile(`^must be one of (.*?)(?:, got (.*))?$`), "şunlardan biri olmalıdır: $1"},
	{regexp.MustCompile(`^is required; must be one of (.*)$`), "zorunludur; şunlardan biri olmalıdır: $1"},
	{regexp.MustCompile(`^is required$`), "zorunludur"},
	{regexp.MustCompile(`^(.*) is there twice, or in another spelling$`), "$1 iki kez var ya da başka biçimde yazılmış"},
	{regexp.MustCompile(`^(.*) has the unknown field (.*)$`), "$1 içinde bilinmeyen bir alan var: $2"},
	{regexp.MustCompile(`^(.*) must be a number such as 100\.50$`), "$1 100.50 gibi bir sayı olmalıdır"},
	{regexp.MustCompile(`^(.*) has more than (\d+) digits$`), "$1 $2 basamaktan uzun"},
	{regexp.MustCompile(`^must have no white space and no invisible character at its ends$`),
		"başında ve sonunda boşluk ya da görünmeyen karakter olamaz"},
	{regexp.MustCompile(`^must have no control characters, marks of direction and replacement characters, got (.*)$`),
		"denetim karakteri, yön işareti ya da bozuk harf olamaz; $1 var"},
	{regexp.MustCompile(`^must be valid UTF-8$`), "geçerli UTF-8 olmalıdır"},
}

// Translate returns the message of a finding of package gen in the language. One that it does not know stays English.
func Translate(message string, l Language) string {
	if l != Turkish {
		return message
	}
	for _, w := range turkish {
		if w.english.MatchString(message) {
			return w.english.ReplaceAllString(message, w.turkish)
		}
	}
	return message
}
