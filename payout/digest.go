package payout

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/iyzico-go/masspayout/gen"
)

// digestVersion begins every digest. It changes when what follows is built in another way.
const digestVersion = "2:"

const digestLength = len(digestVersion) + 2*sha256.Size

// Digest returns a text that is the same for two requests with the same content, and for no others. The content is the
// externalId, the purpose and the items, in any order; 100 and 100.00 are the same, so are a text in NFC and in NFD,
// and the conversationId does not count. An approval can name by it what it approves: [Result] has it, too. It does not
// reveal the request, but anyone who knows all of it except one recipient can find that one by trying.
func Digest(request gen.MassPayoutInitializeRequest) string {
	text := make([]byte, 0, 128*len(request.Items)) // about what it takes
	items := make([][]byte, len(request.Items))     // of text
	for i := range request.Items {
		item, begin := &request.Items[i], len(text)
		text = appendTexts(text, item.ItemExternalID, string(item.RecipientType), item.RecipientInfo, item.RecipientName,
			gen.FormatDecimal(item.Amount.Value), string(item.Amount.Currency), item.Description,
			strconv.FormatBool(item.NonWithdrawable)) // and of a new field, where it is set, name and value: no digest changes
		items[i] = text[begin:]
	}
	slices.SortFunc(items, bytes.Compare)
	sum := sha256.New()
	sum.Write(appendTexts(nil, request.ExternalID, string(request.Purpose)))
	for _, item := range items {
		sum.Write(item)
	}
	return digestVersion + hex.EncodeToString(sum.Sum(nil))
}

// appendTexts appends how many texts these are, and then each in its canonical form, after its length: no others give the
// same bytes.
func appendTexts(to []byte, texts ...string) []byte {
	to = binary.AppendUvarint(to, uint64(len(texts)))
	for _, text := range texts {
		text = canonical(text)
		to = append(binary.AppendUvarint(to, uint64(len(text))), text...)
	}
	return to
}

// canonical returns the text in the Unicode form NFC, so that a list that was saved again in another form has the same
// digest. A text that is not UTF-8 cannot be sent, but can be given to Digest: it gets a text that no other has.
func canonical(s string) string {
	var all byte
	for i := range len(s) {
		all |= s[i]
	}
	switch ascii := all < utf8.RuneSelf; {
	case strings.HasPrefix(s, "\x00"), !ascii && !utf8.ValidString(s):
		return "\x00" + hex.EncodeToString([]byte(s))
	case ascii: // as nearly all are
		return s
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
