package main

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
)

// options are what the flags say.
type options struct {
	file, id, purpose                  string
	out                                string
	template, strict                   bool
	json                               bool
	pay, resume                        bool
	again                              string
	corrected                          bool
	yes, allowRefused, allowUnverified bool
	severalCurrencies                  bool
	state                              string
	status, balance                    bool
	canceling                          bool
	cancel                             string
	split                              int

	columns, sheet                         string
	currency, description, recipient       string
	decimalComma, decimalPoint             bool
	idsAsWritten, namesAsWritten, skipZero bool

	total, maxItem, maxTotal string
	count                    int
	limits                   limits

	language payfile.Language
	args     []string
	stdin    io.Reader
	stdout   *output
	lines    *bufio.Reader // of stdin
	stderr   io.Writer
	outcome  []byte // of -json
}

// limits are what the user expects of the payout.
type limits struct {
	total, maxItem, maxTotal *gen.Amount // without a currency: that of the only one in the file
}

// option is a flag, and what -h says about it. The word in backquotes is what stands for its value.
type option struct {
	name  string
	value any // a pointer to a string, a bool or an int
	help  text
}

// groups are all flags, as -h shows them.
func (o *options) groups() []struct {
	heading text
	options []option
} {
	language := (*string)(&o.language)
	return []struct {
		heading text
		options []option
	}{
		{text{"What to do", "Ne yapılacağı"}, []option{
			{"pay", &o.pay, text{"show what will be paid, ask, authorize, follow the payout to its end",
				"ne ödeneceğini göster, sor, onayla, sonucuna kadar izle"}},
			{"resume", &o.resume, text{"continue a payout whose run was stopped or killed",
				"yarıda kalan bir toplu ödemeyi sürdür"}},
			{"again", &o.again, text{"pay again what may safely be paid again of the payout with this `state` file; give the same -f",
				"durum dosyası bu `DOSYA` olan toplu ödemenin güvenle yeniden ödenebilecek kalemlerini öde; -f aynı kalsın"}},
			{"corrected", &o.corrected, text{"with -again: -f has corrected recipients, under the item IDs and with the amounts of " +
				"before",
				"-again ile: -f dosyasında düzeltilmiş alıcılar var; kalem numaraları ve tutarlar önceki gibi"}},
			{"status", &o.status, text{"show where the payout stands", "toplu ödemenin durumunu göster"}},
			{"cancel", &o.cancel, text{"cancel the payout with this `requestId`, if it is not authorized",
				"onaylanmamışsa bu `requestId` ile toplu ödemeyi iptal et"}},
			{"balance", &o.balance, text{"show what is left to pay out with", "ödemeler için kalan bakiyeyi göster"}},
			{"template", &o.template, text{"write a CSV file to fill in, and exit", "doldurulacak bir CSV dosyası yaz ve bitir"}},
		}},
		{text{"The payout", "Toplu ödeme"}, []option{
			{"f", &o.file, text{"the `file`: .xlsx, CSV, text or JSON; - reads standard input",
				"`DOSYA`: .xlsx, CSV, metin ya da JSON; - standart girdiyi okur"}},
			{"id", &o.id, text{"`name` of the payout (its externalId): another one for each, such as salaries-2026-11; JSON has its " +
				"own", "toplu ödemenin adı (externalId), `AD`: her biri için başka, örneğin maas-2026-11; JSON'da kendi içindedir"}},
			{"purpose", &o.purpose, text{"what it is for: `SALARY`, BONUS, SETTLEMENT, GOODS or SERVICES",
				"amacı: `SALARY` (maaş), BONUS (prim), SETTLEMENT (hak ediş), GOODS (mal), SERVICES (hizmet)"}},
			{"out", &o.out, text{"write what became of each item to this `file`, .xlsx or .csv",
				"her kalemin sonucunu yaz: `DOSYA`, .xlsx ya da .csv"}},
			{"state", &o.state, text{"`file` that stores the progress (default: payout-NAME.state, with a few letters added if the name has capitals or other marks)",
				"ilerlemenin kaydedildiği `DOSYA` (varsayılan: payout-AD.state; adda büyük harf ya da başka işaretler varsa sonuna birkaç harf daha eklenir)"}},
			{"split", &o.split, text{"largest `number` of items in one payout; a longer file is split, after asking (default: 10000)",
				"bir toplu ödemede en çok kalem; fazlası sorularak bölünür: bir `SAYI` (varsayılan: 10000)"}},
		}},
		{text{"Reading the file", "Dosyanın okunması"}, []option{
			{"columns", &o.columns, text{"which headings are meant, `field=heading,...`: id, name, first-name, last-name, amount, " +
				"currency, description, iban, identity, phone, member, kind, recipient",
				"hangi başlıkların kastedildiği, `ALAN=BAŞLIK,...`: id, name, first-name, last-name, amount, currency, " +
					"description, iban, identity, phone, member, kind, recipient"}},
			{"sheet", &o.sheet, text{"the `sheet` of the workbook", "çalışma kitabının sayfası: `SAYFA`"}},
			{"currency", &o.currency, text{"the currency of all items, if the file has none: `TRY`, USD or EUR",
				"dosyada yoksa bütün kalemlerin para birimi: `TRY`, USD ya da EUR"}},
			{"description", &o.description, text{"the `description` of all items that have none",
				"açıklaması olmayan bütün kalemlerin açıklaması: `METİN`"}},
			{"recipient", &o.recipient, text{"by what recipients are paid, if the file has several: `iban`, phone, identity or member",
				"dosyada birden çoksa alıcıların neyle ödeneceği: `iban`, phone (telefon), identity (T.C. kimlik), member (üye)"}},
			{"decimal-comma", &o.decimalComma, text{"1.250 is one thousand two hundred and fifty", "1.250 bin iki yüz ellidir"}},
			{"decimal-point", &o.decimalPoint, text{"1,250 is one thousand two hundred and fifty", "1,250 bin iki yüz ellidir"}},
			{"ids-as-written", &o.idsAsWritten, text{"accept item IDs that look like damage, such as 12E5",
				"12E5 gibi bozulmuşa benzeyen kalem numaralarını kabul et"}},
			{"names-as-written", &o.namesAsWritten, text{"accept names whose letters look garbled",
				"harfleri bozulmuşa benzeyen adları kabul et"}},
			{"skip-zero", &o.skipZero, text{"leave out rows whose amount is 0 or empty", "tutarı 0 ya da boş satırları alma"}},
			{"strict", &o.strict, text{"refuse what looks mistyped or doubtful instead of warning",
				"yanlış yazılmış ya da kuşkulu görüneni uyarmak yerine reddet"}},
		}},
		{text{"What is expected", "Beklenenler"}, []option{
			{"total", &o.total, text{"refuse a file whose total is not this `amount`, such as 48250.75 or '48.250,75 TRY'",
				"toplam bu tutar değilse reddet: `TUTAR`, 48250,75 ya da '48.250,75 TRY' gibi"}},
			{"count", &o.count, text{"refuse a file with another `number` of items", "kalem sayısı bu sayı değilse reddet: `SAYI`"}},
			{"max-item", &o.maxItem, text{"refuse items of more than this `amount`", "bundan büyük kalemi reddet: `TUTAR`"}},
			{"max-total", &o.maxTotal, text{"refuse a total of more than this `amount`", "bundan büyük toplamı reddet: `TUTAR`"}},
		}},
		{text{"Asking and showing", "Sorma ve gösterme"}, []option{
			{"yes", &o.yes, text{"do not ask before paying; needed where there is no terminal to ask at. Warnings, such as a wrong check digit, do not stop it: -strict does",
				"ödemeden önce sorma; soracak bir uçbirim yoksa gereklidir. Yanlış kontrol basamağı gibi uyarılar onu durdurmaz: -strict durdurur"}},
			{"allow-refused", &o.allowRefused, text{"pay the accepted items although others were refused",
				"bazıları reddedilse de kabul edilen kalemleri öde"}},
			{"allow-unverified", &o.allowUnverified, text{"go on with a payout that was found under the name, although iyzico does " +
				"not show its recipients; make sure in iyzico's panel that it is yours",
				"bu adla bulunan toplu ödemenin alıcılarını iyzico göstermese de sürdür; size ait olduğunu önce iyzico panelinde " +
					"görün"}},
			{"several-currencies", &o.severalCurrencies, text{"accept a file with several currencies, if iyzico pays them in one " +
				"payout",
				"iyzico tek toplu ödemede ödüyorsa birden çok para birimli dosyayı kabul et"}},
			{"json", &o.json, text{"print the outcome as JSON", "sonucu JSON olarak yaz"}},
			{"lang", language, text{"language of this program and of iyzico's messages: `tr` or en",
				"bu programın ve iyzico iletilerinin dili: `tr` ya da en"}},
		}},
	}
}

var usage = text{`masspayout pays many people from a file. iyzico documents no way to take a payout back once it is paid.

  masspayout -f FILE -id NAME            create the payout; nobody is paid
  masspayout -f FILE -id NAME -pay       show what will be paid, ask, pay, follow it to its end
  masspayout -f FILE -id NAME -resume    continue a run that was stopped or killed
  masspayout -template > salaries.csv    write a CSV file to fill in

Without -f it takes the request that iyzico's documentation shows, and adds an item that the emulator refuses: without
another flag, it creates that payout in an emulator in this process, and with -pay it pays it there.
`, `masspayout bir dosyadan çok sayıda kişiye ödeme yapar. iyzico, yapılan bir ödemeyi geri almanın yolunu belgelemez.

  masspayout -f DOSYA -id AD             toplu ödemeyi oluşturur; kimseye ödeme yapılmaz
  masspayout -f DOSYA -id AD -pay        ne ödeneceğini gösterir, sorar, öder, sonucuna kadar izler
  masspayout -f DOSYA -id AD -resume     yarıda kalanı sürdürür
  masspayout -template > maas.csv        doldurulacak bir CSV dosyası yazar

-f verilmezse iyzico belgelerindeki örnek alınır ve emülatörün reddettiği bir kalem eklenir: başka seçenek yoksa bu
toplu ödeme, programın içindeki bir emülatörde oluşturulur; -pay ile orada ödenir.
`}

var usageEnd = text{`
Environment:
  IYZICO_BASE_URL, IYZICO_API_KEY, IYZICO_SECRET_KEY
      the server and the merchant's keys: all three, or none for an emulator in this process
  IYZICO_LOCALE, LC_ALL, LC_MESSAGES, LANG
      the language, if there is no -lang: Turkish if the first one that is set begins with tr, else English

Exit codes:
  0   done; with -pay, -resume and -again: everybody has been paid, but for refused items that -allow-refused accepted
  1   not done, not confirmed, not known, or not everybody has been paid
  2   refused before anything was sent: flags, file, environment or state are wrong
`, `
Ortam değişkenleri:
  IYZICO_BASE_URL, IYZICO_API_KEY, IYZICO_SECRET_KEY
      sunucu ve üye iş yerinin anahtarları: üçü birden, ya da programın içindeki emülatör için hiçbiri
  IYZICO_LOCALE, LC_ALL, LC_MESSAGES, LANG
      -lang yoksa dil: ilk dolu olan tr ile başlıyorsa Türkçe, yoksa İngilizce

Çıkış kodları:
  0   tamam; -pay, -resume ve -again ile: -allow-refused ile kabul edilen retler dışında herkese ödendi
  1   yapılmadı, onaylanmadı, bilinmiyor ya da ödenmeyen kalem var
  2   hiçbir şey gönderilmeden reddedildi: seçenekler, dosya, ortam ya da durum dosyası yanlış
`}

// help prints all flags.
func (o *options) help() {
	fmt.Fprint(o.stderr, usage.in(o.language))
	for _, group := range o.groups() {
		fmt.Fprintf(o.stderr, "\n%s:\n", group.heading.in(o.language))
		for _, f := range group.options {
			about, value := f.help.in(o.language), ""
			if _, rest, found := strings.Cut(about, "`"); found {
				value, _, _ = strings.Cut(rest, "`")
				about = strings.ReplaceAll(about, "`", "")
			}
			fmt.Fprintf(o.stderr, "  -%s\n%s", strings.TrimSpace(f.name+" "+value), wrap(about, 110, "      "))
		}
	}
	fmt.Fprint(o.stderr, usageEnd.in(o.language))
}

// wrap breaks a text into lines.
func wrap(s string, width int, indent string) string {
	var out strings.Builder
	length := width
	for word := range strings.FieldsSeq(s) {
		if n := utf8.RuneCountInString(word); length+1+n > width {
			if out.Len() > 0 {
				out.WriteString("\n")
			}
			out.WriteString(indent + word)
			length = n
		} else {
			out.WriteString(" " + word)
			length += 1 + n
		}
	}
	return out.String() + "\n"
}

// parse reads the flags.
func (o *options) parse() error {
	flags := flag.NewFlagSet("masspayout", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	for _, group := range o.groups() {
		for _, f := range group.options {
			switch value := f.value.(type) {
			case *string:
				flags.StringVar(value, f.name, "", "")
			case *bool:
				flags.BoolVar(value, f.name, false, "")
			case *int:
				flags.IntVar(value, f.name, 0, "")
			}
		}
	}
	o.language = ""
	err := flags.Parse(o.args)
	language := cmp.Or(string(o.language), os.Getenv("IYZICO_LOCALE"))
	if err != nil { // the flags were read up to the wrong one, or -h
		language = cmp.Or(namedLanguage(o.args), language)
	}
	switch language {
	case "":
		o.language = environmentLanguage()
	case "en", "tr":
		o.language = payfile.Language(language)
	default:
		o.language = environmentLanguage()
		if os.Getenv("IYZICO_LOCALE") == "tr" {
			o.language = payfile.Turkish
		}
		if err == nil {
			return fail("the language (-lang, IYZICO_LOCALE) must be tr or en", "dil (-lang, IYZICO_LOCALE) tr ya da en olmalıdır")
		}
	}
	if err == flag.ErrHelp {
		o.help()
		return err
	}
	if err != nil {
		return o.flagError(flags, err)
	}
	// An empty -cancel is a mistake and no create.
	flags.Visit(func(f *flag.Flag) { o.canceling = o.canceling || f.Name == "cancel" })
	if flags.NArg() > 0 {
		return fail("unexpected argument %q", "beklenmeyen bağımsız değişken %q", flags.Arg(0))
	}
	return cmp.Or(given(flags), o.check(), o.parseLimits())
}

// given refuses flags whose value is empty, or no number of items: in a script, such as -total "$TOTAL", the variable is
// not set, and what it was to check would not be checked.
func given(flags *flag.FlagSet) (err error) {
	flags.Visit(func(f *flag.Flag) {
		switch value := strings.TrimSpace(f.Value.String()); {
		case err != nil || f.Name == "cancel": // which has its own words
		case value == "":
			err = fail("-%s is empty: give a value, or leave the flag out", "-%s boş: bir değer verin ya da seçeneği kullanmayın", f.Name)
		case value == "0":
			if _, number := f.Value.(flag.Getter).Get().(int); number {
				err = fail("-%s takes a number from 1", "-%s, 1'den başlayan bir sayı alır", f.Name)
			}
		}
	})
	return err
}

// namedLanguage is that of -lang, wherever it stands.
func namedLanguage(args []string) (language string) {
	for i, argument := range args {
		name, value, found := strings.Cut(strings.TrimLeft(argument, "-"), "=")
		switch {
		case name != "lang" || !strings.HasPrefix(argument, "-"):
		case found:
			language = value
		case i+1 < len(args):
			language = args[i+1]
		}
	}
	return language
}

// flagError says what is wrong with the flags; package flag says it in English.
func (o *options) flagError(flags *flag.FlagSet, err error) error {
	said := err.Error()
	name := said[strings.LastIndex(said, "-")+1:]
	switch {
	case strings.HasPrefix(said, "flag provided but not defined"):
		return fail("there is no flag -%s; -h lists all", "-%s diye bir seçenek yok; -h hepsini sayar", name)
	case strings.HasPrefix(said, "flag needs an argument"):
		return fail("-%s needs a value; see -h", "-%s bir değer ister; -h'ye bakın", name)
	}
	for _, argument := range o.args { // a value that is not of the flag's type
		word, _, _ := strings.Cut(strings.TrimLeft(argument, "-"), "=")
		if f := flags.Lookup(word); f != nil && strings.Contains(said, "-"+word+":") || f != nil &&
			strings.Contains(said, "flag -"+word) {
			return fail("-%s has a value that it does not take; see -h", "-%s bu değeri almaz; -h'ye bakın", word)
		}
	}
	return fail("a flag is written wrongly; see -h", "bir seçenek yanlış yazılmış; -h'ye bakın")
}

func (o *options) check() error {
	modes := 0
	for _, on := range []bool{o.pay, o.resume, o.again != "", o.status, o.canceling, o.balance, o.template} {
		if on {
			modes++
		}
	}
	paying := o.pay || o.resume || o.again != ""
	reading := o.columns != "" || o.sheet != "" || o.currency != "" || o.description != "" || o.recipient != "" ||
		o.decimalComma || o.decimalPoint || o.idsAsWritten || o.namesAsWritten || o.skipZero || o.total != "" ||
		o.count != 0 || o.severalCurrencies || o.maxItem != "" || o.maxTotal != "" || o.split != 0
	switch {
	case modes > 1:
		return fail("use only one of -pay, -resume, -again, -status, -cancel, -balance and -template",
			"-pay, -resume, -again, -status, -cancel, -balance ve -template seçeneklerinden yalnızca biri kullanılabilir")
	case o.canceling && o.cancel == "":
		return fail("-cancel needs the requestId of a payout; -status shows it",
			"-cancel bir toplu ödemenin requestId'sini ister; -status gösterir")
	case !o.needsRequest() && (o.file != "" || o.out != "" || o.strict || reading):
		return fail("-cancel, -balance and -template take no -f, -out and -strict, and none of the flags about the file",
			"-cancel, -balance ve -template ile -f, -out, -strict ve dosyayla ilgili seçenekler kullanılmaz")
	case o.file == "" && (reading || o.again != ""):
		return fail("flags about the file, and -again, need -f", "dosyayla ilgili seçenekler ve -again, -f ister")
	case o.corrected && o.again == "":
		return fail("-corrected belongs to -again", "-corrected, -again ile kullanılır")
	case o.json && o.template:
		return fail("-template takes no -json", "-template ile -json kullanılmaz")
	case !paying && (o.yes || o.allowRefused || o.allowUnverified):
		return fail("-yes, -allow-refused and -allow-unverified belong to -pay, -resume and -again",
			"-yes, -allow-refused ve -allow-unverified; -pay, -resume ve -again ile kullanılır")
	case o.state != "" && (o.status || o.again != "" || !o.needsRequest()):
		return fail("-state belongs to creating and paying a payout", "-state, toplu ödeme oluşturur ve öderken kullanılır")
	case o.decimalComma && o.decimalPoint:
		return fail("use only one of -decimal-comma and -decimal-point",
			"-decimal-comma ve -decimal-point seçeneklerinden yalnızca biri kullanılabilir")
	case o.count < 0 || o.split < 0:
		return fail("-count and -split take a number of items", "-count ve -split bir kalem sayısı alır")
	case paying && o.file == "-" && !o.yes:
		return fail("-f - reads the payout from standard input, so there is nowhere to ask: add -yes",
			"-f - toplu ödemeyi standart girdiden okur, soracak yer kalmaz: -yes ekleyin")
	case paying && !o.yes && !interactive(o):
		return fail("there is no terminal to ask at before paying: look at the payout with -status, then add -yes",
			"ödemeden önce soracak bir uçbirim yok: toplu ödemeye -status ile bakın, sonra -yes ekleyin")
	}
	return nil
}

// parseLimits reads the amounts in the flags.
func (o *options) parseLimits() error {
	for _, f := range []struct {
		name, value string
		into        **gen.Amount
	}{{"total", o.total, &o.limits.total}, {"max-item", o.maxItem, &o.limits.maxItem},
		{"max-total", o.maxTotal, &o.limits.maxTotal}} {
		if f.value == "" {
			continue
		}
		amount, err := payfile.ParseAmount(f.value, payfile.Options{Language: o.language, DecimalMark: o.decimalMark()})
		if err != nil {
			return because(err, "-%s", "-%s", f.name)
		}
		*f.into = &amount
	}
	return nil
}

func (o *options) decimalMark() rune {
	switch {
	case o.decimalComma:
		return ','
	case o.decimalPoint:
		return '.'
	}
	return 0
}

// needsRequest reports whether the command is about the payout in a file.
func (o *options) needsRequest() bool { return !o.canceling && !o.balance && !o.template }
