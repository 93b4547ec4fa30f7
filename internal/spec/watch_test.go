package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// iyzico serves a module's pages on record, and the index of all pages, under the paths that they have at iyzico.
type iyzico struct {
	m      workspace
	url    string
	served map[string]string // by path
	paths  map[string]string // by file
}

// newIyzico has the pages that are on record, serves them as they are there, and lets the record lead to it.
func newIyzico(t *testing.T, m workspace) iyzico {
	t.Helper()
	s := iyzico{m: m, served: map[string]string{}, paths: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := s.served[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
		}
		fmt.Fprint(w, text)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	all, err := pages.Load(m.root)
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(p pages.Page) bool { return len(p.Text) == 0 && !strings.HasPrefix(p.File, "auth.") })
	for i, p := range all {
		address, err := url.Parse(p.Address)
		if err != nil {
			t.Fatal(err)
		}
		s.paths[p.File] = address.Path
		all[i].Address = s.url + address.Path
		if len(p.Text) > 0 {
			s.serve(p.File, string(p.Text))
		}
	}
	s.served[s.paths["auth.tr.json"]] = "# Toplu Ödeme Tamamlama\n"
	record, err := pages.Encode(all)
	if err != nil {
		t.Fatal(err)
	}
	m.write(pages.RecordFile, string(record))
	m.commit("addresses")
	s.list()
	return s
}

// serve serves a document as iyzico does: with the page's own address in the first line.
func (s iyzico) serve(file, document string) {
	s.served[s.paths[file]] = fmt.Sprintf("> For the index, see [llms.txt](%s/llms.txt); this page is available as [Markdown](%s%s).\n\n%s",
		s.url, s.url, s.paths[file], page(document))
}

// list lists the pages on record in the index, and others.
func (s iyzico) list(others ...string) {
	text := "# iyzico\n\n- [Card payments](" + s.url + "/en/payments.md): cards\n" +
		"- [Mass payout](https://docs.iyzico.com/en/products/mass-payout.md)\n"
	for _, path := range s.paths {
		text += fmt.Sprintf("- [Page](%s%s): a page\n", s.url, path)
	}
	for _, other := range others {
		text += "- [Other](" + other + ")\n"
	}
	s.served["/llms.txt"] = text
}

// record is what is on record now, of each page whose file's name starts with a stem.
func (s iyzico) record(stem string) string {
	s.m.t.Helper()
	all, err := pages.Load(s.m.root)
	if err != nil {
		s.m.t.Fatal(err)
	}
	var lines []string
	for _, p := range all {
		if pages.Stem(p.File) == stem {
			lines = append(lines, fmt.Sprintf("%s %s %s %v %s", p.File, p.Operation, p.Version, p.Generates,
				strings.TrimPrefix(p.Address, s.url)))
		}
	}
	return strings.Join(lines, "\n")
}

// settled are the titles of issues that a look closes which has read all pages on record but some, and their index.
func settled(m workspace, unread ...string) (all []string) {
	m.t.Helper()
	record, err := pages.Load(m.root)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, page := range record {
		if !slices.Contains(unread, page.File) {
			all = append(all, titleUnread+page.File)
		}
	}
	slices.Sort(all)
	return append(all, titleUnread+"*", titleNew+"*", titleGone+"*")
}

// The scheduled look, from the addresses on record to the report.
func TestLook(t *testing.T) {
	m := newWorkspace(t)
	s := newIyzico(t, m)
	const unreadTR = "**iyzico's page cannot be read: auth.tr.json**: expected a block of JSON"
	initTR, initEN := read(t, m.path("api/pages/init.tr.json")), read(t, m.path("api/pages/init.en.json"))
	auth := read(t, m.path("api/pages/auth.en.json"))
	found := filepath.Join(t.TempDir(), "found")
	open := func(settled ...string) (titles []string) {
		t.Helper()
		if got := strings.Split(read(t, filepath.Join(found, "settled")), "\n"); !slices.Equal(got, append(settled, "")) {
			t.Errorf("settled are %q, want %q", got, settled)
		}
		files, _ := filepath.Glob(filepath.Join(found, "open", "*"))
		for _, file := range files {
			title, _, _ := strings.Cut(read(t, file), "\n")
			titles = append(titles, title)
		}
		if err := os.RemoveAll(found); err != nil {
			t.Fatal(err)
		}
		return titles
	}

	m.want(2, []string{unreadTR, "nothing was changed"}, "refresh", "-watch", found)
	if got, want := open(settled(m, "auth.tr.json")...), []string{"iyzico's page cannot be read: auth.tr.json"}; !slices.Equal(got, want) {
		t.Errorf("got the issues %q, want %q", got, want)
	}
	delete(s.paths, "auth.tr.json") // of no interest here any more
	s.served["/urunler/mass-payout/mass-payout-toplu-odeme-entegrasyonu/toplu-odeme-tamamlama.md"] = page(auth)

	t.Run("a page that is new, and one that is gone", func(t *testing.T) {
		s.list("/en/products/mass-payout/mass-payout-limits.md", s.url+"/tr/toplu-odeme-iade")
		m.want(1, []string{"**iyzico's page is gone: auth.tr.json**: it is in the index of iyzico's pages no more",
			"/mass-payout-limits.md is in the index, and not on record",
			"/tr/toplu-odeme-iade.md is in the index"}, "refresh", "-watch", found)
		if got, want := open(settled(m)...), []string{"iyzico has a new page: mass-payout-limits", "iyzico has a new page: toplu-odeme-iade",
			"iyzico's page is gone: auth.tr.json"}; !slices.Equal(got, want) {
			t.Errorf("got the issues %q, want %q", got, want)
		}
	})
	t.Run("a new page that mentions a user", func(t *testing.T) {
		s.list(s.url + "/en/mass-payout-@user.md")
		m.want(1, []string{"**iyzico has a new page: mass-payout-@\u200buser**", "!mass-payout-@user"}, "refresh")
	})
	t.Run("an index that is none", func(t *testing.T) {
		s.served["/llms.txt"] = "# Welcome\n"
		m.want(2, []string{"cannot be read: llms.txt**", "links without any that is on record", "!PAGE=llms.txt"}, "refresh", "-watch", found)
		all := settled(m)
		open(all[:len(all)-2]...)
	})
	if testing.Short() {
		return // what follows asks the server as what is above
	}
	m.git("reset", "-q", "--hard")
	s.paths["auth.tr.json"] = "/urunler/mass-payout/mass-payout-toplu-odeme-entegrasyonu/toplu-odeme-tamamlama.md"
	s.list()

	t.Run("both languages of init at another version", func(t *testing.T) {
		for file, text := range map[string]string{"init.tr.json": initTR, "init.en.json": initEN} {
			s.serve(file, strings.ReplaceAll(text, "/v1/mass", "/v2/mass"))
		}
		m.want(1, []string{"moved: POST /v1/mass/payout/init is now POST /v2/mass/payout/init"}, "refresh")
		want := "init.tr.json POST /v2/mass/payout/init 1.0.1 true " + s.paths["init.tr.json"] +
			"\ninit.en.json POST /v2/mass/payout/init 1.0.0 false " + s.paths["init.en.json"]
		if got := s.record("init"); got != want {
			t.Errorf("on record is\n%s\nwant\n%s", got, want)
		}
		m.want(0, []string{"nothing was changed"}, "refresh")
		m.git("reset", "-q", "--hard")
		s.serve("init.tr.json", initTR)
		s.serve("init.en.json", initEN)
	})
	t.Run("a Turkish page that was not read whole before", func(t *testing.T) {
		s.serve("auth.tr.json", strings.Replace(auth, `"1.0.0"`, `"1.0.1"`, 1))
		m.want(0, []string{"generates from now on, in place of auth.en.json", "version 1.0.1, was 1.0.0", "Nothing changes in the Go API."},
			"refresh")
		want := "auth.tr.json POST /v1/mass/payout/auth 1.0.1 true " + s.paths["auth.tr.json"] +
			"\nauth.en.json POST /v1/mass/payout/auth 1.0.0 false " + s.paths["auth.en.json"]
		if got := s.record("auth"); got != want {
			t.Errorf("on record is\n%s\nwant\n%s", got, want)
		}
		m.git("reset", "-q", "--hard")
		s.serve("auth.tr.json", auth)
	})
	t.Run("the page of another one", func(t *testing.T) {
		s.served[s.paths["balance.en.json"]] = s.served[s.paths["cancel.en.json"]]
		m.want(2, []string{"cannot be read: balance.en.json**", "expected the page balance.en.json, was led to that of cancel.en.json"},
			"refresh")
		m.git("reset", "-q", "--hard")
		s.serve("balance.en.json", read(t, m.path("api/pages/balance.en.json")))
	})
	m.write("gen/gen_test.go", testOfWords)
	m.git("add", "gen")
	m.git("commit", "-q", "-m", "a test")
	t.Run("a change, told to a maintainer", func(t *testing.T) {
		text := edit(t, nil, []byte(initTR), [][2]string{{item + "/properties/nationality", `{"type":"string"}`}})
		s.serve("init.tr.json", string(text))
		m.want(1, []string{"**additive**", "**fails**: `go test ./gen ./api`", "--- FAIL: TestWords", "look at the new word", "addition: `./gen.Word_nationality: added`",
			"MassPayoutItem.nationality: is new", "It cannot be told: this clone has no tag of a release"}, "refresh")
		m.git("tag", "v0.1.0", "HEAD")
		m.want(1, []string{"At least v0.1.1, after v0.1.0"}, "report")
		m.remove("gen/gen_test.go")
		m.replace(joinedFile, "nationality", "nation")
		m.want(1, []string{"api/openapi.json is not what the pages make", "It follows once"}, "report")
		m.git("reset", "-q", "--hard")
	})
	if worktrees := m.git("worktree", "list"); strings.Count(worktrees, "\n") != 1 {
		t.Errorf("worktrees are left:\n%s", worktrees)
	}
}

// A saved copy that may be either of two pages is taken once a person has said which, and a new one under the name that it
// is given.
func TestPageFlag(t *testing.T) {
	inTurn(t)
	m := newWorkspace(t)
	copied := filepath.Join(t.TempDir(), "page.md")
	text := strings.Replace(read(t, m.path("api/pages/balance.en.json")), `"1.0.0"`, `"1.0.1"`, 1)
	write := func(text string) {
		if err := os.WriteFile(copied, []byte(page(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	m.want(2, []string{"iyzico's page cannot be read: page.md**", "Nothing was taken over from it.", "!PAGE=page.md"}, "refresh",
		"-from", copied)
	write(text)
	m.want(2, []string{"may be each of balance.tr.json, balance.en.json; say which with -page"}, "refresh", "-from", copied)
	m.want(2, []string{"expected a file on record, or a new one such as refund.tr.json, got \"../x.json\""}, "refresh", "-from",
		copied, "-page", "../x.json")
	m.want(2, []string{"-page: expected -from, too"}, "refresh", "-page", "balance.tr.json")
	m.want(0, []string{"page.md is the Turkish page of GET /v1/mass/payout/balance, api/pages/balance.tr.json"}, "refresh", "-from",
		copied, "-page", "balance.tr.json")
	write(strings.Replace(text, "/v1/mass/payout/balance", "/v1/mass/payout/limits", 1))
	code := 0
	if soak {
		code = 1 // the tests of the whole module ask for the new operation
	}
	m.want(code, []string{"page.md is the Turkish page of GET /v1/mass/payout/limits, api/pages/limit.tr.json"}, "refresh", "-from",
		copied, "-page", "limit.tr.json")
	var record []map[string]any
	if err := json.Unmarshal([]byte(read(t, m.path(pages.RecordFile))), &record); err != nil || len(record) != 13 {
		t.Errorf("got %d pages on record, error %v; want 13", len(record), err)
	}
}

// The report names every test that fails, however much the tests print, and says why a package does not build.
func TestFailing(t *testing.T) {
	inTurn(t)
	m := workspace{t, t.TempDir()}
	const test = "package %s\n\nimport (\n\t\"log\"\n\t\"testing\"\n)\n\nfunc TestOther(t *testing.T) {\n\tfor i := range 200 {\n" +
		"\t\tlog.Print(\"http: TLS handshake error\")\n\t\tt.Error(\"line\", i)\n\t}\n}\n\n" +
		"func TestEnumNamesFitTheirValues(t *testing.T) { t.Fatal(\"PurposeBonus is REFUND\") }\n"
	for name, text := range map[string]string{"go.mod": "module example.com/m\n\ngo 1.26.0\n",
		"gen/gen.go": "package gen\n\nvar _ = undefinedName\n", "api/api.go": "package api\n", "payout/a.go": "package payout\n",
		"api/api_test.go": fmt.Sprintf(test, "api")} {
		if err := os.MkdirAll(filepath.Dir(m.path(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		m.write(name, text)
	}
	rep := report{Failing: failing(t.Context(), m.root)}
	text, err := rep.markdown()
	if err != nil || len(rep.Failing) != 1 {
		t.Errorf("got %d failing runs, error %v, want one", len(rep.Failing), err)
	}
	for _, says := range []string{"  --- FAIL: TestOther (", "  --- FAIL: TestEnumNamesFitTheirValues (", "  FAIL example.com/m/api",
		"  FAIL example.com/m/gen [build failed]", "gen/gen.go:3:9: undefined: undefinedName", "api_test.go:11: line 0",
		"- Correct the names of an enum's values in `api/overlay.yaml`"} {
		contains(t, "the report", text, says)
	}
	if strings.Contains(text, "TLS handshake") {
		t.Errorf("the report has lines of a log:\n%s", text)
	}
}
