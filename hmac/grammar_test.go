package hmac_test

import (
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
)

func TestValidID(t *testing.T) {
	good := []string{
		"1", "2", "10", id,
		"9007199254740993",    // 2^53+1
		"9223372036854775807", // 2^63-1
		"1000000000000000000", // 19 digits
	}
	bad := map[string]string{
		"empty":              "",
		"zero":               "0",
		"leading zero":       "0123",
		"decimal point":      "1.0",
		"exponent":           "1e3",
		"minus":              "-1",
		"plus":               "+1",
		"hexadecimal":        "0x1f",
		"underscore":         "1_000",
		"2^63":               "9223372036854775808",
		"19 nines":           "9999999999999999999",
		"20 digits":          "12345678901234567890",
		"full width":         "１２３",
		"Arabic-Indic":       "٧٢١",
		"superscript":        "1²",
		"space before":       " 1",
		"space after":        "1 ",
		"space within":       "1 2",
		"tab":                "1\t",
		"newline":            "1\n",
		"CRLF":               "1\r\n",
		"NUL":                "1\x00",
		"zero-width space":   "1\u200b",
		"right-to-left mark": "\u200f1",
		"override":           "\u202e321",
		"BOM":                "\ufeff1",
		"bad UTF-8":          "1\xff",
		"below the digits":   "1/",
		"above the digits":   "1:",
		"gid":                "gid://shopify/Customer/1",
		"v2 message":         "v2:" + shop + ":1:" + stamp,
		"null":               "null",
	}
	checkGrammar(t, hmac.ValidID, good, bad)
	checkParse(t, bad, hmac.MalformedID, func(text string) (string, string, string, string) {
		return text, shop, stamp, strings.Repeat("0", 64)
	})
}

func TestValidShop(t *testing.T) {
	good := []string{
		shop, "a.myshopify.com", "0.myshopify.com", "9-z.myshopify.com", "a--b.myshopify.com", "a-.myshopify.com",
		strings.Repeat("a", 63) + ".myshopify.com",
	}
	bad := map[string]string{
		"label only":        "acme",
		"no label":          ".myshopify.com",
		"domain only":       "myshopify.com",
		"label of 64":       strings.Repeat("a", 64) + ".myshopify.com",
		"leading hyphen":    "-a.myshopify.com",
		"upper-case label":  "Acme.myshopify.com",
		"upper-case domain": "acme.MyShopify.com",
		"underscore":        "a_b.myshopify.com",
		"two labels":        "a.b.myshopify.com",
		"other domain":      "acme.myshopify.io",
		"longer domain":     "acme.myshopify.com.evil.example",
		"fullwidth dot":     "acme．myshopify.com",
		"other suffix":      "acmexmyshopify.com",
		"final dot":         "acme.myshopify.com.",
		"port":              "acme.myshopify.com:443",
		"user":              "a@acme.myshopify.com",
		"scheme":            "https://acme.myshopify.com",
		"path":              "acme.myshopify.com/x",
		"colon in label":    "a:b.myshopify.com",
		"space":             " acme.myshopify.com",
		"newline":           "acme.myshopify.com\n",
		"newline in label":  "acme\n.myshopify.com",
		"NUL":               "acme\x00.myshopify.com",
		"Kelvin sign":       "\u212aacme.myshopify.com",
		"below the letters": "a`.myshopify.com",
		"above the letters": "a{.myshopify.com",
		"below the digits":  "a/.myshopify.com",
	}
	checkGrammar(t, hmac.ValidShop, good, bad)
	for _, timestamp := range []string{"", stamp} {
		checkParse(t, bad, hmac.MalformedShop, func(text string) (string, string, string, string) {
			return id, text, timestamp, strings.Repeat("0", 64)
		})
	}
	if hmac.ValidShop("") {
		t.Error("no shop is a valid shop")
	}
}

func TestTimestamp(t *testing.T) {
	bad := map[string]string{
		"9 digits":       "179520000",
		"11 digits":      "17952000000",
		"milliseconds":   "1795200000000",
		"minus":          "-795200000",
		"plus":           "+795200000",
		"decimal point":  "17952000.0",
		"exponent":       "1795200e03",
		"space before":   " 795200000",
		"newline":        "179520000\n",
		"NUL":            "179520000\x00",
		"full width":     "１７９5",
		"zero":           "0",
		"single space":   " ",
		"RFC 3339":       "2026-11-21",
		"letters":        "abcdefghij",
		"Arabic-Indic 5": "٧٢١٧٢",
	}
	checkParse(t, bad, hmac.MalformedTimestamp, func(text string) (string, string, string, string) {
		return id, shop, text, strings.Repeat("0", 64)
	})
	for text, want := range map[string]int64{stamp: 1795200000, "9999999999": 9999999999, "0000000000": 0} {
		c, r := hmac.ParseCustomer(id, shop, text, strings.Repeat("0", 64))
		if r != hmac.Valid || c.Timestamp != want || c.Version() != hmac.V2 {
			t.Errorf("%s: %d, %v, %v", text, c.Timestamp, c.Version(), r)
		}
	}
}

func TestSignature(t *testing.T) {
	good := sign(t, newKey(t, secret), id, "", "")
	bad := map[string]string{
		"empty":             "",
		"63 characters":     good[:63],
		"65 characters":     good + "0",
		"twice":             good + good,
		"upper case":        strings.ToUpper(good),
		"one upper":         "A" + strings.Repeat("0", 63),
		"upper second":      "0A" + strings.Repeat("0", 62),
		"last not hex":      good[:63] + "g",
		"above the digits":  good[:63] + ":",
		"below the letters": good[:63] + "`",
		"0x":                "0x" + good[:62],
		"sha256=":           "sha256=" + good,
		"space before":      " " + good[:63],
		"newline after":     good + "\n",
		"newline instead":   good[:63] + "\n",
		"NUL":               good[:63] + "\x00",
		"high byte":         good[:63] + "\xff",
		"base64":            "NiKF0xpAx9gHViXrvOEgFG8+at88uuOyDnAEGr7FFXw=",
		"full width":        "０" + good[:61],
		"all not hex":       strings.Repeat("z", 64),
	}
	checkParse(t, bad, hmac.MalformedSignature, func(text string) (string, string, string, string) {
		return id, "", "", text
	})
}

func checkGrammar(t *testing.T, valid func(string) bool, good []string, bad map[string]string) {
	t.Helper()
	for _, text := range good {
		if !valid(text) {
			t.Errorf("%q was refused", text)
		}
	}
	for name, text := range bad {
		if valid(text) {
			t.Errorf("%s: %q was accepted", name, text)
		}
	}
}

// checkParse expects the same refusal from parsing and from signing, with nothing left in hand.
func checkParse(t *testing.T, bad map[string]string, want hmac.Result,
	request func(string) (id, shop, timestamp, signature string)) {
	t.Helper()
	key := newKey(t, secret)
	for name, text := range bad {
		id, shop, timestamp, signature := request(text)
		if c, r := hmac.ParseCustomer(id, shop, timestamp, signature); r != want || c != (hmac.Customer{}) {
			t.Errorf("parse, %s: %v, want %v; customer %v", name, r, want, c)
		}
		if want == hmac.MalformedSignature {
			continue // not an argument of signing
		}
		if s, r := key.SignCustomer(id, shop, timestamp); r != want || s != "" {
			t.Errorf("sign, %s: %q, %v, want %v", name, s, r, want)
		}
	}
}
