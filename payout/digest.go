package payout

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/iyzico-go/masspayout/gen"
)

// digestVersion begins every digest. It changes when what follows is built in another way.
const digestVersion = "1:"

const digestLength = len(digestVersion) + 2*sha256.Size

// Digest returns a text that is the same for two requests with the same content, and for no others. The content is the
// externalId, the purpose and the items, in any order; 100 and 100.00 are the same, so are a text in NFC and in NFD,
// and the conversationId does not count. An approval can name by it what it approves: [Result] has it, too. It does not
// reveal the request, but anyone who knows all of it except one recipient can find that one by trying.
func Digest(request gen.MassPayoutInitializeRequest) string {
	// The fields are named one by one, so that a new one changes no digest. Hashed is encoding/json's JSON of them.
	items := make([][]byte, len(request.Items))
	var room []byte // of several items
	for i := range request.Items {
		if cap(room)-len(room) < 1<<10 {
			room = make([]byte, 0, 1<<16)
		}
		of, item := &request.Items[i], room[len(room):]
		item = appendCanonical(append(item, `{"itemExternalId":`...), of.ItemExternalID)
		item = appendCanonical(append(item, `,"recipientType":`...), string(of.RecipientType))
		item = appendCanonical(append(item, `,"recipientInfo":`...), of.RecipientInfo)
		item = appendCanonical(append(item, `,"recipientName":`...), of.RecipientName)
		item = appendCanonical(append(item, `,"value":`...), gen.FormatDecimal(of.Amount.Value))
		item = appendCanonical(append(item, `,"currency":`...), string(of.Amount.Currency))
		item = appendCanonical(append(item, `,"description":`...), of.Description)
		item = strconv.AppendBool(append(item, `,"nonWithdrawable":`...), of.NonWithdrawable)
		item = append(item, '}')
		items[i] = item
		if len(item) <= cap(room)-len(room) { // else it has moved
			room = room[:len(room)+len(item)]
		}
	}
	slices.SortFunc(items, bytes.Compare)
	sum := sha256.New()
	text := appendCanonical([]byte(`{"externalId":`), request.ExternalID)
	text = appendCanonical(append(text, `,"purpose":`...), string(request.Purpose))
	text = append(text, `,"items":[`...)
	for i := range items {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendText(text, items[i])
		sum.Write(text)
		text = text[:0]
	}
	sum.Write(append(text, "]}"...))
	return digestVersion + hex.EncodeToString(sum.Sum(nil))
}

// appendCanonical appends the JSON of a text's canonical form.
func appendCanonical(to []byte, text string) []byte {
	for i := range len(text) {
		if class[text[i]] != asIs || text[i] >= utf8.RuneSelf {
			return appendText(to, []byte(canonical(text)))
		}
	}
	return append(append(append(to, '"'), text...), '"')
}

// appendText appends what encoding/json makes of a text, which it asks about what is rare only: it is slow.
func appendText(to, text []byte) []byte {
	begin := len(to)
	to = slices.Grow(to, 2*len(text)+2)
	room, end := to[begin:begin+2*len(text)+2], 1
	room[0] = '"'
	var met uint8
	for _, c := range text { // without branches: quotes are many, and nobody can predict them
		of := class[c]
		met |= of
		room[end] = '\\'
		end += int(of & escaped)
		room[end] = c
		end++
	}
	if met&rare != 0 {
		return append(to, encode(string(text))...)
	}
	room[end] = '"'
	return to[:begin+end+1]
}

// How a byte appears in JSON.
const (
	asIs    = iota
	escaped // after a backslash
	rare    // as encoding/json says
)

var class = func() (class [256]uint8) {
	for c := range ' ' {
		class[c] = rare
	}
	for _, c := range []byte{'<', '>', '&', 0x7f, 0xe2} { // 0xe2 begins U+2028 and U+2029, and others
		class[c] = rare
	}
	class['"'], class['\\'] = escaped, escaped
	return class
}()

// canonical returns the text in the Unicode form NFC, so that a list that was saved again in another form has the same
// digest. A text that is not UTF-8 cannot be sent, but can be given to Digest: it gets a text that no other has, since
// what encoding/json makes of it depends on Go's version.
func canonical(s string) string {
	if !utf8.ValidString(s) || strings.HasPrefix(s, "\x00") {
		return "\x00" + hex.EncodeToString([]byte(s))
	}
	return gen.NFC(s)
}

// indexOf returns where each item is, by its itemExternalId.
func indexOf(items []gen.MassPayoutItem) map[string]int {
	index := make(map[string]int, len(items))
	for i := range items {
		index[canonical(items[i].ItemExternalID)] = i
	}
	return index
}

// encode marshals strings, numbers and booleans, which cannot fail.
func encode(content any) string {
	data, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// shortHash returns the first bytes of a text's hash, for names.
func shortHash(text string, bytes int) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:bytes])
}
