package payfile

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxSize bounds a text file, in bytes: room for several hundred thousand items.
const MaxSize = 64 << 20

// decode returns the file's text as UTF-8 without a byte order mark. It reads UTF-8, UTF-16, and Windows-1254, whose
// letters are those of ISO-8859-9.
func decode(data []byte) (content []byte, problem *text) {
	switch {
	case len(data) > MaxSize:
		return nil, &text{"the file is larger than 64 MiB: split it", "dosya 64 MiB'den büyük: bölün"}
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decodeUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decodeUTF16(data[2:], binary.BigEndian)
	}
	if problem := notText(data); problem != nil {
		return nil, problem
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if bytes.IndexByte(data, 0) >= 0 {
		return decodeUnmarkedUTF16(data)
	}
	if !utf8.Valid(data) {
		if oldMac(data) {
			return nil, &text{"the file is a CSV of an old Mac (“CSV Macintosh”), whose letters would come out wrong: save it as " +
				"“CSV UTF-8”",
				"dosya eski bir Mac CSV'si (“CSV Macintosh”), harfleri yanlış çıkar: “CSV UTF-8” olarak kaydedin"}
		}
		if data, problem = decode1254(data); problem != nil {
			return nil, problem
		}
	}
	return endLines(data), nil
}

// oldMac reports whether lines end as on old Macs, whose encoding is MacTurkish unless it is UTF-8.
func oldMac(data []byte) bool {
	return bytes.IndexByte(data, '\n') < 0 && bytes.IndexByte(data, '\r') >= 0
}

// endLines ends each line in a line feed, as old Macs do not.
func endLines(data []byte) []byte {
	if oldMac(data) {
		return bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	return data
}

// notText recognizes files of other kinds, so that the error says what they are.
func notText(data []byte) *text {
	start := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(data[:min(len(data), 1024)], []byte("\uFEFF")))))
	switch {
	case strings.HasPrefix(start, "pk\x03\x04") && strings.Contains(start, "opendocument"):
		return &text{"this is an OpenDocument spreadsheet: save it as .xlsx or “CSV UTF-8”",
			"bu bir OpenDocument hesap tablosu: .xlsx ya da “CSV UTF-8” olarak kaydedin"}
	case strings.HasPrefix(start, "pk\x03\x04"), strings.HasPrefix(start, "pk\x05\x06"):
		return &text{"this is a workbook (.xlsx), and not a text file", "bu bir çalışma kitabı (.xlsx), metin dosyası değil"}
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return &text{"this is a workbook of an old Excel (.xls), or one with a password: save it as .xlsx without a password",
			"bu eski bir Excel dosyası (.xls) ya da parolalı bir çalışma kitabı: parolasız .xlsx olarak kaydedin"}
	case strings.HasPrefix(start, "%pdf"):
		return &text{"this is a PDF: export the list as .xlsx or CSV", "bu bir PDF: listeyi .xlsx ya da CSV olarak dışa aktarın"}
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"), strings.HasPrefix(start, "<table"),
		strings.HasPrefix(start, "<meta"):
		return &text{"this is a web page (HTML), whatever its name says: open it in the spreadsheet and save it as .xlsx",
			"bu, adı ne olursa olsun bir web sayfası (HTML): hesap tablosunda açıp .xlsx olarak kaydedin"}
	case strings.HasPrefix(start, "<?xml"), strings.HasPrefix(start, "{\\rtf"):
		return &text{"this is XML or RTF: open it in the spreadsheet and save it as .xlsx",
			"bu bir XML ya da RTF dosyası: hesap tablosunda açıp .xlsx olarak kaydedin"}
	}
	return nil
}

func decodeUTF16(data []byte, order binary.ByteOrder) ([]byte, *text) {
	if len(data)%2 != 0 {
		return nil, &text{"the file is cut off: it is UTF-16 with half a character at its end",
			"dosya yarım kalmış: UTF-16 ve sonunda yarım bir karakter var"}
	}
	out := make([]byte, 0, len(data)/2+len(data)/8)
	for i := 0; i < len(data); i += 2 {
		r := rune(order.Uint16(data[i:]))
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if i+3 < len(data) {
				pair = utf16.DecodeRune(r, rune(order.Uint16(data[i+2:])))
			}
			i += 2
			r = pair
		}
		out = utf8.AppendRune(out, r)
	}
	if bytes.IndexByte(out, 0) >= 0 {
		return nil, &notATextFile
	}
	return endLines(out), nil
}

var notATextFile = text{"this is not a text file", "bu bir metin dosyası değil"}

// decodeUnmarkedUTF16 knows UTF-16 without a byte order mark by its zero bytes, which are all at even or all at odd
// places.
func decodeUnmarkedUTF16(data []byte) ([]byte, *text) {
	var zeros [2]int
	for i, b := range data[:min(len(data), 4096)] {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch {
	case zeros[0] == 0 && zeros[1]*4 > min(len(data), 4096):
		return decodeUTF16(data, binary.LittleEndian)
	case zeros[1] == 0 && zeros[0]*4 > min(len(data), 4096):
		return decodeUTF16(data, binary.BigEndian)
	}
	return nil, &notATextFile
}

// decode1254 reads Windows-1254, as Turkish Windows writes it.
func decode1254(data []byte) ([]byte, *text) {
	out := make([]byte, 0, len(data)+len(data)/8)
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			out = append(out, data[i])
			i++
			continue
		}
		_, size := utf8.DecodeRune(data[i:])
		letter := windows1254[data[i]-0x80]
		switch {
		case size > 1 && 0xC2 <= data[i] && data[i] <= 0xC5: // Ã, Ä and Å do not stand in Turkish text
			// A letter of UTF-8 in what is not UTF-8: read as either, one name would come out wrong.
			return nil, &text{"the file mixes UTF-8 and another encoding: save it as “CSV UTF-8”",
				"dosyada UTF-8 ile başka bir kodlama karışmış: “CSV UTF-8” olarak kaydedin"}
		case letter == 0:
			return nil, &text{"the file is neither UTF-8 nor Windows-1254; it may come from DOS (CP857) or an old Mac: save " +
				"it as “CSV UTF-8”",
				"dosya ne UTF-8 ne de Windows-1254; DOS'tan (CP857) ya da eski bir Mac'ten geliyor olabilir: “CSV UTF-8” " +
					"olarak kaydedin"}
		}
		out = utf8.AppendRune(out, letter)
		i++
	}
	return out, nil
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
