package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

type vector struct {
	Name, Secret, ID, Signature, Shop, Reason, Diagnosis string
	Timestamp, At                                        int64
	Valid                                                bool
}

// says is what `hmac verify` prints for a vector, and the error code the
// endpoint answers with.
func (v vector) says() (printed, code string) {
	switch {
	case v.Valid:
		return "valid", ""
	case v.Diagnosis == "empty_secret":
		return "empty key", "secret_missing"
	case v.Reason == "wrong signature":
		return "wrong signature", "invalid_signature"
	case v.Reason == "too old":
		return "signed too long ago", "signature_expired"
	case v.Reason == "from the future":
		return "signed in the future", "signature_expired"
	case strings.Contains(v.Reason, "hex") || v.Reason == "missing" || strings.Contains(v.Reason, "lower case"):
		return "malformed signature", "invalid_request"
	}
	return "malformed id", "invalid_request"
}

// The command and the endpoint agree with every vector, each bad one refused for its reason.
func TestVectors(t *testing.T) {
	var file struct{ V1, V2 []vector }
	if err := json.Unmarshal([]byte(read(t, "../testdata/vectors/customer.json")), &file); err != nil {
		t.Fatal(err)
	}
	p := newProgram(t)
	p.must("", "tenant", "create", "acme")
	shops := map[string]string{} // by secret
	for _, v := range append(file.V1, file.V2...) {
		if shops[v.Secret] == "" {
			shops[v.Secret] = fmt.Sprintf("shop-%d.myshopify.com", len(shops))
			if v.Shop != "" {
				shops[v.Secret] = v.Shop
			}
			p.must(v.Secret+"\n", "shop", "add", "acme", shops[v.Secret], "--secret-stdin")
		}
	}
	p.serve("--ip-rate", "0")
	for i, v := range append(file.V1, file.V2...) {
		t.Run(fmt.Sprintf("%d %s", i, v.Name), func(t *testing.T) {
			printed, code := v.says()
			v.checkCommand(t, p, printed)
			if v.Timestamp == 0 { // a v2 vector is judged at a time of its own
				v.checkEndpoint(t, p, code)
			}
		})
	}
}

func (v vector) checkCommand(t *testing.T, p *program, printed string) {
	t.Helper()
	args := []string{"hmac", "verify", "--secret-stdin"}
	if v.Timestamp != 0 {
		args = append(args, "--shop", v.Shop, "--timestamp", strconv.FormatInt(v.Timestamp, 10), "--at", strconv.FormatInt(v.At, 10))
	}
	out, errs, code := p.command(v.Secret+"\n", append(args, "--", v.ID, v.Signature)...)
	if (code == done) != v.Valid || !strings.Contains(out+errs, printed) {
		t.Errorf("hmac verify: exit %d: %s%s; want %q", code, out, errs, printed)
	}
}

func (v vector) checkEndpoint(t *testing.T, p *program, code string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"id": v.ID, "signature": v.Signature})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Error string }
	a := p.exchange("acme", "", string(body))
	if err := json.Unmarshal([]byte(a.body), &answer); err != nil || answer.Error != code || (a.StatusCode == 200) != v.Valid {
		t.Errorf("endpoint: %d %s; want %q", a.StatusCode, a.body, code)
	}
}
