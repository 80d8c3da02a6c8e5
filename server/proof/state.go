package proof

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// StateLife is how long a merchant may take at Shopify's consent page.
const StateLife = 10 * time.Minute

// State is what a browser is given on its way to Shopify's consent page and
// brings back twice, in a cookie and in the query: a random text, the second at
// which it ends, and a mac of both with the tenant's own key, which binds them
// to tenant and shop. It keeps to what every way of signing a query writes alike
// (hmac.ParseOAuth).
func (p Install) State(t *broker.Tenant, shop string) string {
	text := rand.Text() + "." + strconv.FormatInt(p.Now().Add(StateLife).Unix(), 10)
	return text + "." + stateMAC(t, shop, text)
}

func stateMAC(t *broker.Tenant, shop, text string) string {
	sum := t.Pseudonyms.Sum([]byte("install1\x00" + shop + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// checkState tells whether the state was made here, for this shop, and has not ended.
func checkState(t *broker.Tenant, shop, state string, now time.Time) bool {
	cut := strings.LastIndexByte(state, '.')
	if cut < 0 || !sameText(state[cut+1:], stateMAC(t, shop, state[:cut])) {
		return false
	}
	_, end, _ := strings.Cut(state[:cut], ".")
	seconds, err := strconv.ParseInt(end, 10, 64)
	return err == nil && now.Before(time.Unix(seconds, 0))
}

// sameText compares in constant time.
func sameText(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
