package hmac_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

// vector is one case of testdata/vectors/customer.json. The file was computed
// with other HMAC implementations and is shared with the TypeScript tests.
type vector struct {
	Name, Secret, ID, Shop, Message, Signature string
	Timestamp, At                              int64
	Valid                                      bool
	Reason, Diagnosis, Note                    string
}

type vectorFile struct {
	About     string
	Reference vector `json:"filter_reference"`
	V1, V2    []vector
}

// reasons say which Result each reason in a file of vectors stands for.
type reasons map[string]hmac.Result

var customerReasons = reasons{
	"Shopify prints lower case; refuse anything else":       hmac.MalformedSignature,
	"not 64 hex characters":                                 hmac.MalformedSignature,
	"missing":                                               hmac.MalformedSignature,
	"wrong signature":                                       hmac.Wrong,
	"guest page signed nothing":                             hmac.MalformedID,
	"an id is a decimal without leading zeros":              hmac.MalformedID,
	"an id is decimal digits only":                          hmac.MalformedID,
	"ASCII digits only":                                     hmac.MalformedID,
	"longer than any int64":                                 hmac.MalformedID,
	"metafield missing: the theme signed with an empty key": hmac.EmptyKey,
	"too old":         hmac.Expired,
	"from the future": hmac.NotYet,
}

func TestVectors(t *testing.T) {
	file := readVectors(t)
	for _, v := range append(file.V1, file.V2...) {
		t.Run(v.title(), func(t *testing.T) {
			key := newKey(t, v.Secret)
			want := v.result(t)
			if got := verify(key, v.ID, v.Shop, v.timestamp(), v.Signature, time.Unix(v.At, 0)); got != want {
				t.Errorf("verify: %v, want %v", got, want)
			}
			if v.Valid {
				checkSigning(t, key, v)
			}
		})
	}
}

// checkSigning makes a vector's signature again, and compares the message where the file has one.
func checkSigning(t *testing.T, key *hmac.Key, v vector) {
	t.Helper()
	signature, r := key.SignCustomer(v.ID, v.Shop, v.timestamp())
	if r != hmac.Valid || signature != v.Signature {
		t.Errorf("sign: %q, %v, want %q", signature, r, v.Signature)
	}
	c, _ := hmac.ParseCustomer(v.ID, v.Shop, v.timestamp(), v.Signature)
	if v.Message != "" && string(c.Message()) != v.Message {
		t.Errorf("message: %q, want %q", c.Message(), v.Message)
	}
}

// The sample that Shopify prints beside the filter's reference.
func TestFilterReference(t *testing.T) {
	v := readVectors(t).Reference
	sum := newKey(t, v.Secret).Sum([]byte(v.Message))
	if got := hex.EncodeToString(sum[:]); got != v.Signature {
		t.Errorf("got %s, want %s", got, v.Signature)
	}
}

func readVectors(t *testing.T) vectorFile {
	t.Helper()
	f, err := os.Open("../testdata/vectors/customer.json")
	if err != nil {
		t.Fatalf("the shared vectors are needed: %v", err)
	}
	defer f.Close()
	var file vectorFile
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	if len(file.V1) == 0 || len(file.V2) == 0 || file.Reference.Signature == "" {
		t.Fatal("a part of the vectors is missing")
	}
	return file
}

// result returns what a file expects of a vector.
func (known reasons) result(t *testing.T, valid bool, reason string) hmac.Result {
	t.Helper()
	if valid {
		return hmac.Valid
	}
	r, ok := known[reason]
	if !ok {
		t.Fatalf("no Result is known for the reason %q", reason)
	}
	return r
}

// result returns what the file expects; its diagnosis, where it has one, must agree with its reason.
func (v vector) result(t *testing.T) hmac.Result {
	t.Helper()
	r := customerReasons.result(t, v.Valid, v.Reason)
	if (v.Diagnosis == "empty_secret") != (r == hmac.EmptyKey) {
		t.Fatalf("diagnosis %q beside reason %q", v.Diagnosis, v.Reason)
	}
	return r
}

func (v vector) timestamp() string {
	if v.Timestamp == 0 {
		return ""
	}
	return strconv.FormatInt(v.Timestamp, 10)
}

func (v vector) title() string {
	if v.Name != "" {
		return v.Name
	}
	return v.Shop + " after " + strconv.FormatInt(v.At-v.Timestamp, 10) + " s"
}
