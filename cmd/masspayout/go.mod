module github.com/iyzico-go/masspayout/cmd/masspayout

go 1.26.0

require (
	github.com/iyzico-go/masspayout v0.1.0
	github.com/shopspring/decimal v1.6.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
)

