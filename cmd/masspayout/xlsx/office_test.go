package xlsx_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/cmd/masspayout/xlsx"
	"github.com/iyzico-go/masspayout/payfile"
)

var update = flag.Bool("update", false, "write testdata/office/want.txt anew; read what has changed")

// TestOffice reads files as spreadsheet programs write them in a Turkish office, and compares what comes out, or the
// error, with want.txt. testdata/office/README.md says how they were made.
func TestOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("sheet after sheet: run it without -short")
	}
	files, err := filepath.Glob("testdata/office/*-*.*")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files, %v; expected at least 60", len(files), err)
	}
	var got strings.Builder
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "== %s\n%s", filepath.Base(name), outcome(data))
	}
	if *update {
		if err := os.WriteFile("testdata/office/want.txt", []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/office/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]string{}
	for _, section := range strings.Split(string(want), "== ")[1:] {
		name, text, _ := strings.Cut(section, "\n")
		wanted[name] = text
	}
	for _, section := range strings.Split(got.String(), "== ")[1:] {
		name, text, _ := strings.Cut(section, "\n")
		if text != wanted[name] {
			t.Errorf("%s: got\n%swant\n%s", name, text, wanted[name])
		}
		delete(wanted, name)
	}
	for name := range wanted {
		t.Errorf("%s is missing", name)
	}
}

// outcome is what is read from a file: each item, each note, or the findings.
func outcome(data []byte) string {
	o := payfile.Options{ExternalID: "p", Description: "Kasım"}
	file, err := (*payfile.File)(nil), error(nil)
	if xlsx.Is(data) {
		file, err = xlsx.Read(data, o)
	} else {
		file, err = payfile.Read(data, o)
	}
	var findings payfile.Findings
	if errors.As(err, &findings) {
		return "refused\n" + err.Error() + "\n"
	} else if err != nil {
		return fmt.Sprintf("%T: %v\n", err, err)
	}
	var out bytes.Buffer
	for i, item := range file.Request.Items {
		fmt.Fprintf(&out, "%d: %s | %s | %s %s | %s | %s\n", file.Row(i), item.ItemExternalID, item.RecipientName,
			item.RecipientType, item.RecipientInfo, item.Amount, item.Description)
	}
	for _, note := range file.Notes {
		fmt.Fprintf(&out, "note: %s\n", note)
	}
	return out.String()
}
