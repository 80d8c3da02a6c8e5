package doctor

import (
	"context"
	"crypto/sha256"
	"strconv"

	"github.com/shapestoken/shapestoken/hmac"
)

// proven checks the signature with the secret, and names what went wrong.
func proven(_ context.Context, v *visit) {
	m := v.holder()
	if m == nil || m.Signature == "" || v.emptyKey() { // metafield has said that
		return
	}
	if v.Secret.Empty() {
		v.note("signature-unproven", "Whether the signature is right cannot be told without the secret.", "Give the shop's id_secret too, with --secret-stdin or --secret-env NAME: then a wrong signature is told with the mistake that was made.")
		return
	}
	slips, found := v.find([]byte(v.Secret.Reveal()))
	switch {
	case !found && m.Timestamp == "" && v.undated():
		v.fail("signature-wrong", "The signature is v2, and the time that was signed is not sent.", "Use the snippet as it is: it writes all of data-id, data-signature and data-timestamp.")
	case !found:
		v.fail("signature-wrong", "The signature was not made with this secret, or not of this customer, shop and time.", "Paste the shop's current secret into the metafield omneo.id_secret; of another shop, of staging, or from before a rotation it is another. A translation app may have \"translated\" it, too.")
	case len(slips) > 0:
		v.slipped(slips)
	default:
		v.ok("signature-right", "The secret made this signature.")
	}
}

func (v *visit) slipped(slips []slip) {
	says, fix := slips[0].says, "Use the snippet as it is, or sign exactly as docs/signatures.md says."
	if slips[0].part == "key" {
		fix = "Paste the secret into the metafield anew, and nothing before or behind it."
	}
	for _, s := range slips[1:] {
		says += ", and " + s.says
	}
	v.fail("signature-wrong", "The signature is wrong: "+says+".", fix)
}

// undated tries each second of the day before the page was seen: a signature of
// v2 whose timestamp was left out says nothing else of its time.
func (v *visit) undated() bool {
	r := v.recipe([]byte(v.Secret.Reveal()))
	if r.lay = layV2; len(v.marker.Signature) != 2*sha256.Size || !hmac.ValidID(r.id) || !hmac.ValidShop(r.shop) {
		return false
	}
	for back := range int64(24 * 60 * 60) {
		r.time = strconv.FormatInt(v.seen.Unix()+60-back, 10)
		if r.made(v.marker.Signature) {
			return true
		}
	}
	return false
}

// mostSigned bounds what is tried thousands of times, in bytes: a page may hold anything.
const mostSigned = 1 << 10

// find tells how the page's signature was made with this key, if it was.
func (v *visit) find(key []byte) (slips []slip, found bool) {
	if m := v.marker; len(m.ID)+len(m.Shop)+len(m.Timestamp)+len(m.Signature) > mostSigned {
		return nil, false
	}
	return v.recipe(key).find(v.marker.Signature, v.slips())
}

// emptyKey tells whether the theme signed with the empty key, rightly or with
// some slip beside.
func (v *visit) emptyKey() bool {
	_, found := v.find(nil)
	return found
}
