package record

import (
	"strings"
	"testing"
)

var full = Record{
	Page: "https://docs.iyzico.com/page.md", Date: "2026-11-22", Version: "1.0.1", SHA256: strings.Repeat("9f", 32),
}

func TestRecordIsReadAsItWasWritten(t *testing.T) {
	saved := full
	saved.Copy = "saved page.md"
	for _, r := range []Record{full, saved} {
		readme, err := Replace("# Inputs\n\n"+begin+"\n"+end+"\n\nText | with | bars |\n", r)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(readme, "# Inputs\n\n"+begin) || !strings.HasSuffix(readme, end+"\n\nText | with | bars |\n") {
			t.Errorf("the text around the block was changed:\n%s", readme)
		}
		for _, text := range []string{readme, strings.ReplaceAll(readme, "\n", "\r\n")} {
			if got, err := Parse(text); err != nil || got != r {
				t.Errorf("got %+v, %v, want %+v", got, err, r)
			}
		}
		again, err := Replace(readme, r)
		if err != nil || again != readme {
			t.Errorf("writing it twice changes it: %v\n%s", err, again)
		}
	}
}

func TestEmptyBlock(t *testing.T) {
	if got, err := Parse(begin + "\n" + end); err != nil || got != (Record{}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCellsHold(t *testing.T) {
	r := full
	r.Page, r.Copy = "https://docs.iyzico.com/?a=|b>", "a | b\nc"
	got, err := Parse(r.String())
	if err != nil || got.SHA256 != r.SHA256 || got.Page != "https://docs.iyzico.com/?a=%7Cb%3E" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestParseRefuses(t *testing.T) {
	block := full.String()
	for name, readme := range map[string]string{
		"no block":     "# Inputs\n",
		"no end":       strings.Replace(block, end, "", 1),
		"no begin":     strings.Replace(block, begin, "", 1),
		"two blocks":   block + "\n" + block,
		"wrong order":  end + "\n" + begin,
		"without sum":  strings.Replace(block, "SHA-256", "MD5", 1),
		"without page": strings.Replace(block, "| page ", "| place ", 1),
	} {
		if got, err := Parse(readme); err == nil {
			t.Errorf("%s: got %+v, want an error", name, got)
		}
	}
}

func TestReplaceRefuses(t *testing.T) {
	if _, err := Replace("# Inputs\n", full); err == nil || !strings.Contains(err.Error(), "expected one block between") {
		t.Errorf("got %v", err)
	}
}
