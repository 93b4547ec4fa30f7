package gen_test

import (
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

func TestFoldName(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		same       bool
	}{
		{"equal", "nov-1", "nov-1", true},
		{"another name", "nov-1", "nov-2", false},
		{"another separator", "nov-1", "nov_1", false},
		{"case", "nov-1", "NOV-1", true},
		{"white space at the end", "nov-1", "nov-1 ", true},
		{"white space at the beginning", "nov-1", "\tnov-1", true},
		{"two spaces", "emp 1", "emp  1", true},
		{"a no-break space", "emp 1", "emp\u00a01", true},
		{"no space", "emp 1", "emp1", true},
		{"a zero-width space", "emp1", "emp\u200b1", true},
		{"a soft hyphen", "emp1", "emp\u00ad1", true},
		{"a grapheme joiner", "emp1", "emp\u034f1", true},
		{"a Hangul filler", "emp1", "emp1\u3164", true},
		{"a variation selector", "emp1", "emp\ufe0f1", true},
		{"a byte order mark", "emp1", "\ufeffemp1", true},
		{"a direction mark", "emp1", "emp1\u200e", true},
		{"NFC and NFD", "Maaş", "Maas\u0327", true},
		{"NFC and NFD, another letter", "Maaş", "Maas", false},
		{"every Turkish letter", "çğıöşüÇĞİÖŞÜ", "c\u0327g\u0306ıo\u0308s\u0327u\u0308C\u0327G\u0306I\u0307O\u0308S\u0327U\u0308", true},
		{"case of every Turkish letter", "çğıiöşü", "ÇĞIİÖŞÜ", true},
		{"İ in lower case by Go", "İş", "i\u0307ş", true},
		{"ß", "Straße", "STRASSE", true},
		{"capital ß", "Straẞe", "straße", true},
		{"Greek, final sigma and accent", "Μισθός", "ΜΙΣΘΌΣ", true},
		{"Cyrillic й", "Май", "МАИ\u0306", true},
		{"Kelvin", "k1", "\u212a1", true},
		{"accents in another order", "a\u0323\u0302", "a\u0302\u0323", true},
		{"a letter and its base", "é", "e", false},
		{"empty", "", " ", true},
	} {
		if got := gen.FoldName(tt.a) == gen.FoldName(tt.b); got != tt.same {
			t.Errorf("%s: %+q and %+q: the same is %v, expected %v (%q, %q)",
				tt.name, tt.a, tt.b, got, tt.same, gen.FoldName(tt.a), gen.FoldName(tt.b))
		}
	}
}

func TestNFC(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"plain", "plain"},
		{"Ödeme çağrısı", "Ödeme çağrısı"},
		{"O\u0308deme c\u0327ag\u0306rısı", "Ödeme çağrısı"},
		{"\u1e69", "\u1e69"},               // s with two dots
		{"s\u0323\u0307", "\u1e69"},        // its parts in order
		{"s\u0307\u0323", "\u1e69"},        // and out of order
		{"q\u0307\u0323", "q\u0323\u0307"}, // no such letter; Unicode's order all the same
		{"\u0308\u0301a", "\u0308\u0301a"}, // accents without a letter
		{"a\u0301\u0301", "á\u0301"},
		{"\u212b\u2126", "ÅΩ"},
		{"\u0344", "\u0308\u0301"},
		{"и\u0306\u03b1\u0313\u0345", "йᾀ"},
		{"日本\u3099", "日本\u3099"}, // a script that it does not know
		{"\xff\u0301", "\ufffd\u0301"},
	} {
		if got := gen.NFC(tt.text); got != tt.want {
			t.Errorf("NFC(%+q) = %+q, expected %+q", tt.text, got, tt.want)
		}
	}
}

func FuzzFoldName(f *testing.F) {
	f.Add("Maas\u0327 2026")
	f.Fuzz(func(t *testing.T, name string) {
		if nfc := gen.NFC(name); gen.NFC(nfc) != nfc {
			t.Errorf("NFC twice: %+q, then %+q", nfc, gen.NFC(nfc))
		}
		if folded := gen.FoldName(name); gen.FoldName(folded) != folded || gen.FoldName(gen.NFC(name)) != folded {
			t.Errorf("FoldName(%+q) = %+q, again %+q, of NFC %+q",
				name, folded, gen.FoldName(folded), gen.FoldName(gen.NFC(name)))
		}
	})
}
