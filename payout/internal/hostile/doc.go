// Package hostile plays iyzico's mass payout API as an adversary would: it delays requests beyond every timeout, loses
// responses, shows what was true a while ago, answers for other payouts, moves items between pages, and repeats what it
// was sent. It keeps a ledger of who was paid what, and how often, from which the invariants of package payout are
// checked: whatever a client believes, the ledger knows.
//
// It is written from the published facts alone and shares no code with package emulator or with the client.
//
//	server := hostile.New(hostile.Random(seed))
//	client, err := gen.New(hostile.URL, nil, gen.WithHTTPClient(&http.Client{Transport: server}))
//
// A [Server] is an http.RoundTripper that calls itself, so that it works in the bubble of a testing/synctest, and an
// http.Handler for real connections. It takes the time from time.Now, so that in a bubble hours pass at once.
//
// # What it does
//
// A [World] is what holds for a whole run: how iyzico behaves where nothing is documented, what becomes of each item,
// who else authorizes. A [Deal] is what becomes of one request and its response. The seed draws both; a scenario states
// a World and changes the Deal of single calls by World.Script.
//
// # What it never does
//
// A lie that no client can detect proves nothing, so a server that is in good order in the end
//
//   - keeps what it has stored, and shows only what was true at some time, of this payout or of another one that the
//     response names;
//   - pays whom it shows, as far as the mask shows;
//   - moves only items in INIT by auth, or, where World.PaysAgain is set, moves every item by every auth, but then
//     what was sent arrives within World.Delay, what is shown is no older than World.Lag, nobody else authorizes, and
//     no proxy repeats an auth.
package hostile
