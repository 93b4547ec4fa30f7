package storetest

import (
	"reflect"
	"testing"
)

// A field that is new in State must be one that a store has to keep.
func TestFullSetsEveryField(t *testing.T) {
	state := reflect.ValueOf(full("p", 1))
	for i := range state.NumField() {
		if state.Field(i).IsZero() {
			t.Errorf("full leaves State.%s out: a store that loses it would pass", state.Type().Field(i).Name)
		}
	}
}
