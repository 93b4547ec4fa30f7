package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
)

const salaries = "Kalem no;Alıcı adı;IBAN;Tutar;Para birimi;Açıklama\r\n" +
	"1001;Ayşe Yılmaz;TR33 0006 1005 1978 6457 8413 26;48.250,75;TL;Kasım maaşı\r\n" +
	"=1002;Mehmet Öğüt;TR000000000000000000009001;1.000,00;TL;Kasım maaşı\r\n"

// A spreadsheet is paid, and what became of it is a spreadsheet that looks the same.
func TestSalaries(t *testing.T) {
	emu := emulated(t, nil)
	writeFile(t, "salaries.csv", salaries)
	args := []string{"-f", "salaries.csv", "-id", "salaries-2026-11", "-purpose", "SALARY", "-out", "result.csv", "-lang",
		"tr"}

	created := runPayout(t, "", args...)
	const warning = "uyarı: satır 3, sütun 3 (IBAN): emülatörün test alıcısıdır: iyzico'da böyle bir alıcı yoktur"
	if created.code != 0 || !strings.HasPrefix(created.stderr, warning) {
		t.Errorf("create: exit code %d, printed:\n%s%s", created.code, created.stdout, created.stderr)
	}
	id := requestID.FindString(created.stdout)
	const headings = "\uFEFF" +
		`"Kalem no";"Alıcı adı";"Alıcı tipi";"Alıcı bilgisi";"Tutar";"Para birimi";"Açıklama";"Sonuç";"Neden";"Komisyon";"iyzico durumu";"iyzico referansı";"Toplu ödeme";"requestId";"Dosyadaki satır"` + "\r\n"
	want := headings +
		`"1001";"Ayşe Yılmaz";"IBAN";"TR330006100519786457841326";"48250,75";"TRY";"Kasım maaşı";"henüz ödenmedi";"";"0,00";"INIT";"REF";"salaries-2026-11";"` + id + `";"2"` +
		"\r\n" +
		`"'=1002";"Mehmet Öğüt";"IBAN";"TR000000000000000000009001";"1000,00";"TRY";"Kasım maaşı";"reddedildi, ödenmedi";"alıcının hesabı blokeli";"0,00";"INVALID";"REF";"salaries-2026-11";"` + id + `";"3"` + "\r\n"
	if got := resultCSV(t, id); got != want {
		t.Errorf("create: result.csv is\n%s\nwant\n%s", got, want)
	}

	if got := runPayout(t, "", append(args, "-pay", "-yes")...); got.code != 1 || emu.Calls(emulator.OpAuth) != 0 {
		t.Errorf("pay: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got := runPayout(t, "no\n", append(args, "-pay", "-allow-refused")...); got.code != 1 {
		t.Errorf("declined: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got := runPayout(t, "", append(args, "-pay", "-yes", "-allow-refused")...); got.code != 0 ||
		emu.Paid()["1001"] != 1 {
		t.Errorf("pay the accepted: exit code %d, paid %v, printed:\n%s%s", got.code, emu.Paid(), got.stdout, got.stderr)
	}
	if got := resultCSV(t, id); !strings.Contains(got, `"1001";"Ayşe Yılmaz";"IBAN";"TR330006100519786457841326";"48250,75";"TRY";"Kasım maaşı";"ödendi";`) {
		t.Errorf("pay: result.csv is\n%s", got)
	}
	for _, name := range []string{"result.csv", "payout-salaries-2026-11.state"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 0600", name, info, err)
		}
	}
	if left, _ := filepath.Glob(".result*"); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

// resultCSV is result.csv with REF in the place of iyzico's references.
func resultCSV(t *testing.T, requestID_ string) string {
	t.Helper()
	data, err := os.ReadFile("result.csv")
	if err != nil {
		t.Fatal(err)
	}
	s := strings.ReplaceAll(string(data), requestID_, "\x00")
	return strings.ReplaceAll(requestID.ReplaceAllString(s, "REF"), "\x00", requestID_)
}

// All that is wrong with a spreadsheet is told at once, with the place, before anything is sent.
func TestSalariesRefused(t *testing.T) {
	emu := emulated(t, nil)
	writeFile(t, "salaries.csv", strings.NewReplacer("48.250,75", "1.250", "TR33 0006", "33 0006").Replace(salaries))
	got := runPayout(t, "", "-f", "salaries.csv", "-id", "p", "-pay", "-yes", "-out", "result.csv")
	const want = "masspayout: salaries.csv:\n" +
		"masspayout: line 2, column 3 (IBAN): the country is missing: write TR before it\n" +
		"masspayout: line 2, column 4 (Tutar): 1.250 can be read as 1250 and as 1 and a fraction: write 1250.00 or 1.25; in the other amounts of the column it separates thousands: -decimal-comma reads it as 1250\n"
	if got.code != 2 || got.stderr != want || requests(emu) != 0 {
		t.Errorf("exit code %d, %d requests, stderr:\n%s", got.code, requests(emu), got.stderr)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-f", "salaries.csv"}, "a table needs -id"},
		{[]string{"-f", "request.json", "-id", "p"}, "the JSON has an externalId and a purpose of its own"},
		{[]string{"-f", "good.csv", "-id", "p", "-purpose", "FUN"}, "one of SALARY"},
		{[]string{"-f", "good.csv", "-id", "p", "-strict"}, "line 3, column 3 (IBAN): is a test recipient of the emulator"},
		{[]string{"-f", "good.csv", "-id", "p", "-out", "good.csv"}, "-out would overwrite good.csv"},
		{[]string{"-f", "good.csv", "-id", "p", "-state", "state.csv", "-out", "state.csv"}, "-out would overwrite state.csv"},
	} {
		writeRequest(t, one)
		writeFile(t, "good.csv", salaries)
		writeFile(t, "state.csv", "")
		if got := runPayout(t, "", tt.args...); got.code != 2 || !strings.Contains(got.stderr, tt.want) ||
			requests(emu) != 0 {
			t.Errorf("%v: exit code %d, %d requests, stderr:\n%s", tt.args, got.code, requests(emu), got.stderr)
		}
		if left, _ := filepath.Glob(".*.tmp"); len(left) != 0 {
			t.Errorf("%v: %v is left", tt.args, left)
		}
	}
}

// The file on standard input is known by how it begins.
func TestSalariesOnStandardInput(t *testing.T) {
	emu := emulated(t, nil)
	got := runPayout(t, strings.Split(salaries, "=1002")[0], "-f", "-", "-id", "p", "-pay", "-yes")
	if got.code != 0 || emu.Paid()["1001"] != 1 {
		t.Errorf("exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

func TestTemplate(t *testing.T) {
	setEnv(t, "", "", "", "")
	t.Chdir(t.TempDir())
	template := runPayout(t, "", "-template", "-lang", "tr")
	writeFile(t, "t.csv", strings.ReplaceAll(template.stdout, "örneğin ", ""))
	if got := runPayout(t, "", "-f", "t.csv", "-id", "p"); template.code != 0 || got.code != 0 ||
		!strings.Contains(got.stdout, "1001  Ayşe Yılmaz  IBAN …1326  48,250.75 TRY  not paid yet") {
		t.Errorf("exit codes %d, %d, printed:\n%s%s", template.code, got.code, got.stdout, got.stderr)
	}
	if !bytes.HasPrefix([]byte(template.stdout), []byte("\uFEFF\"Kalem no\";\"Alıcı adı\";")) {
		t.Errorf("the template is:\n%s", template.stdout)
	}
}
