package doctor

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"regexp"
	"strconv"
	"strings"
)

// slips are the mistakes that themes make when they sign by themselves.
func (v *visit) slips() []slip {
	all := append(v.ids(), v.places()...)
	if v.marker.Timestamp == "" {
		all = append(all, layoutsV1...)
	} else {
		all = append(append(all, layoutsV2()...), times(v.marker.Timestamp)...)
	}
	return append(append(all, keys...), sums...)
}

// ids are what is signed in place of the id that is sent.
func (v *visit) ids() []slip {
	as := func(says, id string) slip { return slip{"id", says, func(r *recipe) { r.id = id }} }
	sent := v.marker.ID
	digits := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, sent)
	all := []slip{
		as("the id that is signed is not in the form that is sent", digits),
		as("a gid:// is signed in place of the id", "gid://shopify/Customer/"+digits),
		as("the id is signed with white space around it", " "+sent),
		as("the id is signed with white space around it", sent+" "),
		as("the id is signed with white space around it", " "+sent+" "),
		as("the id is signed with a line end behind it", sent+"\n"),
		as("the id is signed in quotes", `"`+sent+`"`),
		as("the id is signed with separators in it", grouped(digits, ",")),
		as("the id is signed with separators in it", grouped(digits, ".")),
		as("the empty text is signed in place of the id", ""),
	}
	for _, address := range v.page.emails() {
		all = append(all, as("an e-mail address is signed in place of the id", address))
	}
	return all
}

// grouped puts a separator between thousands.
func grouped(digits, separator string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return digits
}

var email = regexp.MustCompile(`[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}`)

const mostEmails = 20

// emails are the addresses in the page, one of which may be the customer's.
func (p *Page) emails() (all []string) {
	for _, address := range email.FindAll(p.raw, mostEmails) {
		all = append(all, string(address))
	}
	return all
}

// places are what is signed in place of the permanent domain.
func (v *visit) places() (all []slip) {
	as := func(says, shop string) { all = append(all, slip{"shop", says, func(r *recipe) { r.shop = shop }}) }
	if v.marker.Timestamp == "" {
		return nil
	}
	for _, shop := range v.page.shops {
		as("the page's shop is signed, and another one is sent", shop)
	}
	if v.address != nil {
		as("the domain of the page is signed in place of the permanent one", v.address.Host)
		as("the address of the page is signed in place of the permanent domain", originOf(v.address))
	}
	as("the shop is signed with https:// in front", "https://"+v.marker.Shop)
	as("the shop is signed without .myshopify.com", strings.TrimSuffix(v.marker.Shop, ".myshopify.com"))
	as("the shop is empty where it is signed", "")
	return all
}

// times are those of a theme that asks for 'now' twice.
func times(sent string) (all []slip) {
	seconds, err := strconv.ParseInt(sent, 10, 64)
	if err != nil {
		return nil
	}
	for _, by := range []int64{-2, -1, 1, 2} {
		at := strconv.FormatInt(seconds+by, 10)
		all = append(all, slip{"time", "the time that is signed is not the one that is sent: the theme asks for it twice", func(r *recipe) { r.time = at }})
	}
	return append(all, slip{"time", "the time is empty where it is signed", func(r *recipe) { r.time = "" }})
}

var keys = []slip{
	{"key", "the secret in the metafield has a line end behind it", func(r *recipe) { r.key = append([]byte(string(r.key)), '\n') }},
	{"key", "the secret in the metafield has a line end behind it", func(r *recipe) { r.key = append([]byte(string(r.key)), '\r', '\n') }},
	{"key", "the secret in the metafield has a blank behind it", func(r *recipe) { r.key = append([]byte(string(r.key)), ' ') }},
	{"key", "the secret in the metafield has a blank in front", func(r *recipe) { r.key = append([]byte{' '}, r.key...) }},
	{"key", "the secret that was given has white space at its ends, the metafield's has not", func(r *recipe) { r.key = []byte(strings.TrimSpace(string(r.key))) }},
	{"key", "the secret is in quotes, as by | json", func(r *recipe) { r.key = []byte(`"` + string(r.key) + `"`) }},
}

var sums = []slip{
	{"sum", "it is an HMAC of SHA-1", func(r *recipe) {
		r.sum = func(key []byte, message string) []byte {
			h := hmac.New(sha1.New, key)
			h.Write([]byte(message))
			return h.Sum(nil)
		}
	}},
	{"sum", "key and message of hmac_sha256 have changed places", func(r *recipe) {
		r.sum = func(key []byte, message string) []byte { return hmacSHA256([]byte(message), string(key)) }
	}},
	{"sum", "it is the plain SHA-256 of message and secret, not an HMAC", plainly(func(key, message string) string { return message + key })},
	{"sum", "it is the plain SHA-256 of secret and message, not an HMAC", plainly(func(key, message string) string { return key + message })},
}

func plainly(lay func(key, message string) string) func(*recipe) {
	return func(r *recipe) {
		r.sum = func(key []byte, message string) []byte {
			sum := sha256.Sum256([]byte(lay(string(key), message)))
			return sum[:]
		}
	}
}
