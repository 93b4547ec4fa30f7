package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/iyzico-go/masspayout/cmd/masspayout/xlsx"
	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
	"github.com/iyzico-go/masspayout/payout"
)

const payroll = "KASIM 2026;;;\nSicil No;Adı Soyadı;IBAN;NET ÖDENECEK (TL)\n" +
	"1;Ayşe Yılmaz;TR330006100519786457841326;48.250,75\n" +
	"2;Ali Veli;TR470006400000112345678901;31.000,50\n" +
	";;GENEL TOPLAM;79.251,25\n"

var payrollArgs = []string{"-f", "payroll.csv", "-id", "payroll-1", "-description", "Kasım maaşı"}

func with(args []string, more ...string) []string {
	return append(append([]string(nil), args...), more...)
}

// What the user expects of a file, and what it is not.
func TestExpectations(t *testing.T) {
	emu := emulated(t, nil)
	writeFile(t, "payroll.csv", payroll)
	for _, tt := range []struct {
		args []string
		want string // "" if it is as expected
	}{
		{[]string{"-total", "79251,25", "-count", "2", "-max-item", "48250,75", "-max-total", "79.251,25 TL"}, ""},
		{[]string{"-total", "79251.24"}, "the total is 79,251.25 TRY, and -total says 79,251.24 TRY"},
		{[]string{"-total", "79251,25 USD"}, "-total says 79,251.25 USD"},
		{[]string{"-count", "3"}, "the file has 2 items, and -count says 3"},
		{[]string{"-max-item", "40000"}, "-max-item allows 40,000.00 TRY; more: row 3"},
		{[]string{"-max-total", "79251,24"}, "-max-total allows 79,251.24 TRY"},
		{[]string{"-max-total", "1.250"}, "-max-total: 1.250 can be read in two ways"},
		{[]string{"-currency", "USD"}, "the currency is another one than -currency says"},
	} {
		got := runPayout(t, "", with(payrollArgs, append([]string{"-pay", "-yes"}, tt.args...)...)...)
		if (got.code == 0) != (tt.want == "") || !strings.Contains(got.stderr, tt.want) || tt.want != "" && got.code != 2 {
			t.Errorf("%v: exit code %d, stderr: %s", tt.args, got.code, got.stderr)
		}
	}
	writeFile(t, "mixed.csv", "No;Ad Soyad;IBAN;Tutar;Para Birimi\n1;Ayşe Yılmaz;TR330006100519786457841326;5;TL\n"+
		"2;Ali Veli;TR880006100000000001234567;1.250,50;USD\n")
	got := runPayout(t, "", "-f", "mixed.csv", "-id", "mixed", "-description", "Prim", "-pay", "-yes")
	if got.code != 2 || !strings.Contains(got.stderr, "the file has several currencies (5.00 TRY and 1,250.50 USD)") {
		t.Errorf("two currencies: exit code %d, stderr: %s", got.code, got.stderr)
	}
	for _, args := range [][]string{{"-several-currencies", "-total", "5"}, {"-several-currencies", "-max-item", "5000"}} {
		got := runPayout(t, "", with(args, "-f", "mixed.csv", "-id", "mixed", "-description", "Prim", "-pay", "-yes")...)
		if got.code != 2 || !strings.Contains(got.stderr, "are for a file with one currency, and this one has 5.00 TRY and 1,250.50 USD") {
			t.Errorf("%v: exit code %d, stderr: %s", args, got.code, got.stderr)
		}
	}
	if emu.Calls(emulator.OpInit) != 1 {
		t.Errorf("%d payouts were stored, want 1", emu.Calls(emulator.OpInit))
	}
	got = runPayout(t, "yes\n", "-f", "mixed.csv", "-id", "mixed", "-description", "Prim", "-pay", "-several-currencies")
	if got.code != 0 || !strings.Contains(got.stdout, "what iyzico takes from it for 1,250.50 USD is not known.") ||
		!strings.Contains(got.stdout, "Pay 2 items now, 5.00 TRY and 1,250.50 USD?") {
		t.Errorf("two currencies: exit code %d, stdout: %s\nstderr: %s", got.code, got.stdout, got.stderr)
	}
}

// What the confirmation warns of.
func TestWarningsBeforePaying(t *testing.T) {
	emulated(t, nil)
	writeFile(t, "payroll.csv", payroll)
	if got := runPayout(t, "", with(payrollArgs, "-pay", "-yes")...); got.code != 0 {
		t.Fatalf("exit code %d, stderr: %s", got.code, got.stderr)
	}
	receipt, err := os.ReadFile("payout-payroll-1.receipt.txt")
	if err != nil || !strings.Contains(string(receipt), "79,251.25 TRY") || strings.Contains(string(receipt), "Ayşe") ||
		strings.Contains(string(receipt), "TR33") {
		t.Errorf("the receipt is:\n%s\n%v", receipt, err)
	}
	got := runPayout(t, "no\n", "-f", "payroll.csv", "-id", "payroll-2", "-description", "x", "-pay")
	for _, want := range []string{
		"1     Ayşe Yılmaz  IBAN …1326  48,250.75 TRY  not paid yet\n",
		"Balance: 999,920,748.75 before, 999,841,497.50 after.\n",
		"note: totals that agree with the sum: rows 5\n",
		`warning: an earlier payout of this folder, "payroll-1", has the same people and amounts: see payout-payroll-1.receipt.txt`,
		"Pay 2 items now, 79,251.25 TRY? This cannot be undone. [yes/no] ",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("the confirmation lacks %q:\n%s", want, got.stdout)
		}
	}
	writeFile(t, "odd.csv", "Ad Soyad;IBAN;Tutar\nAyşe Yılmaz;TR330006100519786457841326;100,00\n"+
		"Ali Veli;TR330006100519786457841326;120,00\nCan Demir;TR470006400000112345678901;90,00\n"+
		"Can Demir;TR320010009999901234567890;11.000,00\n"+
		"Ece Su;TR880006100000000001234567;0,90\n")
	got = runPayout(t, "", "-f", "odd.csv", "-id", "odd", "-description", "x", "-currency", "TL", "-strict", "-lang", "tr")
	for _, want := range []string{
		"uyarı: aynı alıcıya 2 kez ödeniyor: satır 2, satır 3\n",
		"uyarı: aynı ada 2 ayrı hesapta ödeniyor: satır 4, satır 5\n",
		"uyarı: satır 5: 11.000,00 TRY ötekilerden çok büyük; ortancaları 100,00 TRY\n",
		"uyarı: satır 6: 0,90 TRY ötekilerden çok küçük; ortancaları 100,00 TRY\n",
	} {
		if got.code != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("exit code %d, %q is missing in:\n%s", got.code, want, got.stderr)
		}
	}
}

// Names that a person reads as one are one payout, and one name has one file.
func TestNames(t *testing.T) {
	emu := emulated(t, nil)
	writeFile(t, "payroll.csv", payroll)
	if got := runPayout(t, "", "-f", "payroll.csv", "-id", "maas 2026/11", "-description", "x"); got.code != 0 {
		t.Fatalf("exit code %d, stderr: %s", got.code, got.stderr)
	}
	for _, name := range []string{"MAAS 2026/11", "maas  2026/11", "Maaş 2026/11"} {
		got := runPayout(t, "", "-f", "payroll.csv", "-id", name, "-description", "x")
		if refused := name != "Maaş 2026/11"; refused != (got.code == 2) || refused && !strings.Contains(got.stderr, "differs from that only in case") {
			t.Errorf("%q: exit code %d, stderr: %s", name, got.code, got.stderr)
		}
	}
	if emu.Calls(emulator.OpInit) != 2 {
		t.Errorf("%d payouts were stored, want 2", emu.Calls(emulator.OpInit))
	}
}

// What came back is paid again once, under the next name, and what that leaves under the one after.
func TestAgain(t *testing.T) {
	emu := emulated(t, nil)
	writeFile(t, "payroll.csv", "Kalem no;Ad Soyad;IBAN;Tutar\na;Ayşe Yılmaz;TR330006100519786457841326;100,00\n"+
		"b;Ali Veli;"+emulator.RecipientReturns.IBAN()+";250,50\n")
	args := []string{"-f", "payroll.csv", "-description", "x", "-currency", "TRY"}
	if got := runPayout(t, "", with(args, "-id", "p", "-pay", "-yes")...); got.code != 1 {
		t.Fatalf("exit code %d, stderr: %s", got.code, got.stderr)
	}
	for i, want := range []string{"p-again1", "p-again1", "p-again2"} {
		state := "payout-p.state"
		if want == "p-again2" {
			state = "payout-p-again1.state"
		}
		got := runPayout(t, "yes\n", with(args, "-again", state)...)
		if got.code != 1 || i != 1 && !strings.Contains(got.stdout, fmt.Sprintf("as %q; not again: ", want)) ||
			strings.Contains(got.stdout, "Ayşe") {
			t.Errorf("%s: exit code %d, printed:\n%s%s", want, got.code, got.stdout, got.stderr)
		}
		if _, err := os.Stat("payout-" + want + ".state"); err != nil {
			t.Error(err)
		}
	}
	if emu.Calls(emulator.OpInit) != 3 || emu.Calls(emulator.OpAuth) != 3 || emu.Paid()["a"] != 1 {
		t.Errorf("%d inits, %d auths, paid %v", emu.Calls(emulator.OpInit), emu.Calls(emulator.OpAuth), emu.Paid())
	}
	writeFile(t, "other.csv", "Kalem no;Ad Soyad;IBAN;Tutar\na;Ayşe Yılmaz;TR330006100519786457841326;100,01\n")
	got := runPayout(t, "yes\n", "-f", "other.csv", "-description", "x", "-currency", "TRY", "-again", "payout-p.state")
	if got.code != 2 || emu.Calls(emulator.OpInit) != 3 || !strings.Contains(got.stderr, "to pay corrected recipients, add -corrected") {
		t.Errorf("another file: exit code %d, stderr: %s", got.code, got.stderr)
	}
}

// An account that was corrected in the file is paid, and nobody else.
func TestAgainWithCorrectedRecipients(t *testing.T) {
	emu := emulated(t, nil)
	file := "Kalem no;Ad Soyad;IBAN;Tutar\na;Ayşe Yılmaz;TR330006100519786457841326;100,00\n" +
		"b;Ali Veli;" + emulator.RecipientReturns.IBAN() + ";250,50\n"
	writeFile(t, "payroll.csv", file)
	args := []string{"-description", "x", "-currency", "TRY"}
	if got := runPayout(t, "", with(args, "-f", "payroll.csv", "-id", "p", "-pay", "-yes")...); got.code != 1 {
		t.Fatalf("exit code %d, stderr: %s", got.code, got.stderr)
	}
	corrected := strings.Replace(file, emulator.RecipientReturns.IBAN(), "TR470006400000112345678901", 1)
	for _, tt := range []struct{ file, want string }{
		{strings.Replace(corrected, "250,50", "250,51", 1), `the amounts are others than those of "p": row 3`},
		{strings.Replace(corrected, "\nb;", "\nc;", 1), `"p" has no items with these IDs: row 3`},
		{corrected[:strings.Index(corrected, "\nb")+1], `nothing of "p" may be paid again: 1: paid`},
	} {
		writeFile(t, "corrected.csv", tt.file)
		got := runPayout(t, "", with(args, "-f", "corrected.csv", "-again", "payout-p.state", "-corrected", "-yes")...)
		if got.code != 2 || !strings.Contains(got.stderr, tt.want) || emu.Calls(emulator.OpInit) != 1 {
			t.Errorf("exit code %d, want %q, stderr: %s", got.code, tt.want, got.stderr)
		}
	}
	writeFile(t, "corrected.csv", corrected)
	got := runPayout(t, "yes\n", with(args, "-f", "corrected.csv", "-again", "payout-p.state", "-corrected")...)
	if got.code != 0 || emu.Paid()["a"] != 1 || emu.Paid()["b"] != 1 || emu.Calls(emulator.OpAuth) != 2 ||
		!strings.Contains(got.stdout, `this pays again 1 item of "p", as "p-again1"; not again: 1: paid`) {
		t.Errorf("exit code %d, paid %v, printed:\n%s%s", got.code, emu.Paid(), got.stdout, got.stderr)
	}
}

// Where a payout that pays again was refused and authorized nothing, it can be canceled, and corrected recipients be paid
// under the next name, once.
func TestAgainCorrectedAfterRefusal(t *testing.T) {
	emu := emulated(t, nil)
	file := "Kalem no;Ad Soyad;IBAN;Tutar\na;Ayşe Yılmaz;TR330006100519786457841326;100,00\n" +
		"b;Ali Veli;" + emulator.RecipientBlocked.IBAN() + ";250,50\n"
	writeFile(t, "w.csv", file)
	writeFile(t, "corrected.csv", strings.Replace(file, emulator.RecipientBlocked.IBAN(), "TR470006400000112345678901", 1))
	args := []string{"-description", "x", "-currency", "TRY", "-yes"}
	runPayout(t, "", with(args, "-f", "w.csv", "-id", "w1", "-pay", "-allow-refused")...)
	if got := runPayout(t, "", with(args, "-f", "w.csv", "-again", "payout-w1.state")...); got.code != 1 || emu.Calls(emulator.OpAuth) != 1 {
		t.Fatalf("refused again: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	corrected := with(args, "-f", "corrected.csv", "-again", "payout-w1.state", "-corrected")
	got := runPayout(t, "", corrected...)
	id := requestID.FindString(got.stderr)
	if got.code != 2 || id == "" || !strings.Contains(got.stderr, `"w1-again1" is stored at iyzico with other recipients, and not authorized`) {
		t.Fatalf("corrected: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got := runPayout(t, "", "-cancel", id); got.code != 0 {
		t.Fatalf("cancel: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	for range 2 { // the second time, it is found paid
		got := runPayout(t, "", corrected...)
		if got.code != 0 || !strings.Contains(got.stdout+got.stderr, "w1-again2") || emu.Paid()["a"] != 1 || emu.Paid()["b"] != 1 ||
			emu.Calls(emulator.OpAuth) != 2 {
			t.Errorf("after the cancel: exit code %d, paid %v, printed:\n%s%s", got.code, emu.Paid(), got.stdout, got.stderr)
		}
	}
	if got := runPayout(t, "", with(args, "-f", "w.csv", "-again", "payout-w1.state")...); got.code == 0 || emu.Calls(emulator.OpAuth) != 2 {
		t.Errorf("unchanged, after that: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// A file that is too large for one payout becomes several, after asking.
func TestSplit(t *testing.T) {
	emu := emulated(t, nil)
	var list strings.Builder
	list.WriteString("Kalem no;Ad Soyad;IBAN;Tutar\n")
	for i := range 5 {
		fmt.Fprintf(&list, "%d;Ayşe Yılmaz;TR33000610051978%010d;10%d,00\n", i, i, i)
	}
	writeFile(t, "list.csv", list.String())
	args := []string{"-f", "list.csv", "-id", "s", "-description", "x", "-currency", "TRY", "-split", "2", "-pay"}
	if got := runPayout(t, "no\n", args...); got.code != 2 || emu.Calls(emulator.OpInit) != 0 ||
		!strings.Contains(got.stdout, "It becomes 3 payouts") {
		t.Errorf("declined: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	got := runPayout(t, "yes\nyes\nyes\nyes\n", with(args, "-out", "result.xlsx")...)
	if got.code != 0 || emu.Calls(emulator.OpInit) != 3 || len(emu.Paid()) != 5 ||
		strings.Count(got.stdout, "This cannot be undone.") != 3 || !strings.Contains(got.stdout, "paid    5 items, 510.00 TRY\nstatus  completed\n") {
		t.Errorf("exit code %d, paid %v, printed:\n%s%s", got.code, emu.Paid(), got.stdout, got.stderr)
	}
	if got := runPayout(t, "", with(args[:len(args)-1], "-resume", "-yes")...); got.code != 0 || emu.Calls(emulator.OpAuth) != 3 {
		t.Errorf("resumed: exit code %d, %d auths, stderr: %s", got.code, emu.Calls(emulator.OpAuth), got.stderr)
	}
	data, err := os.ReadFile("result.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	file, err := xlsx.Read(data, payfile.Options{ExternalID: "again"})
	if err != nil || len(file.Request.Items) != 5 || file.Request.Items[4].Amount.String() != "104.00 TRY" &&
		file.Request.Items[4].Amount.String() != "104 TRY" {
		t.Errorf("the result cannot be read as a list: %v, %v", file, err)
	}
}

// A result is safe to open, and never written over anything but a result of the same payout.
func TestResults(t *testing.T) {
	emulated(t, nil)
	writeFile(t, "list.csv", "Kalem no;Ad Soyad;IBAN;Tutar\n=1+1;Ayşe Yılmaz;TR330006100519786457841326;100,00\n")
	args := []string{"-f", "list.csv", "-description", "@SUM(A1)", "-currency", "TRY"}
	for _, name := range []string{"result.csv", "result.xlsx"} {
		for range 2 {
			if got := runPayout(t, "", with(args, "-id", "r", "-out", name)...); got.code != 0 {
				t.Fatalf("%s: exit code %d, stderr: %s", name, got.code, got.stderr)
			}
		}
		if got := runPayout(t, "", with(args, "-id", "other", "-out", name)...); got.code != 2 ||
			!strings.Contains(got.stderr, "is there already, and is not a result of \"other\"") {
			t.Errorf("%s: exit code %d, stderr: %s", name, got.code, got.stderr)
		}
	}
	f, err := excelize.OpenFile("result.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	for cell, want := range map[string]string{"A2": "=1+1", "B2": "Ayşe Yılmaz", "C2": "IBAN", "D2": "TR330006100519786457841326", "E2": "100.00",
		"G2": "@SUM(A1)"} {
		formula, _ := f.GetCellFormula(sheet, cell)
		if got, err := f.GetCellValue(sheet, cell); err != nil || got != want || formula != "" {
			t.Errorf("%s is %q, formula %q, %v; want %q", cell, got, formula, err, want)
		}
	}
	writeFile(t, "notes.csv", "a,b\n1,2\n")
	if got := runPayout(t, "", with(args, "-id", "r", "-out", "notes.csv")...); got.code != 2 {
		t.Errorf("over another file: exit code %d", got.code)
	}
}

// The bar counts the items of any payout, but not more often than iyzico may be asked; at the end it counts the result.
func TestCountsOfTheBar(t *testing.T) {
	emu := emulated(t, nil)
	var list strings.Builder
	list.WriteString("Kalem no;Ad Soyad;IBAN;Tutar\n")
	const items = 1001
	for i := range items {
		fmt.Fprintf(&list, "%d;Ayşe Yılmaz;TR33000610051978%010d;%d,00\n", i, i, 100+i)
	}
	writeFile(t, "list.csv", list.String())
	args := []string{"-f", "list.csv", "-id", "s", "-description", "x", "-currency", "TRY"}
	if got := runPayout(t, "", args...); got.code != 0 {
		t.Fatalf("exit code %d, stderr: %s", got.code, got.stderr)
	}
	o := &options{args: args, stdout: &output{w: io.Discard}, stderr: io.Discard}
	if err := o.parse(); err != nil {
		t.Fatal(err)
	}
	in, err := readInput(o)
	if err != nil {
		t.Fatal(err)
	}
	target, err := connect(o)
	if err != nil {
		t.Fatal(err)
	}
	d := newDisplay(o, &job{target: target, in: in, o: o, request: in.request})
	before := emu.Calls(emulator.OpRetrieve)
	underWay := payout.Progress{Step: payout.StepAuthorized, Wait: time.Second}
	if counts := d.read(underWay); counts[gen.FundsNotMoved] != items {
		t.Errorf("counted %v", counts)
	}
	looks := emu.Calls(emulator.OpRetrieve) - before
	if counts := d.read(underWay); counts != nil || looks == 0 || looks > 8 {
		t.Errorf("counted %v at once, after %d requests", counts, looks)
	}
	ended := payout.Progress{Step: payout.StepEnded, Ended: true,
		Result: &payout.Result{Items: []payout.Item{{Status: gen.ItemStatusSuccess}, {Status: gen.ItemStatusDepositFail}}}}
	if counts := d.read(ended); counts[gen.FundsWithRecipient] != 1 || counts[gen.FundsStuck] != 1 ||
		emu.Calls(emulator.OpRetrieve) != before+looks {
		t.Errorf("counted %v at the end", counts)
	}
}

// What is too large is refused before any of it is read, as a file of 2 GB that takes no room on the disk.
func TestHugeFile(t *testing.T) {
	emulated(t, nil)
	for _, name := range []string{"huge.csv", "huge.xlsx", "huge.json"} {
		writeFile(t, name, "PK")
		if err := os.Truncate(name, 2<<30); err != nil {
			t.Skip(err)
		}
		got := runPayout(t, "", "-f", name, "-id", "s")
		if got.code != 2 || !strings.Contains(got.stderr, "it is larger than 64 MiB: split it") {
			t.Errorf("%s: exit code %d, stderr: %s", name, got.code, got.stderr)
		}
	}
}

// Nothing is sent if the progress cannot be kept.
func TestFolderThatCannotBeWritten(t *testing.T) {
	emu := emulated(t, nil)
	writeFile(t, "payroll.csv", payroll)
	got := runPayout(t, "", with(payrollArgs, "-state", filepath.Join("nowhere", "s.state"), "-pay", "-yes")...)
	if got.code != 2 || !strings.Contains(got.stderr, "nothing was sent") || requests(emu) != 0 {
		t.Errorf("exit code %d, %d requests, stderr: %s", got.code, requests(emu), got.stderr)
	}
	got = runPayout(t, "", with(payrollArgs, "-state", filepath.Join("nowhere", "s.state"), "-pay", "-yes", "-json", "-lang", "tr")...)
	if got.code != 2 || got.stdout != `{"exitCode":2,"error":"hiçbir şey gönderilmedi: ilerleme nowhere klasörüne kaydedilemiyor: böyle `+
		`bir dosya ya da klasör yok"}`+"\n" {
		t.Errorf("exit code %d, stdout: %s", got.code, got.stdout)
	}
}

// A workbook is paid as it is.
func TestWorkbook(t *testing.T) {
	emu := emulated(t, nil)
	data, err := os.ReadFile(filepath.Join(repository, "cmd/masspayout/xlsx/testdata/office/libreoffice-payroll.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, "payroll.xlsx", string(data))
	got := runPayout(t, "", "-f", "payroll.xlsx", "-id", "w", "-description", "Kasım maaşı", "-pay", "-yes", "-total", "80501.25")
	if got.code != 0 || len(emu.Paid()) != 3 {
		t.Errorf("exit code %d, paid %v, printed:\n%s%s", got.code, emu.Paid(), got.stdout, got.stderr)
	}
}

// repository is where the tests are run from, before they change to folders of their own.
var repository = func() string {
	folder, _ := filepath.Abs("../..")
	return folder
}()
