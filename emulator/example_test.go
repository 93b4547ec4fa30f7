package emulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"strings"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/signer"
)

// One item is accepted, the other one goes to a test recipient that is refused.
func Example() {
	emu, err := emulator.Start("sandbox-key", "sandbox-secret")
	if err != nil {
		log.Fatal(err)
	}
	defer emu.Close()

	body := `{"externalId":"salaries-2026-11","items":[
		{"itemExternalId":"emp-1","recipientType":"MEMBER_ID","recipientInfo":"2228853",
		 "amount":{"value":48250.75,"currency":"TRY"},"description":"November"},
		{"itemExternalId":"emp-2","recipientType":"PHONE","recipientInfo":"` + emulator.RecipientBlocked.Phone() + `",
		 "amount":{"value":51000,"currency":"TRY"},"description":"November"}]}`
	req, err := http.NewRequest("POST", emu.URL+"/v1/mass/payout/init?locale=en", strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	sign, err := signer.New("sandbox-key", "sandbox-secret")
	if err != nil {
		log.Fatal(err)
	}
	if err := sign.Edit(context.Background(), req); err != nil {
		log.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	var response struct {
		Status       string
		InvalidItems []struct{ ExternalID, ErrorCode, ErrorMessage string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&response); err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status, response.InvalidItems)
	// Output: success [{emp-2 9001 the recipient's account is blocked}]
}

func ExampleEmulator_Inject() {
	emu, err := emulator.Start("sandbox-key", "sandbox-secret")
	if err != nil {
		log.Fatal(err)
	}
	defer emu.Close()

	// The response to the first auth is lost, although the payout is authorized.
	struck := emu.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Cut, AfterEffect: true})

	// ... run the program that pays ...

	if struck() == 1 {
		for item, times := range emu.Paid() {
			if times > 1 {
				fmt.Println("paid twice:", item)
			}
		}
	}
}
