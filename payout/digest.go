package payout

import (
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
// externalId, the purpose and the items, in any order; 100 and 100.00 are the same, so are a text in NFC and in NFD, and
// the conversationId does not count. An approval can name by it what it approves: [Result] has it when a payout is confirmed.
//
// It does not reveal the request, but somebody who knows all of a request except one recipient can find that one by
// trying.
func Digest(request gen.MassPayoutInitializeRequest) string {
	// The fields are named here, one by one, so that a new field of the API cannot change a digest that is saved. What is
	// hashed is the JSON that encoding/json makes of them.
	items := make([]string, len(request.Items))
	var item []byte
	size := 0
	for i := range request.Items {
		of := &request.Items[i]
		item = appendText(append(item[:0], `{"itemExternalId":`...), canonical(of.ItemExternalID))
		item = appendText(append(item, `,"recipientType":`...), canonical(string(of.RecipientType)))
		item = appendText(append(item, `,"recipientInfo":`...), canonical(of.RecipientInfo))
		item = appendText(append(item, `,"recipientName":`...), canonical(of.RecipientName))
		item = appendText(append(item, `,"value":`...), gen.FormatDecimal(of.Amount.Value))
		item = appendText(append(item, `,"currency":`...), canonical(string(of.Amount.Currency)))
		item = appendText(append(item, `,"description":`...), canonical(of.Description))
		item = strconv.AppendBool(append(item, `,"nonWithdrawable":`...), of.NonWithdrawable)
		items[i] = string(append(item, '}'))
		size += len(items[i]) + 40 // 34 quotes of its members, its own two, and the comma
	}
	slices.Sort(items)
	whole := appendText(append(make([]byte, 0, size), `{"externalId":`...), canonical(request.ExternalID))
	whole = appendText(append(whole, `,"purpose":`...), canonical(string(request.Purpose)))
	whole = append(whole, `,"items":[`...)
	for i := range items {
		if i > 0 {
			whole = append(whole, ',')
		}
		whole = appendText(whole, items[i])
	}
	return digestOf(append(whole, "]}"...))
}

// appendText appends what encoding/json makes of a text. It leaves to it what is rare: a large request is digested each
// time that a job looks at its payout.
func appendText(to []byte, text string) []byte {
	begin, done := len(to), 0
	to = append(to, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"', c == '\\':
			to = append(append(to, text[done:i]...), '\\', c)
			done = i + 1
		case c < ' ', c == '<', c == '>', c == '&', c == 0x7f, c == 0xe2: // 0xe2 begins U+2028 and U+2029, and others
			return append(to[:begin], encode(text)...)
		}
	}
	return append(append(to, text[done:]...), '"')
}

// canonical returns the text in the Unicode form NFC, so that a list that was saved again in another form has the same
// digest. A text that is not UTF-8 cannot be sent, but can be given to Digest: it gets a text that no other has, since
// what encoding/json makes of it depends on Go's version.
func canonical(s string) string {
	if !utf8.ValidString(s) || strings.HasPrefix(s, "\x00") {
		return "\x00" + hex.EncodeToString([]byte(s))
	}
	return gen.NFC(s)
}

// digestOf hashes JSON.
func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return digestVersion + hex.EncodeToString(sum[:])
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
