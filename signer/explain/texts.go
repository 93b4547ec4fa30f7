package explain

import (
	_ "embed"
	"encoding/json"
	"sync"
)

//go:embed texts.json
var textsFile []byte

// texts are those of an Explanation. They are constants, so that nothing from a request can get into them.
var texts = sync.OnceValue(func() (t struct {
	Verdicts                 map[Verdict]Text
	NotExplained, Incomplete Text
	Do                       map[string]Text // what a client should do instead
	Mistakes                 map[string]struct {
		Text
		Do     string // one of those
		Source string // where the mistake is known from, in English
	} // by their codes
}) {
	if err := json.Unmarshal(textsFile, &t); err != nil {
		panic(err)
	}
	return t
})
