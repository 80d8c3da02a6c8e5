// Package hmac checks and makes the signatures of a Shopify shop: those with
// which its theme vouches for the customer who is logged in, and those with which
// Shopify vouches for a request of its own.
//
// It is pure: bytes in, a verdict out. It reads no clock, opens nothing, logs
// nothing and needs only the standard library, so a service written in Go can
// import it alone. Beside the standard library's package of the same name,
// import that one as stdhmac.
//
//	what        carried by               message                             spelling   key            good for
//	theme, v1   signature in the body    id                                  hex        shop metafield ever
//	theme, v2   signature in the body    v2:{shop}:{id}:{timestamp}          hex        shop metafield 20 min, skew 60 s
//	app proxy   signature in the query   the others, decoded, repeats joined hex        app's secret   90 s both ways
//	                                     by commas, sorted, run together
//	OAuth       hmac in the query        the others, sorted, joined by "&"   hex        app's secret   90 s both ways
//	webhook     X-Shopify-Hmac-Sha256,   the body                            base64     app's secret   ever
//	            shopify-hmac-sha256
//
// All are HMAC-SHA256. Hex is lower case; base64 is the standard alphabet with
// padding. Each has a function that makes it: [Key.SignCustomer], [Key.SignProxy],
// [Key.SignOAuth] and [Key.SignWebhook].
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
// # Shopify's own requests
//
// Here the key is the app's client secret. For a while after it has been replaced
// two are live, and [Keys] tells which of them signed:
//
//	query, result := hmac.ParseProxy(r.URL.RawQuery, nil)
//	if result == hmac.Valid {
//		which, result = keys.VerifyProxy(&query, time.Now(), hmac.Window)
//	}
//
// An app proxy signs its parameters run together, so one signature may be good
// for several queries: a=1&b=2 and a=1b%3D2 are the same message, and a visitor
// may add any parameters before Shopify signs. [ParseProxy] takes only
// queries that can be read in one way: Shopify's five parameters and the [Extras]
// that you name, no "=" in any value, nothing repeated but what [AllowExtras] says.
// A query with its signature is good for the whole window to whoever has seen it,
// so never log or echo one. It covers neither method, path nor body.
//
// [ParseOAuth] takes any parameters, once each, of characters that all of Shopify's
// libraries encode alike. [Keys.VerifyWebhook] wants the body as it came in, not
// decoded and encoded again, and refuses an empty one. Nothing in a webhook's
// signature says when; remember its id.
//
// Neither a key nor a parsed customer or query shows its secret or its signature
// through package fmt, and no [Result] carries any part of what was sent.
package hmac
