package payfile

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// garbled says what is wrong with the letters of a text, with a guess of what happened to them. A bank compares names.
func garbled(s string, name bool) *text {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return garbledRunes(s, name)
		case c == '?' && name:
			return lostLetter
		case c == '&' && entity(s[i:]):
			return htmlEntity
		case c < ' ' || c == 0x7F:
			return &invisibleCharacter
		}
	}
	return nil
}

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
	mixedLetters = &text{"letters of two alphabets are mixed in one word: enter the text anew",
		"bir sözcükte iki alfabenin harfleri karışmış: metni yeniden girin"}
)

// turkishLetters are those beyond ASCII that Turkish names have.
const turkishLetters = "çğıöşüÇĞİÖŞÜâîûÂÎÛ"

func garbledRunes(s string, name bool) *text {
	previous := rune(' ')
	latin, other := false, false
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case r < utf8.RuneSelf:
			if r == '?' && name || r == '&' && entity(s[i:]) || r < ' ' || r == 0x7F {
				return garbled(string(s[i:]), name)
			}
		case strings.ContainsRune("ÃÄÅÂâ", r) && continues(next):
			return utf8As1254
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
		previous = r
	}
	return nil
}

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
