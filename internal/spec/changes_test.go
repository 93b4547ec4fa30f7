package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Real changes of iyzico's document, each tried on a copy of the module: what `make spec` reports, which checks fail, and
// what the maintainer does. CONTRIBUTING.md tells the same in words.
var changes = []struct {
	name   string
	change func(module) // of the document
	code   int          // of make spec
	says   []string     // the report
	lacks  []string     // the report
	drift  int          // the exit code of make drift after make spec
	tests  []string     // tests of gen that fail
	repair func(module) // what the maintainer does in api/; then make generate and make drift pass
}{
	{
		name: "new enum values, at the end",
		change: func(m module) {
			m.replace(documentFile, `"SERVICES"`, `"SERVICES", "CASHBACK", "REBATES", "DONATIONS"`)
		},
		code: exitRepair,
		says: []string{
			"**harmless**: added the new `CASHBACK` enum value to the request property `purpose`", "`DONATIONS`", "`REBATES`",
			".properties.purpose`, names an enum's values wrongly: x-enum-varnames go by position",
			"`PurposeCASHBACK: added`", "Correct in `api/overlay.yaml`",
		},
		drift: exitRepair,
		tests: []string{"TestValidateNamesTheValuesOfTheSpec"},
		repair: func(m module) { // and the list in gen/validate.go
			m.replace(overlayFile, "Goods, Services]", "Goods, Services, Cashback, Rebates, Donations]")
		},
	},
	{
		name: "a new enum value in the middle, under which the names would shift",
		change: func(m module) {
			m.replace(documentFile, `"BONUS"`, `"CASHBACK", "BONUS"`)
			m.replace(documentFile, `"SERVICES"`, `"TIPS"`)
		},
		code:  exitRepair,
		says:  []string{"names an enum's values wrongly", "**breaking**: removed the enum value `SERVICES`"},
		drift: exitRepair,
		repair: func(m module) {
			m.replace(overlayFile, "[Salary, Bonus, Settlement, Goods, Services]",
				"[Salary, Cashback, Bonus, Settlement, Goods, Tips]")
		},
	},
	{
		name: "a new required field",
		change: func(m module) {
			m.replace(documentFile, `"nonWithdrawable": {`, `"nationality": {"type": "string"}, "nonWithdrawable": {`)
			m.replace(documentFile, `"recipientInfo",`, `"recipientInfo", "nationality",`)
		},
		says: []string{
			"**breaking**: added the new required request property `items/items/nationality`",
			"`MassPayoutItem.Nationality: added`", "Say in CHANGELOG.md what users must do",
			"v0.1.1, after v0.1.0",
		},
		lacks:  []string{"a breaking change was detected but the version"}, // oasdiff's opinion of iyzico's numbers
		tests:  []string{"TestEncodingOfEveryField"},                       // gen/encode.go and gen/validate.go must learn it
		repair: func(module) {},
	},
	{
		name: "a removed field",
		change: func(m module) {
			text := m.read(documentFile)
			from := strings.Index(text, `"nonWithdrawable"`)
			before := strings.LastIndex(text[:from], ",")
			after := from + strings.Index(text[from:], "}") + 1
			m.write(documentFile, text[:before]+text[after:])
		},
		code: exitRepair,
		says: []string{
			"**risky**: removed the request property `items/items/nonWithdrawable`",
			"corrects a property that is not in the document (nonWithdrawable)",
			"This fails, and must not any more", "gen/encode.go",
		},
		drift: exitRepair,
		repair: func(m module) { // and gen/encode.go, where the compiler says so
			m.replace(overlayFile, `        nonWithdrawable:
          description: keeps the recipient from withdrawing the amount from an iyzico wallet.
`, "")
		},
	},
	{
		name: "a renamed schema",
		change: func(m module) {
			m.write(documentFile, strings.NewReplacer(`"MassPayoutItem"`, `"PayoutLine"`, `/MassPayoutItem"`, `/PayoutLine"`).
				Replace(m.read(documentFile)))
		},
		code: exitRepair,
		says: []string{
			"`$.components.schemas.MassPayoutItem`, no longer applies: its target is not in the document.\n  It says: English texts.",
			"`$.components.schemas.MassPayoutItem.properties.recipientType`, no longer applies",
			"Schemas that are gone: MassPayoutItem; that are new: PayoutLine",
			"This fails, and must not any more", "the generator failed",
		},
		drift: exitRepair,
		repair: func(m module) { // and the Go name stays, so that no user's program breaks
			m.write(overlayFile, strings.NewReplacer(
				"$.components.schemas.MassPayoutItem\n    description: English texts.\n    update:\n",
				"$.components.schemas.PayoutLine\n    description: English texts.\n    update:\n      x-go-name: MassPayoutItem\n",
				"$.components.schemas.MassPayoutItem.", "$.components.schemas.PayoutLine.").Replace(m.read(overlayFile)))
		},
	},
	{
		name:   "decimal corrected to number",
		change: func(m module) { m.replace(documentFile, `"type": "decimal"`, `"type": "number"`) },
		says: []string{
			"`type` changed from `decimal` to `number`", "*The overlay hides this from the Go API*",
			".Amount.properties.value.type: number` is no longer needed", "Nothing changes in the Go API.",
			"Remove from `api/overlay.yaml` what iyzico has corrected itself", "v0.1.1, after v0.1.0",
		},
		lacks: []string{"Say in CHANGELOG.md what users must do"},
		repair: func(m module) {
			m.replace(overlayFile, "    update:\n      type: number\n      description: >-\n        in major units: 100 is a hundred lira",
				"    update:\n      description: >-\n        in major units: 100 is a hundred lira")
		},
	},
	{
		// The wire format may be another one; the overlay would go on calling it a number.
		name:   "decimal corrected to string",
		change: func(m module) { m.replace(documentFile, `"type": "decimal"`, `"type": "string"`) },
		says: []string{
			"`type` changed from `decimal` to `string`", "*The overlay hides this from the Go API*",
			"iyzico has changed `$.components.schemas.Amount.properties.value.type`",
			`was "decimal", is "string". Does the correction still hold?`,
			"Decide for each change that the overlay hides",
		},
		repair: func(module) {}, // how the amount is written, in gen/amount.go and gen/encode.go, if iyzico reads strings only
	},
	{
		name: "a new required parameter, which the overlay removes with the others",
		change: func(m module) {
			m.replace(documentFile, `"AuthHeader": {`, `"Agent": {"name": "X-Agent", "in": "header", "required": true,
				"schema": {"type": "string"}}, "AuthHeader": {`)
			m.replace(documentFile, `"parameters": [`, `"parameters": [{"$ref": "#/components/parameters/Agent"},`)
		},
		says: []string{
			"**breaking**: added the new required `header` request parameter `x-agent`",
			"*The overlay hides this from the Go API*", "post.parameters`, which the action replaces or removes",
		},
		repair: func(module) {}, // the signer must send it
	},
	{
		name: "a new field of Amount, which is written and read by hand",
		change: func(m module) {
			m.replace(documentFile, `"value": {`, `"vat": {"type": "string"}, "value": {`)
		},
		says: []string{
			"**harmless**: added the new optional request property `items/items/amount/vat`", "`Amount.Vat: added`",
		},
		tests:  []string{"TestAmountHasTheFieldsThatItsMethodsKnow"},
		repair: func(module) {},
	},
	{
		name:   "info.version raised",
		change: func(m module) { m.replace(documentFile, `"version": "1.0.1"`, `"version": "1.1.0"`) },
		says: []string{
			"Version 1.1.0, was 1.0.1.", "only texts, names or the version differ", "actions apply and are still needed",
			"Nothing changes in the Go API.",
		},
		lacks:  []string{"**breaking**", "Correct in"},
		repair: func(module) {},
	},
}

func TestChanges(t *testing.T) {
	if testing.Short() {
		t.Skip("runs real commands in copies of the module")
	}
	for _, test := range changes {
		t.Run(test.name, func(t *testing.T) {
			m := newModule(t)
			m.git("tag", "v0.1.0")
			t.Parallel()
			file := filepath.Join(t.TempDir(), "page.md")
			test.change(m)
			if err := os.WriteFile(file, []byte(page(m.read(documentFile))), 0o600); err != nil {
				t.Fatal(err)
			}
			m.git("reset", "-q", "--hard")

			code, out, errOut := m.spec("refresh", "-from", file)
			if code != test.code || errOut != "" {
				t.Errorf("make spec: exit code %d, want %d: %s", code, test.code, errOut)
			}
			wantContains(t, "the report", out, test.says...)
			for _, text := range test.lacks {
				if strings.Contains(out, text) {
					t.Errorf("the report has %q:\n%s", text, out)
				}
			}
			if code, out, errOut := m.spec("drift"); code != test.drift {
				t.Errorf("make drift: exit code %d, want %d:\n%s%s", code, test.drift, out, errOut)
			}
			m.wantTestsToFail(test.tests)

			test.repair(m)
			m.run("go", "generate", "./...")
			if code, out, errOut := m.spec("drift"); code != exitOK {
				t.Errorf("make drift after the repair: exit code %d:\n%s%s", code, out, errOut)
			}
		})
	}
}

// wantTestsToFail runs tests of gen.
func (m module) wantTestsToFail(names []string) {
	m.t.Helper()
	if len(names) == 0 {
		return
	}
	cmd := exec.Command("go", "test", "-vet=off", "-run", "^("+strings.Join(names, "|")+")$", "./gen")
	cmd.Dir = m.root
	out, _ := cmd.CombinedOutput()
	for _, name := range names {
		wantContains(m.t, "go test ./gen", string(out), "--- FAIL: "+name+" ")
	}
}

func (m module) run(name string, args ...string) {
	m.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = m.root
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}
