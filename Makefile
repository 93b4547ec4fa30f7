# `make help` lists the targets. Everything they need, Go fetches by a pinned version.

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# The benchmarks that print ratios; their time, long enough for the ratios to settle.
BENCH     ?= .
BENCHTIME ?= 2s

.DEFAULT_GOAL := help
.PHONY: help demo test generate drift spec report lint bench soak browser pictures check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## create a mass payout against an emulator, and show what became of each line
	go run ./examples/payout

test: ## run all tests, with the race detector
	go test -race ./...

generate: ## regenerate gen/ from the spec, the overlay and the generator's config
	go generate ./...

drift: ## fail if what is committed is not what the spec generates
	go run ./internal/spec drift

spec: ## take over iyzico's document, FROM=file or URL (default: the recorded page), and report what changed
	go run ./internal/spec refresh -from "$(FROM)"

report: ## report again what the spec's change means, since BASE=commit or tag
	go run ./internal/spec report -base "$(or $(BASE),HEAD)"

lint: ## gofmt, vet, staticcheck, go mod tidy
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "not gofmt'ed:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	go mod tidy -diff

bench: ## show what building and signing cost, as ratios to their floor in the same run
	go test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) ./gen ./signer

soak: ## kill and restart payouts at random, for longer than the tests do
	MASSPAYOUT_SOAK=1 go test -timeout 30m -v -run 'Kill|Random' ./payout

browser: ## test the emulator's page in a real browser; skipped without chromium and axe-core (npm ci --prefix e2e)
	cd e2e && go vet ./... && go test -count=1 ./...

pictures: ## draw the images in docs/images again (needs chromium; looks best with the fonts Inter and JetBrains Mono)
	cd e2e && npm ci && go test -run Screenshots -screenshots ../docs/images .

check: lint drift test browser ## all that CI runs
