package sheet

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// MaxSize bounds a file, in bytes: room for some hundred thousand items.
const MaxSize = 16 << 20

// decode returns the file's text: UTF-8, with or without a byte order mark, or Windows-1254, as Turkish Excel writes
// it.
func decode(data []byte) (string, *text) {
	switch {
	case len(data) > MaxSize:
		return "", &text{"the file is larger than 16 MiB", "dosya 16 MiB'den büyük"}
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return "", &text{"this is an Excel workbook: save it as “CSV UTF-8”",
			"bu bir Excel çalışma kitabı: “CSV UTF-8” olarak kaydedin"}
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return "", &text{"this is UTF-16 text: save it as “CSV UTF-8”", "bu dosya UTF-16: “CSV UTF-8” olarak kaydedin"}
	case bytes.IndexByte(data, 0) >= 0:
		return "", &text{"this is not a text file: save it as “CSV UTF-8”",
			"bu bir metin dosyası değil: “CSV UTF-8” olarak kaydedin"}
	}
	if !bytes.Contains(data, []byte("\n")) { // as old Macs end a line
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	if utf8.Valid(data) {
		return strings.TrimPrefix(string(data), "\uFEFF"), nil
	}
	var s strings.Builder
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case size > 1: // a letter of UTF-8 in what is not UTF-8: read as either, one name would come out wrong
			return "", &text{"the file mixes UTF-8 and another encoding: save it as “CSV UTF-8”",
				"dosyada UTF-8 ile başka bir kodlama karışmış: “CSV UTF-8” olarak kaydedin"}
		case r != utf8.RuneError:
		case windows1254[data[i]-0x80] == 0:
			return "", &text{"the file is neither UTF-8 nor Windows-1254: save it as “CSV UTF-8”",
				"dosya ne UTF-8 ne de Windows-1254: “CSV UTF-8” olarak kaydedin"}
		default:
			r = windows1254[data[i]-0x80]
		}
		s.WriteRune(r)
		i++
	}
	return s.String(), nil
}

// windows1254 is the upper half of the code page; 0 where it has no character. It is Latin-1 but for the first 32 and
// for six letters.
var windows1254 = func() (table [128]rune) {
	copy(table[:], []rune{
		'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 0, 0,
		0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 0, 'Ÿ',
	})
	for i := 0x20; i < len(table); i++ {
		table[i] = rune(0x80 + i)
	}
	for letter, at := range map[rune]int{'Ğ': 0xD0, 'İ': 0xDD, 'Ş': 0xDE, 'ğ': 0xF0, 'ı': 0xFD, 'ş': 0xFE} {
		table[at-0x80] = letter
	}
	return table
}()
