package release

import (
	"strings"
	"testing"

	"golang.org/x/exp/apidiff"
)

func TestSection(t *testing.T) {
	for _, test := range []struct{ name, changelog, want, says string }{
		{"good", "## [Unreleased]\n\n## [0.1.0] - 2026-11-22\n\n- First.\n\n[0.1.0]: https://example.com\n",
			"- First.\n", ""},
		{"with the line ends of Windows", "## [0.1.0] - 2026-11-22\r\n\r\n- First.\r\n", "- First.\n", ""},
		{"without a date", "## [0.1.0]\n\n- First.\n", "", "expected a heading such as"},
		{"an impossible date", "## [0.1.0] - 2026-02-30\n\n- First.\n", "",
			"expected a date such as 2026-11-22, got 2026-02-30"},
		{"without a text", "## [0.1.0] - 2026-11-22\n\n## [0.0.1] - 2026-11-01\n\ntext\n", "",
			"expected a text under the heading"},
		{"leftovers", "## [Unreleased]\n\n### Added\n\n- More.\n\n## [0.1.0] - 2026-11-22\n\n- First.\n", "",
			"expected nothing under Unreleased any more"},
	} {
		got, err := section(test.changelog, "0.1.0")
		if got != test.want || (err == nil) != (test.says == "") || err != nil &&
			!strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %q, error %v; want %q, %q", test.name, got, err, test.want, test.says)
		}
	}
}

func TestReleaseRefusesVersions(t *testing.T) {
	for version, says := range map[string]string{
		"0.2.0": "expected a version such as v0.2.0", "v0.2": "expected a version", "v0.2.0-rc.1": "expected a version",
		"v2.0.0": "the module's path must end in its major version",
	} {
		_, err := Check(t.Context(), "../../..", version)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got error %v, want %q", version, err, says)
		}
	}
}

func TestNextVersion(t *testing.T) {
	addition, breaks := apidiff.Change{Compatible: true}, apidiff.Change{}
	for _, test := range []struct {
		last    string
		changes []apidiff.Change
		want    string
	}{
		{"v0.1.0", nil, "v0.1.1"}, {"v0.1.9", []apidiff.Change{addition}, "v0.1.10"},
		{"v0.1.1", []apidiff.Change{addition, breaks}, "v0.2.0"},
		{"v1.2.3", nil, "v1.2.4"}, {"v1.2.3", []apidiff.Change{addition}, "v1.3.0"},
		{"v1.2.3", []apidiff.Change{breaks}, "v2.0.0"},
	} {
		if got := Next(test.last, apidiff.Report{Changes: test.changes}); got != test.want {
			t.Errorf("after %s: got %s, want %s", test.last, got, test.want)
		}
	}
}
