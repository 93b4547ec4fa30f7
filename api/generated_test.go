package api_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// x-enum-varnames names the values by their order. Were the spec to reorder an enum, RecipientTypeIBAN would be "PHONE".
func TestEnumNamesFitTheirValues(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../gen/client.gen.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil || len(spec.Values) != 1 {
			return true
		}
		typeName := spec.Type.(*ast.Ident).Name
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		if name := spec.Names[0].Name; !strings.EqualFold(name, typeName+strings.ReplaceAll(value, "_", "")) {
			t.Errorf("%s is %q: the order of x-enum-varnames in overlay.yaml is not that of the spec", name, value)
		}
		checked++
		return true
	})
	if want := 3 + 9 + 5 + 2 + 4 + 9 + 2; checked != want {
		t.Errorf("checked %d values of enums, want %d: has the spec changed?", checked, want)
	}
}

// What programs of this module's users are written with. A change here breaks them, and asks for a new major version.
var (
	_ = [...]string{gen.ServerURLProduction, gen.ServerURLSandbox}
	_ = [...]gen.Purpose{gen.PurposeSalary, gen.PurposeBonus, gen.PurposeSettlement, gen.PurposeGoods, gen.PurposeServices}
	_ = [...]gen.RecipientType{gen.RecipientTypePhone, gen.RecipientTypeIBAN, gen.RecipientTypeIdentityNumber, gen.RecipientTypeMemberID}
	_ = [...]gen.Currency{gen.CurrencyTRY, gen.CurrencyUSD, gen.CurrencyEUR}
	_ = [...]gen.Status{gen.StatusSuccess, gen.StatusFailure}
	_ = [...]gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid}
	_ = [...]gen.PayoutStatus{
		gen.PayoutStatusInit, gen.PayoutStatusInProgress, gen.PayoutStatusPublishedToQueue, gen.PayoutStatusCompleted, gen.PayoutStatusFail,
		gen.PayoutStatusInsufficientBalance, gen.PayoutStatusCanceled, gen.PayoutStatusSuccess, gen.PayoutStatusIyzicoInsufficientBalance,
	}
	_ = [...]gen.ItemStatus{
		gen.ItemStatusInit, gen.ItemStatusInvalid, gen.ItemStatusQueued, gen.ItemStatusProcessing, gen.ItemStatusSuccess, gen.ItemStatusFailed,
		gen.ItemStatusMassPayoutCanceled, gen.ItemStatusDepositSuccess, gen.ItemStatusDepositFail,
	}

	_ = gen.MassPayoutInitializeRequest{
		ExternalID: "", ConversationID: "", Purpose: gen.PurposeSalary,
		Items: []gen.MassPayoutItem{{
			ItemExternalID: "", RecipientType: "", RecipientInfo: "", RecipientName: "", Description: "", NonWithdrawable: false,
			Amount: gen.Amount{Value: decimal.Decimal{}, Currency: gen.CurrencyTRY},
		}},
	}
	_ = gen.MassPayoutInitializeResponse{
		RequestID: "", ConversationID: "", Status: "", Locale: "", SystemTime: int64(0), ErrorCode: "", ErrorMessage: "", ErrorGroup: "",
		InvalidItems: []gen.InvalidItem{{ItemExternalID: "", ErrorCode: "", ErrorMessage: ""}},
	}
	_ = gen.MassPayoutRetrieveRequest{RequestID: "", ExternalMassPayoutID: "", ItemType: "", Page: 0, Size: 0}

	_ func(string, gen.RequestEditorFn, ...gen.Option) (*gen.Client, error) = gen.New
	_ gen.RequestEditorFn                                                   = func(context.Context, *http.Request) error { return nil }
	_ interface{ Validate() error }                                         = gen.MassPayoutInitializeRequest{}
	_ interface{ AllAccepted() bool }                                       = (*gen.MassPayoutInitializeResponse)(nil)

	_ interface {
		InitMassPayout(context.Context, gen.MassPayoutInitializeRequest, ...gen.RequestEditorFn) (*gen.MassPayoutInitializeResponse, error)
		AuthMassPayout(context.Context, gen.MassPayoutAuthRequest, ...gen.RequestEditorFn) (*gen.MassPayoutAuthResponse, error)
		CancelMassPayout(context.Context, gen.RequestID, ...gen.RequestEditorFn) (*gen.MassPayoutAuthResponse, error)
		RetrieveMassPayout(context.Context, gen.MassPayoutRetrieveRequest, ...gen.RequestEditorFn) (*gen.MassPayoutRetrieveResponse, error)
		RetrieveMassPayoutItem(context.Context, gen.ReferenceCode, ...gen.RequestEditorFn) (*gen.MassPayoutItemRetrieveResponse, error)
		RetrieveMassPayoutBalance(context.Context, ...gen.RequestEditorFn) (*gen.MassPayoutBalanceResponse, error)
	} = (*gen.Client)(nil)
)
