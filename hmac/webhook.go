package hmac

import (
	"crypto/sha256"
	"encoding/base64"
)

// SignWebhook returns what Shopify would send in the header with this body, in
// padded standard base64; or [EmptyBody].
func (k *Key) SignWebhook(body []byte) (header string, r Result) {
	if len(body) == 0 {
		return "", EmptyBody
	}
	sum := k.Sum(body)
	return base64.StdEncoding.EncodeToString(sum[:]), Valid
}

const headerChars = (sha256.Size + 2) / 3 * 4

// parseWebhook reads the one spelling a digest has in padded standard base64.
// It allocates nothing.
func parseWebhook(mac *[sha256.Size]byte, header string) bool {
	if len(header) != headerChars {
		return false
	}
	var text [headerChars]byte
	var sum [headerChars / 4 * 3]byte
	copy(text[:], header)
	n, err := base64.StdEncoding.Strict().Decode(sum[:], text[:])
	copy(mac[:], sum[:])
	return err == nil && n == len(mac) // a line break is skipped and leaves fewer
}
