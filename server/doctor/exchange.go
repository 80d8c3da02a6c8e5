package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// exchange spends the page's signature as the script would, if it was asked to.
func exchange(ctx context.Context, v *visit) {
	m := v.holder()
	switch {
	case !v.Exchange:
	case m == nil || m.Signature == "":
		v.note("exchange-skipped", "There is no signature in the page to exchange for a token.", "Give a page that a logged-in customer has saved, with --html FILE.")
	case v.endpoint != nil && v.answers:
		v.spend(ctx, m)
	}
}

func (v *visit) spend(ctx context.Context, m *Marker) {
	proof := map[string]string{"id": m.ID, "signature": m.Signature}
	if m.Timestamp != "" {
		proof["timestamp"], proof["shop"] = m.Timestamp, m.Shop
	}
	body, err := json.Marshal(proof)
	if err != nil { // a map of strings can be written
		return
	}
	header := v.from()
	header.Set("Content-Type", "application/json")
	a, err := v.ask.once(ctx, http.MethodPost, v.endpoint.JoinPath(tokenPath), header, bytes.NewReader(body))
	if err != nil {
		v.silent(err)
		return
	}
	v.spent(m, a)
}

func (v *visit) spent(m *Marker, a answer) {
	var says struct {
		Token string `json:"token"`
	}
	broken := json.Unmarshal(a.body, &says) != nil
	t := tokenOf(says.Token)
	switch {
	case a.status != http.StatusOK && a.refusal().Error != "":
		v.fail("exchange-refused", fmt.Sprintf("The service refuses the signature: %s (%d)%s.", quote(a.refusal().Error), a.status, a.words()), advice(a.refusal().Error))
	case a.status != http.StatusOK, broken, t == token{}, t.PID == "", t.Customer != m.ID && !isOmneo(m.Endpoint):
		v.fail("exchange-failed", fmt.Sprintf("The service answers with status %d and no token of this customer.", a.status), "Check the endpoint in the render line; something else may answer there.")
	default:
		v.ok("exchange", "The service gives a token%s: %s, issuer %s, pid %s.", t.life(), quote(t.Algorithm), quote(t.Issuer), quote(t.PID))
	}
}

// advice is that of docs/theme-developer.md for each reason.
func advice(reason string) string {
	if how, known := reasons[reason]; known {
		return how
	}
	return "Ask whoever runs the service; it has the request in its log."
}

var reasons = map[string]string{
	"secret_missing":     howMetafield,
	"invalid_signature":  "The metafield holds another secret than the service: of another shop, of staging, or from before a rotation. Paste the shop's current one.",
	"signature_expired":  "Save the page anew and look at it within 20 minutes. If a fresh page is refused too, something caches pages of logged-in customers.",
	"signature_version":  "This shop takes dated signatures only: take version: 'v1' out of the render line; with tenant add version: 'v2'.",
	"invalid_request":    "Look at the marker's attributes in the page; with the snippet as it is, this does not happen. With more than 16 shops at one tenant, sign v2.",
	"origin_not_allowed": "Have the page's origin listed: shapestoken origin add TENANT ORIGIN.",
	"rate_limited":       "Wait as long as the service says, and try again.",
}
