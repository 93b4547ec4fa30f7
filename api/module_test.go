package api_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/iyzico-go/masspayout"

// goTool runs the go command in dir and returns its output, errors included.
func goTool(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// imported are the packages that pkg's program files import, by themselves or all in all, without those of the standard
// library and pkg's own internal ones.
func imported(t *testing.T, pkg, format string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", format, pkg).CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	return slices.DeleteFunc(strings.Fields(string(out)), func(path string) bool {
		first, _, _ := strings.Cut(path, "/")
		return !strings.Contains(first, ".") || path == pkg || strings.HasPrefix(path, pkg+"/internal/")
	})
}

// The signer is for any program that talks to iyzico, and the client for any way to sign.
func TestImports(t *testing.T) {
	const direct, all = `{{join .Imports "\n"}}`, `{{join .Deps "\n"}}`
	if got := imported(t, module+"/signer", all); len(got) != 0 {
		t.Errorf("signer imports %q, want the standard library alone", got)
	}
	if got, want := imported(t, module+"/gen", direct), []string{"github.com/oapi-codegen/runtime", "github.com/shopspring/decimal"}; !slices.Equal(got, want) {
		t.Errorf("gen imports %q, want %q", got, want)
	}
	for _, path := range imported(t, module+"/gen", all) {
		if strings.HasPrefix(path, module) {
			t.Errorf("gen imports %s", path)
		}
	}
}

// userModule makes a module that requires this checkout and has one program, and tidies it.
func userModule(t *testing.T, program string) (dir, goMod string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for name, content := range map[string]string{
		"go.mod":  "module example.com/user\n\ngo 1.26.0\n\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + root + "\n",
		"go.sum":  read(t, "../go.sum"), // what is in it need not be looked up on the net
		"main.go": program,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := goTool(t, dir, "mod", "tidy"); err != nil {
		t.Fatalf("go mod tidy: %v\n%s", err, out)
	}
	return dir, read(t, filepath.Join(dir, "go.mod"))
}

// requirements are the lines of a go.mod that require a module, without versions.
func requirements(goMod string) (direct, indirect []string) {
	for line := range strings.Lines(goMod) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		switch {
		case len(fields) < 2 || !strings.HasPrefix(fields[1], "v"):
		case strings.HasSuffix(line, "// indirect\n"):
			indirect = append(indirect, fields[0])
		default:
			direct = append(direct, fields[0])
		}
	}
	return direct, indirect
}

func TestWhatAUserGets(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a module")
	}
	dir, goMod := userModule(t, `package main

import (
	"`+module+`/gen"
	"`+module+`/signer"
)

func main() {
	sign, err := signer.New("apiKey", "secretKey")
	if err != nil {
		panic(err)
	}
	if _, err := gen.New(gen.ServerURLProduction, sign.Edit); err != nil {
		panic(err)
	}
}
`)
	direct, indirect := requirements(goMod)
	want := []string{
		"github.com/apapsch/go-jsonmerge/v2", "github.com/google/uuid", "github.com/oapi-codegen/runtime", "github.com/shopspring/decimal",
	}
	if !slices.Equal(direct, []string{module}) || !slices.Equal(indirect, want) {
		t.Errorf("got the requirements %q and, indirect, %q; want this module and %q\n%s", direct, indirect, want, goMod)
	}
	if out, err := goTool(t, dir, "run", "."); err != nil {
		t.Errorf("the program: %v\n%s", err, out)
	}
}

// The root is no package: whoever imports it by accident hears of it, and downloads nothing of the generator.
func TestTheRootIsNoPackage(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a module")
	}
	dir, goMod := userModule(t, "package main\n\nimport _ \""+module+"\"\n\nfunc main() {}\n")
	if direct, indirect := requirements(goMod); !slices.Equal(direct, []string{module}) || len(indirect) != 0 {
		t.Errorf("got the requirements %q and, indirect, %q; want this module alone\n%s", direct, indirect, goMod)
	}
	if out, err := goTool(t, dir, "build", "."); err == nil || !strings.Contains(out, "build constraints exclude all Go files") {
		t.Errorf("go build: got error %v, want one of no Go files\n%s", err, out)
	}
}
