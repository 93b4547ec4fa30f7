package e2e

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
)

var screenshots = flag.String("screenshots", "", "`directory` to write the documentation's screenshots to")

// maxImage is how many bytes an image in the documentation may have.
const maxImage = 300_000

// Screenshots draws the images of the documentation, if told to: make pictures. Fonts differ from machine to machine,
// so no test compares them.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("only with -screenshots")
	}
	b := open(t)
	clock := emulator.NewManualClock(time.Date(2026, 11, 30, 14, 32, 5, 0, time.FixedZone("TRT", 3*60*60)))
	server, c := start(t, emulator.WithClock(clock.Now), emulator.WithStage(time.Minute),
		emulator.WithBalance(decimal.NewFromInt(10_000_000)), emulator.WithCommission(decimal.NewFromInt(2)))
	zone := emulation.SetTimezoneOverrideParams{TimezoneID: "Europe/Istanbul"}
	if _, err := chromedp.Call(b.ctx, emulation.SetTimezoneOverride, zone); err != nil {
		t.Fatal(err)
	}

	const (
		java   = "iyzipay-java-2.0.140"
		php    = "iyzipay-php-2.0.61"
		python = "iyzipay-python-1.0.45"
		ours   = "masspayout-go"
	)
	create := func(client, externalID, amount string, n int, special map[int]emulator.Recipient) (requestID string) {
		items := make([]string, n)
		for i := range items {
			iban := fmt.Sprintf("TR92008640210000548291%04d", 1108+i*37)
			if r, ok := special[i]; ok {
				iban = r.IBAN()
			}
			items[i] = item(fmt.Sprintf("emp-%d", 1001+i), iban, amount)
		}
		_, requestID = c.send(client, "POST", "/v1/mass/payout/init?locale=tr", payout(externalID, items...))
		clock.Advance(2 * time.Second)
		return requestID
	}
	call := func(client, operation, requestID string) {
		body := `{"requestId":"` + requestID + `","page":0,"size":20}`
		c.send(client, "POST", "/v1/mass/payout/"+operation+"?locale=tr", body)
		clock.Advance(3 * time.Second)
	}
	c.send(java, "GET", "/v1/mass/payout/balance?locale=tr", "")
	sellers := create(java, "sellers-week-48", "410250.50", 12,
		map[int]emulator.Recipient{3: emulator.RecipientKeepsMoney, 5: emulator.RecipientReturns, 7: emulator.RecipientReturns})
	call(java, "auth", sellers)
	clock.Advance(2 * time.Minute)
	create(php, "bonus-2026", "3000", 5, nil)
	salaries := create(ours, "salaries-2026-11", "28250.75", 131, map[int]emulator.Recipient{0: emulator.RecipientBlocked,
		4: emulator.RecipientNotFound, 9: emulator.RecipientFails, 100: emulator.RecipientNameMismatch})
	c.send(php, "POST", "/v1/mass/payout/retrieve?locale=tr", `{"requestId":"`+salaries+`","page":0}`)
	clock.Advance(time.Second)
	c.sendSignedWithQuery(python, "POST", "/v1/mass/payout/auth?locale=tr", `{"requestId":"`+salaries+`"}`)
	clock.Advance(9 * time.Second)
	server.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Cut, AfterEffect: true})
	call(ours, "auth", salaries)
	server.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: emulator.RateLimited, Times: 3})
	call(ours, "retrieve", salaries)

	b.do(chromedp.Navigate(c.url + "/_emulator/"))
	b.shows("#requests", "rate limited")
	b.picture("emulator.png", "light")
	b.click("#requests a", python)
	b.shows("#mistakes", "The path was signed with a query")
	b.picture("emulator-signature.png", "dark")
}

// picture writes a screenshot of as few colors as its size needs.
func (b *browser) picture(name, scheme string) {
	b.t.Helper()
	b.look(1360, scheme)
	b.do(chromedp.EmulateViewport(1360, 820, chromedp.EmulateScale(1.5)))
	raw, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, fewColors(img)); err != nil {
		b.t.Fatal(err)
	}
	if out.Len() > maxImage {
		b.t.Errorf("%s: %d bytes", name, out.Len())
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name), out.Bytes(), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// fewColors draws img with at most 256 colors: a page has few but for the edges of its letters.
func fewColors(img image.Image) *image.Paletted {
	bounds := img.Bounds()
	count := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(img.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int { return cmp.Compare(count[b], count[a]) })
	palette := color.Palette{}
	for _, c := range colors[:min(160, len(colors))] {
		palette = append(palette, c)
	}
	// The rest are those that are least like the ones before: a small dot may have a color of its own.
	for _, c := range colors[len(palette):] {
		if len(palette) < 256 && count[c] > 2 && distance(c, palette[palette.Index(c)].(color.RGBA)) > 30 {
			palette = append(palette, c)
		}
	}
	nearest := map[color.RGBA]uint8{}
	few := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			i, ok := nearest[c]
			if !ok {
				i = uint8(palette.Index(c))
				nearest[c] = i
			}
			few.SetColorIndex(x, y, i)
		}
	}
	return few
}

// distance returns how much two colors differ in red, green and blue together.
func distance(a, b color.RGBA) int {
	d := 0
	for _, pair := range [][2]uint8{{a.R, b.R}, {a.G, b.G}, {a.B, b.B}} {
		d += int(max(pair[0], pair[1]) - min(pair[0], pair[1]))
	}
	return d
}
