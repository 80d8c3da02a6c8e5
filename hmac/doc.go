// Package hmac checks and makes the signatures with which a Shopify theme
// vouches for the customer who is logged in.
//
// It is pure: bytes in, a verdict out. It reads no clock, opens nothing, logs
// nothing and needs only the standard library, so a service written in Go can
// import it alone. Beside the standard library's package of the same name,
// import that one as stdhmac.
//
// # What the theme sends
//
// Shopify's Liquid has a filter that prints an HMAC-SHA256 in lower-case hex
// (https://shopify.dev/docs/api/liquid/filters/hmac_sha256). The key is a shop
// metafield that the theme can read and a visitor cannot. There are two
// messages:
//
//	v1   {id}                           the customer id alone
//	v2   v2:{shop}:{id}:{timestamp}     bound to one shop and to a moment
//
// A v1 signature never expires: whoever has seen one holds it until the secret
// is replaced. A v2 signature is good for twenty minutes ([DefaultMaxAge]),
// give or take a minute for clocks that disagree ([DefaultSkew]). A timestamp
// is what makes a request v2, and a request is never judged as both.
//
// # Checking one
//
// Prepare a [Key] once for each secret and keep it. For each request,
// [ParseCustomer] holds the four texts against the grammar, and
// [Key.VerifyCustomer] says [Valid] or why not:
//
//	customer, result := hmac.ParseCustomer(id, shop, timestamp, signature)
//	if result == hmac.Valid {
//		result = key.VerifyCustomer(&customer, time.Now(), hmac.DefaultMaxAge, hmac.DefaultSkew)
//	}
//	if result != hmac.Valid {
//		return result.Err()
//	}
//
// The grammar is strict and nothing is trimmed, folded or converted on the way
// to the message: what was signed is, byte for byte, what was sent. Where
// several secrets may be live, parse once and ask [Customer.SignedBy] for each
// of them, then [Customer.Age].
//
// [Valid] is about the signature alone. Whether v1 signatures are still
// welcome, and whether the shop is one of yours, is for the caller to say.
//
// # The empty key
//
// A theme that cannot read its metafield signs with the empty key, without any
// complaint from Liquid. Anyone can compute such a signature, so it is never
// valid; it is recognised as [EmptyKey] because it tells the merchant exactly
// what to repair. For the same reason [NewKey] refuses a secret that comes to
// the empty key.
//
// # Making one
//
// [Key.SignCustomer] gives what the theme would print, for tests, continuous
// integration and servers that speak for a customer.
//
// Neither a key nor a parsed customer shows its secret or its signature
// through package fmt, and no [Result] carries any part of what was sent.
package hmac
