# `make help` lists the targets. Everything they need, Go fetches by a pinned version.

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
ACTIONLINT  := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
GOSEC       := github.com/securego/gosec/v2/cmd/gosec@v2.30.0

# What gosec finds here on purpose: errors of writing to a client that has gone (G104), characters that are checked to be
# bytes (G115), files in folders of our own (G122), a cookie of a page on loopback without TLS (G124), files and addresses
# that the user names (G204, G304, G703, G704), files for everybody (G301, G306), jitter (G404), and digests by which
# signer/explain knows mistakes (G505).
GOSEC_NOT   := G104,G115,G122,G124,G204,G301,G304,G306,G404,G505,G703,G704

# Short commands: below half a gigabyte they need not collect garbage, a sixth of their time.
SPEC        := GOWORK=off GOGC=off GOMEMLIMIT=512MiB go run -C internal/spec .

# The modules inside this one, which ./... does not enter. tools/ is built by `make drift`.
NESTED := $(patsubst %/go.mod,%,$(filter-out tools/go.mod,$(shell git ls-files '*/go.mod')))

# All modules at once, which takes a quarter of what one after the other takes. A module that is not in the file is an error.
ALL        := GOWORK=$(CURDIR)/tools/lint.work
EVERYTHING := ./... $(NESTED:%=./%/...)

# Those whose tests `make test` runs: what is in e2e, `make browser` does.
TESTED := . $(filter-out e2e,$(NESTED))

# The command's go.mod has no replace directive, because `go install` refuses one; its workspace takes the library from
# here. `go mod tidy` knows no workspace: it is given the directive.
TIDY := if [ -f go.work ]; then edited=$$(mktemp -d) && cp go.mod go.sum $$edited && \
	go mod edit -replace=github.com/iyzico-go/masspayout=../.. $$edited/go.mod && \
	GOWORK=off go mod tidy -diff -modfile=$$edited/go.mod; else go mod tidy -diff; fi

# The two versions of Go that are supported. The newer one builds encoding/json on v2, which the older has as an experiment.
GO_OLD := go1.26.8
GO_NEW := go1.27.3

# The benchmarks that print ratios; their time, long enough for the ratios to settle.
BENCH     ?= .
BENCHTIME ?= 2s

# Runs a command in each of some modules, and fails at the end, with the modules where it failed.
define each
@failed=; for module in $(1); do (set -x; cd $$module && $(2)) || failed="$$failed $$module"; done; \
	test -z "$$failed" || { echo "failed in:$$failed"; exit 1; }
endef

.DEFAULT_GOAL := help
.PHONY: help demo fleet probe test portable security generate drift spec report lint bench soak soak-root soak-race soak-nested browser pictures findings check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## create a mass payout in an emulator, pay it, and show what became of each item
	go run -C cmd/masspayout -mod=readonly -tags noxlsx . -pay -yes

fleet: ## pay 40 payouts with 3 workers on PostgreSQL (install it first), killing and freezing them (FLAGS="-compare": beside Pay alone)
	cd river && go run ./cmd/fleet $(FLAGS)

probe: ## find out what iyzico does, with a sandbox account's keys in the environment; see docs/going-live.md
	go run ./examples/probe

# What a module's tests run under the race detector, where everything takes four to seven times as long: what starts
# goroutines or speaks HTTP. With -short, long tests that do neither are left out there, and many cases that are alike.
RACED := ./...
test@.: RACED := ./api ./emulator/... ./examples/probe ./gen ./payfile ./payout/... ./signer/...
test@internal/spec: RACED := .

# What they run without it, whole: all that is not raced, or in which -short leaves something out. `make soak` runs all
# with it. A test of api/ fails if a package is in neither list, or starts goroutines and is not raced.
test@.: WHOLE := ./api ./docs ./emulator ./examples/probe ./gen ./gen/internal/strictjson ./internal/pages ./payfile \
	./payout ./payout/internal/hostile ./signer/explain
test@cmd/masspayout: WHOLE := ./xlsx
test@internal/spec: WHOLE := ./...

test: ## run all tests, and most of them under the race detector, two modules at a time
	@$(MAKE) --no-print-directory -j2 $(TESTED:%=test@%)

# Below half a gigabyte tests need not collect garbage, a quarter of their time; under the race detector that saves nothing.
$(TESTED:%=test@%): test@%:
	cd $* && go test -race -short $(RACED)
	$(if $(WHOLE),cd $* && GOGC=off GOMEMLIMIT=512MiB go test $(WHOLE))

portable: ## test on 32 bits, on both versions of Go with each encoding/json, and vet for Windows and macOS
	GOARCH=386 go test ./...
	GOTOOLCHAIN=$(GO_OLD) GOEXPERIMENT=jsonv2 go test ./...
	GOTOOLCHAIN=$(GO_NEW) go test ./...
	GOTOOLCHAIN=$(GO_NEW) GOEXPERIMENT=nojsonv2 go test ./...
	GOOS=windows go vet ./...
	GOOS=darwin go vet ./...

security: ## known vulnerabilities (needs the network) and gosec, of all modules
	go run $(GOSEC) -quiet -exclude-generated -exclude=$(GOSEC_NOT) ./... # also enters the modules inside
	$(call each,. $(NESTED),go run $(GOVULNCHECK) ./...)

generate: ## join the pages, and regenerate gen/ from them, the overlay and the generator's config
	GOWORK=off go generate ./...

drift: ## fail if what is committed is not what the pages generate
	$(SPEC) drift

spec: ## take over iyzico's pages, FROM=file, folder or URL (default: all), PAGE=auth.tr.json where unclear; report
	$(SPEC) refresh -from "$(FROM)" -page "$(PAGE)"

report: ## report again what the pages' change means, since BASE=commit or tag
	$(SPEC) report -base "$(or $(BASE),HEAD)"

lint: ## gofmt, vet, staticcheck, go mod tidy, actionlint
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "not gofmt'ed:"; echo "$$unformatted"; exit 1; }
	$(ALL) go vet $(EVERYTHING)
	$(ALL) go run $(STATICCHECK) $(EVERYTHING)
	$(call each,. $(NESTED),$(TIDY))
	go run $(ACTIONLINT)

bench: ## show what building and signing cost, as ratios to their floor in the same run (the queue: make fleet FLAGS=-compare)
	go test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) ./gen ./signer
	go test -run '^$$' -bench '$(BENCH)' -benchtime 1x ./payout
	go test -run '^$$' -bench '$(BENCH)' -benchtime 5x ./payfile
	cd cmd/masspayout && go test -run '^$$' -bench '$(BENCH)' -benchtime 2x ./xlsx
	@echo 'What the queue costs beside Pay in one process, with PostgreSQL: make fleet FLAGS=-compare'

soak: soak-root soak-race soak-nested ## the long tests: payouts killed at random, and these commands in copies of the module

# Each fails at its end, so that one failure hides no other: start make with -k, as .ci/run does.
soak-root:
	MASSPAYOUT_SOAK=1 go test -timeout 3h ./...

soak-race:
	$(call each,. $(NESTED),go test -race ./...)

soak-nested:
	$(call each,$(NESTED),MASSPAYOUT_SOAK=1 go test -timeout 30m ./...)

browser: ## test the emulator's page in a real browser; skipped without chromium and axe-core (npm ci --prefix e2e)
	cd e2e && go vet ./... && go test -count=1 ./...

pictures: ## draw the images in docs/images again (needs chromium; looks best with the fonts Inter and JetBrains Mono)
	cd e2e && npm ci && go test -run Screenshots -screenshots ../docs/images .

findings: ## run findings/*.sh, what other software does unexpectedly (FINDINGS=findings/NAME.sh for one); needs the network
	@changed=; for find in $(or $(FINDINGS),findings/*.sh); do \
		echo "$$find"; bash $$find || changed="$$changed $$find"; done; \
	test -z "$$changed" || { echo "not as recorded:$$changed"; exit 1; }

check: lint drift test ## lint, drift, and all tests that this machine can run
