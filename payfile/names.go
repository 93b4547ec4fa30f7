package payfile

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// garbled says what is wrong with the letters of a text, with a guess of what happened to them. A bank compares names.
func garbled(s string, name bool) *text {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return garbledRunes(s, name)
		}
		if problem := garbledSign(s[i:], name); problem != nil {
			return problem
		}
	}
	return nil
}

// damage is the signs of ASCII that speak of it; all but the first three do so in a name alone.
const damage = `&%\?_$=;^~|{}<>`

// garbledSign says what is wrong with the character of ASCII that s begins with.
func garbledSign(s string, name bool) *text {
	switch c := s[0]; {
	case c < ' ' || c == 0x7F:
		return &invisibleCharacter
	case strings.IndexByte(damage, c) < 0:
	case c == '&':
		if entity(s) {
			return htmlEntity
		}
	case escape.MatchString(s):
		return programCode
	case c == '?' && name:
		return lostLetter
	case name:
		return signInName
	}
	return nil
}

// escape is a letter as programs and web addresses write it: \u00f6, %C3%B6.
var escape = regexp.MustCompile(`^(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}%[0-9a-fA-F]{2})`)

var (
	lostLetter = &text{"a letter was lost in an earlier conversion (a ? or � stands in its place): enter the text anew",
		"önceki bir dönüştürmede bir harf kaybolmuş (yerinde ? ya da � var): metni yeniden girin"}
	htmlEntity = &text{"there is a code of a web page in the text (such as &ouml; for ö): enter it anew",
		"metinde bir web sayfası kodu var (ö yerine &ouml; gibi): yeniden girin"}
	invisibleCharacter = text{"the cell has an invisible character: enter it anew",
		"hücrede görünmeyen bir karakter var: yeniden girin"}
	utf8As1254 = &text{"the letters are garbled: the text is UTF-8 and was opened as Windows-1254 (Ã¶ in the place of ö); " +
		"import the file as UTF-8",
		"harfler bozuk: UTF-8 metin Windows-1254 olarak açılmış (ö yerine Ã¶); dosyayı UTF-8 olarak içe aktarın"}
	turkishAsWestern = &text{"the letters are garbled: Turkish text was opened as Western European (þ in the place of ş, " +
		"ý of ı, ð of ğ); import the file as Turkish (Windows-1254)",
		"harfler bozuk: Türkçe metin Batı Avrupa kodlamasıyla açılmış (ş yerine þ, ı yerine ý, ğ yerine ð); dosyayı Türkçe " +
			"(Windows-1254) olarak içe aktarın"}
	dosOrMac = &text{"the letters are garbled: a sign stands in the place of a letter, as when text of DOS (CP857) or of an " +
		"old Mac (MacTurkish) is opened as Windows-1254; enter the text anew",
		"harfler bozuk: harf yerine işaret var; DOS (CP857) ya da eski Mac (MacTurkish) metni Windows-1254 olarak açılınca " +
			"böyle olur; metni yeniden girin"}
	programCode = &text{"there are codes in the place of letters (such as \\u00f6 or %C3%B6 for ö): enter the text anew",
		"harf yerine kod var (ö yerine \\u00f6 ya da %C3%B6 gibi): metni yeniden girin"}
	signInName = &text{"there is a sign that no name has, maybe in the place of a lost letter (as in Ay_e), or a formula (=Ali): " +
		"enter the name anew",
		"adlarda olmayan bir işaret var; kaybolmuş bir harfin yerinde (Ay_e gibi) ya da formül (=Ali) olabilir: adı yeniden girin"}
	turkishAsCentral = &text{"the letters are garbled: Turkish text was opened as Central European (Windows-1250; ţ in the place " +
		"of ş); import the file as Turkish (Windows-1254)",
		"harfler bozuk: Türkçe metin Orta Avrupa kodlamasıyla açılmış (Windows-1250; ş yerine ţ); dosyayı Türkçe (Windows-1254) " +
			"olarak içe aktarın"}
	utf8AsCentral = &text{"the letters are garbled: the text is UTF-8 and was opened as Central European (Windows-1250; Ĺź in the " +
		"place of ş); import the file as UTF-8",
		"harfler bozuk: UTF-8 metin Orta Avrupa kodlamasıyla açılmış (Windows-1250; ş yerine Ĺź); dosyayı UTF-8 olarak içe aktarın"}
	turkishAsMac = &text{"the letters are garbled: Turkish text was opened as that of an old Mac (ﬁ in the place of Ş, ﬂ of ş); " +
		"import the file as Turkish (Windows-1254)",
		"harfler bozuk: Türkçe metin eski Mac kodlamasıyla açılmış (Ş yerine ﬁ, ş yerine ﬂ); dosyayı Türkçe (Windows-1254) olarak " +
			"içe aktarın"}
	dotlessAmongCapitals = &text{"a small ı stands among capital letters, so that I or İ is meant: enter the name anew",
		"büyük harflerin arasında küçük ı var, I ya da İ olmalı: adı yeniden girin"}
	mixedLetters = &text{"letters of two alphabets are mixed in one word: enter the text anew",
		"bir sözcükte iki alfabenin harfleri karışmış: metni yeniden girin"}
)

// turkishLetters are those beyond ASCII that Turkish names have.
const turkishLetters = "çğıöşüÇĞİÖŞÜâîûÂÎÛ"

func garbledRunes(s string, name bool) *text {
	previous, before := rune(' '), rune(' ')
	latin, other := false, false
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case r < utf8.RuneSelf:
			if problem := garbledSign(s[i:], name); problem != nil {
				return problem
			}
		case strings.ContainsRune("ÃÄÅÂâ", r) && continues(next):
			return utf8As1254
		case r == 'Ĺ' && next >= utf8.RuneSelf, r == 'Ä' && next == 'ź',
			r == 'Ă' && next >= utf8.RuneSelf && (!unicode.IsLetter(next) || strings.ContainsRune("śźžľĽ", next)):
			return utf8AsCentral
		case strings.ContainsRune("ţŢ", r):
			return turkishAsCentral
		case r == 'ﬁ', r == 'ﬂ':
			return turkishAsMac
		case r == 'ı' && name && unicode.IsUpper(previous) &&
			(unicode.IsUpper(next) || !unicode.IsLetter(next) && unicode.IsUpper(before)):
			return dotlessAmongCapitals
		case r == 'º', r == 'ª', name && strings.ContainsRune("–—…‚„", r) && (unicode.IsLetter(next) || r == '…'),
			unicode.IsUpper(next) && unicode.IsUpper(previous) && unicode.IsLower(r) && !strings.ContainsRune(turkishLetters, r),
			strings.ContainsRune("ÌÍÚ", r) && name && unicode.IsUpper(cmp.Or(letter(next), letter(previous))) && !foreign(s):
			return dosOrMac // AYžE, AYÌE, OÚUZHAN
		case strings.ContainsRune("þðýÞÐÝ", r):
			return turkishAsWestern
		case unicode.IsUpper(r) && unicode.IsLower(previous), r == 'İ' && unicode.IsLetter(previous) && unicode.IsLower(next):
			return dosOrMac // AyŞe, Yİlmaz
		case strings.ContainsRune(turkishLetters, r) && !(r == 'â' && continues(next)) && !(r == 'Â' && continues(next)):
		case r == utf8.RuneError:
			return lostLetter
		case invisible(r):
			return &invisibleCharacter
		case r == 'Ÿ', r == 'ÿ', unicode.Is(unicode.Mn, r):
			return dosOrMac
		case unicode.IsLetter(r), unicode.IsSpace(r):
		case strings.ContainsRune("’‘´–—·“”„…", r):
			if (r == '”' || r == '“' || r == '…' || r == '„') && unicode.IsLetter(previous) && unicode.IsLetter(next) {
				return dosOrMac
			}
		case name:
			return dosOrMac
		}
		switch {
		case !unicode.IsLetter(r):
			latin, other = false, false
		case r < 0x250 || unicode.Is(unicode.Latin, r):
			latin = true
		default:
			other = true
		}
		if latin && other {
			return mixedLetters
		}
		previous, before = r, previous
	}
	return nil
}

// letter is r, or 0 if that is no letter.
func letter(r rune) rune {
	if unicode.IsLetter(r) {
		return r
	}
	return 0
}

// foreign reports whether a text has a letter of other languages that Turkish text never turns into, such as that of NÚÑEZ.
func foreign(s string) bool { return strings.ContainsAny(s, "ÑÁÉÓñáéíóú") }

// continues reports whether r is what Windows-1254 or Windows-1252 shows for the second byte of a letter of UTF-8.
func continues(r rune) bool {
	if 0x80 <= r && r <= 0xBF || r == 'ž' || r == 'Ž' {
		return true
	}
	for _, shown := range windows1254[:0x20] {
		if shown == r && r != 0 {
			return true
		}
	}
	return false
}

var cutEntity = regexp.MustCompile(`(?i)^&(#[0-9]{2,4}|#x[0-9a-f]{2,4}|[ou]uml|[cs]cedil|gbreve|inodot|imath|idot|nbsp|quot|apos)$`)

// entity reports whether s begins with a character reference of HTML, such as &ouml; or &#246;.
func entity(s string) bool {
	end := strings.IndexByte(s, ';')
	if end < 0 { // it was taken for the end of the cell
		return cutEntity.MatchString(s)
	}
	if end < 3 || end > 10 {
		return false
	}
	for _, r := range s[1:end] {
		if !(r == '#' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') {
			return false
		}
	}
	return true
}

// invisible reports whether r is a control or a format character, such as a zero-width space or one that turns the
// direction, or a letter that shows nothing. White space is neutral.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point) ||
		unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}
