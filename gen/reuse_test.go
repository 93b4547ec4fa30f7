package gen_test

import (
	"encoding/json"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

// Read into a variable that was used before, nothing of the one before stays: encoding/json alone keeps what the new JSON
// leaves out, in the elements of a slice as well.
func TestReadingAgainKeepsNothing(t *testing.T) {
	var request gen.MassPayoutInitializeRequest
	var page struct {
		Items []gen.MassPayoutItemDetail `json:"items"`
	}
	for _, read := range []struct {
		into any
		text string
	}{
		{&request, `{"externalId":"p","purpose":"SALARY","items":[{"itemExternalId":"a","recipientName":"Ayşe Yılmaz"}]}`},
		{&request, `{"externalId":"q","items":[{"itemExternalId":"b"}]}`},
		{&page, `{"items":[{"itemExternalId":"a","recipientName":"Ayşe Yılmaz","errorMessages":["closed"]}]}`},
		{&page, `{"items":[{"itemExternalId":"b"}]}`},
	} {
		if err := json.Unmarshal([]byte(read.text), read.into); err != nil {
			t.Fatal(err)
		}
	}
	if item := request.Items[0]; item.ItemExternalID != "b" || item.RecipientName != "" || request.Purpose != "" {
		t.Errorf("the request is %q, its item %q has the name %q", request.Purpose, item.ItemExternalID, item.RecipientName)
	}
	if item := page.Items[0]; item.ItemExternalID != "b" || item.RecipientName != "" || item.ErrorMessages != nil {
		t.Errorf("the item %q has the name %q and the reasons %q", item.ItemExternalID, item.RecipientName, item.ErrorMessages)
	}
}
