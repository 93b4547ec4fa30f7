package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
)

// people are rows of a CSV file, of which each is paid 10 lira more than the one before.
func people(n int) string {
	names := []string{"Ayşe Yılmaz", "Mehmet Demir", "Fatma Kaya", "Ali Çelik"}
	amounts := []string{"1010.00", "1020.00", "1030.00", "1040.00"}
	phones := []string{"+905321112233", "+905321112234", "+905321112235", "+905321112236"}
	rows := "Item ID,Name,Phone,Amount,Currency,Description\n"
	for i := range n {
		rows += strings.Join([]string{"i" + amounts[i][2:3], names[i], phones[i], amounts[i], "TRY", "x"}, ",") + "\n"
	}
	return rows
}

// Whoever is paid again by another payout is noticed, also where that one was split, or has others besides.
func TestEarlierPayouts(t *testing.T) {
	for _, tt := range []struct {
		name         string
		before, then []string
		file         string // of the second payout
		want         []string
	}{
		{"the whole after its parts", []string{"-split", "2"}, nil, people(3), []string{
			`an earlier payout of this folder, "a", has 2 items of which this one has 2 again, with the same people and amounts: see ` +
				`payout-a.receipt.txt`,
			`has 1 items of which this one has 1 again`}},
		{"one row more", nil, nil, people(4), []string{`"a", has 3 items of which this one has 3 again`}},
		{"two of three", nil, nil, people(2), []string{`"a", has 3 items of which this one has 2 again`}},
		{"the same", nil, []string{"-split", "2"}, people(3), []string{
			`an earlier payout of this folder, "a", has the same people and amounts: see payout-a.receipt.txt`}},
		{"other amounts", nil, nil, strings.ReplaceAll(people(3), "0.00", "1.00"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			emu := emulated(t, nil)
			writeFile(t, "before.csv", people(3))
			writeFile(t, "then.csv", tt.file)
			if got := runPayout(t, "", append([]string{"-f", "before.csv", "-id", "a", "-pay", "-yes"}, tt.before...)...); got.code != 0 {
				t.Fatalf("exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
			}
			auths := emu.Calls(emulator.OpAuth)
			then := append([]string{"-f", "then.csv", "-id", "b"}, tt.then...)
			for _, args := range [][]string{{}, {"-pay", "-yes", "-strict"}, {"-pay"}} {
				got := runPayout(t, "no\nno\n", append(args, then...)...)
				said := got.stdout + got.stderr
				if len(args) == 1 && len(tt.then) > 0 { // the parts are asked about first
					continue
				}
				for _, want := range tt.want {
					if !strings.Contains(said, want) {
						t.Errorf("%v: exit code %d, printed:\n%s\nwant %q", args, got.code, said, want)
					}
				}
				if len(tt.want) == 0 && strings.Contains(said, "earlier payout") || len(args) == 3 && len(tt.want) > 0 && got.code != 2 {
					t.Errorf("%v: exit code %d, printed:\n%s", args, got.code, said)
				}
			}
			if now := emu.Calls(emulator.OpAuth); len(tt.want) > 0 && now != auths {
				t.Errorf("%d more calls of auth", now-auths)
			}
			if got := runPayout(t, "", append([]string{"-f", "before.csv", "-id", "a", "-pay", "-yes", "-strict"}, tt.before...)...); got.code != 0 {
				t.Errorf("the same payout again: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
			}
		})
	}
}

// The receipts beside the file are looked at as well as those beside the states.
func TestEarlierPayoutBesideTheFile(t *testing.T) {
	emulated(t, nil)
	folder := t.TempDir()
	file := filepath.Join(folder, "list.csv")
	writeFile(t, file, people(3))
	if got := runPayout(t, "", "-f", file, "-id", "a", "-pay", "-yes"); got.code != 0 {
		t.Fatalf("exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if err := os.Rename("payout-a.receipt.txt", filepath.Join(folder, "payout-a.receipt.txt")); err != nil {
		t.Fatal(err)
	}
	got := runPayout(t, "", "-f", file, "-id", "b", "-pay", "-yes", "-strict", "-lang", "tr")
	if got.code != 2 || !strings.Contains(got.stderr, `dosyanın klasöründeki önceki bir toplu ödemede ("a") kişiler ve tutarlar aynı`) {
		t.Errorf("exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// A payout that was confirmed and then canceled has paid nobody.
func TestEarlierPayoutCanceled(t *testing.T) {
	emu := emulated(t, nil)
	emu.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.RateLimited, Times: -1})
	writeFile(t, "list.csv", people(3))
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	code := run(ctx, []string{"-f", "list.csv", "-id", "a", "-pay", "-yes"}, strings.NewReader(""), writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), "next look") { // for the rate limit
			stop()
		}
		return len(p), nil
	}), io.Discard)
	if _, err := os.Stat("payout-a.receipt.txt"); code != 1 || err != nil {
		t.Fatalf("exit code %d, %v", code, err)
	}
	if got := runPayout(t, "", "-f", "list.csv", "-id", "b"); !strings.Contains(got.stderr, "an earlier payout") {
		t.Errorf("before the cancel: printed:\n%s%s", got.stdout, got.stderr)
	}
	status := runPayout(t, "", "-f", "list.csv", "-id", "a", "-status")
	if got := runPayout(t, "", "-cancel", requestID.FindString(status.stdout)); got.code != 0 {
		t.Fatalf("cancel: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got := runPayout(t, "", "-f", "list.csv", "-id", "b", "-strict"); got.code != 0 || strings.Contains(got.stderr, "earlier") {
		t.Errorf("after the cancel: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// A file of -out and a receipt are in Turkish throughout, and the file can be read as a list again.
func TestTurkishFiles(t *testing.T) {
	emulated(t, nil)
	writeFile(t, "list.csv", people(2))
	if got := runPayout(t, "", "-f", "list.csv", "-id", "a", "-pay", "-yes", "-lang", "tr", "-out", "out.csv"); got.code != 0 {
		t.Fatalf("exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	for _, name := range []string{"out.csv", "payout-a.receipt.txt"} {
		data, err := os.ReadFile(name)
		if err != nil || strings.Contains(string(data), "PHONE") || strings.Contains(string(data), "recipient") {
			t.Errorf("%s, %v:\n%s", name, err, data)
		}
	}
	if data, err := os.ReadFile("out.csv"); err != nil || !strings.Contains(string(data), ",\"Dosyadaki satır\"\r\n") ||
		!strings.HasSuffix(string(data), "\"3\"\r\n") {
		t.Errorf("the rows are missing, %v:\n%s", err, data)
	}
	if got := runPayout(t, "", "-f", "out.csv", "-id", "b", "-strict"); got.code != 2 || !strings.Contains(got.stderr, "earlier payout") {
		t.Errorf("the result as a list: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// Every kind of recipient is read as it is written.
func TestKindsOfRecipientsAreReadAgain(t *testing.T) {
	for _, kind := range []gen.RecipientType{gen.RecipientTypeIBAN, gen.RecipientTypePhone, gen.RecipientTypeIdentityNumber,
		gen.RecipientTypeMemberID} {
		for _, l := range []payfile.Language{payfile.English, payfile.Turkish} {
			info := map[gen.RecipientType]string{gen.RecipientTypeIBAN: "TR330006100519786457841326",
				gen.RecipientTypePhone: "+905321112233", gen.RecipientTypeIdentityNumber: "10000000146",
				gen.RecipientTypeMemberID: "m1"}[kind]
			file, err := payfile.Read([]byte("Item ID;Recipient name;Recipient type;Recipient info;Amount;Currency;Description\n"+
				"a;Ali Veli;"+kindText(kind, l)+";"+info+";100,00;TRY;x\n"), payfile.Options{ExternalID: "p"})
			if err != nil || file.Request.Items[0].RecipientType != kind {
				t.Errorf("%s as %q: %v", kind, kindText(kind, l), err)
			}
		}
	}
}
