package hash

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/secret"
)

var prefixes = []Prefix{ClientSecret, APIToken, AccessToken}

func TestSecretsFormat(t *testing.T) {
	forms := map[Prefix]*regexp.Regexp{
		ClientSecret: regexp.MustCompile(`^shpc_[0-9A-Za-z]{49}$`),
		APIToken:     regexp.MustCompile(`^shp_[0-9A-Za-z]{49}$`),
		AccessToken:  regexp.MustCompile(`^sha_[0-9A-Za-z]{49}$`),
	}
	for p, form := range forms {
		if text := NewSecret(p); !form.MatchString(text.Reveal()) {
			t.Errorf("%s made %q", p, text.Reveal())
		}
	}
}

// Python's zlib.crc32 says so.
func TestChecksum(t *testing.T) {
	for _, text := range []string{
		"shpc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1X6KVU",
		"shp_zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJ3o8Za2",
		"sha_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg1gkGwg",
		"sha_00000000000000000000000000000000000000Ev100000Key",
	} {
		body, want := text[:len(text)-6], text[len(text)-6:]
		if got := string(checksum([]byte(body))); got != want {
			t.Errorf("checksum of %s: %s, want %s", body, got, want)
		}
	}
}

func TestPlausible(t *testing.T) {
	whole := func(text string) string { return text + string(checksum([]byte(text))) }
	letters := strings.Repeat("7", bodySize)
	tests := map[string]struct {
		prefix Prefix
		text   string
		want   bool
	}{
		"a client secret":             {ClientSecret, whole("shpc_" + letters), true},
		"an API token":                {APIToken, whole("shp_" + letters), true},
		"an access token":             {AccessToken, whole("sha_" + letters), true},
		"another kind":                {APIToken, whole("sha_" + letters), false},
		"another kind, longer":        {APIToken, whole("shpc_" + letters), false},
		"another kind, shorter":       {ClientSecret, whole("shp_" + letters), false},
		"no prefix":                   {APIToken, whole(letters), false},
		"a prefix in capitals":        {APIToken, whole("SHP_" + letters), false},
		"not a letter":                {APIToken, whole("shp_" + letters[1:] + "-"), false},
		"not ASCII":                   {APIToken, whole("shp_" + letters[2:] + "é"), false},
		"a NUL":                       {APIToken, whole("shp_\x00" + letters[1:]), false},
		"a character less":            {APIToken, whole("shp_" + letters[1:]), false},
		"a character more":            {APIToken, whole("shp_" + letters + "7"), false},
		"another's checksum":          {APIToken, "shp_" + letters + string(checksum([]byte("sha_"+letters))), false},
		"a checksum without a prefix": {APIToken, "shp_" + whole(letters), false},
		"a line break":                {APIToken, whole("shp_"+letters) + "\n", false},
		"a space in front":            {APIToken, " " + whole("shp_"+letters), false},
		"nothing":                     {APIToken, "", false},
		"a prefix alone":              {APIToken, "shp_", false},
		"a megabyte":                  {APIToken, whole("shp_"+letters) + strings.Repeat("7", 1<<20), false},
	}
	for name, tt := range tests {
		if got := Plausible(tt.prefix, secret.New(tt.text)); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestPlausibleForItsKindOnly(t *testing.T) {
	for _, made := range prefixes {
		text := NewSecret(made)
		for _, asked := range prefixes {
			if got := Plausible(asked, text); got != (made == asked) {
				t.Errorf("made as %s, asked as %s: %v", made, asked, got)
			}
		}
	}
}

// 2,000 secrets have 86,000 characters, 1,387 of each letter; the bounds are nine
// standard deviations away, which is nobody's bad luck. A remainder of all 256
// bytes would draw the first eight letters more often: 0.156 of all.
func TestDrawnEvenly(t *testing.T) {
	const secrets = 2000
	count, seen := map[byte]int{}, map[string]bool{}
	for range secrets {
		text := string(body())
		seen[text] = true
		for i := range len(text) {
			count[text[i]]++
		}
	}
	if len(seen) != secrets || len(count) != len(alphabet) {
		t.Errorf("%d different secrets of %d letters, want %d of %d", len(seen), len(count), secrets, len(alphabet))
	}
	first := 0
	for i := range 8 {
		first += count[alphabet[i]]
	}
	if share := float64(first) / (secrets * bodySize); share < 0.12 || share > 0.14 {
		t.Errorf("the first eight letters have a share of %.3f, want 8/62 = 0.129", share)
	}
	for letter, n := range count {
		if n < 1050 || n > 1720 {
			t.Errorf("%c was drawn %d times, want about 1,387", letter, n)
		}
	}
}

func TestBodyHas256Bits(t *testing.T) {
	if bits := math.Log2(62) * float64(len(body())); bits < 256 {
		t.Errorf("a secret has %.2f bits", bits)
	}
}
