module github.com/iyzico-go/masspayout/internal/dumps

go 1.26.0

require (
	github.com/davecgh/go-spew v1.1.1
	github.com/iyzico-go/masspayout v0.0.0
	github.com/k0kubun/pp/v3 v3.2.0
	github.com/kr/pretty v0.3.1
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/kr/text v0.2.0 // indirect
	github.com/mattn/go-colorable v0.1.14 // indirect
	github.com/mattn/go-isatty v0.0.20 // indirect
	github.com/oapi-codegen/runtime v1.9.0 // indirect
	github.com/rogpeppe/go-internal v1.9.0 // indirect
	github.com/shopspring/decimal v1.6.0 // indirect
	golang.org/x/sys v0.39.0 // indirect
	golang.org/x/text v0.40.0 // indirect
)

replace github.com/iyzico-go/masspayout => ../..
