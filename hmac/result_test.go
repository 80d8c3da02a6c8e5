package hmac_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
)

func TestResult(t *testing.T) {
	for _, tt := range []struct {
		result      hmac.Result
		text, field string
	}{
		{hmac.Unchecked, "not checked", ""},
		{hmac.Valid, "valid", ""},
		{hmac.MalformedID, "malformed id", "id"},
		{hmac.MalformedShop, "malformed shop", "shop"},
		{hmac.MalformedTimestamp, "malformed timestamp", "timestamp"},
		{hmac.MalformedSignature, "malformed signature", "signature"},
		{hmac.Wrong, "wrong signature", ""},
		{hmac.EmptyKey, "signed with an empty key", ""},
		{hmac.Expired, "signed too long ago", ""},
		{hmac.NotYet, "signed in the future", ""},
		{hmac.MalformedQuery, "malformed query", "query"},
		{hmac.Oversized, "query too long", "query"},
		{hmac.UnknownParameter, "parameter that is not allowed", "query"},
		{hmac.RepeatedParameter, "repeated parameter", "query"},
		{hmac.AmbiguousParameter, "ambiguous parameter", "query"},
		{hmac.MalformedCustomer, "malformed logged_in_customer_id", "logged_in_customer_id"},
		{hmac.MalformedPathPrefix, "malformed path_prefix", "path_prefix"},
		{hmac.MalformedHMAC, "malformed hmac", "hmac"},
		{hmac.MalformedHeader, "malformed header", "header"},
		{hmac.EmptyBody, "empty body", "body"},
		{hmac.EmptyBody + 1, "unknown", ""},
	} {
		r := tt.result
		if r.String() != tt.text || r.Field() != tt.field || r.Malformed() != (tt.field != "") {
			t.Errorf("%d: %q, field %q, malformed %t", r, r.String(), r.Field(), r.Malformed())
		}
		if r == hmac.Valid {
			continue
		}
		if err := r.Err(); err == nil || err.Error() != "hmac: "+tt.text {
			t.Errorf("%v: error %v", r, err)
		}
	}
}

func TestZeroResultIsNotValid(t *testing.T) {
	var r hmac.Result
	if r == hmac.Valid || r.Err() == nil {
		t.Error("the zero Result lets people in")
	}
}

func TestErr(t *testing.T) {
	if err := hmac.Valid.Err(); err != nil {
		t.Errorf("Valid: %v", err)
	}
	err := fmt.Errorf("exchange: %w", hmac.Expired.Err())
	if !errors.Is(err, hmac.Expired.Err()) || errors.Is(err, hmac.NotYet.Err()) {
		t.Error("errors.Is does not tell results apart")
	}
}

func TestVersion(t *testing.T) {
	for version, want := range map[hmac.Version]string{0: "none", hmac.V1: "v1", hmac.V2: "v2", 3: "none"} {
		if got := version.String(); got != want {
			t.Errorf("%d: %q, want %q", version, got, want)
		}
	}
}
